/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of one network namespace.
 *
 * What every segment touches is per CPU and grows by this_cpu_inc(), which
 * neither a preemption nor an interrupt can tear: no lock, no shared cache
 * line.  What only a dropped segment touches is one array of atomics.
 */
#ifndef _TPW_COUNTERS_H
#define _TPW_COUNTERS_H

#include "verdict/taker.h"
#include "verdict/verdict.h"

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/types.h>

/**
 * struct tpw_family_counts - the counters of one column, on one CPU
 * @seen: segments opened
 * @plain: closed segments by enum tpw_via that are counted nowhere below before
 *	they are added up: handed to an established TCP socket, a connected UDP
 *	socket or, by the two that find no other, one that is only bound
 * @via: closed segments by enum tpw_via
 * @match: closed segments by enum tpw_match
 * @outcome: closed segments by enum tpw_outcome
 * @relookup: further searches by enum tpw_relookup
 * @reset_later: segments that a connection answered with RST
 * @unresolved: closed segments that no match hook and no drop explained
 * @logged: closed segments that the log took
 * @filtered: closed segments that the filter kept out of the log
 * @unlogged: closed segments that the log had no room for
 */
struct tpw_family_counts {
	u64 seen;
	u64 plain[TPW_VIA_NR];
	u64 via[TPW_VIA_NR];
	u64 match[TPW_MATCH_NR];
	u64 outcome[TPW_OUTCOME_NR];
	u64 relookup[TPW_RELOOKUP_NR];
	u64 reset_later;
	u64 unresolved;
	u64 logged;
	u64 filtered;
	u64 unlogged;
};

/**
 * struct tpw_counts - the counters of one namespace, on one CPU
 * @family: by column
 */
struct tpw_counts {
	struct tpw_family_counts family[TPW_FAMILY_NR];
};

/**
 * struct tpw_drops - the drops of one namespace
 * @dropped: segments dropped before a socket, by kernel drop reason; the last
 *	reason stands for all that this module has no name for
 * @dropped_later: segments dropped after they were handed to a socket
 * @taken: packets dropped before they arrived, by who did it
 */
struct tpw_drops {
	atomic64_t dropped[TPW_FAMILY_NR][TPW_REASON_NR];
	atomic64_t dropped_later[TPW_FAMILY_NR][TPW_REASON_NR];
	atomic64_t taken[TPW_TAKER_NR];
};

/**
 * struct tpw_counters - the counters of one namespace
 * @counts: what every segment touches
 * @drops: what only a dropped one touches
 */
struct tpw_counters {
	struct tpw_counts __percpu *counts;
	struct tpw_drops *drops;
};

int tpw_counters_init(struct tpw_counters *tc);
void tpw_counters_exit(struct tpw_counters *tc);
void tpw_counters_verdict(struct tpw_counters *tc, const struct tpw_verdict *v);
void tpw_counters_reset_later(struct tpw_counters *tc, enum tpw_family family);
void tpw_counters_dropped_later(struct tpw_counters *tc,
				enum tpw_family family, unsigned int reason);
void tpw_counters_sum(const struct tpw_counters *tc, struct tpw_counts *sum);
size_t tpw_counters_bytes(void);

/**
 * tpw_counters_seen() - count a segment as it opens
 * @tc: the counters of its namespace
 * @family: its column
 *
 * Context: any; on PREEMPT_RT also preemptible.
 */
static __always_inline void tpw_counters_seen(struct tpw_counters *tc,
					      enum tpw_family family)
{
	this_cpu_inc(tc->counts->family[family].seen);
}

/**
 * tpw_counters_taken() - count a packet that does not arrive
 * @tc: the counters of its namespace
 * @taker: who took it
 *
 * Context: any.
 */
static inline void tpw_counters_taken(struct tpw_counters *tc,
				      enum tpw_taker taker)
{
	atomic64_inc(&tc->drops->taken[taker]);
}

/** tpw_counters_taken_by() - Return: how many somebody took. */
static inline u64 tpw_counters_taken_by(const struct tpw_counters *tc,
					enum tpw_taker taker)
{
	return atomic64_read(&tc->drops->taken[taker]);
}

/** tpw_counters_plain_match() - Return: what tpw_family_counts.plain[via] matched. */
static __always_inline enum tpw_match
tpw_counters_plain_match(enum tpw_family family, enum tpw_via via)
{
	if (tpw_family_is_tcp(family))
		return TPW_MATCH_ESTABLISHED;
	return via == TPW_VIA_UDP_ADDR || via == TPW_VIA_UDP_ANY ?
	       TPW_MATCH_BOUND : TPW_MATCH_CONNECTED;
}

/**
 * tpw_counters_plain() - count a closed segment that was handed to what
 *	tpw_counters_plain_match() says
 * @counts: those of its namespace
 * @b: what to count
 *
 * Context: any; on PREEMPT_RT also preemptible.
 */
static __always_inline void tpw_counters_plain(struct tpw_counts __percpu *counts,
					       struct tpw_verdict_key b)
{
	this_cpu_inc(counts->family[b.family].plain[b.via]);
}

/**
 * tpw_counters_add_key() - count a closed segment of which nothing is special
 * @counts: those of its namespace
 * @b: what to count
 *
 * Context: any; on PREEMPT_RT also preemptible.
 */
static __always_inline void tpw_counters_add_key(struct tpw_counts __percpu *counts,
						 struct tpw_verdict_key b)
{
	struct tpw_family_counts __percpu *fc = &counts->family[b.family];

	if (b.outcome == TPW_OUTCOME_HANDED &&
	    b.match == tpw_counters_plain_match(b.family, b.via)) {
		tpw_counters_plain(counts, b);
		return;
	}
	this_cpu_inc(fc->via[b.via]);
	this_cpu_inc(fc->match[b.match]);
	this_cpu_inc(fc->outcome[b.outcome]);
}

#endif /* _TPW_COUNTERS_H */
