// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a listener can answer a SYN: the kernel asks for the route of the
 * SYN-ACK before it keeps a request, and drops the SYN if there is none.  So it
 * is if nothing leads to who sent it, and if a rule has made an address local
 * that is none of this host's, and the socket is not transparent.
 */
#include "explain/way_back.h"

#include "kernel/lookup.h"

#include <linux/err.h>
#include <linux/ipv6.h>
#include <linux/socket.h>
#include <net/dst.h>
#include <net/flow.h>
#include <net/inet_sock.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/sock.h>

/* As inet_csk_route_req(). */
static bool has_route4(struct net *net, const struct sock *sk,
		       const struct tpw_query *q)
{
	struct flowi4 fl = {
		.flowi4_oif = READ_ONCE(sk->sk_bound_dev_if),
		.flowi4_mark = READ_ONCE(sk->sk_mark),
		.flowi4_proto = IPPROTO_TCP,
		.flowi4_flags = inet_sk_flowi_flags(sk),
		.flowi4_uid = sock_net_uid(net, sk),
		.daddr = q->tuple.foreign.ip,
		.saddr = q->tuple.local.ip,
		.fl4_dport = q->tuple.fport,
		.fl4_sport = q->tuple.lport,
	};
	struct rtable *rt = ip_route_output_key(net, &fl);

	if (IS_ERR(rt))
		return false;
	ip_rt_put(rt);
	return true;
}

/* As inet6_csk_route_req(); a link-local one is told by its device. */
static bool has_route6(struct net *net, const struct sock *sk,
		       const struct tpw_query *q)
{
	const struct in6_addr *foreign = (const void *)q->tuple.foreign.ip6;
	struct flowi6 fl = {
		.flowi6_oif = READ_ONCE(sk->sk_bound_dev_if),
		.flowi6_mark = READ_ONCE(sk->sk_mark),
		.flowi6_proto = IPPROTO_TCP,
		.flowi6_uid = sock_net_uid(net, sk),
		.daddr = *foreign,
		.saddr = *(const struct in6_addr *)q->tuple.local.ip6,
		.fl6_dport = q->tuple.fport,
		.fl6_sport = q->tuple.lport,
	};
	struct dst_entry *dst;
	bool has_route;

	if (!fl.flowi6_oif && ipv6_addr_type(foreign) & IPV6_ADDR_LINKLOCAL)
		fl.flowi6_oif = q->dif;
	dst = ip6_route_output(net, sk, &fl);
	has_route = !dst->error;
	dst_release(dst);
	return has_route;
}

/**
 * tpw_way_back_lacks() - has the answer of a listener no route?
 * @sk: a listening socket of TCP
 * @q: the SYN
 *
 * Not asked: where the answer's mark is the segment's, which is not known, in a
 * VRF, and of a socket with a TOS, which rules of routing may ask for.
 *
 * Context: process, in an RCU read-side section, while @sk is alive.
 * Return: true if it surely has none: the SYN is dropped.
 */
bool tpw_way_back_lacks(const struct sock *sk, const struct tpw_query *q)
{
	struct net *net = sock_net(sk);

	if (READ_ONCE(net->ipv4.sysctl_tcp_fwmark_accept) || q->sdif ||
	    READ_ONCE(inet_sk(sk)->tos))
		return false;
	return q->tuple.family == AF_INET6 ? !has_route6(net, sk, q) :
					     !has_route4(net, sk, q);
}
