// SPDX-License-Identifier: GPL-2.0
/*
 * Where TCP segments arrive and match, in the order of tcp_v4_rcv() and
 * tcp_v6_rcv(), which this file mirrors.
 *
 * The first statement of each handler tells delivery from the drain of a
 * socket's backlog, which runs the same functions in process context with
 * softirqs on.  in_serving_softirq() would not do: tun, IPsec and busy polling
 * deliver in process context, with BH off.
 */
#include "watch/tcp.h"

#include "base/compat.h"
#include "kernel/socket.h"
#include "record/record.h"
#include "hook/arm.h"
#include "watch/reuseport.h"
#include "watch/segment.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/inet_timewait_sock.h>
#include <net/request_sock.h>
#include <net/tcp.h>

static __always_inline bool is_ipv6(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IPV6);
}

/* The record of an skb whose verdict is not final yet. */
static __always_inline struct tpw_segment *open_of(const struct sk_buff *skb)
{
	struct tpw_segment *s = tpw_segment_find(skb);

	return s && s->c.stage != TPW_STAGE_CLOSED ? s : NULL;
}

static __always_inline void rcv(const struct sk_buff *skb, bool is_ipv6)
{
	tpw_hook_hit(is_ipv6 ? TPW_HOOK_TCP6_RCV : TPW_HOOK_TCP4_RCV);
	if (likely(skb->pkt_type == PACKET_HOST))
		tpw_segment_open(skb, tpw_family_of(true, is_ipv6),
				 sock_edemux);
}

/* tcp_v{4,6}_rcv(skb): only what Tcp: InSegs counts. */
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

/* Something has happened before: as a rule, it took more than one search. */
static noinline void match_full_late(struct tpw_segment *s,
				     const struct sock *sk,
				     const struct sk_buff *skb,
				     enum tpw_outcome outcome)
{
	if (s->c.stage != TPW_STAGE_OPEN)
		tpw_segment_relooked(s, TPW_RELOOKUP_STOLEN);
	else if (s->c.saw & TPW_SAW_MIGRATION)
		tpw_segment_relooked(s, TPW_RELOOKUP_MIGRATED);
	tpw_segment_match(s, skb, sk, TPW_MATCH_ESTABLISHED,
			  tpw_segment_found_by(s, sk));
	s->v.state = READ_ONCE(sk->sk_state);
	tpw_segment_close(s, outcome);
}

static __always_inline struct tpw_verdict_key key_of(const struct tpw_segment *s,
						     const struct sock *sk,
						     enum tpw_family family,
						     enum tpw_outcome outcome)
{
	unsigned long via = tpw_segment_found_by(s, sk);

	/* One number in one register, not all that will be made of it. */
	OPTIMIZER_HIDE_VAR(via);
	return (struct tpw_verdict_key){
		.family = family,
		.via = via,
		.match = TPW_MATCH_ESTABLISHED,
		.outcome = outcome,
	};
}

/*
 * A full socket past LISTEN, and nothing has happened to the segment before: the
 * established hash, however it was asked.
 */
static noinline void
match_full_filtered(struct tpw_segment *s, const struct sock *sk, const struct sk_buff *skb,
		    enum tpw_outcome outcome)
{
	s->matched = sk;
	tpw_record_filtered(s->tn, skb, sk, &s->dev,
			    key_of(s, sk, s->c.family, outcome));
	s->c.stage = TPW_STAGE_CLOSED;
}

/*
 * The same for the path of nearly all segments, each case a function of its own:
 * none saves registers for what another one does.
 */
static __always_inline void
match_full_logged(struct tpw_segment *s, const struct sock *sk, const struct sk_buff *skb,
		  enum tpw_family family, enum tpw_outcome outcome)
{
	const u64 now_ns = ktime_get_mono_fast_ns();

	s->matched = sk;
	tpw_record_logged(s->tn, skb, sk, &s->dev,
			  key_of(s, sk, family, outcome), now_ns);
	s->c.stage = TPW_STAGE_CLOSED;
}

static __always_inline void
match_full_unlogged(struct tpw_segment *s, const struct sock *sk, const struct sk_buff *skb,
		    enum tpw_family family, enum tpw_outcome outcome)
{
	const struct tpw_verdict_key key = key_of(s, sk, family, outcome);
	struct tpw_net *tn = s->tn;

	s->matched = sk;
	s->c.stage = TPW_STAGE_CLOSED;
	tpw_record_unlogged(tn, skb, sk, key);
}

#define MATCH_FULL(_name, _how, _family, _outcome)			\
static noinline void _name(struct tpw_segment *s, const struct sock *sk,	\
			   const struct sk_buff *skb)			\
{									\
	_how(s, sk, skb, _family, _outcome);				\
}

MATCH_FULL(match_full4_logged, match_full_logged, TPW_TCP4, TPW_OUTCOME_HANDED)
MATCH_FULL(match_full6_logged, match_full_logged, TPW_TCP6, TPW_OUTCOME_HANDED)
MATCH_FULL(match_full4_unlogged, match_full_unlogged, TPW_TCP4, TPW_OUTCOME_HANDED)
MATCH_FULL(match_full6_unlogged, match_full_unlogged, TPW_TCP6, TPW_OUTCOME_HANDED)
MATCH_FULL(match_backlog4_logged, match_full_logged, TPW_TCP4, TPW_OUTCOME_BACKLOG)
MATCH_FULL(match_backlog6_logged, match_full_logged, TPW_TCP6, TPW_OUTCOME_BACKLOG)
MATCH_FULL(match_backlog4_unlogged, match_full_unlogged, TPW_TCP4, TPW_OUTCOME_BACKLOG)
MATCH_FULL(match_backlog6_unlogged, match_full_unlogged, TPW_TCP6, TPW_OUTCOME_BACKLOG)

/* One of these, as @how is to record: which is known when it is compiled. */
#define MATCH_FULL_AS(_how, _is_ipv6, _outcome)				\
	((_outcome) == TPW_OUTCOME_BACKLOG ?				\
	 (_is_ipv6) ? match_backlog6_##_how : match_backlog4_##_how :	\
	 (_is_ipv6) ? match_full6_##_how : match_full4_##_how)

static __always_inline void
match_full_fast(struct tpw_segment *s, const struct sock *sk, const struct sk_buff *skb,
		bool is_ipv6, enum tpw_outcome outcome)
{
	const enum tpw_family family = tpw_family_of(true, is_ipv6);

	switch (tpw_record_audience(s->tn, key_of(s, sk, family, outcome))) {
	case TPW_AUDIENCE_ALL:
		MATCH_FULL_AS(logged, is_ipv6, outcome)(s, sk, skb);
		break;
	case TPW_AUDIENCE_NONE:
		MATCH_FULL_AS(unlogged, is_ipv6, outcome)(s, sk, skb);
		break;
	case TPW_AUDIENCE_ASK:
		match_full_filtered(s, sk, skb, outcome);
		break;
	}
}

/*
 * A BPF program has checked its SYN cookie (bpf_sk_assign_tcp_reqsk(), since
 * 6.9): the segment comes with a request, and the kernel takes the listener out
 * of that, without a search.
 */
static bool came_with_request(const struct tpw_segment *s)
{
	enum tpw_hook_id search = tpw_family_is_ipv6(s->c.family) ?
				  TPW_HOOK_LISTENER6 : TPW_HOOK_LISTENER4;

	return s->sk_at_open && s->c.own_via == TPW_VIA_ASSIGNED &&
	       !(s->c.saw & TPW_SAW_SEARCH) && tpw_hook_is_armed(search);
}

/*
 * A search that walked no bucket had its answer from a BPF program.  Where walks
 * are not seen (5.10 has them inlined), only a listener that does not fit tells.
 */
static enum tpw_via listener_via(const struct tpw_segment *s,
				 const struct sock *sk)
{
	enum tpw_hook_id walk = tpw_family_is_ipv6(s->c.family) ?
				TPW_HOOK_LHASH2_6 : TPW_HOOK_LHASH2_4;

	if (s->sk_at_open == sk || came_with_request(s))
		return TPW_VIA_ASSIGNED;
	if (s->c.saw & TPW_SAW_SEARCH && !(s->c.saw & TPW_SAW_WALK) &&
	    (tpw_hook_is_armed(walk) || tpw_segment_is_misfit(s)))
		return TPW_VIA_SK_LOOKUP;
	return tpw_addr_is_any(&s->bound.addr) ? TPW_VIA_LISTENER_ANY :
						 TPW_VIA_LISTENER_ADDR;
}

/*
 * Will tcp_conn_request() find the accept queue full?  It looks at the queue
 * of requests first, and drops the SYN there unless it may send a cookie.
 */
static bool syn_overflows(const struct tpw_segment *s, const struct sock *sk)
{
	if (!sk_acceptq_is_full(sk))
		return false;
	return !inet_csk_reqsk_queue_is_full(sk) ||
	       READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_syncookies) ||
	       s->c.stage == TPW_STAGE_TIME_WAIT;
}

static void relooked_listener(struct tpw_segment *s)
{
	if (s->c.stage == TPW_STAGE_TIME_WAIT)
		tpw_segment_relooked(s, TPW_RELOOKUP_TIME_WAIT);
	else if (s->c.saw & TPW_SAW_MIGRATION)
		tpw_segment_relooked(s, TPW_RELOOKUP_MIGRATED);
	else if (s->c.stage == TPW_STAGE_REQUEST)
		tpw_segment_relooked(s, TPW_RELOOKUP_STOLEN);
}

static noinline void match_listener(struct tpw_segment *s,
				    const struct sock *sk,
				    const struct sk_buff *skb)
{
	bool overflows;

	/* A bad ACK goes from its request to the listener without a search. */
	if (s->c.stage == TPW_STAGE_REQUEST && !(s->c.saw & TPW_SAW_SEARCH_AGAIN))
		return;
	overflows = syn_overflows(s, sk);
	relooked_listener(s);
	tpw_socket_endpoint(sk, IPPROTO_TCP, &s->bound);
	tpw_segment_match(s, skb, sk, TPW_MATCH_LISTENER, TPW_VIA_UNKNOWN);
	s->v.via = listener_via(s, sk);
	s->v.state = TCP_LISTEN;
	tpw_reuseport_match(s, sk);
	if (tpw_flags_are_syn(s->v.flags))
		tpw_segment_close(s, overflows ? TPW_OUTCOME_QUEUE_FULL :
						 TPW_OUTCOME_HANDED);
	else
		s->c.stage = TPW_STAGE_LISTENER;
}

/* What is not the ordinary segment of a connection. */
static noinline void do_rcv_late(const struct sock *sk,
				 const struct sk_buff *skb)
{
	struct tpw_segment *s = open_of(skb);

	if (!s)
		return;
	if (sk->sk_state == TCP_LISTEN)
		match_listener(s, sk, skb);
	else
		match_full_late(s, sk, skb, TPW_OUTCOME_HANDED);
}

static __always_inline void do_rcv(const struct sock *sk,
				   const struct sk_buff *skb, bool is_ipv6)
{
	struct tpw_segment *s = tpw_segment_current();

	tpw_hook_hit(is_ipv6 ? TPW_HOOK_TCP6_DO_RCV : TPW_HOOK_TCP4_DO_RCV);
	if (likely(tpw_segment_is_untouched(s, skb) &&
		   sk->sk_state != TCP_LISTEN))
		match_full_fast(s, sk, skb, is_ipv6, TPW_OUTCOME_HANDED);
	else
		do_rcv_late(sk, skb);
}

/* tcp_v{4,6}_do_rcv(sk, skb): v6's calls v4's if mapped. */
static __always_inline void on_do_rcv(unsigned long a0, unsigned long a1,
				      unsigned long a2, unsigned long a3)
{
	const struct sk_buff *skb = (const struct sk_buff *)a1;

	if (!in_softirq())
		return;
	if (is_ipv6(skb))
		do_rcv((const struct sock *)a0, skb, true);
	else
		do_rcv((const struct sock *)a0, skb, false);
}

static noinline void add_backlog_late(const struct sock *sk,
				      const struct sk_buff *skb)
{
	struct tpw_segment *s = open_of(skb);

	if (s)
		match_full_late(s, sk, skb, TPW_OUTCOME_BACKLOG);
}

static __always_inline void add_backlog(const struct sock *sk,
					const struct sk_buff *skb, bool is_ipv6)
{
	struct tpw_segment *s = tpw_segment_current();

	tpw_hook_hit(TPW_HOOK_ADD_BACKLOG);
	if (likely(tpw_segment_is_untouched(s, skb)))
		match_full_fast(s, sk, skb, is_ipv6, TPW_OUTCOME_BACKLOG);
	else
		add_backlog_late(sk, skb);
}

/* tcp_add_backlog(sk, skb, ...) */
static __always_inline void on_add_backlog(unsigned long a0, unsigned long a1,
					   unsigned long a2, unsigned long a3)
{
	const struct sk_buff *skb = (const struct sk_buff *)a1;

	if (!in_softirq())
		return;
	if (is_ipv6(skb))
		add_backlog((const struct sock *)a0, skb, true);
	else
		add_backlog((const struct sock *)a0, skb, false);
}

/*
 * tcp_check_req(listener, skb, req, ...): provisional.  After do_rcv it is the
 * completion of Fast Open, on a socket that has matched already.
 */
static void on_check_req(unsigned long a0, unsigned long a1, unsigned long a2,
			 unsigned long a3)
{
	const struct sock *listener = (const struct sock *)a0;
	const struct sk_buff *skb = (const struct sk_buff *)a1;
	const struct sock *req = req_to_sk((struct request_sock *)a2);
	struct tpw_segment *s;

	if (!in_softirq())
		return;
	s = open_of(skb);
	if (!s)
		return;
	if (s->c.saw & TPW_SAW_MIGRATION)
		tpw_segment_relooked(s, TPW_RELOOKUP_MIGRATED);
	else if (s->c.stage != TPW_STAGE_OPEN)
		tpw_segment_relooked(s, TPW_RELOOKUP_STOLEN);
	tpw_segment_ask(s, skb);
	tpw_segment_match(s, skb, req, TPW_MATCH_REQUEST,
			  tpw_segment_found_by(s, req));
	tpw_socket_endpoint(listener, IPPROTO_TCP, &s->bound);
	s->matched = listener;		/* what a drop would name */
	s->v.state = TCP_NEW_SYN_RECV;
	s->v.listener = tpw_socket_cookie(listener);
	s->c.saw &= ~TPW_SAW_SEARCH_AGAIN;
	s->c.stage = TPW_STAGE_REQUEST;
}

/* tcp_v{4,6}_syn_recv_sock(listener, skb, ...): v6's calls v4's if mapped. */
static void on_syn_recv_sock(unsigned long a0, unsigned long a1,
			     unsigned long a2, unsigned long a3)
{
	struct tpw_segment *s;

	if (!in_softirq())
		return;
	s = open_of((const struct sk_buff *)a1);
	if (s && sk_acceptq_is_full((const struct sock *)a0))
		s->c.saw |= TPW_SAW_QUEUE_FULL;
}

/* tcp_child_process(listener, child, skb): the handshake is complete. */
static void on_child_process(unsigned long a0, unsigned long a1,
			     unsigned long a2, unsigned long a3)
{
	const struct sk_buff *skb = (const struct sk_buff *)a2;
	struct tpw_segment *s;

	if (!in_softirq())
		return;
	s = open_of(skb);
	if (!s)
		return;
	if (s->c.stage == TPW_STAGE_REQUEST) {
		s->v.cookie = tpw_socket_cookie((const struct sock *)a1);
		s->v.listener = tpw_socket_cookie((const struct sock *)a0);
	}
	if (s->c.stage != TPW_STAGE_OPEN)
		tpw_segment_close(s, TPW_OUTCOME_HANDED);
}

/* tcp_timewait_state_process(tw, skb, th, ...): provisional. */
static void on_timewait(unsigned long a0, unsigned long a1, unsigned long a2,
			unsigned long a3)
{
	const struct inet_timewait_sock *tw = (void *)a0;
	const struct sock *sk = (const struct sock *)tw;
	const struct sk_buff *skb = (const struct sk_buff *)a1;
	struct tpw_segment *s;

	if (!in_softirq())
		return;
	s = open_of(skb);
	if (!s)
		return;
	if (s->c.stage != TPW_STAGE_OPEN)
		tpw_segment_relooked(s, TPW_RELOOKUP_STOLEN);
	tpw_segment_ask(s, skb);
	tpw_segment_match(s, skb, sk, TPW_MATCH_TIME_WAIT,
			  tpw_segment_found_by(s, sk));
	s->v.state = READ_ONCE(tw->tw_substate);
	s->c.stage = TPW_STAGE_TIME_WAIT;
}

static void saw(const struct sk_buff *skb, u8 what)
{
	struct tpw_segment *s;

	if (!in_softirq() || !skb)
		return;
	s = open_of(skb);
	if (!s)
		return;
	tpw_segment_ask(s, skb);
	s->c.saw |= what;
	if (s->c.stage != TPW_STAGE_OPEN)
		s->c.saw |= TPW_SAW_SEARCH_AGAIN;
}

/* __inet_lookup_listener(net, [hashinfo,] skb, ...), inet6_lookup_listener() */
static void on_listener(unsigned long a0, unsigned long a1, unsigned long a2,
			unsigned long a3)
{
	saw((const struct sk_buff *)(TPW_LISTENER_SKB_ARG == 2 ? a2 : a1),
	    TPW_SAW_SEARCH);
}

/* inet{,6}_lhash2_lookup(net, bucket, skb, ...) */
static void on_lhash2(unsigned long a0, unsigned long a1, unsigned long a2,
		      unsigned long a3)
{
	saw((const struct sk_buff *)a2, TPW_SAW_WALK);
}

TPW_FAST_HANDLER(on_rcv_fast, on_rcv);
TPW_FAST_HANDLER(on_do_rcv_fast, on_do_rcv);
TPW_FAST_HANDLER(on_add_backlog_fast, on_add_backlog);

static struct tpw_hook hooks[] = {
	TPW_FUNCTION_HOOK(LISTENER4, OPTIONAL, "listener-search",
			  "__inet_lookup_listener", on_listener),
	TPW_FUNCTION_HOOK(LISTENER6, OPTIONAL, "listener-search6",
			  "inet6_lookup_listener", on_listener),
	TPW_FUNCTION_HOOK(LHASH2_4, OPTIONAL, "listener-walk",
			  "inet_lhash2_lookup", on_lhash2),
	TPW_FUNCTION_HOOK(LHASH2_6, OPTIONAL, "listener-walk6",
			  "inet6_lhash2_lookup", on_lhash2),
	TPW_FUNCTION_HOOK(SYN_RECV_SOCK4, OPTIONAL, "child-create",
			  "tcp_v4_syn_recv_sock", on_syn_recv_sock),
	TPW_FUNCTION_HOOK(SYN_RECV_SOCK6, OPTIONAL, "child-create6",
			  "tcp_v6_syn_recv_sock", on_syn_recv_sock),
	TPW_FUNCTION_HOOK(CHECK_REQ, FOR_TCP, "match-request",
			  "tcp_check_req", on_check_req),
	TPW_FUNCTION_HOOK(CHILD_PROCESS, FOR_TCP, "child-process",
			  "tcp_child_process", on_child_process),
	TPW_FUNCTION_HOOK(TIMEWAIT_PROCESS, FOR_TCP, "match-time-wait",
			  "tcp_timewait_state_process", on_timewait),
	TPW_FUNCTION_HOOK(ADD_BACKLOG, FOR_TCP, "match-backlog",
			  "tcp_add_backlog", on_add_backlog,
			  .fast = on_add_backlog_fast),
	TPW_FUNCTION_HOOK(TCP4_DO_RCV, FOR_TCP4, "match-tcp",
			  "tcp_v4_do_rcv", on_do_rcv,
			  .fast = on_do_rcv_fast),
	TPW_FUNCTION_HOOK(TCP6_DO_RCV, FOR_TCP6, "match-tcp6",
			  "tcp_v6_do_rcv", on_do_rcv,
			  .fast = on_do_rcv_fast),
	TPW_FUNCTION_HOOK(TCP4_RCV, FOR_TCP4, "open-tcp",
			  "tcp_v4_rcv", on_rcv,
			  .fast = on_rcv_fast, .is_checked = true),
	TPW_FUNCTION_HOOK(TCP6_RCV, FOR_TCP6, "open-tcp6",
			  "tcp_v6_rcv", on_rcv,
			  .fast = on_rcv_fast, .is_checked = true),
};

/**
 * tpw_tcp_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_tcp_add(void)
{
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
}
