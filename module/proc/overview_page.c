// SPDX-License-Identifier: GPL-2.0
/*
 * The listeners that may get a row of the overview, and their connections.
 *
 * Listeners come first, and all are compared: the ones that stay are the right
 * ones.  Then connections come, in any order, each to its listener or else to
 * the end that it shares with others.
 */
#include "proc/overview_page.h"

#include <linux/bitops.h>
#include <linux/in.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <net/tcp_states.h>

/**
 * tpw_fold_join() - add connections to others
 * @to: the others
 * @from: the connections
 *
 * Context: any.
 */
void tpw_fold_join(struct tpw_fold *to, const struct tpw_fold *from)
{
	to->live += from->live;
	to->closed += from->closed;
	to->unaccepted += from->unaccepted;
	to->segments += from->segments;
	if (from->oldest_ns && (!to->oldest_ns || from->oldest_ns < to->oldest_ns))
		to->oldest_ns = from->oldest_ns;
}

/**
 * tpw_fold_add() - add one connection to others
 * @to: the others
 * @row: its row
 *
 * Context: any.
 */
void tpw_fold_add(struct tpw_fold *to, const struct tpw_overview_row *row)
{
	const struct tpw_fold one = {
		.live = !row->is_closed,
		.closed = row->is_closed,
		.unaccepted = row->is_unaccepted,
		.oldest_ns = row->is_unaccepted ? row->at_ns : 0,
		.segments = row->segments,
	};

	tpw_fold_join(to, &one);
}

static int compare_ranks(const struct tpw_page_listener *a,
			 const struct tpw_page_listener *b)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(a->rank); i++)
		if (a->rank[i] != b->rank[i])
			return a->rank[i] > b->rank[i] ? -1 : 1;
	return 0;
}

static void leave_listener_out(struct tpw_page *page,
			       const struct tpw_page_listener *l)
{
	struct tpw_more *more = &page->more;

	if (l->row.is_closed)
		more->closed++;
	else if (l->row.state == TCP_LISTEN)
		more->listening++;
	else
		more->bound++;
	more->segments += l->row.segments;
	tpw_fold_join(&more->connections, &l->fold);
}

/* Trouble first: whose queue was full, who has connections waiting. */
static void rank(struct tpw_page_listener *l, u64 overflows)
{
	const struct tpw_overview_row *row = &l->row;
	bool has_queue = row->state == TCP_LISTEN;

	l->rank[0] = !row->is_closed;
	l->rank[1] = overflows;
	l->rank[2] = has_queue ? row->queue : 0;
	l->rank[3] = row->segments;
}

/* Room for one more, in place of the least if it is less than @l; or NULL. */
static struct tpw_page_listener *
listener_slot(struct tpw_page *page, const struct tpw_page_listener *l)
{
	struct tpw_page_listener *least = page->listeners;
	unsigned int i;

	if (page->listeners_nr < TPW_PAGE_LISTENERS)
		return &page->listeners[page->listeners_nr++];
	for (i = 1; i < TPW_PAGE_LISTENERS; i++)
		if (compare_ranks(&page->listeners[i], least) > 0)
			least = &page->listeners[i];
	if (compare_ranks(l, least) >= 0)
		return NULL;
	leave_listener_out(page, least);
	return least;
}

/**
 * tpw_page_add_listener() - one more listener
 * @page: the page, that no connection was added to yet
 * @cookie: of the listener
 * @row: its row
 * @overflows: how often its queue was full; 0 if that is hidden
 *
 * Context: process.
 */
void tpw_page_add_listener(struct tpw_page *page, u64 cookie,
			   const struct tpw_overview_row *row, u64 overflows)
{
	struct tpw_page_listener *to, *l = &page->incoming;

	memset(l, 0, sizeof(*l));
	l->cookie = cookie;
	l->row = *row;
	rank(l, overflows);
	if (row->state == TCP_LISTEN)
		__set_bit(ntohs(row->tuple.lport), page->ports);
	to = listener_slot(page, l);
	if (to)
		*to = *l;
	else
		leave_listener_out(page, l);
}

static int compare_listeners(const void *a, const void *b)
{
	return compare_ranks(a, b);
}

/**
 * tpw_page_drop_listeners() - keep the first listeners
 * @page: the page
 * @nr: how many
 *
 * Context: process.
 */
void tpw_page_drop_listeners(struct tpw_page *page, unsigned int nr)
{
	while (page->listeners_nr > nr)
		leave_listener_out(page, &page->listeners[--page->listeners_nr]);
}

/**
 * tpw_page_sort_listeners() - the first ones first
 * @page: the page
 *
 * Context: process.
 */
void tpw_page_sort_listeners(struct tpw_page *page)
{
	sort(page->listeners, page->listeners_nr, sizeof(page->listeners[0]),
	     compare_listeners, NULL);
}

static struct tpw_page_listener *find_listener(struct tpw_page *page, u64 cookie)
{
	unsigned int i;

	for (i = 0; cookie && i < page->listeners_nr; i++)
		if (page->listeners[i].cookie == cookie)
			return &page->listeners[i];
	return NULL;
}

static void add_child(struct tpw_page_listener *l,
		      const struct tpw_overview_row *row)
{
	u64 nr = tpw_fold_nr(&l->fold);

	if (nr < TPW_PAGE_CHILDREN)
		l->child[nr] = *row;
	tpw_fold_add(&l->fold, row);
}

/**
 * tpw_page_add_connection() - one more connection
 * @page: the page, with all listeners
 * @listener: cookie of its listener, or 0
 * @is_client: it is known that it has none
 * @row: its row
 *
 * Context: process.
 */
void tpw_page_add_connection(struct tpw_page *page, u64 listener, bool is_client,
			     const struct tpw_overview_row *row)
{
	struct tpw_page_listener *l = find_listener(page, listener);
	bool is_local = listener;

	if (l) {
		add_child(l, row);
		return;
	}
	if (!is_client && row->tuple.proto == IPPROTO_TCP)
		is_local |= test_bit(ntohs(row->tuple.lport), page->ports);
	tpw_page_add_to_end(page, is_local, row);
}

/**
 * tpw_page_recount() - forget all connections, to have them added once more
 * @page: the page, whose ends are chosen
 *
 * Context: process.
 */
void tpw_page_recount(struct tpw_page *page)
{
	unsigned int i;

	for (i = 0; i < page->listeners_nr; i++)
		memset(&page->listeners[i].fold, 0, sizeof(struct tpw_fold));
	for (i = 0; i < page->ends_nr; i++)
		memset(&page->end[i].fold, 0, sizeof(struct tpw_fold));
	memset(&page->more.connections, 0, sizeof(struct tpw_fold));
	page->connection_segments = 0;
	page->connection_hidden = 0;
}
