// SPDX-License-Identifier: GPL-2.0
/*
 * What was forgotten for want of room, by namespace.
 *
 * A row names its namespace by a cookie, as it may outlive it.
 */
#include "store/tally.h"

#include <linux/hashtable.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

static DEFINE_HASHTABLE(all, 8);
static DEFINE_MUTEX(lock);		/* guards changes of it */

/**
 * tpw_tallies_create() - a namespace has come
 * @net_cookie: names it
 *
 * Context: process, may sleep.
 * Return: its tallies, or NULL; tpw_tallies_remove() is due.
 */
struct tpw_tallies *tpw_tallies_create(u64 net_cookie)
{
	struct tpw_tallies *tallies = kzalloc(sizeof(*tallies),
					      GFP_KERNEL_ACCOUNT);

	if (!tallies)
		return NULL;
	tallies->net_cookie = net_cookie;
	mutex_lock(&lock);
	hash_add_rcu(all, &tallies->node, net_cookie);
	mutex_unlock(&lock);
	return tallies;
}

/**
 * tpw_tallies_remove() - a namespace goes
 * @tallies: its own; freed once no handler uses them
 *
 * Context: process, may sleep.
 */
void tpw_tallies_remove(struct tpw_tallies *tallies)
{
	mutex_lock(&lock);
	hash_del_rcu(&tallies->node);
	mutex_unlock(&lock);
	kfree_rcu(tallies, rcu);
}

/**
 * tpw_tally_one() - a row has given way
 * @t: where to count it
 * @was_closed: its socket was gone
 * @last_ns: when it was last used, CLOCK_MONOTONIC
 *
 * Context: any; the caller sees to it that nobody else writes.
 */
void tpw_tally_one(struct tpw_tally *t, bool was_closed, u64 last_ns)
{
	if (was_closed)
		WRITE_ONCE(t->forgotten, t->forgotten + 1);
	else
		WRITE_ONCE(t->evicted, t->evicted + 1);
	WRITE_ONCE(t->forgotten_ns, max(t->forgotten_ns, last_ns));
}

/* In an RCU section. */
static struct tpw_tally *find(u64 net_cookie, enum tpw_tally_kind kind)
{
	struct tpw_tallies *tallies;

	hash_for_each_possible_rcu(all, tallies, node, net_cookie)
		if (tallies->net_cookie == net_cookie)
			return &tallies->t[kind];
	return NULL;
}

/**
 * tpw_tally_of() - the same, of the namespace whose row it was
 * @net_cookie: names it; it may be gone
 * @kind: the table
 * @was_closed: its socket was gone
 * @last_ns: when it was last used, CLOCK_MONOTONIC
 *
 * Context: any; under the lock of that table.
 */
void tpw_tally_of(u64 net_cookie, enum tpw_tally_kind kind, bool was_closed,
		  u64 last_ns)
{
	struct tpw_tally *t;

	rcu_read_lock();
	t = find(net_cookie, kind);
	if (t)
		tpw_tally_one(t, was_closed, last_ns);
	rcu_read_unlock();
}

/**
 * tpw_tally_unnoted() - a socket was closed that had no row
 * @net_cookie: names its namespace
 * @kind: the table
 *
 * Context: any; under the lock of that table.
 */
void tpw_tally_unnoted(u64 net_cookie, enum tpw_tally_kind kind)
{
	struct tpw_tally *t;

	rcu_read_lock();
	t = find(net_cookie, kind);
	if (t)
		WRITE_ONCE(t->unnoted, t->unnoted + 1);
	rcu_read_unlock();
}

/**
 * tpw_tally_copy() - for a reader
 * @from: a tally that may be written meanwhile
 * @to: where to
 *
 * Context: any.
 */
void tpw_tally_copy(const struct tpw_tally *from, struct tpw_tally *to)
{
	to->evicted = READ_ONCE(from->evicted);
	to->forgotten = READ_ONCE(from->forgotten);
	to->forgotten_ns = READ_ONCE(from->forgotten_ns);
	to->unnoted = READ_ONCE(from->unnoted);
}
