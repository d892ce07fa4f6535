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
#include "udp_hooks.h"

#include "compat.h"
#include "hook.h"
#include "packet.h"
#include "record.h"
#include "reuseport.h"
#include "segment.h"
#include "socket.h"

#include <linux/if_ether.h>
#include <linux/udp.h>
#include <net/tcp_states.h>

static __always_inline bool is_ipv6(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IPV6);
}

static __always_inline void rcv(const struct sk_buff *skb, bool is_ipv6)
{
	tpw_hook_hit(TPW_HOOK_UDP4_RCV + is_ipv6);
	tpw_segment_open(skb, TPW_UDP4 + is_ipv6,
			 TPW_UDP_EARLY_DEMUX_DESTRUCTOR);
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

/*
 * A BPF sk_lookup program may have chosen a socket whose address or port is
 * not the datagram's.  One that chose a fitting socket cannot be told apart.
 */
static bool is_misfit(const struct tpw_segment *s)
{
	if (s->bound.port != s->v.tuple.lport)
		return true;
	return !tpw_addr_is_any(&s->bound.addr) &&
	       s->bound.family == s->v.tuple.family &&
	       !tpw_addr_equal(&s->bound.addr, &s->v.tuple.local);
}

static enum tpw_via via_of(const struct tpw_segment *s, const struct sock *sk,
			   bool is_connected, bool is_multicast)
{
	if (s->sk_at_open == sk)
		return s->c.own_via == TPW_VIA_EARLY_DEMUX &&
		       (is_connected || is_multicast) ?
			TPW_VIA_EARLY_DEMUX : TPW_VIA_ASSIGNED;
	if (is_multicast)
		return TPW_VIA_MULTICAST;
	if (is_misfit(s))
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
	s->v.via = via_of(s, sk, is_connected, tpw_packet_is_multicast(skb));
	s->v.state = is_connected ? TCP_ESTABLISHED : 0;
	s->v.receivers++;
	tpw_reuseport_match(s, sk);
	tpw_segment_close(s, TPW_OUTCOME_HANDED);
}

/* What nearly all datagrams to a connected socket are: nothing to tell of. */
static __always_inline bool is_plain(const struct tpw_segment *s,
				     const struct sock *sk,
				     const struct sk_buff *skb)
{
	return READ_ONCE(sk->sk_state) == TCP_ESTABLISHED &&
	       sk->sk_num == ntohs(udp_hdr(skb)->dest) &&
	       s->c.chooser == TPW_CHOOSER_NOBODY &&
	       !tpw_packet_is_multicast(skb);
}

static __always_inline void match_plain(struct tpw_segment *s,
					const struct sock *sk,
					const struct sk_buff *skb,
					enum tpw_family family)
{
	struct tpw_brief brief = {
		.family = family,
		.via = TPW_VIA_UDP_CONNECTED,
		.match = TPW_MATCH_CONNECTED,
		.outcome = TPW_OUTCOME_HANDED,
	};

	if (s->sk_at_open == sk)
		brief.via = s->c.own_via;
	s->matched = sk;
	tpw_record_connection(s->tn, skb, sk, &s->dev, brief);
	s->c.stage = TPW_STAGE_CLOSED;
}

static void copy(struct tpw_segment *s, const struct sock *sk)
{
	struct tpw_endpoint bound;
	struct tpw_net *tn = READ_ONCE(s->tn);

	s->c.receivers++;
	tpw_socket_endpoint(sk, IPPROTO_UDP, &bound);
	if (tn)
		tpw_record_copy(tn, tpw_socket_cookie(sk), &bound);
}

static __always_inline void queue(const struct sock *sk,
				  const struct sk_buff *skb, bool is_ipv6)
{
	struct tpw_segment *s = tpw_segment_current();

	tpw_hook_hit(TPW_HOOK_UDP4_QUEUE + is_ipv6);
	if (!s || s->c.stage != TPW_STAGE_OPEN || s->c.family < TPW_UDP4)
		return;
	if (s->skb == skb && is_plain(s, sk, skb))
		match_plain(s, sk, skb, TPW_UDP4 + is_ipv6);
	else if (s->skb == skb)
		match(s, sk, skb);
	else if (tpw_packet_is_multicast(skb))
		copy(s, sk);
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
	{
		.id = TPW_HOOK_UDP4_QUEUE,
		.name = "match-udp",
		.target = "udp_queue_rcv_skb",
		.need = TPW_HOOK_REQUIRED,
		.handler = on_queue,
		.fast = on_queue_fast,
		.is_checked = true,
	}, {
		.id = TPW_HOOK_UDP6_QUEUE,
		.name = "match-udp6",
		.target = "udpv6_queue_rcv_skb",
		.need = TPW_HOOK_REQUIRED,
		.handler = on_queue,
		.fast = on_queue_fast,
		.is_checked = true,
	}, {
		.id = TPW_HOOK_UDP4_RCV,
		.name = "open-udp",
		.target = "udp_rcv",
		.need = TPW_HOOK_REQUIRED,
		.handler = on_rcv,
		.fast = on_rcv_fast,
		.is_checked = true,
	}, {
		.id = TPW_HOOK_UDP6_RCV,
		.name = "open-udp6",
		.target = "udpv6_rcv",
		.need = TPW_HOOK_REQUIRED,
		.handler = on_rcv,
		.fast = on_rcv_fast,
		.is_checked = true,
	},
};

/**
 * tpw_udp_hooks_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_udp_hooks_add(void)
{
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
}
