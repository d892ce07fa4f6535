/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where sources hand over what they saw.  This is all that a source knows of
 * what is kept.
 */
#ifndef _TPW_RECORD_H
#define _TPW_RECORD_H

#include "base/clock.h"
#include "base/tuple.h"
#include "verdict/socket_life.h"
#include "verdict/verdict.h"
#include "filter/filter.h"
#include "kernel/actor.h"
#include "kernel/raw_verdict.h"
#include "kernel/socket.h"
#include "store/connections.h"
#include "store/counters.h"
#include "store/listeners.h"
#include "store/log.h"
#include "verdict/taker.h"
#include "record/pernet.h"
#include "record/trace.h"

#include <linux/ktime.h>
#include <linux/timekeeping.h>

struct sk_buff;
struct sock;

void tpw_record(struct tpw_net *tn, struct tpw_verdict *v,
		const struct tpw_endpoint *bound, bool is_resolved);
void tpw_record_filtered(struct tpw_net *tn, const struct sk_buff *skb,
			 const struct sock *sk, const union tpw_dev *dev,
		       struct tpw_verdict_key key);
void tpw_record_bound_first_sight(struct tpw_net *tn, const struct sock *sk,
				  u64 now_ns);
void tpw_record_bound_filtered(struct tpw_net *tn, const struct sk_buff *skb,
			       const struct sock *sk, const union tpw_dev *dev,
			     struct tpw_verdict_key key);
u64 tpw_record_first_sight(struct tpw_net *tn, const struct sk_buff *skb,
			   const struct sock *sk, struct tpw_verdict_key key,
			   u64 now_ns);
void tpw_record_taken(struct tpw_net *tn, const struct tpw_verdict *v,
		      enum tpw_taker taker);
void tpw_record_reset_later(struct tpw_net *tn, enum tpw_family family);
void tpw_record_dropped_later(struct tpw_net *tn, enum tpw_family family,
			      unsigned int reason);
void tpw_record_copy(struct tpw_net *tn, const struct sock *sk);
void tpw_record_born(const struct tpw_child *child);
void tpw_record_listener_did(u64 cookie, enum tpw_listener_event event);
void tpw_record_listening(struct tpw_net *tn, u64 cookie,
			  const struct tpw_endpoint *bound,
			  const struct tpw_actor *actor, u64 start_ns);
void tpw_record_opened(struct tpw_net *tn, u64 cookie,
		       const struct tpw_tuple *tuple,
		       const struct tpw_actor *actor);
void tpw_record_accepted(const struct tpw_acceptance *a);
void tpw_record_left(u64 listener, u64 cookie);
void tpw_record_reset(u64 cookie);
void tpw_record_time_wait(u64 cookie, s32 ifindex, enum tpw_close reason);
bool tpw_record_closed(u64 cookie, s32 ifindex, enum tpw_close reason);
void tpw_record_unnoted(const struct tpw_net *tn);
void tpw_record_listener_closed(u64 cookie, const struct tpw_endpoint *bound);
void tpw_record_listener_unused(u64 cookie);

/**
 * enum tpw_audience - who wants to see a verdict
 * @TPW_AUDIENCE_ALL: the log takes all, and nobody traces
 * @TPW_AUDIENCE_NONE: no rule of the filter can want it, and nobody traces
 * @TPW_AUDIENCE_ASK: the filter has to see more of it, or somebody traces
 */
enum tpw_audience {
	TPW_AUDIENCE_ALL,
	TPW_AUDIENCE_NONE,
	TPW_AUDIENCE_ASK,
};

/**
 * tpw_record_audience() - what is to be done with a verdict
 * @tn: its namespace
 * @key: what is known of it without a look at its headers
 *
 * The one place where that is decided.  Who calls it has a function for each
 * case, so that none saves registers for what another one does.
 *
 * Context: BH off.
 * Return: who wants to see it.
 */
static __always_inline enum tpw_audience
tpw_record_audience(const struct tpw_net *tn, struct tpw_verdict_key key)
{
	const struct tpw_filter *filter = tpw_filter_get(&tn->filter);

	if (trace_verdict_enabled())
		return TPW_AUDIENCE_ASK;
	if (likely(!filter))
		return TPW_AUDIENCE_ALL;
	return tpw_filter_may_want(filter, key) ? TPW_AUDIENCE_ASK :
						    TPW_AUDIENCE_NONE;
}

/**
 * tpw_record_seen() - a segment has opened
 * @tn: its namespace
 * @family: its column
 *
 * Context: BH off.
 */
static __always_inline void tpw_record_seen(struct tpw_net *tn,
					    enum tpw_family family)
{
	tpw_counters_seen(&tn->counters, family);
}

/**
 * tpw_record_unlogged() - a segment has matched a full socket past LISTEN, or a
 *	connected UDP socket, at the first attempt; nobody wants to see it
 * @tn: its namespace
 * @skb: the segment, its headers pulled
 * @sk: the socket
 * @key: its verdict
 *
 * Context: BH off; may be preemptible on PREEMPT_RT.
 */
static __always_inline void
tpw_record_unlogged(struct tpw_net *tn, const struct sk_buff *skb,
		    const struct sock *sk, struct tpw_verdict_key key)
{
	struct tpw_counts __percpu *counts = tn->counters.counts;
	u64 listener;

	tpw_counters_add_key(counts, key);
	this_cpu_inc(counts->family[key.family].filtered);
	if (unlikely(!tpw_connections_count(tpw_socket_known_cookie(sk), key,
					    0, true, &listener)))
		tpw_record_first_sight(tn, skb, sk, key, tpw_clock_tick_ns());
}

/* Into the log with it.  Its socket has a cookie by now. */
static __always_inline void
tpw_record_log(struct tpw_net *tn, const struct sk_buff *skb,
	       const struct sock *sk, const union tpw_dev *dev,
	       struct tpw_verdict_key key, u64 listener, u64 now_ns)
{
	struct tpw_ring __percpu *rings = tn->rings;
	struct tpw_log_slot *slot;
	u64 published;

	slot = tpw_log_begin(rings, now_ns, &published);
	slot->is_raw = true;
	slot->g.cookie = tpw_socket_known_cookie(sk);
	slot->g.listener = listener;
	tpw_raw_verdict_take(&slot->g, skb, sk, dev, key);
	tpw_log_end(rings, slot, published);
}

/**
 * tpw_record_logged() - the same, and all are to be seen
 * @tn: its namespace
 * @skb: the segment, its headers pulled
 * @sk: the socket
 * @dev: the device it came in on
 * @key: its verdict
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: BH off; may be preemptible on PREEMPT_RT.
 */
static __always_inline void
tpw_record_logged(struct tpw_net *tn, const struct sk_buff *skb,
		  const struct sock *sk, const union tpw_dev *dev,
		 struct tpw_verdict_key key, u64 now_ns)
{
	struct tpw_counts __percpu *counts = tn->counters.counts;
	u64 listener;

	tpw_counters_add_key(counts, key);
	this_cpu_inc(counts->family[key.family].logged);
	if (unlikely(!tpw_connections_count(tpw_socket_known_cookie(sk), key,
					    now_ns, false, &listener)))
		listener = tpw_record_first_sight(tn, skb, sk, key, now_ns);
	tpw_record_log(tn, skb, sk, dev, key, listener, now_ns);
}

/**
 * tpw_record_bound_unlogged() - a datagram has matched a UDP socket that is bound
 *	and not connected; nothing about it is special, nobody wants to see it
 * @tn: its namespace
 * @sk: the socket
 * @key: its verdict
 *
 * Context: BH off; may be preemptible on PREEMPT_RT.
 */
static __always_inline void
tpw_record_bound_unlogged(struct tpw_net *tn, const struct sock *sk,
			  struct tpw_verdict_key key)
{
	struct tpw_counts __percpu *counts = tn->counters.counts;

	tpw_counters_plain(counts, key);
	this_cpu_inc(counts->family[key.family].filtered);
	if (unlikely(!tpw_listeners_count_plain(tpw_socket_known_cookie(sk))))
		tpw_record_bound_first_sight(tn, sk, tpw_clock_tick_ns());
}

/**
 * tpw_record_bound_logged() - the same, and all are to be seen
 * @tn: its namespace
 * @skb: the datagram, its headers pulled
 * @sk: the socket
 * @dev: the device it came in on
 * @key: its verdict
 *
 * Context: BH off; may be preemptible on PREEMPT_RT.
 */
static __always_inline void
tpw_record_bound_logged(struct tpw_net *tn, const struct sk_buff *skb,
			const struct sock *sk, const union tpw_dev *dev,
		       struct tpw_verdict_key key)
{
	struct tpw_counts __percpu *counts = tn->counters.counts;
	const u64 now_ns = ktime_get_mono_fast_ns();

	tpw_counters_plain(counts, key);
	this_cpu_inc(counts->family[key.family].logged);
	if (unlikely(!tpw_listeners_count_plain(tpw_socket_known_cookie(sk))))
		tpw_record_bound_first_sight(tn, sk, now_ns);
	tpw_record_log(tn, skb, sk, dev, key, 0, now_ns);
}

/**
 * tpw_record_connection() - the same, whoever wants to see it
 * @tn: its namespace
 * @skb: the segment, its headers pulled
 * @sk: the socket
 * @dev: the device it came in on
 * @key: its verdict
 *
 * As tpw_record(), for what nearly all segments do: nothing is read that
 * nobody asks for.  Inline, as every call of it knows most of @key when it is
 * compiled.
 *
 * Context: BH off; may be preemptible on PREEMPT_RT.
 */
static __always_inline void
tpw_record_connection(struct tpw_net *tn, const struct sk_buff *skb,
		      const struct sock *sk, const union tpw_dev *dev,
		      struct tpw_verdict_key key)
{
	switch (tpw_record_audience(tn, key)) {
	case TPW_AUDIENCE_ALL:
		tpw_record_logged(tn, skb, sk, dev, key,
				  ktime_get_mono_fast_ns());
		break;
	case TPW_AUDIENCE_NONE:
		tpw_record_unlogged(tn, skb, sk, key);
		break;
	case TPW_AUDIENCE_ASK:
		tpw_record_filtered(tn, skb, sk, dev, key);
		break;
	}
}

/**
 * tpw_record_arrived() - a segment has reached LOCAL_IN
 * @tn: its namespace
 * @ip: its version
 *
 * Context: BH off.
 */
static __always_inline void tpw_record_arrived(struct tpw_net *tn,
					       enum tpw_ip_version ip)
{
	tpw_arrivals_count(&tn->arrivals, ip);
}

#endif /* _TPW_RECORD_H */
