// SPDX-License-Identifier: GPL-2.0
/*
 * The table of listeners: what becomes of one, from listen() or bind() to its
 * close, apart from what it is given.
 */
#include "store/listeners.h"

#include <linux/bitops.h>
#include <linux/irqflags.h>
#include <linux/math64.h>
#include <linux/minmax.h>

/**
 * tpw_listeners_opened() - a process called listen() or bind()
 * @net: the namespace
 * @cookie: of the socket
 * @bound: what it is bound to, as far as it is known by then
 * @actor: who
 * @start_ns: when that process began, CLOCK_BOOTTIME
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: process; turns interrupts off.
 */
void tpw_listeners_opened(const struct tpw_netid *net, u64 cookie,
			  const struct tpw_endpoint *bound,
			  const struct tpw_actor *actor, u64 start_ns, u64 now_ns)
{
	struct tpw_listener *l;
	unsigned long flags;

	local_irq_save(flags);
	l = tpw_listeners_add(net, actor->uid, cookie, bound, false, now_ns);
	if (l) {
		/* listen() again, after shutdown(): the cookie is the same. */
		if (l->e.rank == TPW_RANK_CLOSED)
			tpw_table_move(&tpw_listeners_table, &l->e,
				       tpw_listeners_rank_of(bound, l->e.is_plain));
		l->closed_ns = 0;
		l->bound = *bound;
		l->actor = *actor;
		l->actor_start_ns = start_ns;
		tpw_table_unlock(&tpw_listeners_table, &l->e);
	}
	local_irq_restore(flags);
}

static void count_wait(struct tpw_listener *l, u64 waited_ns)
{
	u64 waited_us = div_u64(waited_ns, NSEC_PER_USEC);

	l->waits[min_t(unsigned int, fls64(waited_us), TPW_WAITS_NR - 1)]++;
}

/* Where only its connection told which listener it is, it may have no row. */
static struct tpw_listener *accepting(u64 cookie, const struct tpw_acceptance *a,
				      u64 now_ns)
{
	struct tpw_entry *e;

	if (a->listener)
		return tpw_listeners_add(&a->net, a->uid, cookie, &a->bound, true,
					 now_ns);
	e = tpw_table_find(&tpw_listeners_table, cookie);
	return e ? tpw_listener_of(e) : NULL;
}

/**
 * tpw_listeners_accepted() - a process accepted from a listener
 * @cookie: of the listener; it is there: with @a->listener, its row is made if it
 *	has none
 * @a: who, and what the listener is
 * @waited_ns: how long the connection waited; 0 if that is not known
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: process; turns interrupts off.
 */
void tpw_listeners_accepted(u64 cookie, const struct tpw_acceptance *a,
			    u64 waited_ns, u64 now_ns)
{
	struct tpw_listener *l;
	unsigned long flags;

	local_irq_save(flags);
	l = accepting(cookie, a, now_ns);
	if (l) {
		tpw_acceptors_add(&l->acceptors, &a->actor, a->start_ns, now_ns);
		if (waited_ns)
			count_wait(l, waited_ns);
		tpw_table_unlock(&tpw_listeners_table, &l->e);
	}
	local_irq_restore(flags);
}

/**
 * tpw_listeners_close() - a listener is gone
 * @cookie: whose
 * @bound: what it was bound to, if that can still be told; or NULL
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: any; turns interrupts off.
 */
void tpw_listeners_close(u64 cookie, const struct tpw_endpoint *bound,
			 u64 now_ns)
{
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_listeners_table, cookie);
	if (e) {
		tpw_listener_of(e)->closed_ns = now_ns;
		if (bound)
			tpw_listener_of(e)->bound = *bound;
		WRITE_ONCE(e->last_ns, now_ns);
		tpw_table_close(&tpw_listeners_table, e);
		tpw_table_unlock(&tpw_listeners_table, e);
	}
	local_irq_restore(flags);
}

/**
 * tpw_listeners_forget_unused() - remove the row of a socket that was given
 *	nothing while it was a listener
 * @cookie: whose
 *
 * Context: any; turns interrupts off.
 */
void tpw_listeners_forget_unused(u64 cookie)
{
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_listeners_table, cookie);
	if (e && !e->is_plain)
		tpw_table_remove(&tpw_listeners_table, e);
	else if (e)
		tpw_table_unlock(&tpw_listeners_table, e);
	local_irq_restore(flags);
}

