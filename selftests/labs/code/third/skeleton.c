// SPDX-License-Identifier: GPL-2.0
/* Which worker gets the next connection. See README.md beside the directory. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("socket")
int choose(struct __sk_buff *skb)
{
	/* TODO: 1 for every third, else 0. */
	return 0;
}

char _license[] SEC("license") = "GPL";
