// SPDX-License-Identifier: GPL-2.0
/*
 * The sockets of the overview: the kernel's, joined with our counts by cookie.
 * One bucket of the kernel's table is copied at a time, under its lock.
 *
 * Of each table TPW_PAGE_LOOKS sockets are looked at, in the order of their hash,
 * which has nothing to do with what they do.  How many more there are is counted.
 */
#include "proc/overview.h"

#include "record/pernet.h"
#include "proc/overview_page.h"
#include "proc/overview_walker.h"

#include <linux/bitmap.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/tcp_states.h>

static bool is_listener(const struct tpw_socket *s)
{
	return s->state == TCP_LISTEN || s->state == TCP_CLOSE;
}

/* Both ends, state and queue, as /proc/net/tcp shows them to everybody. */
static void begin_row(struct tpw_walker *w, const struct tpw_socket *s)
{
	struct tpw_overview_row *row = &w->row;

	memset(row, 0, sizeof(*row));
	row->tuple = s->tuple;
	row->state = s->state == TCP_CLOSE ? 0 : s->state;
	row->is_listener = is_listener(s);
	row->is_unaccepted = s->is_unaccepted;
	row->is_hidden = !tpw_rights_see(&w->o->rights, s->uid);
	row->queue = s->queue;
}

static bool join_listener(struct tpw_walker *w, u64 cookie)
{
	u32 index;

	if (!tpw_listeners_get(cookie, &w->l, &w->counts, &index))
		return false;
	__set_bit(index, w->listeners);
	w->row.segments += w->counts.segments + w->counts.request_segments;
	w->row.actor = w->l.actor;
	return true;
}

static bool join_connection(struct tpw_walker *w, u64 cookie)
{
	u32 index;

	if (!tpw_connections_get(cookie, &w->c, &index))
		return false;
	__set_bit(index, w->connections);
	w->row.segments += tpw_connection_segments(&w->c);
	if (w->c.actor.pid)
		w->row.actor = w->c.actor;
	return true;
}

/* What /proc/net/tcp does not say is not for everybody. */
static u64 hide(struct tpw_walker *w)
{
	u64 segments = w->row.segments;

	w->row.segments = 0;
	w->row.at_ns = 0;
	w->row.oldest_ns = 0;
	w->row.lost = 0;
	w->row.is_gone = false;
	memset(&w->row.actor, 0, sizeof(w->row.actor));
	return segments;
}

static void note_full_queue(struct tpw_walker *w)
{
	const struct tpw_unserved row = {
		.segments = w->counts.overflows,
		.tuple = w->row.tuple,
		.queue = w->row.queue,
		.backlog = w->row.backlog,
		.has_local = true,
		.is_closed = w->row.is_closed,
	};

	tpw_cause_add(&w->o->cause[TPW_CAUSE_QUEUE_FULL], &row);
}

/**
 * tpw_walker_add_listener() - the row is of a listener
 * @w: the walker
 * @cookie: of the listener
 * @has_counts: its counters are in @w
 *
 * Context: process.
 */
void tpw_walker_add_listener(struct tpw_walker *w, u64 cookie, bool has_counts)
{
	u64 overflows = has_counts ? w->counts.overflows : 0;

	w->page->listener_segments += w->row.segments;
	if (w->row.is_hidden) {
		w->page->listener_hidden += hide(w);
		overflows = 0;
	}
	if (overflows)
		note_full_queue(w);
	if (!w->row.is_closed)
		overflows += w->row.lost;
	tpw_page_add_listener(w->page, cookie, &w->row, overflows);
}

/* Others of its group may accept, and this one does not: its row says so. */
static void note_oldest(struct tpw_walker *w, const struct tpw_socket *s)
{
	if (!tpw_connections_get(s->oldest, &w->c, NULL))
		return;
	w->row.oldest_ns = tpw_connection_waits_ns(&w->c);
	if (s->members > 1 && w->row.oldest_ns &&
	    tpw_hook_is_armed(TPW_HOOK_ACCEPT))
		w->row.at_ns = max(w->row.oldest_ns, w->l.acceptors.last_ns);
}

/* A socket that was connected before, or will be, has a row in either table. */
static void live_listener(struct tpw_walker *w, const struct tpw_socket *s)
{
	bool has_counts;

	begin_row(w, s);
	has_counts = join_listener(w, s->cookie);
	if (!is_listener(s))
		return;
	w->requests += s->requests;
	join_connection(w, s->cookie);
	if (has_counts)
		tpw_walker_name_holder(w);
	if (has_counts && s->oldest)
		note_oldest(w, s);
	if (!w->row.is_hidden) {
		w->row.ifindex = s->ifindex;
		w->row.backlog = s->backlog;
	}
	if (s->tuple.proto == IPPROTO_UDP && s->queue)
		w->row.lost = s->drops;
	tpw_walker_add_listener(w, s->cookie, has_counts);
}

/**
 * tpw_walker_add_connection() - the row is of a connection
 * @w: the walker
 * @listener: cookie of its listener, or 0
 * @is_client: it is known that it has none
 *
 * Context: process.
 */
void tpw_walker_add_connection(struct tpw_walker *w, u64 listener, bool is_client)
{
	w->page->connection_segments += w->row.segments;
	if (w->row.is_hidden) {
		w->page->connection_hidden += hide(w);
		listener = 0;
		is_client = false;
	}
	tpw_page_add_connection(w->page, listener, is_client, &w->row);
}

static void live_connection(struct tpw_walker *w, const struct tpw_socket *s)
{
	u64 listener = s->listener;
	bool is_client = false;

	if (is_listener(s))
		return;
	begin_row(w, s);
	if (s->tuple.proto == IPPROTO_UDP)
		join_listener(w, s->cookie);
	if (join_connection(w, s->cookie)) {
		if (!listener)
			listener = w->c.listener;
		is_client = w->c.role == TPW_ROLE_CLIENT;
		if (w->row.is_unaccepted)
			w->row.at_ns = w->c.born_ns;
	}
	if (!w->row.is_hidden)
		w->row.ifindex = s->ifindex;
	tpw_walker_add_connection(w, listener, is_client);
}

/* Return: how many were looked at, or -errno */
static int walk_table(struct tpw_walker *w, enum tpw_socket_table table,
		      void (*add)(struct tpw_walker *w, const struct tpw_socket *s))
{
	struct net *net = w->tn->net;
	unsigned int i, nr = tpw_sockets_buckets(net, table);
	size_t at, left = TPW_PAGE_LOOKS;
	int err;

	for (i = 0; i < nr && left; i++) {
		w->batch.nr = 0;
		w->batch.most = left;
		err = tpw_sockets_read_bucket(net, table, i, &w->batch);
		if (err)
			return err;
		for (at = 0; at < w->batch.nr; at++)
			add(w, &w->batch.rows[at]);
		left -= w->batch.nr;
		cond_resched();
	}
	return TPW_PAGE_LOOKS - left;
}

/* All sockets of a table of which some were looked at. */
static u64 count_table(struct tpw_walker *w, enum tpw_socket_table table, int looked)
{
	struct net *net = w->tn->net;
	unsigned int i, nr = tpw_sockets_buckets(net, table);
	u64 all = 0;

	if (looked < TPW_PAGE_LOOKS)
		return looked;
	for (i = 0; i < nr; i++) {
		all += tpw_sockets_count_bucket(net, table, i);
		cond_resched();
	}
	return max_t(u64, all, looked);
}

static int walk_listeners(struct tpw_walker *w)
{
	int looked = walk_table(w, TPW_SOCKETS_LISTENERS, live_listener);

	if (looked < 0)
		return looked;
	w->listening = count_table(w, TPW_SOCKETS_LISTENERS, looked);
	w->left = w->listening - looked;
	looked = walk_table(w, TPW_SOCKETS_UDP, live_listener);
	if (looked < 0)
		return looked;
	w->left += count_table(w, TPW_SOCKETS_UDP, looked) - looked;
	w->o->unlooked = w->left;
	tpw_walker_closed_listeners(w);
	return 0;
}

/* The kernel counts TCP sockets, and listeners their requests. */
static u64 connections_left(struct tpw_walker *w, u64 looked)
{
	u64 all = tpw_sockets_tcp_in_use(w->tn->net) + w->requests;

	looked += w->listening;
	return all > looked ? all - looked : 0;
}

static int walk_connections(struct tpw_walker *w)
{
	int looked = walk_table(w, TPW_SOCKETS_CONNECTIONS, live_connection);
	int err = looked;

	if (err >= 0)
		err = walk_table(w, TPW_SOCKETS_UDP, live_connection);
	if (err < 0)
		return err;
	w->o->unlooked = w->left;
	if (looked == TPW_PAGE_LOOKS)
		w->o->unlooked += connections_left(w, looked);
	tpw_walker_closed_connections(w);
	return 0;
}

static int walk(struct tpw_walker *w)
{
	int err = walk_listeners(w);

	if (!err)
		err = walk_connections(w);
	if (err)
		return err;
	tpw_page_choose_ends(w->page);
	if (!w->page->has_evicted)
		return 0;
	tpw_page_recount(w->page);
	return walk_connections(w);
}

/**
 * tpw_overview_walk() - gather the sockets, and whose accept queue was full
 * @page: where to, zeroed
 * @o: the overview; its rights are taken
 * @tn: of which namespace
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_overview_walk(struct tpw_page *page, struct tpw_overview *o,
		      struct tpw_net *tn)
{
	struct tpw_walker *w = kzalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (!w)
		return err;
	w->page = page;
	w->o = o;
	w->tn = tn;
	w->began_ns = ktime_get_mono_fast_ns();
	w->listeners = kvcalloc(BITS_TO_LONGS(tpw_listeners_nr() + 1),
				sizeof(long), GFP_KERNEL_ACCOUNT);
	w->connections = kvcalloc(BITS_TO_LONGS(tpw_connections_nr() + 1),
				  sizeof(long), GFP_KERNEL_ACCOUNT);
	if (w->listeners && w->connections)
		err = walk(w);
	tpw_sockets_free(&w->batch);
	kvfree(w->connections);
	kvfree(w->listeners);
	kfree(w);
	return err;
}
