// SPDX-License-Identifier: GPL-2.0
/*
 * Early demux of IPv4: a socket that has the whole tuple may know the route of
 * what came before, and then nobody looks at the source (rp_filter, martians)
 * or at rules of routing.  As tcp_v4_early_demux() and udp_v4_early_demux().
 *
 * IPv6 validates no source, and the route is the same.
 */
#include "explain/gate.h"

#include "base/compat.h"
#include "kernel/lookup.h"

#include <linux/in.h>
#include <linux/rcupdate.h>
#include <net/dst.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/udp.h>

static bool knows_route(const struct sock *sk)
{
	struct dst_entry *dst = rcu_dereference(sk->sk_rx_dst);

	return dst && dst_check(dst, 0);
}

static bool is_known_to_tcp(struct net *net, const struct tpw_query *q)
{
	struct sock *sk = tpw_lookup_established(net, q);
	bool is_known;

	if (!sk)
		return false;
	is_known = sk_fullsock(sk) && knows_route(sk) &&
		   tpw_rx_dst_ifindex(sk) == q->dif;
	sock_gen_put(sk);
	return is_known;
}

/* Only the first socket of the bucket is looked at. */
static bool is_known_to_udp(struct net *net, const struct tpw_query *q)
{
	const struct tpw_tuple *t = &q->tuple;
	u16 port = ntohs(t->lport);
	INET_ADDR_COOKIE(cookie, t->foreign.ip, t->local.ip);
	const __portpair ports = INET_COMBINED_PORTS(t->fport, port);
	u32 hash = ipv4_portaddr_hash(net, t->local.ip, port);
	struct sock *sk;

	udp_portaddr_for_each_entry_rcu(sk, &udp_hashslot2(tpw_udp_table(net),
							   hash)->head)
		return inet_match(net, sk, cookie, ports, q->dif, q->sdif) &&
		       knows_route(sk);
	return false;
}

/**
 * tpw_gate_is_routed() - does a socket bring the route along?
 * @net: the namespace
 * @q: the segment as the lookup would get it, of IPv4
 *
 * Context: process, in an RCU read-side section.
 * Return: true if input routing is not asked.
 */
bool tpw_gate_is_routed(struct net *net, const struct tpw_query *q)
{
	if (!q->has_early_demux)
		return false;
	return q->tuple.proto == IPPROTO_UDP ? is_known_to_udp(net, q) :
					       is_known_to_tcp(net, q);
}
