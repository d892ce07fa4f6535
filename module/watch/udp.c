// SPDX-License-Identifier: GPL-2.0
/*
 * Where UDP datagrams arrive and match.
 *
 * udp_queue_rcv_skb() is called once a receiver.  A multicast is given to its
 * further receivers as clones, and to the first receiver last and as the
 * original: that call closes the segment.
 *
 * UDP-Lite runs some of these functions too, but never opens a segment.
 */
#include "watch/udp.h"

#include "base/compat.h"
#include "kernel/conntrack.h"
#include "kernel/packet.h"
#include "kernel/socket.h"
#include "record/record.h"
#include "hook/arm.h"
#include "watch/reuseport.h"
#include "watch/segment.h"

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>

static __always_inline bool is_ipv6(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IPV6);
}

/*
 * What early demux leaves on a datagram that it has found a socket for.  Linux
 * 6.9 and later leave sock_pfree, as bpf_sk_assign() does on all kernels; others
 * hold the socket and leave sock_efree, which nothing else does.  No header tells
 * which this kernel is: the first such datagram does.
 */
static void (*demuxed)(struct sk_buff *skb) __read_mostly = sock_pfree;

static __always_inline void learn_demuxed(const struct sk_buff *skb)
{
	if (unlikely(skb->destructor == sock_efree) &&
	    READ_ONCE(demuxed) != sock_efree)
		WRITE_ONCE(demuxed, sock_efree);
}

/*
 * NAT has changed where it goes to.  All datagrams are looked at here: if the
 * kernel finds no socket, it takes conntrack's note off before any other hook.
 */
static noinline void rcv_changed(const struct sk_buff *skb, bool is_ipv6)
{
	struct tpw_segment *s;

	tpw_segment_open(skb, tpw_family_of(false, is_ipv6),
			 READ_ONCE(demuxed));
	s = tpw_segment_find(skb);
	if (s && s->c.stage == TPW_STAGE_OPEN)
		tpw_segment_ask(s, skb);
}

static __always_inline void rcv(const struct sk_buff *skb, bool is_ipv6)
{
	tpw_hook_hit(is_ipv6 ? TPW_HOOK_UDP6_RCV : TPW_HOOK_UDP4_RCV);
	learn_demuxed(skb);
	if (unlikely(tpw_conntrack_has_nat(skb)))
		rcv_changed(skb, is_ipv6);
	else
		tpw_segment_open(skb, tpw_family_of(false, is_ipv6),
				 READ_ONCE(demuxed));
}

/* udp_rcv(skb), udpv6_rcv(skb) */
static __always_inline void on_rcv(unsigned long a0, unsigned long a1,
				   unsigned long a2, unsigned long a3)
{
	const struct sk_buff *skb = (const struct sk_buff *)a0;

	if (!in_softirq())
		return;
	if (is_ipv6(skb))
		rcv(skb, true);
	else
		rcv(skb, false);
}

/* Where one comes with a socket, nothing is searched: that one gets it, or its group says who. */
static enum tpw_via via_of(const struct tpw_segment *s, bool is_connected,
			   bool is_multicast)
{
	if (s->sk_at_open)
		return s->c.own_via == TPW_VIA_EARLY_DEMUX &&
		       (is_connected || is_multicast) ?
			TPW_VIA_EARLY_DEMUX : TPW_VIA_ASSIGNED;
	if (is_multicast)
		return TPW_VIA_MULTICAST;
	if (tpw_segment_is_misfit(s))
		return TPW_VIA_SK_LOOKUP;
	if (is_connected)
		return TPW_VIA_UDP_CONNECTED;
	return tpw_addr_is_any(&s->bound.addr) ? TPW_VIA_UDP_ANY :
						 TPW_VIA_UDP_ADDR;
}

static noinline void match(struct tpw_segment *s, const struct sock *sk,
			   const struct sk_buff *skb)
{
	bool is_connected = READ_ONCE(sk->sk_state) == TCP_ESTABLISHED;

	tpw_segment_match(s, skb, sk, is_connected ? TPW_MATCH_CONNECTED :
						     TPW_MATCH_BOUND,
			  TPW_VIA_UNKNOWN);
	tpw_socket_endpoint(sk, IPPROTO_UDP, &s->bound);
	s->v.via = via_of(s, is_connected, tpw_packet_is_multicast(skb));
	s->v.state = is_connected ? TCP_ESTABLISHED : 0;
	s->v.receivers++;
	tpw_reuseport_match(s, sk);
	tpw_segment_close(s, TPW_OUTCOME_HANDED);
}

/* Nothing about it is special: one receiver, its port, chosen by no group. */
static __always_inline bool is_plain(const struct tpw_segment *s,
				     const struct sock *sk,
				     const struct sk_buff *skb)
{
	return sk->sk_num == ntohs(udp_hdr(skb)->dest) &&
	       s->c.chooser == TPW_CHOOSER_NOBODY &&
	       !tpw_packet_is_multicast(skb);
}

static __always_inline void match_plain(struct tpw_segment *s,
					const struct sock *sk,
					const struct sk_buff *skb,
					enum tpw_family family)
{
	struct tpw_verdict_key key = {
		.family = family,
		.via = TPW_VIA_UDP_CONNECTED,
		.match = TPW_MATCH_CONNECTED,
		.outcome = TPW_OUTCOME_HANDED,
	};

	if (s->sk_at_open == sk)
		key.via = s->c.own_via;
	s->matched = sk;
	tpw_record_connection(s->tn, skb, sk, &s->dev, key);
	s->c.stage = TPW_STAGE_CLOSED;
}

static __always_inline enum tpw_via plain_via(const struct sock *sk,
					      const struct sk_buff *skb,
					      bool is_ipv6)
{
	if (is_ipv6) {
		if (ipv6_addr_any(&sk->sk_v6_rcv_saddr))
			return TPW_VIA_UDP_ANY;
		return ipv6_addr_equal(&sk->sk_v6_rcv_saddr,
				       &ipv6_hdr(skb)->daddr) ?
		       TPW_VIA_UDP_ADDR : TPW_VIA_UNKNOWN;
	}
	if (!sk->sk_rcv_saddr)
		return TPW_VIA_UDP_ANY;
	return sk->sk_rcv_saddr == ip_hdr(skb)->daddr ? TPW_VIA_UDP_ADDR :
							TPW_VIA_UNKNOWN;
}

/* What nearly all datagrams to a socket without a peer are. */
static __always_inline struct tpw_verdict_key bound_key(enum tpw_family family,
							enum tpw_via via)
{
	return (struct tpw_verdict_key) {
		.family = family,
		.via = via,
		.match = TPW_MATCH_BOUND,
		.outcome = TPW_OUTCOME_HANDED,
	};
}

static noinline void match_bound_filtered(struct tpw_segment *s,
					  const struct sock *sk,
					const struct sk_buff *skb,
					enum tpw_via via)
{
	s->matched = sk;
	s->c.stage = TPW_STAGE_CLOSED;
	tpw_record_bound_filtered(s->tn, skb, sk, &s->dev,
				  bound_key(s->c.family, via));
}

/* Each a function of its own: none saves registers for what another one does. */
#define MATCH_BOUND(_name, _family, _record)				\
static noinline void _name(struct tpw_segment *s, const struct sock *sk,	\
			   const struct sk_buff *skb, enum tpw_via via)	\
{									\
	const struct tpw_verdict_key key = bound_key(_family, via);	\
									\
	s->matched = sk;						\
	s->c.stage = TPW_STAGE_CLOSED;					\
	_record;							\
}

MATCH_BOUND(match_bound4_unlogged, TPW_UDP4,
	    tpw_record_bound_unlogged(s->tn, sk, key))
MATCH_BOUND(match_bound6_unlogged, TPW_UDP6,
	    tpw_record_bound_unlogged(s->tn, sk, key))
MATCH_BOUND(match_bound4_logged, TPW_UDP4,
	    tpw_record_bound_logged(s->tn, skb, sk, &s->dev, key))
MATCH_BOUND(match_bound6_logged, TPW_UDP6,
	    tpw_record_bound_logged(s->tn, skb, sk, &s->dev, key))

static __always_inline void match_bound(struct tpw_segment *s,
					const struct sock *sk,
					const struct sk_buff *skb, bool is_ipv6)
{
	enum tpw_via via = plain_via(sk, skb, is_ipv6);

	/* Bound as they are addressed, and of their family. */
	if (sk->sk_family != (is_ipv6 ? AF_INET6 : AF_INET) ||
	    s->sk_at_open == sk || via == TPW_VIA_UNKNOWN) {
		match(s, sk, skb);
		return;
	}
	switch (tpw_record_audience(s->tn,
				    bound_key(tpw_family_of(false, is_ipv6),
					      via))) {
	case TPW_AUDIENCE_ALL:
		is_ipv6 ? match_bound6_logged(s, sk, skb, via) :
			  match_bound4_logged(s, sk, skb, via);
		break;
	case TPW_AUDIENCE_NONE:
		is_ipv6 ? match_bound6_unlogged(s, sk, skb, via) :
			  match_bound4_unlogged(s, sk, skb, via);
		break;
	case TPW_AUDIENCE_ASK:
		match_bound_filtered(s, sk, skb, via);
		break;
	}
}

static noinline void match_connected4(struct tpw_segment *s,
				      const struct sock *sk,
				      const struct sk_buff *skb)
{
	match_plain(s, sk, skb, TPW_UDP4);
}

static noinline void match_connected6(struct tpw_segment *s,
				      const struct sock *sk,
				      const struct sk_buff *skb)
{
	match_plain(s, sk, skb, TPW_UDP6);
}

static void copy(struct tpw_segment *s, const struct sock *sk)
{
	struct tpw_net *tn = READ_ONCE(s->tn);

	s->c.receivers++;
	if (tn)
		tpw_record_copy(tn, sk);
}

/* Closed already; or NAT has changed it, and the log keeps what it was before. */
static noinline void queue_changed(struct tpw_segment *s, const struct sock *sk,
				   const struct sk_buff *skb)
{
	if (s->c.stage != TPW_STAGE_OPEN)
		return;
	if (s->skb == skb)
		match(s, sk, skb);
	else if (tpw_packet_is_multicast(skb))
		copy(s, sk);
}

static __always_inline void queue(const struct sock *sk,
				  const struct sk_buff *skb, bool is_ipv6)
{
	const union tpw_progress untouched = { .stage = TPW_STAGE_OPEN };
	struct tpw_segment *s = tpw_segment_current();

	tpw_hook_hit(is_ipv6 ? TPW_HOOK_UDP6_QUEUE : TPW_HOOK_UDP4_QUEUE);
	if (!s || tpw_family_is_tcp(s->c.family))
		return;
	if (unlikely(s->c.progress != untouched.progress)) {
		queue_changed(s, sk, skb);
	} else if (unlikely(s->skb != skb)) {
		if (tpw_packet_is_multicast(skb))
			copy(s, sk);
	} else if (unlikely(!is_plain(s, sk, skb))) {
		match(s, sk, skb);
	} else if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED) {
		is_ipv6 ? match_connected6(s, sk, skb) :
			  match_connected4(s, sk, skb);
	} else {
		match_bound(s, sk, skb, is_ipv6);
	}
}

/* udp_queue_rcv_skb(sk, skb), udpv6_queue_rcv_skb(sk, skb) */
static __always_inline void on_queue(unsigned long a0, unsigned long a1,
				     unsigned long a2, unsigned long a3)
{
	const struct sk_buff *skb = (const struct sk_buff *)a1;

	if (!in_softirq())
		return;
	if (is_ipv6(skb))
		queue((const struct sock *)a0, skb, true);
	else
		queue((const struct sock *)a0, skb, false);
}

TPW_FAST_HANDLER(on_rcv_fast, on_rcv);
TPW_FAST_HANDLER(on_queue_fast, on_queue);

static struct tpw_hook hooks[] = {
	TPW_FUNCTION_HOOK(UDP4_QUEUE, FOR_UDP4, "match-udp",
			  "udp_queue_rcv_skb", on_queue,
			  .fast = on_queue_fast, .is_checked = true),
	TPW_FUNCTION_HOOK(UDP6_QUEUE, FOR_UDP6, "match-udp6",
			  "udpv6_queue_rcv_skb", on_queue,
			  .fast = on_queue_fast, .is_checked = true),
	TPW_FUNCTION_HOOK(UDP4_RCV, FOR_UDP4, "open-udp",
			  "udp_rcv", on_rcv,
			  .fast = on_rcv_fast, .is_checked = true),
	TPW_FUNCTION_HOOK(UDP6_RCV, FOR_UDP6, "open-udp6",
			  "udpv6_rcv", on_rcv,
			  .fast = on_rcv_fast, .is_checked = true),
};

/**
 * tpw_udp_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_udp_add(void)
{
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
}
