// SPDX-License-Identifier: GPL-2.0
/*
 * The one place where a verdict meets counters, tables and log.
 */
#include "record/record.h"

#include "kernel/packet.h"
#include "kernel/socket.h"
#include "store/connections.h"
#include "store/counters.h"
#include "store/listeners.h"
#include "store/log.h"
#include "store/endpoints.h"
#include "record/trace.h"

#include <linux/ktime.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

static bool belongs_to_connection(const struct tpw_verdict *v)
{
	switch (v->match) {
	case TPW_MATCH_ESTABLISHED:
	case TPW_MATCH_CONNECTED:
	case TPW_MATCH_TIME_WAIT:
		return v->cookie;
	case TPW_MATCH_REQUEST:
		return v->cookie && v->outcome == TPW_OUTCOME_HANDED;
	default:
		return false;
	}
}

static bool is_syn(const struct tpw_verdict *v)
{
	return v->tuple.proto == IPPROTO_TCP &&
	       (v->flags & (TPW_TCP_SYN | TPW_TCP_ACK)) == TPW_TCP_SYN;
}

static unsigned long refused_marks(const struct tpw_verdict *v)
{
	return (v->outcome == TPW_OUTCOME_REFUSED) << TPW_REFUSED_ANSWERED |
	       is_syn(v) << TPW_REFUSED_SYN;
}

static void count_in_table(struct tpw_net *tn, struct tpw_verdict *v,
			   const struct tpw_endpoint *bound, u64 now_ns)
{
	if (likely(belongs_to_connection(v))) {
		v->listener = tpw_connections_hit(&tn->id, v, now_ns);
		return;
	}
	switch (v->match) {
	case TPW_MATCH_LISTENER:
	case TPW_MATCH_BOUND:
		if (bound && v->cookie)
			tpw_listeners_hit(&tn->id, v, bound, now_ns);
		break;
	case TPW_MATCH_REQUEST:
		if (bound && v->listener)
			tpw_listeners_request(&tn->id, v, bound, now_ns);
		break;
	case TPW_MATCH_NONE:
		tpw_endpoints_hit(&tn->refused, &v->tuple, 0, refused_marks(v),
				  now_ns);
		break;
	default:
		break;
	}
}

/* What is known of a listener by its cookie only, for those who trace. */
static noinline void trace_row(const char *what, u64 cookie)
{
	struct tpw_listener_counts counts;
	struct tpw_listener l;

	if (tpw_listeners_get(cookie, &l, &counts, NULL) && !l.closed_ns)
		trace_listener(&l.net, what, cookie, &l.bound, &l.actor);
}

static void trace_overflow(const struct tpw_verdict *v)
{
	if (trace_listener_enabled())
		trace_row("overflow", v->match == TPW_MATCH_REQUEST ?
				      v->listener : v->cookie);
}

/* Whoever wants to see verdicts gets this one, if the filter lets it through. */
static void show(struct tpw_net *tn, const struct tpw_verdict *v, u64 now_ns)
{
	struct tpw_counts __percpu *counts = tn->counters.counts;
	struct tpw_log_slot *slot;
	u64 published;

	if (!tpw_filter_wants(tpw_filter_get(&tn->filter), v)) {
		this_cpu_inc(counts->family[v->family].filtered);
		return;
	}
	trace_verdict(&tn->id, v);
	this_cpu_inc(counts->family[v->family].logged);
	slot = tpw_log_begin(tn->rings, now_ns, &published);
	tpw_log_fill(slot, v);
	tpw_log_end(tn->rings, slot, published);
}

/**
 * tpw_record() - a segment has closed: count it, keep it, log it
 * @tn: its namespace
 * @v: its verdict; gets its lineage filled in
 * @bound: for a listener, what it is bound to; else NULL
 * @is_resolved: a match or a drop explained it
 *
 * Context: BH off; may be preemptible on PREEMPT_RT.
 */
void tpw_record(struct tpw_net *tn, struct tpw_verdict *v,
		const struct tpw_endpoint *bound, bool is_resolved)
{
	u64 now_ns = ktime_get_mono_fast_ns();

	tpw_counters_verdict(&tn->counters, v);
	if (unlikely(!is_resolved))
		this_cpu_inc(tn->counters.counts->family[v->family].unresolved);
	count_in_table(tn, v, bound, now_ns);
	if (unlikely(v->outcome == TPW_OUTCOME_QUEUE_FULL))
		trace_overflow(v);
	show(tn, v, now_ns);
}

static void expand(struct tpw_verdict *v, const struct sk_buff *skb,
		   const struct sock *sk, const union tpw_dev *dev,
		   struct tpw_verdict_key key)
{
	struct tpw_raw_verdict g;

	g.cookie = tpw_socket_cookie(sk);
	g.listener = 0;
	tpw_raw_verdict_take(&g, skb, sk, dev, key);
	tpw_raw_verdict_expand(&g, v);
	v->uid = tpw_socket_uid(sk);
}

/**
 * tpw_record_filtered() - as tpw_record_connection(), where the filter has to look
 *	at the packet
 * @tn: its namespace
 * @skb: the segment, its headers pulled
 * @sk: the socket
 * @dev: the device it came in on
 * @key: its verdict
 *
 * Context: BH off; may be preemptible on PREEMPT_RT.
 */
void tpw_record_filtered(struct tpw_net *tn, const struct sk_buff *skb,
			 const struct sock *sk, const union tpw_dev *dev,
		       struct tpw_verdict_key key)
{
	struct tpw_verdict v;

	expand(&v, skb, sk, dev, key);
	tpw_record(tn, &v, NULL, true);
}

/**
 * tpw_record_bound_filtered() - as tpw_record_bound_logged(), where the filter or
 *	the tracepoint has to look at the packet
 * @tn: its namespace
 * @skb: the datagram, its headers pulled
 * @sk: the socket
 * @dev: the device it came in on
 * @key: its verdict
 *
 * Context: BH off; may be preemptible on PREEMPT_RT.
 */
void tpw_record_bound_filtered(struct tpw_net *tn, const struct sk_buff *skb,
			       const struct sock *sk, const union tpw_dev *dev,
			     struct tpw_verdict_key key)
{
	struct tpw_endpoint bound;
	struct tpw_verdict v;

	tpw_socket_endpoint(sk, IPPROTO_UDP, &bound);
	expand(&v, skb, sk, dev, key);
	tpw_record(tn, &v, &bound, true);
}

/**
 * tpw_record_bound_first_sight() - the first datagram of a socket, or one after
 *	its row gave way: make its row and count it there
 * @tn: its namespace
 * @sk: the socket
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: BH off.
 */
void tpw_record_bound_first_sight(struct tpw_net *tn, const struct sock *sk,
				  u64 now_ns)
{
	struct tpw_endpoint bound;

	tpw_socket_endpoint(sk, IPPROTO_UDP, &bound);
	tpw_listeners_hit_plain(&tn->id, tpw_socket_uid(sk),
				tpw_socket_cookie(sk), &bound, now_ns);
}

/**
 * tpw_record_first_sight() - the first segment of a connection, or one after
 *	its end: find or make its row
 * @tn: its namespace
 * @skb: the segment, its headers pulled
 * @sk: the socket
 * @key: its verdict
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: BH off.
 * Return: cookie of the listener that the connection was born from, or 0.
 */
u64 tpw_record_first_sight(struct tpw_net *tn, const struct sk_buff *skb,
			   const struct sock *sk, struct tpw_verdict_key key,
			   u64 now_ns)
{
	struct tpw_verdict v = {	/* what a row has of it */
		.cookie = tpw_socket_cookie(sk),
		.uid = tpw_socket_uid(sk),
		.via = key.via,
		.match = key.match,
		.outcome = key.outcome,
	};

	if (tpw_family_is_tcp(key.family)) {
		tpw_packet_read_tcp(skb, &v);
	} else {
		tpw_packet_read_udp(skb, &v);
		v.asked.is = TPW_ASKED_LOCAL;
	}
	v.mods = tpw_socket_mods(sk, v.tuple.family);
	return tpw_connections_hit(&tn->id, &v, now_ns);
}

/**
 * tpw_record_taken() - a packet will not get to the transport layer
 * @tn: its namespace
 * @v: its tuple, flags and drop reason
 * @taker: who took it
 *
 * Context: BH off.
 */
void tpw_record_taken(struct tpw_net *tn, const struct tpw_verdict *v,
		      enum tpw_taker taker)
{
	tpw_counters_taken(&tn->counters, taker);
	tpw_endpoints_hit(&tn->taken, &v->tuple, TPW_TAKEN_KIND(taker, v->reason),
			  is_syn(v) << TPW_TAKEN_SYN, ktime_get_mono_fast_ns());
}

/**
 * tpw_record_reset_later() - a segment was answered with RST after its match
 * @tn: its namespace
 * @family: its column
 *
 * Context: BH off.
 */
void tpw_record_reset_later(struct tpw_net *tn, enum tpw_family family)
{
	tpw_counters_reset_later(&tn->counters, family);
}

/**
 * tpw_record_dropped_later() - a segment was dropped after its match
 * @tn: its namespace
 * @family: its column
 * @reason: enum skb_drop_reason, below TPW_REASON_NR
 *
 * Context: BH off.
 */
void tpw_record_dropped_later(struct tpw_net *tn, enum tpw_family family,
			      unsigned int reason)
{
	tpw_counters_dropped_later(&tn->counters, family, reason);
}

/**
 * tpw_record_copy() - a multicast went to one more socket
 * @tn: the namespace
 * @sk: that socket
 *
 * Context: BH off.
 */
void tpw_record_copy(struct tpw_net *tn, const struct sock *sk)
{
	struct tpw_endpoint bound;

	tpw_socket_endpoint(sk, IPPROTO_UDP, &bound);
	tpw_listeners_copy(&tn->id, tpw_socket_uid(sk), tpw_socket_cookie(sk),
			   &bound, ktime_get_mono_fast_ns());
}

/**
 * tpw_record_born() - a connection was born from a listener
 * @child: both of them
 *
 * Context: any.
 */
void tpw_record_born(const struct tpw_child *child)
{
	u64 now_ns = ktime_get_mono_fast_ns();

	if (!tpw_connections_born(child, now_ns) || child->is_old)
		return;
	tpw_listeners_count(child->listener, TPW_EVENT_CHILD);
	if (child->is_late)
		tpw_listeners_count(child->listener, TPW_EVENT_LEFT);
	if (child->before) {
		tpw_listeners_count(child->before, TPW_EVENT_REQUEST_LEFT);
		tpw_listeners_count(child->listener, TPW_EVENT_INHERITED);
	}
}

/**
 * tpw_record_listener_did() - a listener did something that is counted
 * @cookie: of the listener
 * @event: what it did
 *
 * Context: any.
 */
void tpw_record_listener_did(u64 cookie, enum tpw_listener_event event)
{
	tpw_listeners_count(cookie, event);
}

/**
 * tpw_record_listening() - a process called listen(), or bind() for UDP
 * @tn: the namespace
 * @cookie: of the socket
 * @bound: what it is bound to, as far as it is known by then
 * @actor: who
 * @start_ns: when that process began, CLOCK_BOOTTIME
 *
 * Context: process.
 */
void tpw_record_listening(struct tpw_net *tn, u64 cookie,
			  const struct tpw_endpoint *bound,
			  const struct tpw_actor *actor, u64 start_ns)
{
	trace_listener(&tn->id, "opened", cookie, bound, actor);
	tpw_listeners_opened(&tn->id, cookie, bound, actor, start_ns,
			     ktime_get_mono_fast_ns());
}

/**
 * tpw_record_opened() - a process called connect()
 * @tn: the namespace
 * @cookie: of the socket
 * @tuple: as far as it is known by then
 * @actor: who
 *
 * Context: process.
 */
void tpw_record_opened(struct tpw_net *tn, u64 cookie,
		       const struct tpw_tuple *tuple,
		       const struct tpw_actor *actor)
{
	tpw_connections_opened(cookie, &tn->id, tuple, actor,
			       ktime_get_mono_fast_ns());
}

/**
 * tpw_record_accepted() - a process called accept()
 * @a: who, and what it got
 *
 * Context: process.
 */
void tpw_record_accepted(const struct tpw_acceptance *a)
{
	u64 now_ns = ktime_get_mono_fast_ns(), listener, waited_ns;
	bool is_inherited;

	listener = tpw_connections_accepted(a->cookie, a->owner, &a->actor,
					    now_ns, &waited_ns, &is_inherited);
	if (a->listener)
		listener = a->listener;
	if (!listener)
		return;
	tpw_listeners_accepted(listener, a, waited_ns, now_ns);
	if (is_inherited)
		tpw_listeners_count(listener, TPW_EVENT_INHERITED);
}

/**
 * tpw_record_left() - a listener is being closed while a connection waits there:
 *	it will be reset, or another listener gets it
 * @listener: cookie of the listener
 * @cookie: of the connection
 *
 * Context: any.
 */
void tpw_record_left(u64 listener, u64 cookie)
{
	tpw_listeners_count(listener, tpw_connections_left(cookie, listener) ?
				      TPW_EVENT_LEFT : TPW_EVENT_LEFT_UNKNOWN);
}

/**
 * tpw_record_reset() - an RST of ours ends a connection, or has just done so
 * @cookie: whose
 *
 * Context: any.
 */
void tpw_record_reset(u64 cookie)
{
	tpw_connections_reset(cookie);
}

/**
 * tpw_record_time_wait() - a connection leaves a TIME_WAIT behind
 * @cookie: whose
 * @ifindex: device it is bound to, or 0
 * @reason: why
 *
 * Context: any.
 */
void tpw_record_time_wait(u64 cookie, s32 ifindex, enum tpw_close reason)
{
	tpw_connections_time_wait(cookie, ifindex, reason,
				  ktime_get_mono_fast_ns());
}

/**
 * tpw_record_closed() - the socket of a connection is gone
 * @cookie: whose
 * @ifindex: device it is bound to, or 0
 * @reason: why, of TCP; TPW_CLOSE_LISTENER if nothing speaks against it
 *
 * Context: any.
 * Return: false if nothing is known of it.
 */
bool tpw_record_closed(u64 cookie, s32 ifindex, enum tpw_close reason)
{
	bool has_row;
	u64 left;

	has_row = tpw_connections_close(cookie, ifindex, reason,
					ktime_get_mono_fast_ns(), &left);
	if (left)
		tpw_listeners_count(left, TPW_EVENT_LOST);
	return has_row;
}

/**
 * tpw_record_unnoted() - the socket of a connection is gone of which nothing is
 *	known
 * @tn: its namespace
 *
 * Context: any.
 */
void tpw_record_unnoted(const struct tpw_net *tn)
{
	tpw_connections_unnoted(&tn->id);
}

/**
 * tpw_record_listener_closed() - a listener is gone
 * @cookie: whose
 * @bound: what it was bound to, if that can still be told; or NULL
 *
 * Context: any.
 */
void tpw_record_listener_closed(u64 cookie, const struct tpw_endpoint *bound)
{
	if (trace_listener_enabled())
		trace_row("closed", cookie);
	tpw_listeners_close(cookie, bound, ktime_get_mono_fast_ns());
}

/**
 * tpw_record_listener_unused() - what was bound has become a connection: if it
 *	got nothing before, it was no listener
 * @cookie: whose
 *
 * Context: any.
 */
void tpw_record_listener_unused(u64 cookie)
{
	tpw_listeners_forget_unused(cookie);
}
