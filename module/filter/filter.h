/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The filter of a namespace: what of its verdicts log and tracepoint get.
 *
 * No filter at all lets everything through, so that whoever does not use one
 * pays for a load and a test.  A filter never changes; writing new rules puts
 * another in its place, and readers of the old one have an RCU grace period.
 */
#ifndef _TPW_FILTER_H
#define _TPW_FILTER_H

#include "filter/rules.h"

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/rcupdate.h>

/**
 * struct tpw_filter_sampler - how many met the conditions, on one CPU
 * @nr: how many.  Atomic for PREEMPT_RT, where a task may take another's turn
 *	in the middle, on a CPU that it has just left.
 */
struct tpw_filter_sampler {
	atomic_long_t nr;
} ____cacheline_aligned_in_smp;

/**
 * struct tpw_filter - the filter of one namespace
 * @rcu: for freeing it
 * @rules: what it lets through
 * @samplers: by CPU; only if @rules has a sample
 */
struct tpw_filter {
	struct rcu_head rcu;
	struct tpw_rules rules;
	struct tpw_filter_sampler samplers[];
};

int tpw_filter_set(struct tpw_filter __rcu **slot, const char *text, size_t len,
		   struct tpw_rules_error *error);
void tpw_filter_clear(struct tpw_filter __rcu **slot);
bool tpw_filter_sample(const struct tpw_filter *filter);

/**
 * tpw_filter_get() - the filter of a namespace, for one verdict
 * @slot: where the namespace has it
 *
 * Context: the receive path, where an RCU read-side section is certain.
 * Return: the filter, or NULL if everything is let through.
 */
static __always_inline const struct tpw_filter *
tpw_filter_get(struct tpw_filter __rcu * const *slot)
{
	return rcu_dereference(*slot);
}

/**
 * tpw_filter_may_want() - could it let a verdict through, as far as is known?
 * @filter: the filter, not NULL
 * @key: what is counted of the verdict
 *
 * Saves reading the packet: of a filter that lets nothing through this is
 * false for all.
 *
 * Context: any.
 * Return: false if tpw_filter_wants() would be false.
 */
static __always_inline bool tpw_filter_may_want(const struct tpw_filter *filter,
						struct tpw_verdict_key key)
{
	return tpw_rules_may_match(&filter->rules, key);
}

/**
 * tpw_filter_wants() - does it let a verdict through?
 * @filter: the filter, or NULL
 * @v: the verdict, whole
 *
 * To be asked once for each verdict, since it counts for the sample.
 *
 * Context: any, in an RCU read-side section; on PREEMPT_RT also preemptible.
 * Return: true if log and tracepoint are to have it.
 */
static __always_inline bool tpw_filter_wants(const struct tpw_filter *filter,
					     const struct tpw_verdict *v)
{
	if (likely(!filter))
		return true;
	return tpw_rules_match(&filter->rules, v) &&
	       (filter->rules.sample <= 1 || tpw_filter_sample(filter));
}

#endif /* _TPW_FILTER_H */
