/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A raw verdict: all that a verdict on a segment of a connection is made of, as the
 * receive path can put it down in the fewest steps.  Who reads it later makes
 * the verdict.
 */
#ifndef _TPW_RAW_VERDICT_H
#define _TPW_RAW_VERDICT_H

#include "verdict/verdict.h"
#include "kernel/packet.h"
#include "kernel/socket.h"

#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <net/mptcp.h>
#include <net/sock.h>

/**
 * struct tpw_raw_verdict_sock - what every socket has, in the order it has it
 * @family: AF_INET or AF_INET6
 * @state: TCP state
 * @reuse: SO_REUSEADDR and the like
 * @ifindex: the device that it is bound to, or 0
 */
struct tpw_raw_verdict_sock {
	u16 family;
	u8 state;
	u8 reuse;
	int ifindex;
} __aligned(8);

/**
 * union tpw_raw_verdict_kind - what is known of a raw verdict when it is compiled
 * @all: all of it, to be set in one
 * @family: enum tpw_family
 * @match: enum tpw_match
 * @outcome: enum tpw_outcome
 */
union tpw_raw_verdict_kind {
	u32 all;
	struct {
		u8 family;
		u8 match;
		u8 outcome;
	};
};

/**
 * struct tpw_raw_verdict - a verdict in the making
 * @cookie: of the socket
 * @listener: cookie of the listener it was born from, or 0
 * @dev: name of the device the segment came in on
 * @addrs: source and destination out of its IP header, network byte order;
 *	only the first 8 bytes for IPv4
 * @ports: source and destination out of its transport header, likewise
 * @len: its length with the transport header
 * @tcp: bytes 12 and 13 of its TCP header: data offset and flags
 * @kind: what it counts as
 * @via: enum tpw_via
 * @is_mptcp: the socket is a subflow
 * @sock: family, state and device of the socket
 */
struct tpw_raw_verdict {
	u64 cookie;
	u64 listener;
	union tpw_dev dev;
	u8 addrs[32];
	__be16 ports[2];
	u32 len;
	union tpw_raw_verdict_kind kind;
	u8 tcp[2];
	u8 via;
	bool is_mptcp;
	struct tpw_raw_verdict_sock sock;
};

void tpw_raw_verdict_expand(const struct tpw_raw_verdict *g, struct tpw_verdict *v);

/* In one piece, if this kernel keeps them together. */
static __always_inline void
tpw_raw_verdict_take_sock(struct tpw_raw_verdict_sock *to, const struct sock *sk)
{
	const struct sock_common *common = &sk->__sk_common;
	const size_t at = offsetof(struct sock_common, skc_family);

	if (at % 8 == 0 &&
	    offsetof(struct sock_common, skc_state) - at ==
	    offsetof(struct tpw_raw_verdict_sock, state) &&
	    offsetof(struct sock_common, skc_bound_dev_if) - at ==
	    offsetof(struct tpw_raw_verdict_sock, ifindex)) {
		*to = READ_ONCE(*(struct tpw_raw_verdict_sock *)((void *)common + at));
	} else {
		to->family = common->skc_family;
		to->state = READ_ONCE(common->skc_state);
		to->ifindex = READ_ONCE(common->skc_bound_dev_if);
	}
}

/**
 * tpw_raw_verdict_take() - put down a segment of a connection
 * @g: where
 * @skb: the segment, its headers pulled
 * @sk: a full socket past LISTEN, or a connected UDP socket
 * @dev: the device it came in on
 * @key: its verdict
 *
 * All members are set one by one: a memset() of this size is slower.
 *
 * Context: any, while @sk is alive.
 */
static __always_inline void
tpw_raw_verdict_take(struct tpw_raw_verdict *g, const struct sk_buff *skb,
		     const struct sock *sk, const union tpw_dev *dev,
		 struct tpw_verdict_key key)
{
	const void *transport = skb_transport_header(skb);
	const void *network = skb_network_header(skb);
	const bool is_tcp = tpw_family_is_tcp(key.family);
	const union tpw_raw_verdict_kind kind = {
		.family = key.family,
		.match = key.match,
		.outcome = key.outcome,
	};

	if (tpw_family_is_ipv6(key.family))
		memcpy(g->addrs, &((const struct ipv6hdr *)network)->addrs, 32);
	else
		memcpy(g->addrs, &((const struct iphdr *)network)->addrs, 8);
	memcpy(g->ports, transport, sizeof(g->ports));
	if (is_tcp)
		memcpy(g->tcp, transport + TPW_TCP_FLAGS_BYTE - 1, sizeof(g->tcp));
	g->len = skb->len;
	g->dev.word[0] = dev->word[0];
	g->dev.word[1] = dev->word[1];
	g->kind.all = kind.all;
	g->via = key.via;
	tpw_raw_verdict_take_sock(&g->sock, sk);
	g->is_mptcp = is_tcp && sk_is_mptcp(sk);
}

#endif /* _TPW_RAW_VERDICT_H */
