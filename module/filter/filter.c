// SPDX-License-Identifier: GPL-2.0
/*
 * The filter of a namespace: setting it, taking it away, taking samples.
 */
#include "filter/filter.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/smp.h>

static void publish(struct tpw_filter __rcu **slot, struct tpw_filter *filter)
{
	struct tpw_filter *old;

	old = unrcu_pointer(xchg(slot, RCU_INITIALIZER(filter)));
	if (old)
		kvfree_rcu(old, rcu);
}

static bool lets_all_through(const struct tpw_rules *rules)
{
	return !strcmp(rules->text, "all");
}

/* With samplers, if the rules have a sample; they are parsed in place. */
static struct tpw_filter *parse(const char *text, size_t len,
				struct tpw_rules_error *error)
{
	struct tpw_filter *filter;
	size_t bytes;
	int err;

	bytes = struct_size(filter, samplers, nr_cpu_ids);
	filter = kvzalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!filter)
		return ERR_PTR(-ENOMEM);
	err = tpw_rules_parse(&filter->rules, text, len, error);
	if (err) {
		kvfree(filter);
		return ERR_PTR(err);
	}
	return filter;
}

/**
 * tpw_filter_set() - new rules, whole or not at all
 * @slot: where the namespace has its filter
 * @text: the rules, need not end with 0
 * @len: bytes of @text
 * @error: set to what is wrong with them
 *
 * Context: process, may sleep.
 * Return: 0; -EINVAL or -E2BIG with @error set; -ENOMEM.  The old rules stay
 *	in force unless it is 0.
 */
int tpw_filter_set(struct tpw_filter __rcu **slot, const char *text, size_t len,
		   struct tpw_rules_error *error)
{
	struct tpw_filter *filter = parse(text, len, error);

	if (IS_ERR(filter))
		return PTR_ERR(filter);
	if (lets_all_through(&filter->rules)) {
		kvfree(filter);
		filter = NULL;
	}
	publish(slot, filter);
	return 0;
}

/**
 * tpw_filter_clear() - let everything through again
 * @slot: where the namespace has its filter
 *
 * Context: process.
 */
void tpw_filter_clear(struct tpw_filter __rcu **slot)
{
	publish(slot, NULL);
}

/**
 * tpw_filter_sample() - is it this one's turn?
 * @filter: a filter with a sample of N
 *
 * Context: any; on PREEMPT_RT also preemptible.
 * Return: true for the first of each N that this CPU asks about.
 */
bool tpw_filter_sample(const struct tpw_filter *filter)
{
	atomic_long_t *nr;

	/* The rules never change, the counts that come with them do. */
	nr = &((struct tpw_filter *)filter)->samplers[raw_smp_processor_id()].nr;
	return (unsigned long)atomic_long_fetch_inc(nr) % filter->rules.sample == 0;
}
