// SPDX-License-Identifier: GPL-2.0
/*
 * What the overview shows, gathered at one moment: the kernel's sockets joined
 * with our counts by cookie, then what we remember of closed ones, then what
 * was refused.
 *
 * The counters are read last: with traffic going on they are then never less
 * than the rows, and the difference is a row of its own.
 */
#include "proc/overview.h"

#include "base/address.h"
#include "kernel/socket_tables.h"
#include "store/connections.h"
#include "store/counters.h"
#include "store/listeners.h"
#include "store/log.h"
#include "store/endpoints.h"
#include "record/pernet.h"
#include "proc/proc.h"

#include <linux/bsearch.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <net/tcp_states.h>

/**
 * struct gatherer - what is needed only while gathering
 * @o: the result
 * @tn: the namespace
 * @live: cookies of the sockets that the kernel has, sorted
 * @nr_live: how many
 */
struct gatherer {
	struct tpw_overview *o;
	struct tpw_net *tn;
	u64 *live;
	size_t nr_live;
};

static struct tpw_overview_row *add_row(struct tpw_overview *o)
{
	struct tpw_overview_row *rows;
	size_t room;

	if (o->nr == o->room) {
		room = o->room ? o->room * 2 : 64;
		rows = kvmalloc_array(room, sizeof(*rows), GFP_KERNEL_ACCOUNT);
		if (!rows)
			return NULL;
		if (o->nr)
			memcpy(rows, o->rows, o->nr * sizeof(*rows));
		kvfree(o->rows);
		o->rows = rows;
		o->room = room;
	}
	memset(&o->rows[o->nr], 0, sizeof(*o->rows));
	return &o->rows[o->nr++];
}

static void name_device(const struct net *net, struct tpw_overview_row *row)
{
	const struct net_device *dev;

	if (!row->ifindex)
		return;
	rcu_read_lock();
	dev = dev_get_by_index_rcu((struct net *)net, row->ifindex);
	if (dev)
		tpw_proc_escape(row->dev, sizeof(row->dev), dev->name,
				IFNAMSIZ);
	else
		scnprintf(row->dev, sizeof(row->dev), "if%d", row->ifindex);
	rcu_read_unlock();
}

/* A UDP socket that was connected later has a row in either table. */
static void add_counts(struct tpw_overview_row *row, u64 cookie)
{
	struct tpw_listener_counts counts;
	struct tpw_connection c;
	struct tpw_listener l;

	row->cookie = cookie;
	if (tpw_listeners_get(cookie, &l, &counts, NULL)) {
		row->segments += counts.segments + counts.request_segments;
		row->actor = l.actor;
	}
	if (tpw_connections_get(cookie, &c, NULL)) {
		row->segments += tpw_connection_segments(&c);
		row->parent = c.listener;
		if (c.actor.pid)
			row->actor = c.actor;
		if (row->is_unaccepted)
			row->at_ns = c.born_ns;
	}
}

/* Which listener, since when and for whom, /proc/net/tcp does not say. */
static void hide(struct tpw_overview_row *row)
{
	row->parent = 0;
	row->at_ns = 0;
	memset(&row->actor, 0, sizeof(row->actor));
}

static int add_live(struct gatherer *g, const struct tpw_socket *s)
{
	struct tpw_overview_row *row = add_row(g->o);

	if (!row)
		return -ENOMEM;
	row->kind = s->tuple.proto == IPPROTO_TCP ? TPW_ROW_TCP : TPW_ROW_UDP;
	row->tuple = s->tuple;
	row->ifindex = s->ifindex;
	row->state = s->state;
	row->is_unaccepted = s->is_unaccepted;
	row->is_hidden = !tpw_rights_see(&g->o->rights, s->uid);
	row->is_listener = s->state == TCP_LISTEN || s->state == TCP_CLOSE;
	row->has_queue = s->state == TCP_LISTEN;
	row->queue = s->queue;
	row->backlog = s->backlog;
	if (row->kind == TPW_ROW_UDP && s->state == TCP_CLOSE)
		row->state = 0;
	add_counts(row, s->cookie);
	if (row->is_hidden) {
		hide(row);
		return 0;
	}
	name_device(g->tn->net, row);
	if (s->listener)
		row->parent = s->listener;
	return 0;
}

static int compare_u64(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int gather_live(struct gatherer *g)
{
	struct tpw_sockets sockets = {};
	size_t i;
	int err;

	err = tpw_sockets_collect(g->tn->net, &sockets);
	if (err)
		goto out;
	err = -ENOMEM;
	g->live = kvmalloc_array(sockets.nr + 1, sizeof(*g->live), GFP_KERNEL_ACCOUNT);
	if (!g->live)
		goto out;
	for (i = 0; i < sockets.nr; i++) {
		err = add_live(g, &sockets.rows[i]);
		if (err)
			goto out;
		g->live[i] = sockets.rows[i].cookie;
		cond_resched();
	}
	g->nr_live = sockets.nr;
	sort(g->live, g->nr_live, sizeof(*g->live), compare_u64, NULL);
	err = 0;
out:
	tpw_sockets_free(&sockets);
	return err;
}

static bool is_live(const struct gatherer *g, u64 cookie)
{
	return bsearch(&cookie, g->live, g->nr_live, sizeof(cookie),
		       compare_u64);
}

static int add_closed_connection(struct gatherer *g,
				 const struct tpw_connection *c)
{
	struct tpw_overview_row *row = add_row(g->o);

	if (!row)
		return -ENOMEM;
	row->kind = TPW_ROW_CLOSED;
	row->cookie = c->e.key;
	row->parent = c->listener;
	row->tuple = c->tuple;
	if (c->mods & TPW_MOD_DUAL)
		tpw_tuple_map(&row->tuple);
	row->segments = tpw_connection_segments(c);
	row->at_ns = c->closed_ns;
	return 0;
}

static int add_closed_listener(struct gatherer *g, const struct tpw_listener *l,
			       const struct tpw_listener_counts *counts)
{
	struct tpw_overview_row *row = add_row(g->o);

	if (!row)
		return -ENOMEM;
	row->kind = TPW_ROW_CLOSED;
	row->cookie = l->e.key;
	row->is_listener = true;
	row->tuple.local = l->bound.addr;
	row->tuple.lport = l->bound.port;
	row->tuple.family = l->bound.family;
	row->tuple.proto = l->bound.proto;
	row->ifindex = l->bound.ifindex;
	row->segments = counts->segments + counts->request_segments;
	row->at_ns = l->closed_ns;
	name_device(g->tn->net, row);
	return 0;
}

/* /proc/net/tcp forgets a socket with its end. */
static bool sees_past(const struct tpw_overview *o, const struct tpw_actor *actor)
{
	return o->rights.is_admin ||
	       (actor->pid && tpw_rights_own(&o->rights, actor->uid));
}

static int gather_closed(struct gatherer *g)
{
	struct tpw_listener_counts counts;
	struct tpw_connection c;
	struct tpw_listener l;
	u32 i;
	int err = 0;

	for (i = 0; i < tpw_listeners_nr() && !err; i++) {
		cond_resched();
		if (!tpw_listeners_at(i, &l, &counts) ||
		    l.net.cookie != g->tn->id.cookie || is_live(g, l.e.key) ||
		    !sees_past(g->o, &l.actor))
			continue;
		if (counts.segments + counts.request_segments)
			err = add_closed_listener(g, &l, &counts);
	}
	for (i = 0; i < tpw_connections_nr() && !err; i++) {
		cond_resched();
		if (!tpw_connections_at(i, &c) ||
		    c.net.cookie != g->tn->id.cookie || is_live(g, c.e.key) ||
		    !sees_past(g->o, &c.actor))
			continue;
		if (tpw_connection_segments(&c))
			err = add_closed_connection(g, &c);
	}
	return err;
}

static int gather_refused(struct gatherer *g)
{
	struct tpw_endpoint_row *copy;
	int i, nr, err = 0;

	if (!g->o->rights.is_admin)
		return 0;
	copy = kmalloc_array(TPW_ENDPOINTS_NR, sizeof(*copy), GFP_KERNEL_ACCOUNT);
	if (!copy)
		return -ENOMEM;
	nr = tpw_endpoints_copy(&g->tn->refused, copy);
	if (nr < 0)
		err = nr;
	for (i = 0; i < nr; i++) {
		struct tpw_overview_row *row = add_row(g->o);

		if (!row) {
			err = -ENOMEM;
			break;
		}
		row->kind = TPW_ROW_NO_SOCKET;
		row->tuple = copy[i].last;
		row->segments = copy[i].count;
		row->refused = copy[i].marked[TPW_REFUSED_ANSWERED];
	}
	kfree(copy);
	return err;
}

static void add_match(struct tpw_overview *o, const struct tpw_counts *sum,
		      enum tpw_overview_line line, enum tpw_match match)
{
	unsigned int f;

	for (f = 0; f < TPW_FAMILY_NR; f++) {
		u64 n = sum->family[f].match[match];

		o->line[line][f] += n;
		o->line[TPW_OVERVIEW_SEEN][f] += n;
		o->has_line[line] |= n;
		o->has_family[f] |= n;
	}
}

static void gather_counts(struct gatherer *g)
{
	struct tpw_overview *o = g->o;
	struct tpw_counts sum;
	u64 seen = 0, in_rows = 0;
	unsigned int f;
	size_t i;

	tpw_counters_sum(&g->tn->counters, &sum);
	o->has_family[TPW_TCP4] = true;
	add_match(o, &sum, TPW_OVERVIEW_CONNECTION, TPW_MATCH_ESTABLISHED);
	add_match(o, &sum, TPW_OVERVIEW_CONNECTION, TPW_MATCH_CONNECTED);
	add_match(o, &sum, TPW_OVERVIEW_REQUEST, TPW_MATCH_REQUEST);
	add_match(o, &sum, TPW_OVERVIEW_TIME_WAIT, TPW_MATCH_TIME_WAIT);
	add_match(o, &sum, TPW_OVERVIEW_LISTENER, TPW_MATCH_LISTENER);
	add_match(o, &sum, TPW_OVERVIEW_LISTENER, TPW_MATCH_BOUND);
	add_match(o, &sum, TPW_OVERVIEW_NOTHING, TPW_MATCH_NONE);
	add_match(o, &sum, TPW_OVERVIEW_DROPPED, TPW_MATCH_UNKNOWN);
	for (f = 0; f < TPW_FAMILY_NR; f++) {
		o->unresolved += sum.family[f].unresolved;
		o->dropped += o->line[TPW_OVERVIEW_DROPPED][f];
		seen += o->line[TPW_OVERVIEW_SEEN][f];
	}
	for (i = 0; i < o->nr; i++) {
		in_rows += o->rows[i].segments;
		if (o->rows[i].is_hidden)
			o->hidden += o->rows[i].segments;
	}
	in_rows += o->dropped;
	o->others = seen > in_rows ? seen - in_rows : 0;
}

static void gather_tallies(struct gatherer *g)
{
	struct tpw_tally t;
	unsigned int i;

	for (i = 0; i < TPW_TALLY_NR; i++) {
		tpw_tally_copy(&g->tn->tallies->t[i], &t);
		g->o->evicted += t.evicted;
		g->o->forgotten += t.forgotten;
	}
}

static void gather_facts(struct gatherer *g)
{
	struct tpw_overview *o = g->o;

	tpw_hooks_summarize(&o->hooks);
	o->blind_advice = strcmp(o->hooks.backend, "ftrace") ?
		"echo 1 > /sys/kernel/debug/kprobes/enabled" :
		"sysctl kernel.ftrace_enabled=1";
	o->inum = g->tn->id.inum;
	o->now_ns = ktime_get_ns();
	o->watching_s = (o->now_ns - o->hooks.armed_ns) / NSEC_PER_SEC;
	o->unwatched = tpw_pernet_unwatched(g->tn);
	o->taken = tpw_pernet_taken(g->tn);
	o->has_taken = o->hooks.has_netfilter && o->hooks.is_watching;
	o->listeners_held = tpw_listeners_held();
	o->listeners_nr = tpw_listeners_nr();
	o->connections_held = tpw_connections_held();
	o->connections_nr = tpw_connections_nr();
	o->log_held = tpw_log_held(g->tn->log);
	o->log_nr = tpw_log_nr(g->tn->log);
	gather_tallies(g);
	o->memory = tpw_listeners_bytes() + tpw_connections_bytes() +
		    tpw_pernet_bytes(g->tn);
}

/**
 * tpw_overview_create() - gather what the overview shows
 * @tn: of which namespace
 * @file: for who opened this
 *
 * Context: process, may sleep.
 * Return: the overview or ERR_PTR(-ENOMEM).
 */
struct tpw_overview *tpw_overview_create(struct tpw_net *tn,
					 const struct file *file)
{
	struct gatherer g = { .tn = tn };
	int err;

	g.o = kzalloc(sizeof(*g.o), GFP_KERNEL_ACCOUNT);
	if (!g.o)
		return ERR_PTR(-ENOMEM);
	tpw_rights_take(&g.o->rights, file, tn->net);
	err = gather_live(&g);
	if (!err)
		err = gather_closed(&g);
	if (!err)
		err = gather_refused(&g);
	kvfree(g.live);
	if (err) {
		tpw_overview_destroy(g.o);
		return ERR_PTR(err);
	}
	gather_counts(&g);
	gather_facts(&g);
	tpw_overview_arrange(g.o);
	return g.o;
}

/**
 * tpw_overview_destroy() - free an overview
 * @o: what tpw_overview_create() returned
 *
 * Context: process, may sleep.
 */
void tpw_overview_destroy(struct tpw_overview *o)
{
	kvfree(o->rows);
	kfree(o);
}
