// SPDX-License-Identifier: GPL-2.0
/*
 * What was not served, and why: of each cause how much, and the largest parts
 * of that, by local end where it is known, or else by the kernel's reason.
 */
#include "proc/overview.h"

#include "store/counters.h"
#include "store/endpoints.h"
#include "record/pernet.h"

#include <linux/minmax.h>
#include <linux/slab.h>

/* Of a cause; one that has more parts shows how many segments are in the rest. */
#define MOST_LINES	(TPW_CAUSE_NAMED + 1)
#define LEAST_LINES	2

/**
 * tpw_cause_add() - a part of what was not served
 * @list: for that cause
 * @row: the part, which stays if it is one of the largest
 *
 * Context: any.
 */
void tpw_cause_add(struct tpw_cause_list *list, const struct tpw_unserved *row)
{
	unsigned int at = list->nr;

	if (!row->segments)
		return;
	while (at && list->row[at - 1].segments < row->segments)
		at--;
	if (at == TPW_CAUSE_NAMED)
		return;
	if (list->nr < TPW_CAUSE_NAMED)
		list->nr++;
	memmove(&list->row[at + 1], &list->row[at],
		(list->nr - 1 - at) * sizeof(*row));
	list->row[at] = *row;
}

static void add_refused(struct tpw_overview *o, const struct tpw_endpoint_row *from)
{
	u64 answered = from->marked[TPW_REFUSED_ANSWERED];
	struct tpw_unserved row = {
		.segments = answered,
		.syns = from->marked[TPW_REFUSED_SYN],
		.tuple = from->last,
		.has_local = true,
	};

	tpw_cause_add(&o->cause[TPW_CAUSE_REFUSED], &row);
	row.segments = from->count > answered ? from->count - answered : 0;
	tpw_cause_add(&o->cause[TPW_CAUSE_IGNORED], &row);
}

static void add_taken(struct tpw_overview *o, const struct tpw_endpoint_row *from)
{
	struct tpw_unserved row = {
		.segments = from->count,
		.syns = from->marked[TPW_TAKEN_SYN],
		.tuple = from->last,
		.taker = TPW_TAKEN_TAKER(from->kind),
		.has_local = true,
	};

	tpw_cause_add(&o->cause[TPW_CAUSE_TAKEN], &row);
}

/**
 * tpw_overview_gather_ends() - which local ends were not there, or not reached
 * @o: the overview
 * @tn: of which namespace
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_overview_gather_ends(struct tpw_overview *o, struct tpw_net *tn)
{
	struct tpw_endpoint_row *copy;
	int i, nr;

	if (!o->rights.is_admin)
		return 0;
	copy = kmalloc_array(TPW_ENDPOINTS_NR, sizeof(*copy), GFP_KERNEL_ACCOUNT);
	if (!copy)
		return -ENOMEM;
	nr = tpw_endpoints_copy(&tn->refused, copy);
	for (i = 0; i < nr; i++)
		add_refused(o, &copy[i]);
	if (nr >= 0)
		nr = tpw_endpoints_copy(&tn->taken, copy);
	for (i = 0; i < nr; i++)
		add_taken(o, &copy[i]);
	kfree(copy);
	return min(nr, 0);
}

static void count_outcome(struct tpw_overview *o, enum tpw_cause cause,
			  const struct tpw_counts *sum, enum tpw_outcome outcome)
{
	unsigned int f;

	for (f = 0; f < TPW_FAMILY_NR; f++)
		o->cause[cause].segments += sum->family[f].outcome[outcome];
}

static void count_reasons(struct tpw_cause_list *list,
			  const atomic64_t counts[][TPW_REASON_NR])
{
	unsigned int f, reason;

	list->segments = 0;
	for (reason = 0; reason < TPW_REASON_NR; reason++) {
		struct tpw_unserved row = { .reason = reason };

		for (f = 0; f < TPW_FAMILY_NR; f++)
			row.segments += atomic64_read(&counts[f][reason]);
		list->segments += row.segments;
		tpw_cause_add(list, &row);
	}
}

/* What was dropped before it arrived, and what was taken otherwise. */
static void count_taken(struct tpw_overview *o, struct tpw_net *tn)
{
	u64 *segments = &o->cause[TPW_CAUSE_TAKEN].segments;
	unsigned int i;

	*segments = o->has_taken ? tpw_pernet_others(tn) : 0;
	for (i = 0; i < TPW_TAKER_NR; i++)
		*segments += tpw_counters_taken_by(&tn->counters, i);
}

/** tpw_cause_rest() - Return: segments of a cause beyond its first @nr rows. */
u64 tpw_cause_rest(const struct tpw_cause_list *list, unsigned int nr)
{
	u64 rest = list->segments;
	unsigned int i;

	for (i = 0; i < nr && i < list->nr; i++)
		rest -= min(rest, list->row[i].segments);
	return rest;
}

static unsigned int lines_wanted(const struct tpw_cause_list *list)
{
	if (!list->segments)
		return 0;
	return list->nr + !!tpw_cause_rest(list, list->nr);
}

/* Each gets two lines, and more as long as there are some left. */
static void share_lines(struct tpw_overview *o)
{
	unsigned int left = TPW_UNSERVED_ROWS, want[TPW_CAUSE_NR], more, i;

	for (i = 0; i < TPW_CAUSE_NR; i++) {
		want[i] = lines_wanted(&o->cause[i]);
		o->cause_lines[i] = min_t(unsigned int, want[i], LEAST_LINES);
		left -= o->cause_lines[i];
	}
	for (i = 0; i < TPW_CAUSE_NR; i++) {
		more = min(left, want[i] - o->cause_lines[i]);
		o->cause_lines[i] += more;
		left -= more;
		o->unserved_nr += o->cause_lines[i];
	}
}

/**
 * tpw_overview_count_unserved() - how much was not served, for each cause
 * @o: the overview, with the local ends that are known
 * @tn: of which namespace
 * @sum: its counters
 *
 * Context: process.
 */
void tpw_overview_count_unserved(struct tpw_overview *o, struct tpw_net *tn,
				 const struct tpw_counts *sum)
{
	const struct tpw_drops *drops = tn->counters.drops;

	count_outcome(o, TPW_CAUSE_QUEUE_FULL, sum, TPW_OUTCOME_QUEUE_FULL);
	count_outcome(o, TPW_CAUSE_REFUSED, sum, TPW_OUTCOME_REFUSED);
	count_outcome(o, TPW_CAUSE_IGNORED, sum, TPW_OUTCOME_IGNORED);
	count_outcome(o, TPW_CAUSE_RESET, sum, TPW_OUTCOME_RESET);
	count_reasons(&o->cause[TPW_CAUSE_DROPPED], drops->dropped);
	count_reasons(&o->cause[TPW_CAUSE_DROPPED_LATER], drops->dropped_later);
	count_taken(o, tn);
	share_lines(o);
}
