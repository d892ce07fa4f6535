/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asking the kernel's own lookups without a packet, on behalf of explain.
 *
 * They run in process context with softirqs on, where no segment is ever open:
 * every handler returns at its first statement, so nothing that is asked here
 * is counted.  The one hook that has something to tell finds out who asks by
 * the task.
 */
#ifndef _TPW_LOOKUP_H
#define _TPW_LOOKUP_H

#include "base/tuple.h"

#include <linux/types.h>

struct net;
struct sock;

/**
 * struct tpw_query - a segment that has not come
 * @tuple: its tuple; AF_INET for mapped addresses
 * @dif: index of the device that it comes in on; under a VRF, of the VRF
 * @sdif: under a VRF, index of the device, else 0
 * @has_early_demux: it is looked for before it is routed
 */
struct tpw_query {
	struct tpw_tuple tuple;
	int dif;
	int sdif;
	bool has_early_demux;
};

/**
 * struct tpw_lookup_hashes - hashes that reuseport groups were asked with
 * @hash: in the search for the address [0] and for the wildcard [1]
 * @has: whether it was seen; the kernel asks only if it meets a group
 *
 * UDP only: that hash has a secret that is not to be had otherwise.
 */
struct tpw_lookup_hashes {
	u32 hash[2];
	bool has[2];
};

int tpw_lookup_begin(bool is_admin);
void tpw_lookup_end(void);
bool tpw_lookup_is_harmless(const struct net *net);
struct sock *tpw_lookup_established(struct net *net, const struct tpw_query *q);
struct sock *tpw_lookup_listener(struct net *net, const struct tpw_query *q);
struct sock *tpw_lookup_udp(struct net *net, const struct tpw_query *q,
			    struct tpw_lookup_hashes *to);
void tpw_lookup_selected(const struct sock *sk, u32 hash);

#endif /* _TPW_LOOKUP_H */
