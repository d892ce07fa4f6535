// SPDX-License-Identifier: GPL-2.0
/*
 * The rows of a page. Those of sockets that are open come first, whatever the order, and TIME_WAIT
 * last: nobody has that any more. The members of a reuseport group stand together.
 */
#include "command/top/items.h"

#include "lib/text.h"
#include "show/share.h"
#include "where/state.h"

#include <stdlib.h>
#include <string.h>

/** struct sorting - rows on their way into order */
struct sorting {
	/** @view: says which */
	const struct tpr_view *view;
	/** @moment: the tables */
	const struct tpr_moment *moment;
	/** @rows: one of them */
	const struct tpr_rows *rows;
};

static int rank_of(const char *state)
{
	if (!strcmp(state, "TIME_WAIT"))
		return 2;
	return !strcmp(state, "CLOSED");
}

/* Chosen: SYNs of TCP, datagrams of UDP */
static uint64_t chosen_since(const struct tpr_moment *moment, size_t row)
{
	bool is_tcp = !strncmp(tpr_rows_get(&moment->listeners, row, "proto"), "tcp", 3);

	return tpr_mark_since(&moment->listeners_first, &moment->listeners, row,
			      is_tcp ? "syns" : "segments");
}

/* Give each member the sums of its group; groups stand together in the table. */
static void sum_groups(const struct tpr_moment *moment, struct tpr_item *items, size_t nr)
{
	size_t begin, end, i;

	for (begin = 0; begin < nr; begin = end) {
		struct tpr_item sum = items[begin];

		for (end = begin + 1; end < nr; end++) {
			if (!tpr_share_is_together(&moment->listeners, items[begin].row,
						   items[end].row))
				break;
			sum.rate += items[end].rate;
			sum.total += items[end].total;
			sum.chosen += items[end].chosen;
		}
		for (i = begin; i < end; i++) {
			items[i].group = items[begin].row;
			items[i].group_rate = sum.rate;
			items[i].group_total = sum.total;
			items[i].group_chosen = sum.chosen;
		}
	}
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* Numbers before marks */
static int compare_pids(const char *a, const char *b)
{
	uint64_t a_pid = UINT64_MAX, b_pid = UINT64_MAX;

	tpr_text_u64(a, &a_pid);
	tpr_text_u64(b, &b_pid);
	return compare_numbers(a_pid, b_pid);
}

static int bit_of(const struct tpr_rows *rows, size_t row)
{
	return __builtin_ffs((int)tpr_state_of(tpr_rows_get(rows, row, "state")));
}

static int compare_keys(const struct sorting *sorting, const struct tpr_item *a,
			const struct tpr_item *b)
{
	const struct tpr_rows *rows = sorting->rows;
	struct tpr_who a_who = tpr_items_who(sorting->moment, rows, a->group);
	struct tpr_who b_who = tpr_items_who(sorting->moment, rows, b->group);

	switch (sorting->view->order) {
	case TPR_ORDER_SEGMENTS:
		return compare_numbers(b->group_total, a->group_total);
	case TPR_ORDER_LOCAL:
		/* the table is in that order */
		return compare_numbers(a->group, b->group);
	case TPR_ORDER_FOREIGN:
		return strverscmp(tpr_rows_get(rows, a->group, "foreign"),
				  tpr_rows_get(rows, b->group, "foreign"));
	case TPR_ORDER_STATE:
		return bit_of(rows, a->group) - bit_of(rows, b->group);
	case TPR_ORDER_PID:
		return compare_pids(a_who.pid, b_who.pid);
	case TPR_ORDER_COMM:
		return strcmp(a_who.comm, b_who.comm);
	default:
		return 0;
	}
}

/* Groups by their key and rate, their members by theirs */
static int compare_items(const void *left, const void *right, void *data)
{
	const struct tpr_item *a = left, *b = right;
	int order = a->rank - b->rank;

	if (!order)
		order = compare_keys(data, a, b);
	if (!order)
		order = compare_numbers(b->group_rate, a->group_rate);
	if (!order)
		order = compare_numbers(a->group, b->group);
	if (!order)
		order = compare_numbers(b->rate, a->rate);
	if (!order)
		order = compare_numbers(b->total, a->total);
	return order ? order : compare_numbers(a->row, b->row);
}

static struct tpr_item *make_items(const struct tpr_view *view, const struct tpr_moment *moment,
				   const struct tpr_rows *rows, const struct tpr_mark *last,
				   size_t *nr)
{
	struct tpr_item *items = calloc(rows->nr + 1, sizeof(*items));
	size_t i;

	*nr = 0;
	for (i = 0; items && i < rows->nr; i++) {
		const char *state = tpr_rows_get(rows, i, "state");
		struct tpr_item item = {
			.row = i,
			.rank = rank_of(state),
			.group = i,
			.rate = tpr_mark_since(last, rows, i, "segments"),
			.total = tpr_rows_number(rows, i, "segments"),
		};

		if (!tpr_view_wants(view, moment, rows, i) ||
		    (!strcmp(state, "CLOSED") && !item.rate))
			continue;
		item.group_rate = item.rate;
		item.group_total = item.total;
		items[(*nr)++] = item;
	}
	return items;
}

static void sort(const struct tpr_view *view, const struct tpr_moment *moment,
		 const struct tpr_rows *rows, struct tpr_item *items, size_t nr)
{
	struct sorting sorting = { .view = view, .moment = moment, .rows = rows };

	qsort_r(items, nr, sizeof(*items), compare_items, &sorting);
}

static void mark_ends(struct tpr_item *items, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		items[i].is_first = !i || items[i - 1].group != items[i].group;
		items[i].is_last = i + 1 == nr || items[i + 1].group != items[i].group;
	}
}

/**
 * tpr_items_listeners() - the listeners to show
 * @view: which, and in which order
 * @moment: the tables
 * @nr: set to their number
 *
 * Return: the items, to be freed; NULL without memory.
 */
struct tpr_item *tpr_items_listeners(const struct tpr_view *view, const struct tpr_moment *moment,
				     size_t *nr)
{
	struct tpr_item *items = make_items(view, moment, &moment->listeners,
					    &moment->listeners_last, nr);
	size_t i;

	for (i = 0; items && i < *nr; i++)
		items[i].chosen = chosen_since(moment, items[i].row);
	if (items) {
		sum_groups(moment, items, *nr);
		sort(view, moment, &moment->listeners, items, *nr);
		mark_ends(items, *nr);
	}
	return items;
}

/**
 * tpr_items_connections() - the connections to show
 * @view: which, and in which order
 * @moment: the tables
 * @nr: set to their number
 *
 * Return: the items, to be freed; NULL without memory.
 */
struct tpr_item *tpr_items_connections(const struct tpr_view *view,
				       const struct tpr_moment *moment, size_t *nr)
{
	struct tpr_item *items = make_items(view, moment, &moment->connections,
					    &moment->connections_last, nr);

	if (items)
		sort(view, moment, &moment->connections, items, *nr);
	return items;
}

/**
 * tpr_items_who() - the process to name beside a socket
 * @moment: the tables
 * @rows: one of them
 * @row: the socket
 *
 * Return: who holds a listener; who accepted or opened a connection.
 */
struct tpr_who tpr_items_who(const struct tpr_moment *moment, const struct tpr_rows *rows,
			     size_t row)
{
	return rows == &moment->listeners ? tpr_holder_who(rows, row, false) :
					    tpr_holder_actor(rows, row);
}
