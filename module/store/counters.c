// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of one network namespace: counting a verdict and adding it all up.
 */
#include "store/counters.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * tpw_counters_init() - make the counters of a new namespace
 * @tc: zeroed memory
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_counters_init(struct tpw_counters *tc)
{
	tc->counts = alloc_percpu_gfp(struct tpw_counts, GFP_KERNEL_ACCOUNT);
	tc->drops = kzalloc(sizeof(*tc->drops), GFP_KERNEL_ACCOUNT);
	if (tc->counts && tc->drops)
		return 0;
	tpw_counters_exit(tc);
	return -ENOMEM;
}

/**
 * tpw_counters_exit() - free what tpw_counters_init() made
 * @tc: the counters; no handler may use them any more
 *
 * Context: process, may sleep.
 */
void tpw_counters_exit(struct tpw_counters *tc)
{
	free_percpu(tc->counts);
	kfree(tc->drops);
	tc->counts = NULL;
	tc->drops = NULL;
}

/**
 * tpw_counters_bytes() - memory that the counters of one namespace take
 *
 * Return: bytes, all possible CPUs together.
 */
size_t tpw_counters_bytes(void)
{
	return sizeof(struct tpw_counters) + sizeof(struct tpw_drops) +
	       sizeof(struct tpw_counts) * num_possible_cpus();
}

/**
 * tpw_counters_verdict() - count a closed segment
 * @tc: the counters of its namespace
 * @v: its verdict
 *
 * Context: any; on PREEMPT_RT also preemptible.
 */
void tpw_counters_verdict(struct tpw_counters *tc, const struct tpw_verdict *v)
{
	struct tpw_family_counts __percpu *fc = &tc->counts->family[v->family];

	this_cpu_inc(fc->via[v->via]);
	this_cpu_inc(fc->match[v->match]);
	this_cpu_inc(fc->outcome[v->outcome]);
	if (unlikely(v->relookup))
		this_cpu_inc(fc->relookup[v->relookup - 1]);
	if (unlikely(v->outcome == TPW_OUTCOME_DROPPED))
		atomic64_inc(&tc->drops->dropped[v->family][v->reason]);
}

/**
 * tpw_counters_reset_later() - count a RST after the match
 * @tc: the counters of the segment's namespace
 * @family: its column
 *
 * Context: any; on PREEMPT_RT also preemptible.
 */
void tpw_counters_reset_later(struct tpw_counters *tc, enum tpw_family family)
{
	this_cpu_inc(tc->counts->family[family].reset_later);
}

/**
 * tpw_counters_dropped_later() - count a drop after the match
 * @tc: the counters of the segment's namespace
 * @family: its column
 * @reason: enum skb_drop_reason, below TPW_REASON_NR
 *
 * Context: any.
 */
void tpw_counters_dropped_later(struct tpw_counters *tc,
				enum tpw_family family, unsigned int reason)
{
	atomic64_inc(&tc->drops->dropped_later[family][reason]);
}

/* Count the plain ones where all are counted. */
static void spread_plain(struct tpw_family_counts *fc, enum tpw_family family)
{
	unsigned int i;

	for (i = 0; i < TPW_VIA_NR; i++) {
		fc->via[i] += fc->plain[i];
		fc->match[tpw_counters_plain_match(family, i)] += fc->plain[i];
		fc->outcome[TPW_OUTCOME_HANDED] += fc->plain[i];
		fc->plain[i] = 0;
	}
}

/**
 * tpw_counters_sum() - add up all CPUs
 * @tc: the counters
 * @sum: where to, overwritten
 *
 * Segments may be counted while this runs: with traffic going on the rows can
 * differ by what arrived in between, without it they agree exactly.
 *
 * Context: any.
 */
void tpw_counters_sum(const struct tpw_counters *tc, struct tpw_counts *sum)
{
	const size_t nr = sizeof(*sum) / sizeof(u64);
	u64 *to = (u64 *)sum;
	size_t i;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const u64 *from = (const u64 *)per_cpu_ptr(tc->counts, cpu);

		for (i = 0; i < nr; i++)
			to[i] += READ_ONCE(from[i]);
	}
	for (i = 0; i < TPW_FAMILY_NR; i++)
		spread_plain(&sum->family[i], i);
}
