/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rows that "top" shows, in their order.
 */
#ifndef TPR_TOP_ITEMS_H
#define TPR_TOP_ITEMS_H

#include "command/top/moment.h"
#include "command/top/view.h"
#include "show/holder.h"

/** struct tpr_item - a row and what it is sorted by */
struct tpr_item {
	/** @row: in its table */
	size_t row;
	/** @rank: 0 for one that is open, then closed ones, TIME_WAIT last */
	int rank;
	/** @rate: segments since the last page */
	uint64_t rate;
	/** @total: segments in all */
	uint64_t total;
	/** @group: first row of its reuseport group, or @row */
	size_t group;
	/** @is_first: no member of its group stands before it */
	bool is_first;
	/** @is_last: none behind it */
	bool is_last;
	/** @group_rate: sum over the group */
	uint64_t group_rate;
	/** @group_total: the same of @total */
	uint64_t group_total;
	/** @chosen: how often it was chosen since top began */
	uint64_t chosen;
	/** @group_chosen: the same, over the group */
	uint64_t group_chosen;
};

struct tpr_item *tpr_items_listeners(const struct tpr_view *view, const struct tpr_moment *moment,
				     size_t *nr);
struct tpr_item *tpr_items_connections(const struct tpr_view *view,
				       const struct tpr_moment *moment, size_t *nr);
struct tpr_who tpr_items_who(const struct tpr_moment *moment, const struct tpr_rows *rows,
			     size_t row);

#endif
