/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading the headers of an skb at the transport layer.
 */
#ifndef _TPW_PACKET_H
#define _TPW_PACKET_H

#include "verdict/verdict.h"

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <net/route.h>

bool tpw_packet_read_broken(const struct sk_buff *skb, u8 proto,
			    struct tpw_verdict *v);

bool tpw_packet_read_early(const struct sk_buff *skb, struct tpw_verdict *v);
bool tpw_packet_may_be_reset(const struct sk_buff *skb);

#define TPW_TCP_FLAGS_BYTE	13	/* of the header */

/**
 * tpw_packet_read_addrs() - the addresses of a packet
 * @skb: the packet; its network header is whole and linear
 * @t: where to
 *
 * Context: any.
 */
static __always_inline void tpw_packet_read_addrs(const struct sk_buff *skb,
						  struct tpw_tuple *t)
{
	if (skb->protocol == htons(ETH_P_IPV6)) {
		memcpy(&t->local, &ipv6_hdr(skb)->daddr, sizeof(t->local));
		memcpy(&t->foreign, &ipv6_hdr(skb)->saddr, sizeof(t->foreign));
		t->family = AF_INET6;
	} else {
		t->local.word[0] = 0;
		t->local.word[1] = 0;
		t->foreign.word[0] = 0;
		t->foreign.word[1] = 0;
		t->local.ip = ip_hdr(skb)->daddr;
		t->foreign.ip = ip_hdr(skb)->saddr;
		t->family = AF_INET;
	}
}

/**
 * tpw_packet_read_tcp() - tuple, flags and length of a TCP segment
 * @skb: the segment, at its TCP header, which is whole and linear
 * @v: where to
 *
 * Context: any.
 */
static __always_inline void
tpw_packet_read_tcp(const struct sk_buff *skb, struct tpw_verdict *v)
{
	const struct tcphdr *th = tcp_hdr(skb);

	tpw_packet_read_addrs(skb, &v->tuple);
	v->tuple.lport = th->dest;
	v->tuple.fport = th->source;
	v->tuple.proto = IPPROTO_TCP;
	v->flags = ((const u8 *)th)[TPW_TCP_FLAGS_BYTE];
	v->len = skb->len - th->doff * 4;
}

/**
 * tpw_packet_read_udp() - tuple and length of a UDP datagram
 * @skb: the datagram, at its UDP header, which is whole and linear
 * @v: where to
 *
 * Context: any.
 */
static __always_inline void
tpw_packet_read_udp(const struct sk_buff *skb, struct tpw_verdict *v)
{
	const struct udphdr *uh = udp_hdr(skb);

	tpw_packet_read_addrs(skb, &v->tuple);
	v->tuple.lport = uh->dest;
	v->tuple.fport = uh->source;
	v->tuple.proto = IPPROTO_UDP;
	v->flags = 0;
	v->len = skb->len - sizeof(*uh);
}

/**
 * tpw_packet_is_multicast() - was it sent to more than one host?
 * @skb: the datagram, routed
 *
 * Context: any, BH off.
 * Return: true for multicast and broadcast, as udp_rcv() decides it.
 */
static __always_inline bool tpw_packet_is_multicast(const struct sk_buff *skb)
{
	const struct rtable *rt;

	if (skb->protocol == htons(ETH_P_IPV6))
		return ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
	rt = skb_rtable(skb);
	return rt && rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST);
}

#endif /* _TPW_PACKET_H */
