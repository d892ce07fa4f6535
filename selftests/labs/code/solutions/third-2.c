// SPDX-License-Identifier: GPL-2.0
/* A global variable is a map too. It goes round. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __u32 calls;

SEC("socket")
int choose(struct __sk_buff *skb)
{
	if (__sync_fetch_and_add(&calls, 1) % 3 < 2)
		return 0;
	return 1;
}

char _license[] SEC("license") = "GPL";
