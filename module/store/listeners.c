// SPDX-License-Identifier: GPL-2.0
/*
 * The table of listeners.
 */
#include "store/listeners.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/irqflags.h>
#include <linux/string.h>

struct tpw_table tpw_listeners_table;

static u32 index_of(const struct tpw_listener *l)
{
	return tpw_table_index(&tpw_listeners_table, &l->e);
}

static const struct tpw_netid *net_of(const struct tpw_entry *e)
{
	return &container_of(e, const struct tpw_listener, e)->net;
}

/* The bucket's lock is held: this CPU is ours. */
static struct tpw_listener_counts *my_counts(const struct tpw_listener *l)
{
	struct tpw_listener_counts *c =
		&tpw_listener_counts[raw_smp_processor_id()][index_of(l)];

	if (c->stamp != l->stamp)
		tpw_listener_counts_reset(c, l->stamp);
	return c;
}

/* Something has come for it: the next one needs no lock. */
static void touch(struct tpw_listener *l)
{
	if (l->e.is_plain)
		return;
	if (l->e.rank == TPW_RANK_SPARE)
		tpw_table_move(&tpw_listeners_table, &l->e, TPW_RANK_LIVE);
	/* Pairs with the acquire in tpw_listeners_enter(): the stamp is there. */
	smp_store_release(&l->e.is_plain, 1);
}

/**
 * tpw_listeners_init() - allocate the table
 * @nr: how many listeners it holds; 0 switches it off
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_listeners_init(u32 nr)
{
	int err;

	err = tpw_table_init(&tpw_listeners_table, nr, sizeof(struct tpw_listener));
	tpw_listeners_table.net_of = net_of;
	tpw_listeners_table.kind = TPW_TALLY_LISTENERS;
	if (err || !nr)
		return err;
	err = tpw_listener_counts_init(nr);
	if (err)
		tpw_listeners_exit();
	return err;
}

/**
 * tpw_listeners_exit() - free the table
 *
 * Context: process, may sleep; no handler and no reader is left.
 */
void tpw_listeners_exit(void)
{
	tpw_listener_counts_exit();
	tpw_table_exit(&tpw_listeners_table);
}

/** tpw_listeners_bytes() - Return: bytes of memory it takes. */
size_t tpw_listeners_bytes(void)
{
	return tpw_table_bytes(&tpw_listeners_table) +
	       tpw_listener_counts_bytes(tpw_listeners_table.nr);
}

/** tpw_listeners_nr() - Return: how many listeners it can hold. */
u32 tpw_listeners_nr(void)
{
	return tpw_listeners_table.nr;
}

/** tpw_listeners_held() - Return: how many it holds, closed ones too. */
u32 tpw_listeners_held(void)
{
	return READ_ONCE(tpw_listeners_table.held);
}

/**
 * tpw_listeners_tally() - what gave way, of all namespaces
 * @to: where to
 *
 * Context: any.
 */
void tpw_listeners_tally(struct tpw_tally *to)
{
	tpw_tally_copy(&tpw_listeners_table.tally, to);
}

/**
 * tpw_listeners_rank_of() - what a row is worth when rows are short
 * @bound: what the listener is bound to
 * @is_used: something has come for it
 *
 * Who called listen() is told but once; a UDP socket that nothing has come for
 * is one of thousands, maybe, that anybody has bound.
 *
 * Context: any.
 * Return: its rank.
 */
enum tpw_rank tpw_listeners_rank_of(const struct tpw_endpoint *bound, bool is_used)
{
	if (bound->proto == IPPROTO_TCP)
		return TPW_RANK_KEPT;
	return is_used ? TPW_RANK_LIVE : TPW_RANK_SPARE;
}

/**
 * tpw_listeners_add() - find the row of a listener, or make one
 * @net: its namespace
 * @uid: whose it is, in the initial user namespace
 * @cookie: of the listener
 * @bound: what it is bound to, for a new row
 * @is_used: something has come for it
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: interrupts off, or softirq.
 * Return: the row, whose bucket is locked then; NULL if there is no place for it.
 */
struct tpw_listener *tpw_listeners_add(const struct tpw_netid *net, u32 uid,
				       u64 cookie,
				       const struct tpw_endpoint *bound,
				       bool is_used, u64 now_ns)
{
	const struct tpw_owner owner = { .net = net, .uid = uid };
	static atomic64_t stamps = ATOMIC64_INIT(0);
	struct tpw_listener *l;
	struct tpw_entry *e;
	bool is_new;

	e = tpw_table_add(&tpw_listeners_table, cookie, &owner,
			  tpw_listeners_rank_of(bound, is_used), now_ns, &is_new);
	if (!e)
		return NULL;
	l = tpw_listener_of(e);
	if (is_new) {
		WRITE_ONCE(l->stamp, atomic64_inc_return(&stamps));
		l->bound = *bound;
		l->net = *net;
		l->first_ns = now_ns;
	}
	WRITE_ONCE(e->last_ns, now_ns);
	if (is_used)
		touch(l);
	return l;
}

/**
 * tpw_listeners_hit_plain() - count a segment of which nothing is special
 * @net: its namespace
 * @uid: whose the listener is, in the initial user namespace
 * @cookie: of the listener
 * @bound: what the listener is bound to, for a new row
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: softirq, or interrupts off.
 */
void tpw_listeners_hit_plain(const struct tpw_netid *net, u32 uid, u64 cookie,
			     const struct tpw_endpoint *bound, u64 now_ns)
{
	struct tpw_listener *l;

	l = tpw_listeners_add(net, uid, cookie, bound, true, now_ns);
	if (!l)
		return;
	tpw_listeners_inc(my_counts(l)->segments);
	tpw_table_unlock(&tpw_listeners_table, &l->e);
}

static void count_hit(struct tpw_listener_counts *c, const struct tpw_verdict *v)
{
	tpw_listeners_inc(c->segments);
	if (tpw_flags_are_syn(v->flags))
		tpw_listeners_inc(c->syns);
	if (v->mods & TPW_MOD_DUAL)
		tpw_listeners_inc(c->dual);
	if (v->via == TPW_VIA_ASSIGNED)
		tpw_listeners_inc(c->assigned);
	else if (v->via == TPW_VIA_SK_LOOKUP)
		tpw_listeners_inc(c->sk_lookup);
	if (v->outcome == TPW_OUTCOME_QUEUE_FULL)
		tpw_listeners_inc(c->overflows);
}

/**
 * tpw_listeners_hit() - count a segment that matched a listener
 * @net: its namespace
 * @v: its verdict; the row is that of @v->cookie
 * @bound: what the listener is bound to, for a new row
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: softirq, or interrupts off.
 */
void tpw_listeners_hit(const struct tpw_netid *net, const struct tpw_verdict *v,
		       const struct tpw_endpoint *bound, u64 now_ns)
{
	struct tpw_listener_counts *c = tpw_listeners_enter(v->cookie);
	struct tpw_listener *l;

	if (likely(c)) {
		count_hit(c, v);
		tpw_listeners_leave();
		return;
	}
	l = tpw_listeners_add(net, v->uid, v->cookie, bound, true, now_ns);
	if (!l)
		return;
	count_hit(my_counts(l), v);
	tpw_table_unlock(&tpw_listeners_table, &l->e);
}

static void count_request(struct tpw_listener_counts *c,
			  const struct tpw_verdict *v)
{
	tpw_listeners_inc(c->request_segments);
	if (v->outcome == TPW_OUTCOME_QUEUE_FULL)
		tpw_listeners_inc(c->overflows);
}

/**
 * tpw_listeners_request() - count a segment that matched a request and did not
 *	become a connection's
 * @net: its namespace
 * @v: its verdict; the row is that of @v->listener
 * @bound: what that listener is bound to, for a new row
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: softirq, or interrupts off.
 */
void tpw_listeners_request(const struct tpw_netid *net, const struct tpw_verdict *v,
			   const struct tpw_endpoint *bound, u64 now_ns)
{
	struct tpw_listener_counts *c = tpw_listeners_enter(v->listener);
	struct tpw_listener *l;

	if (likely(c)) {
		count_request(c, v);
		tpw_listeners_leave();
		return;
	}
	l = tpw_listeners_add(net, v->uid, v->listener, bound, true, now_ns);
	if (!l)
		return;
	count_request(my_counts(l), v);
	tpw_table_unlock(&tpw_listeners_table, &l->e);
}

/* Of a listener that nothing was counted for yet. */
static void count_first(u64 cookie, enum tpw_listener_event event)
{
	struct tpw_entry *e;
	u64 *n;

	e = tpw_table_find(&tpw_listeners_table, cookie);
	if (!e)
		return;
	touch(tpw_listener_of(e));
	n = tpw_listener_counts_of(my_counts(tpw_listener_of(e)), event);
	tpw_listeners_inc(*n);
	tpw_table_unlock(&tpw_listeners_table, e);
}

/**
 * tpw_listeners_count() - count what a listener did
 * @cookie: of the listener; one without a row is not counted
 * @event: what
 *
 * Context: any; turns interrupts off.
 */
void tpw_listeners_count(u64 cookie, enum tpw_listener_event event)
{
	struct tpw_listener_counts *c;
	unsigned long flags;
	u64 *n;

	local_irq_save(flags);
	c = tpw_listeners_enter(cookie);
	if (likely(c)) {
		n = tpw_listener_counts_of(c, event);
		tpw_listeners_inc(*n);
		tpw_listeners_leave();
	} else {
		count_first(cookie, event);
	}
	local_irq_restore(flags);
}

/**
 * tpw_listeners_copy() - count a further receiver of a multicast
 * @net: the namespace
 * @uid: whose the receiver is, in the initial user namespace
 * @cookie: the receiver's
 * @bound: what it is bound to, for a new row
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: softirq, or interrupts off.
 */
void tpw_listeners_copy(const struct tpw_netid *net, u32 uid, u64 cookie,
			const struct tpw_endpoint *bound, u64 now_ns)
{
	struct tpw_listener_counts *c = tpw_listeners_enter(cookie);
	struct tpw_listener *l;

	if (likely(c)) {
		tpw_listeners_inc(c->copies);
		tpw_listeners_leave();
		return;
	}
	l = tpw_listeners_add(net, uid, cookie, bound, true, now_ns);
	if (!l)
		return;
	tpw_listeners_inc(my_counts(l)->copies);
	tpw_table_unlock(&tpw_listeners_table, &l->e);
}

/**
 * tpw_listeners_get() - copy one listener for a reader
 * @cookie: whose
 * @to: where to
 * @counts: where its counters go, all CPUs together
 * @index: its index, for as long as it lives; may be NULL
 *
 * Context: process.
 * Return: true if it was there.
 */
bool tpw_listeners_get(u64 cookie, struct tpw_listener *to,
		       struct tpw_listener_counts *counts, u32 *index)
{
	struct tpw_entry *e;
	unsigned long flags;
	u32 at = 0;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_listeners_table, cookie);
	if (e) {
		/* data_race(): links and hint, which nobody reads in a copy. */
		data_race(memcpy(to, tpw_listener_of(e), sizeof(*to)));
		at = tpw_table_index(&tpw_listeners_table, e);
		tpw_table_unlock(&tpw_listeners_table, e);
	}
	local_irq_restore(flags);
	if (!e)
		return false;
	tpw_listener_counts_sum(at, to->stamp, counts);
	if (index)
		*index = at;
	return true;
}

/**
 * tpw_listeners_at() - copy the listener at an index for a reader
 * @index: below tpw_listeners_nr()
 * @to: where to
 * @counts: where its counters go, all CPUs together
 *
 * Context: process.
 * Return: true if there was one.
 */
bool tpw_listeners_at(u32 index, struct tpw_listener *to,
		      struct tpw_listener_counts *counts)
{
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_at(&tpw_listeners_table, index);
	if (e) {
		/* data_race(): links and hint, which nobody reads in a copy. */
		data_race(memcpy(to, tpw_listener_of(e), sizeof(*to)));
		tpw_table_unlock(&tpw_listeners_table, e);
	}
	local_irq_restore(flags);
	if (e)
		tpw_listener_counts_sum(index, to->stamp, counts);
	return e;
}
