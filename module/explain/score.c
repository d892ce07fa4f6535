// SPDX-License-Identifier: GPL-2.0
/*
 * The rules by which the kernel says whether a socket fits, and how well:
 * compute_score() of net/ipv4/inet_hashtables.c, net/ipv6/inet6_hashtables.c,
 * net/ipv4/udp.c and net/ipv6/udp.c, the same in 6.1 and 6.12.
 *
 * An IPv6 socket has an IPv4 address as well, which the rules for IPv4 packets
 * read: that of a mapped address, the wildcard of "::", and for all others one
 * that no packet has.
 */
#include "explain/score.h"

#include <linux/build_bug.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/udp.h>

enum rules { TCP4, TCP6, UDP4, UDP6, RULES_NR };

/* What a point is worth; 0: the rules do not know it. */
static const u8 weights[RULES_NR][TPW_POINT_NR] = {
	[TCP4] = {
		[TPW_POINT_ANY_DEVICE] = 1,
		[TPW_POINT_DEVICE] = 2,
		[TPW_POINT_IPV4] = 1,
		[TPW_POINT_CPU] = 1,
	},
	[TCP6] = {
		[TPW_POINT_ANY_DEVICE] = 1,
		[TPW_POINT_DEVICE] = 2,
		[TPW_POINT_CPU] = 1,
	},
	[UDP4] = {
		[TPW_POINT_IPV4] = 2,
		[TPW_POINT_IPV6] = 1,
		[TPW_POINT_PEER_ADDRESS] = 4,
		[TPW_POINT_PEER_PORT] = 4,
		[TPW_POINT_DEVICE] = 4,
		[TPW_POINT_CPU] = 1,
	},
	[UDP6] = {
		[TPW_POINT_PEER_ADDRESS] = 1,
		[TPW_POINT_PEER_PORT] = 1,
		[TPW_POINT_DEVICE] = 1,
		[TPW_POINT_CPU] = 1,
	},
};

static_assert(TPW_POINT_NR <= 8);	/* tpw_score.points */

static enum rules rules_of(u8 proto, u8 family)
{
	return (proto == IPPROTO_UDP ? UDP4 : TCP4) + (family == AF_INET6);
}

/**
 * tpw_score_weight() - what a point is worth
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: of the packet, AF_INET or AF_INET6
 * @point: the point
 *
 * Context: any.
 * Return: its worth, 0 if it does not exist there.
 */
unsigned int tpw_score_weight(u8 proto, u8 family, enum tpw_point point)
{
	return weights[rules_of(proto, family)][point];
}

/* Does an IPv4 packet to @addr fit its family and address?  Else why not. */
static bool fits4(const struct sock *sk, const union tpw_addr *addr, u8 *fate)
{
	*fate = TPW_FATE_OTHER_ADDRESS;
	if (ipv6_only_sock(sk)) {
		/* One with an address of its own is so without the option. */
		if (!addr->ip && ipv6_addr_any(&sk->sk_v6_rcv_saddr))
			*fate = TPW_FATE_ONLY_IPV6;
		return false;
	}
	return sk->sk_rcv_saddr == addr->ip;
}

/* The same for IPv6. */
static bool fits6(const struct sock *sk, const union tpw_addr *addr, u8 *fate)
{
	*fate = TPW_FATE_OTHER_ADDRESS;
	if (sk->sk_family != AF_INET6) {
		if (tpw_addr_is_any(addr) && !sk->sk_rcv_saddr)
			*fate = TPW_FATE_ONLY_IPV4;
		return false;
	}
	return ipv6_addr_equal(&sk->sk_v6_rcv_saddr, tpw_in6(addr));
}

static bool fits(const struct tpw_search *s, const struct sock *sk,
		 const union tpw_addr *addr, u8 *fate)
{
	return tpw_search_is_v6(s) ? fits6(sk, addr, fate) :
				     fits4(sk, addr, fate);
}

static bool has_port(const struct tpw_search *s, const struct sock *sk)
{
	u16 port = ntohs(s->q->tuple.lport);

	if (tpw_search_is_udp(s))
		return udp_sk(sk)->udp_port_hash == port;
	return sk->sk_num == port;
}

static bool fits_device(const struct tpw_search *s, int bound)
{
	if (tpw_search_is_udp(s))
		return udp_sk_bound_dev_eq(s->net, bound, s->q->dif, s->q->sdif);
	return inet_sk_bound_dev_eq(s->net, bound, s->q->dif, s->q->sdif);
}

/* A connected UDP socket takes from its peer alone. */
static bool fits_peer4(const struct tpw_tuple *t, const struct sock *sk,
		       u8 *points)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (inet->inet_daddr) {
		if (inet->inet_daddr != t->foreign.ip)
			return false;
		*points |= BIT(TPW_POINT_PEER_ADDRESS);
	}
	if (inet->inet_dport) {
		if (inet->inet_dport != t->fport)
			return false;
		*points |= BIT(TPW_POINT_PEER_PORT);
	}
	return true;
}

static bool fits_peer6(const struct tpw_tuple *t, const struct sock *sk,
		       u8 *points)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (inet->inet_dport) {
		if (inet->inet_dport != t->fport)
			return false;
		*points |= BIT(TPW_POINT_PEER_PORT);
	}
	if (!ipv6_addr_any(&sk->sk_v6_daddr)) {
		if (!ipv6_addr_equal(&sk->sk_v6_daddr, tpw_in6(&t->foreign)))
			return false;
		*points |= BIT(TPW_POINT_PEER_ADDRESS);
	}
	return true;
}

static bool fits_peer(const struct tpw_search *s, const struct sock *sk,
		      u8 *points)
{
	const struct tpw_tuple *t = &s->q->tuple;

	if (!tpw_search_is_udp(s))
		return true;
	return tpw_search_is_v6(s) ? fits_peer6(t, sk, points) :
				     fits_peer4(t, sk, points);
}

/* All of it at once: points that the rules do not know are worth nothing. */
static u8 other_points(const struct tpw_search *s, const struct sock *sk,
		       int bound)
{
	u8 points = bound ? BIT(TPW_POINT_DEVICE) : BIT(TPW_POINT_ANY_DEVICE);

	points |= sk->sk_family == AF_INET ? BIT(TPW_POINT_IPV4) :
					     BIT(TPW_POINT_IPV6);
	if (READ_ONCE(sk->sk_incoming_cpu) == s->cpu)
		points |= BIT(TPW_POINT_CPU);
	return points;
}

static void sum_up(const struct tpw_search *s, struct tpw_score *to, u8 points)
{
	const u8 *weight = weights[rules_of(s->q->tuple.proto,
					    s->q->tuple.family)];
	unsigned int i;

	to->value = 0;
	for (i = 0; i < TPW_POINT_NR; i++) {
		if (!(points & BIT(i)) || !weight[i])
			continue;
		to->value += weight[i];
		to->points |= BIT(i);
	}
}

/**
 * tpw_score_socket() - does a socket fit, and how well?
 * @s: the search
 * @sk: a socket of its namespace
 * @addr: the address that is searched for, or the wildcard
 * @to: where the answer goes
 *
 * Context: in an RCU read-side section.
 */
void tpw_score_socket(const struct tpw_search *s, const struct sock *sk,
		      const union tpw_addr *addr, struct tpw_score *to)
{
	int bound = READ_ONCE(sk->sk_bound_dev_if);
	u8 points = 0;

	to->value = TPW_NO_SCORE;
	to->points = 0;
	to->fate = TPW_FATE_OTHER_PORT;
	if (!has_port(s, sk))
		return;
	if (!fits(s, sk, addr, &to->fate))
		return;
	to->fate = TPW_FATE_OTHER_PEER;
	if (!fits_peer(s, sk, &points))
		return;
	to->fate = TPW_FATE_OTHER_DEVICE;
	if (!fits_device(s, bound))
		return;
	sum_up(s, to, points | other_points(s, sk, bound));
}
