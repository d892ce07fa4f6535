// SPDX-License-Identifier: GPL-2.0
/*
 * The table of connections.
 */
#include "store/connections.h"

#include <linux/irqflags.h>

struct tpw_table tpw_connections_table;

static const struct tpw_netid *net_of(const struct tpw_entry *e)
{
	return &container_of(e, const struct tpw_connection, e)->net;
}

/**
 * tpw_connections_init() - allocate the table
 * @nr: how many connections it holds; 0 switches it off
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_connections_init(u32 nr)
{
	struct tpw_table *t = &tpw_connections_table;
	int err = tpw_table_init(t, nr, sizeof(struct tpw_connection));

	t->net_of = net_of;
	t->kind = TPW_TALLY_CONNECTIONS;
	return err;
}

/**
 * tpw_connections_exit() - free the table
 *
 * Context: process, may sleep; no handler and no reader is left.
 */
void tpw_connections_exit(void)
{
	tpw_table_exit(&tpw_connections_table);
}

/** tpw_connections_bytes() - Return: bytes of memory it takes. */
size_t tpw_connections_bytes(void)
{
	return tpw_table_bytes(&tpw_connections_table);
}

/** tpw_connections_nr() - Return: how many connections it can hold. */
u32 tpw_connections_nr(void)
{
	return tpw_connections_table.nr;
}

/** tpw_connections_held() - Return: how many it holds, closed ones too. */
u32 tpw_connections_held(void)
{
	return READ_ONCE(tpw_connections_table.held);
}

/**
 * tpw_connections_tally() - what gave way, of all namespaces
 * @to: where to
 *
 * Context: any.
 */
void tpw_connections_tally(struct tpw_tally *to)
{
	tpw_tally_copy(&tpw_connections_table.tally, to);
}

/* Find the row of a connection, or make one; its bucket is locked then. */
static noinline struct tpw_connection *add(const struct tpw_netid *net, u32 uid,
					   u64 cookie, u64 now_ns, bool *is_new)
{
	const struct tpw_owner owner = { .net = net, .uid = uid };
	struct tpw_connection *c;
	struct tpw_entry *e;

	e = tpw_table_add(&tpw_connections_table, cookie, &owner, TPW_RANK_LIVE,
			  now_ns, is_new);
	if (!e)
		return NULL;
	c = tpw_to_connection(e);
	if (*is_new) {
		c->net = *net;
		c->made_ns = now_ns;
	}
	return c;
}

/*
 * What was asked for when it began: later segments may say less.  One that was
 * connected again begins again.
 */
static void note_asked(struct tpw_connection *c, const struct tpw_asked *asked,
		       bool is_again)
{
	if (is_again || c->asked.is == TPW_ASKED_UNKNOWN)
		c->asked = *asked;
}

static void count(struct tpw_connection *c, const struct tpw_verdict *v)
{
	c->found[tpw_found(v->via)]++;
	if (v->match == TPW_MATCH_REQUEST)
		c->request++;
	else if (v->match == TPW_MATCH_TIME_WAIT)
		c->time_wait++;
	if (v->outcome == TPW_OUTCOME_BACKLOG)
		c->backlog++;
}

/**
 * tpw_connections_hit() - count a segment, on first sight with a new row
 * @net: its namespace
 * @v: its verdict; the row is that of @v->cookie
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: softirq, or interrupts off.
 * Return: cookie of the listener that the connection was born from, 0 if not
 *	known.
 */
u64 tpw_connections_hit(const struct tpw_netid *net, const struct tpw_verdict *v, u64 now_ns)
{
	bool is_new = false, is_again = false;
	struct tpw_connection *c;
	struct tpw_entry *e;
	u64 listener;

	e = tpw_table_find(&tpw_connections_table, v->cookie);
	c = likely(e) ? tpw_to_connection(e) :
			add(net, v->uid, v->cookie, now_ns, &is_new);
	if (!c)
		return v->listener;
	if (!c->first_ns) {
		/* Born or opened before, maybe; now both ends are known. */
		c->tuple = v->tuple;
		c->mods = v->mods;
		c->first_ns = now_ns;
	}
	if (v->listener && !c->listener)
		c->listener = v->listener;
	if (unlikely(c->closed_ns && v->match == TPW_MATCH_CONNECTED)) {
		/* Disconnected, and connected again. */
		tpw_table_move(&tpw_connections_table, &c->e, TPW_RANK_LIVE);
		c->closed_ns = 0;
		is_again = true;
	}
	note_asked(c, &v->asked, is_again);
	if (is_new && v->match == TPW_MATCH_TIME_WAIT) {
		/* Nobody will tell of its end any more. */
		c->is_time_wait = true;
		c->closed_ns = now_ns;
		c->close_reason = TPW_CLOSE_UNKNOWN;
		tpw_table_close(&tpw_connections_table, &c->e);
	}
	count(c, v);
	c->e.last_ns = now_ns;
	tpw_connection_settle(c);
	listener = c->listener;
	tpw_table_unlock(&tpw_connections_table, &c->e);
	return listener;
}

/**
 * tpw_connections_born() - a listener had a child
 * @child: both of them
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * The kernel may pass two hooks for one child.
 *
 * Context: any; turns interrupts off.
 * Return: true if this child was not known yet.
 */
bool tpw_connections_born(const struct tpw_child *child, u64 now_ns)
{
	struct tpw_connection *c;
	unsigned long flags;
	bool is_new, is_first = !child->may_repeat;

	local_irq_save(flags);
	c = add(&child->net, child->uid, child->cookie, now_ns, &is_new);
	if (c) {
		if (is_new) {
			c->tuple = child->tuple;
			c->mods = child->mods;
		}
		is_first = c->role != TPW_ROLE_SERVER;
		c->role = TPW_ROLE_SERVER;
		c->listener = child->listener;
		c->born = child->bound;
		note_asked(c, &child->asked, false);
		if (child->is_late)
			c->left = child->listener;
		if (!c->born_ns && !child->is_old)
			c->born_ns = now_ns;
		tpw_table_unlock(&tpw_connections_table, &c->e);
	}
	local_irq_restore(flags);
	return is_first;
}

/**
 * tpw_connections_accepted() - a connection was accepted
 * @cookie: whose
 * @owner: cookie of the socket that the program got, if that is another; or 0
 * @actor: who called accept()
 * @now_ns: the time, CLOCK_MONOTONIC
 * @waited_ns: how long it waited for that, 0 if not known
 * @is_inherited: the listener that it waited at first was closed, and another
 *	one got it
 *
 * Context: process; turns interrupts off.
 * Return: cookie of the listener that it was born from, 0 if not known.
 */
u64 tpw_connections_accepted(u64 cookie, u64 owner,
			     const struct tpw_actor *actor, u64 now_ns,
			     u64 *waited_ns, bool *is_inherited)
{
	struct tpw_connection *c;
	struct tpw_entry *e;
	unsigned long flags;
	u64 listener = 0;

	*waited_ns = 0;
	*is_inherited = false;
	local_irq_save(flags);
	e = tpw_table_find(&tpw_connections_table, cookie);
	if (e) {
		c = tpw_to_connection(e);
		c->actor = *actor;
		c->owner = owner;
		c->accepted_ns = now_ns;
		if (c->born_ns)
			*waited_ns = now_ns - c->born_ns;
		*is_inherited = c->left;
		listener = c->listener;
		tpw_table_unlock(&tpw_connections_table, e);
	}
	local_irq_restore(flags);
	return listener;
}

/**
 * tpw_connections_opened() - a process called connect()
 * @cookie: of its socket
 * @net: its namespace
 * @tuple: as far as it is known by then
 * @actor: who
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: process; turns interrupts off.
 */
void tpw_connections_opened(u64 cookie, const struct tpw_netid *net,
			    const struct tpw_tuple *tuple,
			    const struct tpw_actor *actor, u64 now_ns)
{
	struct tpw_connection *c;
	unsigned long flags;
	bool is_new;

	local_irq_save(flags);
	c = add(net, actor->uid, cookie, now_ns, &is_new);
	if (c) {
		if (!is_new && c->closed_ns) {
			/* The socket was disconnected and connects again. */
			tpw_table_move(&tpw_connections_table, &c->e, TPW_RANK_LIVE);
			c->closed_ns = 0;
			c->has_reset = false;
		}
		c->tuple = *tuple;
		c->role = TPW_ROLE_CLIENT;
		c->asked.is = TPW_ASKED_LOCAL;	/* nobody asks it */
		c->actor = *actor;
		tpw_connection_settle(c);
		tpw_table_unlock(&tpw_connections_table, &c->e);
	}
	local_irq_restore(flags);
}

/**
 * tpw_connections_left() - a listener is being closed while a connection waits
 * @cookie: of the connection
 * @listener: cookie of the listener
 *
 * It is reset next, or another listener gets it.
 *
 * Context: any; turns interrupts off.
 * Return: false if it has no row.
 */
bool tpw_connections_left(u64 cookie, u64 listener)
{
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_connections_table, cookie);
	if (e) {
		tpw_to_connection(e)->left = listener;
		tpw_table_unlock(&tpw_connections_table, e);
	}
	local_irq_restore(flags);
	return e;
}

/**
 * tpw_connections_get() - copy one connection for a reader
 * @cookie: whose
 * @to: where to
 * @index: its index, for as long as it lives; may be NULL
 *
 * Context: process.
 * Return: true if it was there.
 */
bool tpw_connections_get(u64 cookie, struct tpw_connection *to, u32 *index)
{
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_connections_table, cookie);
	if (e) {
		/* data_race(): the links, which nobody reads in a copy. */
		*to = data_race(*tpw_to_connection(e));
		if (index)
			*index = tpw_table_index(&tpw_connections_table, e);
		tpw_table_unlock(&tpw_connections_table, e);
	}
	local_irq_restore(flags);
	return e;
}

/**
 * tpw_connections_at() - copy the connection at an index for a reader
 * @index: below tpw_connections_nr()
 * @to: where to
 *
 * Context: process.
 * Return: true if there was one.
 */
bool tpw_connections_at(u32 index, struct tpw_connection *to)
{
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_at(&tpw_connections_table, index);
	if (e) {
		/* data_race(): the links, which nobody reads in a copy. */
		*to = data_race(*tpw_to_connection(e));
		tpw_table_unlock(&tpw_connections_table, e);
	}
	local_irq_restore(flags);
	return e;
}

/**
 * tpw_connections_asked() - what the client of a connection asked for
 * @cookie: whose
 * @tuple: both ends, of a packet: a socket may have had others before
 * @to: where to; not touched if the connection is not known
 *
 * Context: process.
 */
void tpw_connections_asked(u64 cookie, const struct tpw_tuple *tuple,
			   struct tpw_asked *to)
{
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_connections_table, cookie);
	if (e) {
		if (tpw_tuple_equal(&tpw_to_connection(e)->tuple, tuple))
			*to = tpw_to_connection(e)->asked;
		tpw_table_unlock(&tpw_connections_table, e);
	}
	local_irq_restore(flags);
}
