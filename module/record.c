// SPDX-License-Identifier: GPL-2.0
/*
 * The one place where a verdict meets counters, tables and log.
 */
#include "record.h"

#include "connections.h"
#include "counters.h"
#include "listeners.h"
#include "log.h"
#include "refused.h"

#include <linux/ktime.h>
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

static void count_in_table(struct tpw_net *tn, struct tpw_verdict *v,
			   const struct tpw_endpoint *bound, u64 now_ns)
{
	if (likely(belongs_to_connection(v))) {
		v->listener = tpw_connections_hit(tn->cookie, v, now_ns);
		return;
	}
	switch (v->match) {
	case TPW_MATCH_LISTENER:
	case TPW_MATCH_BOUND:
		if (bound && v->cookie)
			tpw_listeners_hit(tn->cookie, v, bound, now_ns);
		break;
	case TPW_MATCH_REQUEST:
		if (bound && v->listener)
			tpw_listeners_request(tn->cookie, v, bound, now_ns);
		break;
	case TPW_MATCH_NONE:
		tpw_refused_hit(&tn->refused, &v->tuple,
				v->outcome == TPW_OUTCOME_REFUSED, now_ns);
		break;
	default:
		break;
	}
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
	struct tpw_counts __percpu *counts = tn->counters.counts;
	u64 now_ns = ktime_get_mono_fast_ns();

	tpw_counters_verdict(&tn->counters, v);
	if (unlikely(!is_resolved))
		this_cpu_inc(counts->family[v->family].unresolved);
	count_in_table(tn, v, bound, now_ns);

	this_cpu_inc(counts->family[v->family].logged);
	tpw_log_write(tn->cookie, tn->inum, this_cpu_inc_return(counts->log_seq),
		      v, now_ns);
}

/**
 * tpw_record_seen() - a segment has opened
 * @tn: its namespace
 * @family: its column
 *
 * Context: BH off.
 */
void tpw_record_seen(struct tpw_net *tn, enum tpw_family family)
{
	tpw_counters_seen(&tn->counters, family);
}

/**
 * tpw_record_arrived() - a segment has reached LOCAL_IN
 * @tn: its namespace
 *
 * Context: any.
 */
void tpw_record_arrived(struct tpw_net *tn)
{
	this_cpu_inc(tn->counters.counts->arrived);
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
 * @cookie: of that socket
 * @bound: what it is bound to
 *
 * Context: BH off.
 */
void tpw_record_copy(struct tpw_net *tn, u64 cookie,
		     const struct tpw_endpoint *bound)
{
	tpw_listeners_copy(tn->cookie, cookie, bound, ktime_get_mono_fast_ns());
}

/**
 * tpw_record_born() - a connection was born from a listener
 * @tn: the namespace
 * @listener: cookie of the listener
 * @child: cookie of the connection
 * @tuple: of the connection
 * @mods: TPW_MOD_* of the connection
 *
 * Context: any.
 */
void tpw_record_born(struct tpw_net *tn, u64 listener, u64 child,
		     const struct tpw_tuple *tuple, u8 mods)
{
	u64 now_ns = ktime_get_mono_fast_ns();

	tpw_connections_born(child, tn->cookie, listener, tuple, mods, now_ns);
	tpw_listeners_child(listener, now_ns);
}

/**
 * tpw_record_time_wait() - a connection leaves a TIME_WAIT behind
 * @cookie: whose
 *
 * Context: any.
 */
void tpw_record_time_wait(u64 cookie)
{
	tpw_connections_time_wait(cookie, ktime_get_mono_fast_ns());
}

/**
 * tpw_record_closed() - the socket of a connection is gone
 * @cookie: whose
 *
 * Context: any.
 */
void tpw_record_closed(u64 cookie)
{
	tpw_connections_close(cookie, ktime_get_mono_fast_ns());
}

/**
 * tpw_record_listener_closed() - a listener is gone
 * @cookie: whose
 *
 * Context: any.
 */
void tpw_record_listener_closed(u64 cookie)
{
	tpw_listeners_close(cookie, ktime_get_mono_fast_ns());
}
