// SPDX-License-Identifier: GPL-2.0
/*
 * Where segments are dropped, and where TCP answers one with RST: the
 * tracepoints skb:kfree_skb and tcp:tcp_send_reset.
 *
 * Before a match it is exact: each way out of the receive functions that
 * matches no socket frees the skb there, in the same call and on the same CPU.
 *
 * After a match it can lie: the skb may be freed long after its delivery, or
 * its memory be another packet's.  Where the kernel names the receiving socket
 * (6.11 and later), a drop is believed if that is the socket that matched;
 * elsewhere, if its reason can come from nowhere else.  Where it gives no
 * reasons, none is; that there is no socket is told by no_socket.c.
 */
#include "watch/drop.h"

#include "base/compat.h"
#include "verdict/reason.h"
#include "verdict/taker.h"
#include "kernel/packet.h"
#include "kernel/socket.h"
#include "record/record.h"
#include "hook/arm.h"
#include "watch/segment.h"
#include "watch/taken.h"

#include <linux/if_ether.h>
#include <net/net_namespace.h>
#include <net/tcp_states.h>

static bool is_tcp(const struct tpw_segment *s)
{
	return tpw_family_is_tcp(s->c.family);
}

static void close_none(struct tpw_segment *s, enum tpw_outcome outcome)
{
	s->v.via = TPW_VIA_NONE;
	s->v.match = TPW_MATCH_NONE;
	tpw_segment_close(s, outcome);
}

/* Reasons that a receive function has before it searches for a socket. */
static bool is_broken(unsigned int reason, bool is_whole)
{
	switch (reason) {
	case SKB_DROP_REASON_TCP_CSUM:
	case SKB_DROP_REASON_UDP_CSUM:
	case SKB_DROP_REASON_PKT_TOO_SMALL:
	case SKB_DROP_REASON_SKB_CSUM:
		return true;
	default:
		return !is_whole;
	}
}

/*
 * Is this the socket that the segment was searched for with?  The drop happens
 * in the RCU read-side section of that search, and the memory of sockets of
 * all kinds keeps its type until such sections end: reading what all kinds
 * share is safe even if the socket has just been freed, and the tuple tells
 * whether it has become another's.
 */
static bool is_ours(const struct tpw_segment *s, const struct sock *sk)
{
	const struct tpw_tuple *t = &s->v.tuple;

	if (sk->sk_num != ntohs(t->lport))
		return false;
	if (READ_ONCE(sk->sk_state) != TCP_LISTEN && sk->sk_dport != t->fport)
		return false;
	return tpw_socket_known_cookie(sk) || sk->sk_state == TCP_LISTEN;
}

static void name_listener(struct tpw_segment *s, const struct sock *sk)
{
	struct tpw_verdict *v = &s->v;

	if (!(s->c.saw & TPW_SAW_SEARCH) && s->sk_at_open != sk) {
		/* Its request was found; the drop names the listener. */
		v->match = TPW_MATCH_REQUEST;
		v->via = s->sk_at_open && s->c.own_via == TPW_VIA_EARLY_DEMUX ?
			 TPW_VIA_EARLY_DEMUX : TPW_VIA_EHASH;
		v->state = TCP_NEW_SYN_RECV;
		v->listener = tpw_socket_cookie(sk);
	} else {
		v->match = TPW_MATCH_LISTENER;
		v->state = TCP_LISTEN;
		v->cookie = tpw_socket_cookie(sk);
		v->via = s->sk_at_open == sk ? TPW_VIA_ASSIGNED :
			 tpw_addr_is_any(&s->bound.addr) ?
			 TPW_VIA_LISTENER_ANY : TPW_VIA_LISTENER_ADDR;
	}
}

/* The kernel has found a socket, and dropped the segment before it matched. */
static void name_socket(struct tpw_segment *s, const struct sock *sk)
{
	struct tpw_verdict *v = &s->v;

	if (!is_ours(s, sk))
		return;
	v->mods = tpw_socket_mods(sk, v->tuple.family);
	tpw_socket_endpoint(sk, IPPROTO_TCP, &s->bound);
	if (sk->sk_state == TCP_LISTEN) {
		name_listener(s, sk);
		return;
	}
	v->cookie = tpw_socket_known_cookie(sk);
	v->state = READ_ONCE(sk->sk_state);
	v->match = v->state == TCP_TIME_WAIT ? TPW_MATCH_TIME_WAIT :
					       TPW_MATCH_ESTABLISHED;
	v->via = tpw_segment_found_by(s, sk);
}

/*
 * Whether somebody is told that nothing is there.  Later kernels say of each RST
 * that it is on its way, others only of those that a socket sends.
 */
static bool is_answered(const struct tpw_segment *s, const struct sk_buff *skb)
{
	if (!is_tcp(s))
		return true;
	if (s->v.flags & TPW_TCP_RST)
		return false;
	if (TPW_HAS_SEND_RESET_REASON && tpw_hook_is_armed(TPW_HOOK_SEND_RESET))
		return s->c.saw & TPW_SAW_RESET;
	return tpw_packet_may_be_reset(skb);
}

static void close_unmatched(struct tpw_segment *s, const struct sk_buff *skb,
			    unsigned int reason, const struct sock *rx_sk)
{
	struct tpw_verdict *v = &s->v;
	bool is_whole;

	if (is_tcp(s) && (skb_get_nfct(skb) || is_broken(reason, true)))
		tpw_segment_ask(s, skb);	/* no note was taken off */
	tpw_segment_blank(s);
	is_whole = tpw_packet_read_broken(skb, is_tcp(s) ? IPPROTO_TCP :
							   IPPROTO_UDP, v);
	if (reason == SKB_DROP_REASON_NO_SOCKET ||
	    (!TPW_HAS_DROP_REASONS && s->c.saw & TPW_SAW_NO_SOCKET)) {
		close_none(s, is_answered(s, skb) ? TPW_OUTCOME_REFUSED :
						    TPW_OUTCOME_IGNORED);
		return;
	}
	if (reason == SKB_DROP_REASON_NOT_SPECIFIED && !is_tcp(s) && is_whole &&
	    tpw_packet_is_multicast(skb)) {
		close_none(s, TPW_OUTCOME_IGNORED);
		return;
	}
	v->reason = reason;
	if (s->c.saw & TPW_SAW_SEARCH && reason == SKB_DROP_REASON_TCP_CSUM) {
		/* Only where nothing was found is it checked after a search. */
		close_none(s, TPW_OUTCOME_DROPPED);
		return;
	}
	if (rx_sk && is_tcp(s))
		name_socket(s, rx_sk);
	else if (is_broken(reason, is_whole))
		v->via = TPW_VIA_UNSEARCHED;
	tpw_segment_close(s, TPW_OUTCOME_DROPPED);
}

static bool is_credible(const struct tpw_segment *s, unsigned int reason,
			const struct sock *rx_sk)
{
	if (TPW_HAS_KFREE_SKB_RX_SK)
		return reason != SKB_DROP_REASON_NOT_SPECIFIED &&
		       rx_sk && rx_sk == s->matched;
	switch (reason) {
	case SKB_DROP_REASON_SOCKET_BACKLOG:
	case SKB_DROP_REASON_SOCKET_RCVBUFF:
	case SKB_DROP_REASON_PROTO_MEM:
	case SKB_DROP_REASON_SOCKET_FILTER:
	case SKB_DROP_REASON_XFRM_POLICY:
		/* Of TCP and UDP: it may be that of one that is not watched. */
		return !tpw_watched_lost();
	case SKB_DROP_REASON_UDP_CSUM:
		return !is_tcp(s) || !tpw_watched_lost();
	default:
		return tpw_reason_is_tcp(reason) &&
		       (is_tcp(s) || !tpw_watched_lost());
	}
}

static void dropped_later(struct tpw_segment *s, const struct sk_buff *skb,
			  unsigned int reason, const struct sock *rx_sk)
{
	struct tpw_net *tn = READ_ONCE(s->tn);

	if (!tn || !s->matched || !tpw_segment_may_be(s, skb) ||
	    !is_credible(s, reason, rx_sk))
		return;
	tpw_record_dropped_later(tn, s->c.family, reason);
	s->skb = NULL;		/* once */
}

static __always_inline void on_kfree(const struct sk_buff *skb,
				     unsigned int reason,
				     const struct sock *rx_sk)
{
	struct tpw_segment *s;
	enum tpw_taker taker;

	if (!in_softirq())
		return;
	reason = tpw_reason_clamp(reason);
	taker = tpw_taker_of(reason);
	if (taker != TPW_TAKER_NR) {
		/* A segment may have had the memory before. */
		tpw_hook_hit(TPW_HOOK_KFREE_SKB);
		tpw_taken(skb, taker, reason);
		return;
	}
	s = tpw_segment_find(skb);
	if (likely(!s))
		return;
	tpw_hook_hit(TPW_HOOK_KFREE_SKB);
	switch (s->c.stage) {
	case TPW_STAGE_OPEN:
		close_unmatched(s, skb, reason, rx_sk);
		break;
	case TPW_STAGE_REQUEST:
	case TPW_STAGE_TIME_WAIT:
		tpw_segment_close(s, tpw_segment_end(s));
		break;
	case TPW_STAGE_LISTENER:
		tpw_segment_close(s, tpw_segment_end(s));
		fallthrough;
	default:
		dropped_later(s, skb, reason, rx_sk);
	}
}

static void notrace on_kfree_skb_rx_sk(void *data, struct sk_buff *skb,
				       void *location,
				       enum skb_drop_reason reason,
				       struct sock *rx_sk)
{
	on_kfree(skb, reason, rx_sk);
}

static void notrace on_kfree_skb(void *data, struct sk_buff *skb,
				 void *location, enum skb_drop_reason reason)
{
	on_kfree(skb, reason, NULL);
}

static void notrace on_kfree_skb_bare(void *data, struct sk_buff *skb,
				      void *location)
{
	on_kfree(skb, SKB_DROP_REASON_NOT_SPECIFIED, NULL);
}

/* One that answers no segment ends its connection; else that has just closed. */
static void note_end(const struct sock *sk, const struct sk_buff *skb)
{
	u64 cookie;

	if (!sk || !sk_fullsock(sk) || (skb && READ_ONCE(sk->sk_state) != TCP_CLOSE))
		return;
	cookie = tpw_socket_known_cookie(sk);
	if (cookie)
		tpw_record_reset(cookie);
}

/* The RST is on its way; the segment is freed afterwards. */
static __always_inline void on_reset(const struct sock *sk,
				     const struct sk_buff *skb)
{
	struct tpw_segment *s;

	tpw_hook_hit(TPW_HOOK_SEND_RESET);
	note_end(sk, skb);
	if (!in_softirq() || !skb)
		return;
	s = tpw_segment_find(skb);
	if (!s)
		return;
	if (s->c.stage != TPW_STAGE_CLOSED)
		s->c.saw |= TPW_SAW_RESET;
	else if (s->matched && READ_ONCE(s->tn) && is_tcp(s) &&
		 tpw_segment_may_be(s, skb))
		tpw_record_reset_later(s->tn, s->c.family);
}

static void notrace on_send_reset_reason(void *data, const struct sock *sk,
					 const struct sk_buff *skb,
					 unsigned int reason)
{
	on_reset(sk, skb);
}

static void notrace on_send_reset(void *data, const struct sock *sk,
				  const struct sk_buff *skb)
{
	on_reset(sk, skb);
}

static struct tpw_hook hooks[] = {
	{
		.id = TPW_HOOK_KFREE_SKB,
		.name = "drop",
		.target = "kfree_skb",
		.need = TPW_HOOK_FOR_ALL,
		.probe = TPW_HAS_KFREE_SKB_RX_SK ? (void *)on_kfree_skb_rx_sk :
			 TPW_HAS_DROP_REASONS ? (void *)on_kfree_skb :
						(void *)on_kfree_skb_bare,
	}, {
		.id = TPW_HOOK_SEND_RESET,
		.name = "reset",
		.target = "tcp_send_reset",
		.need = TPW_HOOK_OPTIONAL,
		.probe = TPW_HAS_SEND_RESET_REASON ?
				 (void *)on_send_reset_reason :
				 (void *)on_send_reset,
	},
};

/**
 * tpw_drop_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_drop_add(void)
{
	tpw_taker_init();
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
}
