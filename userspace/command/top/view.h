/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of the tables the page of "top" shows, and in which order: as the command line says, and
 * then as keys change it.
 */
#ifndef TPR_TOP_VIEW_H
#define TPR_TOP_VIEW_H

#include "lib/options.h"
#include "command/top/moment.h"
#include "where/parse.h"

/** enum tpr_order - what rows are sorted by */
enum tpr_order {
	/** @TPR_ORDER_RATE: segments since the last page */
	TPR_ORDER_RATE,
	/** @TPR_ORDER_SEGMENTS: segments in all */
	TPR_ORDER_SEGMENTS,
	/** @TPR_ORDER_LOCAL: our end */
	TPR_ORDER_LOCAL,
	/** @TPR_ORDER_FOREIGN: the other end */
	TPR_ORDER_FOREIGN,
	/** @TPR_ORDER_STATE: the state */
	TPR_ORDER_STATE,
	/** @TPR_ORDER_PID: the process */
	TPR_ORDER_PID,
	/** @TPR_ORDER_COMM: its name */
	TPR_ORDER_COMM,
	/** @TPR_ORDERS_NR: number of orders */
	TPR_ORDERS_NR,
};

/** struct tpr_by - what rows are counted by instead of being listed */
struct tpr_by {
	/** @word: on the command line */
	const char *word;
	/** @title: of its column */
	const char *title;
	/** @listeners: the column of listeners, or NULL: they have none such */
	const char *listeners;
	/** @connections: the column of connections */
	const char *connections;
	/** @part: 'a' of an endpoint the address, 'p' the port, 0 all of a field */
	char part;
};

/** struct tpr_view - what is shown */
struct tpr_view {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @by: counts rows, or NULL */
	const struct tpr_by *by;
	/** @order: what they are sorted by */
	enum tpr_order order;
	/** @states: which states, by the keys; an index */
	size_t states;
	/** @listeners: the filter, bound to their table */
	struct tpr_expression *listeners;
	/** @connections: the filter, bound to their table */
	struct tpr_expression *connections;
	/** @has_listeners: their table has all that the filter names */
	bool has_listeners;
	/** @has_connections: the same of connections */
	bool has_connections;
};

const char *const *tpr_view_orders(void);
const char *const *tpr_view_bys(void);
int tpr_view_init(struct tpr_view *view, const struct tpr_options *options, int argc, char **argv);
void tpr_view_exit(struct tpr_view *view);
int tpr_view_bind(struct tpr_view *view, const struct tpr_moment *moment);
bool tpr_view_wants(const struct tpr_view *view, const struct tpr_moment *moment,
		    const struct tpr_rows *rows, size_t row);
const char *tpr_view_order(const struct tpr_view *view);
const char *tpr_view_states(const struct tpr_view *view);
void tpr_view_next_order(struct tpr_view *view);
void tpr_view_next_states(struct tpr_view *view);

#endif
