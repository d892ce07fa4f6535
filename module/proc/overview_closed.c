// SPDX-License-Identifier: GPL-2.0
/*
 * The sockets of the overview that are no more: entries of ours that stood
 * beside no socket of the kernel's, and were there when walking began.  Where not
 * all sockets were looked at, they are those whose end was seen.
 */
#include "proc/overview.h"

#include "base/address.h"
#include "record/pernet.h"
#include "proc/overview_walker.h"

#include <linux/bitmap.h>
#include <linux/sched.h>
#include <linux/string.h>

/* /proc/net/tcp forgets a socket with its end. */
static bool sees_past(const struct tpw_walker *w, const struct tpw_actor *actor)
{
	return w->o->rights.is_admin ||
	       (actor->pid && tpw_rights_own(&w->o->rights, actor->uid));
}

static void begin_closed(struct tpw_walker *w, u64 closed_ns)
{
	memset(&w->row, 0, sizeof(w->row));
	w->row.is_closed = true;
	w->row.at_ns = closed_ns;
}

static void closed_listener(struct tpw_walker *w)
{
	const struct tpw_endpoint *bound = &w->l.bound;

	begin_closed(w, w->l.closed_ns);
	w->row.is_listener = true;
	w->row.tuple.local = bound->addr;
	w->row.tuple.lport = bound->port;
	w->row.tuple.family = bound->family;
	w->row.tuple.proto = bound->proto;
	w->row.ifindex = bound->ifindex;
	w->row.actor = w->l.actor;
	w->row.lost = w->counts.lost;
	w->row.segments = w->counts.segments + w->counts.request_segments;
	if (w->row.segments)
		tpw_walker_add_listener(w, w->l.e.key, true);
}

static void closed_connection(struct tpw_walker *w)
{
	begin_closed(w, w->c.closed_ns);
	w->row.tuple = w->c.tuple;
	if (w->c.mods & TPW_MOD_DUAL)
		tpw_tuple_map(&w->row.tuple);
	w->row.actor = w->c.actor;
	w->row.segments = tpw_connection_segments(&w->c);
	if (w->row.segments)
		tpw_walker_add_connection(w, w->c.listener, w->c.role == TPW_ROLE_CLIENT);
}

static bool is_past(const struct tpw_walker *w, u64 closed_ns)
{
	return closed_ns || !w->o->unlooked;
}

/**
 * tpw_walker_closed_listeners() - add those that the kernel does not have
 * @w: the walker, after all live ones
 *
 * Context: process, may sleep.
 */
void tpw_walker_closed_listeners(struct tpw_walker *w)
{
	u32 i;

	for (i = 0; i < tpw_listeners_nr(); i++) {
		cond_resched();
		if (test_bit(i, w->listeners) ||
		    !tpw_listeners_at(i, &w->l, &w->counts))
			continue;
		if (w->l.net.cookie == w->tn->id.cookie &&
		    is_past(w, w->l.closed_ns) &&
		    w->l.first_ns <= w->began_ns && sees_past(w, &w->l.actor))
			closed_listener(w);
	}
}

/**
 * tpw_walker_closed_connections() - add those that the kernel does not have
 * @w: the walker, after all live ones
 *
 * Context: process, may sleep.
 */
void tpw_walker_closed_connections(struct tpw_walker *w)
{
	u32 i, left = TPW_PAGE_PAST;

	for (i = 0; i < tpw_connections_nr() && left; i++) {
		cond_resched();
		if (test_bit(i, w->connections) ||
		    (w->o->unlooked && !tpw_connections_is_closed(i)) ||
		    !tpw_connections_at(i, &w->c))
			continue;
		if (w->c.net.cookie != w->tn->id.cookie)
			continue;
		/* How many others there are is not for this namespace. */
		left--;
		if (is_past(w, w->c.closed_ns) &&
		    w->c.made_ns <= w->began_ns && sees_past(w, &w->c.actor))
			closed_connection(w);
	}
	w->o->is_past_cut = i < tpw_connections_nr();
}
