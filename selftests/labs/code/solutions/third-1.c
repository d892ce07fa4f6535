// SPDX-License-Identifier: GPL-2.0
/* A map with one element, which two CPUs may count up at once. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

SEC("socket")
int choose(struct __sk_buff *skb)
{
	__u32 first = 0;
	__u64 *number = bpf_map_lookup_elem(&calls, &first);

	if (!number)
		return 0;
	return __sync_fetch_and_add(number, 1) % 3 == 2;
}

char _license[] SEC("license") = "GPL";
