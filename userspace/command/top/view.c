// SPDX-License-Identifier: GPL-2.0
/*
 * What "top" shows. A filter goes over two tables: of one that has not all the columns that it names
 * nothing is shown, as ss shows no listener that has a foreign port.
 */
#include "command/top/view.h"

#include "lib/message.h"
#include "lib/nearest.h"
#include "where/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const orders[] = {
	[TPR_ORDER_RATE] = "rate", [TPR_ORDER_SEGMENTS] = "segments", [TPR_ORDER_LOCAL] = "local",
	[TPR_ORDER_FOREIGN] = "foreign", [TPR_ORDER_STATE] = "state", [TPR_ORDER_PID] = "pid",
	[TPR_ORDER_COMM] = "comm", [TPR_ORDERS_NR] = NULL,
};

/* Words of a filter; the first ones are those of most use */
static const char *const states[] = {
	"all", "established", "synchronized", "bucket",
};

#define STATES_NR	(sizeof(states) / sizeof(states[0]))

static const struct tpr_by bys[] = {
	{ "comm", "Comm", "comm", "comm", 0 },
	{ "pid", "Pid", "pid", "pid", 0 },
	{ "listener", "Listener", "local", "listener", 0 },
	{ "peer", "Peer", NULL, "foreign", 'a' },
	{ "port", "Port", "local", "local", 'p' },
	{ "state", "State", "state", "state", 0 },
	{ "role", "Role", NULL, "role", 0 },
	{ "proto", "Proto", "proto", "proto", 0 },
	{ "uid", "Uid", "uid", "uid", 0 },
	{ "cgroup", "Cgroup", "cgroup", "cgroup", 0 },
};

#define BYS_NR	(sizeof(bys) / sizeof(bys[0]))

/**
 * tpr_view_orders() - what rows can be sorted by
 *
 * Return: the words, with a NULL behind.
 */
const char *const *tpr_view_orders(void)
{
	return orders;
}

/**
 * tpr_view_bys() - what rows can be counted by
 *
 * Return: the words, with a NULL behind.
 */
const char *const *tpr_view_bys(void)
{
	static const char *words[BYS_NR + 1];
	size_t i;

	for (i = 0; i < BYS_NR; i++)
		words[i] = bys[i].word;
	return words;
}

/* A word that is none of a list */
static int refuse(const char *option, const char *word, const char *const *words)
{
	char *text = tpr_nearest_text(word, words);

	tpr_message("%s: top has no '%s'%s", option, word, text ? text : "");
	free(text);
	return -EDOM;
}

static int set_by(struct tpr_view *view, const char *word)
{
	size_t i;

	for (i = 0; word && i < BYS_NR; i++) {
		if (!strcmp(bys[i].word, word))
			view->by = &bys[i];
	}
	return !word || view->by ? 0 : refuse("--by", word, tpr_view_bys());
}

static int set_order(struct tpr_view *view, const char *word)
{
	int i;

	for (i = 0; word && i < TPR_ORDERS_NR; i++) {
		if (strcmp(orders[i], word))
			continue;
		view->order = (enum tpr_order)i;
		return 0;
	}
	return word ? refuse("--sort", word, orders) : 0;
}

/**
 * tpr_view_init() - take what the command line says
 * @view: filled in; for tpr_view_exit(), whatever is returned
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: 0, or -EDOM after a message that names the wrong word.
 */
int tpr_view_init(struct tpr_view *view, const struct tpr_options *options, int argc, char **argv)
{
	int error;

	*view = (struct tpr_view){ .options = options };
	error = set_by(view, options->by);
	if (!error)
		error = set_order(view, options->sort);
	if (!error && view->by && view->order > TPR_ORDER_SEGMENTS) {
		tpr_message("--sort: with --by, top sorts by rate or segments, not by '%s'",
			    options->sort);
		error = -EDOM;
	}
	if (error)
		return error;
	view->listeners = tpr_expression_parse(argc, argv);
	if (view->listeners)
		view->connections = tpr_expression_parse(argc, argv);
	return view->connections ? 0 : -EDOM;
}

/**
 * tpr_view_exit() - free what a view holds
 * @view: from tpr_view_init()
 */
void tpr_view_exit(struct tpr_view *view)
{
	if (view->listeners)
		tpr_expression_destroy(view->listeners);
	if (view->connections)
		tpr_expression_destroy(view->connections);
}

/**
 * tpr_view_bind() - the tables are there
 * @view: the view
 * @moment: the tables
 *
 * Return: 0, or -EDOM after a message: neither has a column that the filter names.
 */
int tpr_view_bind(struct tpr_view *view, const struct tpr_moment *moment)
{
	int error = 0;

	view->has_listeners = tpr_expression_fits(view->listeners, moment->listeners.table);
	view->has_connections = tpr_expression_fits(view->connections, moment->connections.table);
	if (view->has_listeners)
		error = tpr_expression_bind(view->listeners, moment->listeners.table);
	if (!error && (view->has_connections || !view->has_listeners))
		error = tpr_expression_bind(view->connections, moment->connections.table);
	return error ? -EDOM : 0;
}

/**
 * tpr_view_wants() - whether a row is shown
 * @view: the view, after tpr_view_bind()
 * @moment: the tables
 * @rows: one of them
 * @row: the row
 *
 * Return: whether options, filter and keys ask for it.
 */
bool tpr_view_wants(const struct tpr_view *view, const struct tpr_moment *moment,
		    const struct tpr_rows *rows, size_t row)
{
	bool is_listener = rows == &moment->listeners;
	unsigned int set = ~0U;

	if (!tpr_options_want_proto(view->options, tpr_rows_get(rows, row, "proto")))
		return false;
	if (is_listener)
		return view->has_listeners &&
		       tpr_expression_match(view->listeners, rows->rows[row]);
	if (view->states)
		tpr_state_set(states[view->states], &set);
	return view->has_connections && tpr_expression_match(view->connections, rows->rows[row]) &&
	       (!view->states || tpr_state_of(tpr_rows_get(rows, row, "state")) & set);
}

/**
 * tpr_view_order() - the word for what rows are sorted by
 * @view: the view
 *
 * Return: as --sort has it.
 */
const char *tpr_view_order(const struct tpr_view *view)
{
	return orders[view->order];
}

/**
 * tpr_view_states() - the word for the states that the keys chose
 * @view: the view
 *
 * Return: as a filter has it.
 */
const char *tpr_view_states(const struct tpr_view *view)
{
	return states[view->states];
}

/**
 * tpr_view_next_order() - sort by the next key
 * @view: the view
 */
void tpr_view_next_order(struct tpr_view *view)
{
	int nr = view->by ? TPR_ORDER_SEGMENTS + 1 : TPR_ORDERS_NR;

	view->order = (enum tpr_order)(((int)view->order + 1) % nr);
}

/**
 * tpr_view_next_states() - show connections in other states
 * @view: the view
 */
void tpr_view_next_states(struct tpr_view *view)
{
	view->states = (view->states + 1) % STATES_NR;
}
