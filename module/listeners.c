// SPDX-License-Identifier: GPL-2.0
/*
 * The table of listeners.
 */
#include "listeners.h"

#include <linux/container_of.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#define NR_COUNTS	(sizeof(struct tpw_listener_counts) / sizeof(u64))

struct tpw_table tpw_listeners_table;

/*
 * By CPU, then by index of the entry.  An array of its own a CPU, as the
 * per-CPU allocator has no pieces of this size.
 */
struct tpw_listener_counts **tpw_listeners_counts;

static struct tpw_listener *to_listener(struct tpw_entry *e)
{
	return container_of(e, struct tpw_listener, e);
}

static u32 index_of(const struct tpw_listener *l)
{
	return tpw_table_index(&tpw_listeners_table, &l->e);
}

/* The bucket's lock is held: this CPU is ours. */
static struct tpw_listener_counts *my_counts(const struct tpw_listener *l)
{
	return &tpw_listeners_counts[raw_smp_processor_id()][index_of(l)];
}

static size_t counts_bytes(void)
{
	return (size_t)tpw_listeners_table.nr * sizeof(struct tpw_listener_counts);
}

static int alloc_counts(void)
{
	int cpu;

	tpw_listeners_counts = kcalloc(nr_cpu_ids, sizeof(*tpw_listeners_counts), GFP_KERNEL);
	if (!tpw_listeners_counts)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		tpw_listeners_counts[cpu] = vzalloc_node(counts_bytes(),
							 cpu_to_node(cpu));
		if (!tpw_listeners_counts[cpu])
			return -ENOMEM;
	}
	return 0;
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
	if (err || !nr)
		return err;
	err = alloc_counts();
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
	int cpu;

	if (tpw_listeners_counts)
		for_each_possible_cpu(cpu)
			vfree(tpw_listeners_counts[cpu]);
	kfree(tpw_listeners_counts);
	tpw_listeners_counts = NULL;
	tpw_table_exit(&tpw_listeners_table);
}

/** tpw_listeners_bytes() - Return: bytes of memory it takes. */
size_t tpw_listeners_bytes(void)
{
	return tpw_table_bytes(&tpw_listeners_table) +
	       PAGE_ALIGN(counts_bytes()) * num_possible_cpus();
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
 * tpw_listeners_forgotten_ns() - how far back its memory reaches
 *
 * Return: a time, CLOCK_MONOTONIC; what was closed after it is still there.  0
 *	if nothing was forgotten since the module was loaded.
 */
u64 tpw_listeners_forgotten_ns(void)
{
	return READ_ONCE(tpw_listeners_table.forgotten_ns);
}

/** tpw_listeners_evicted() - Return: how many gave way while in use. */
u64 tpw_listeners_evicted(void)
{
	return READ_ONCE(tpw_listeners_table.evicted);
}

static struct tpw_listener *add(const struct tpw_netid *net, u64 cookie,
				const struct tpw_endpoint *bound, u64 now_ns)
{
	struct tpw_listener *l;
	struct tpw_entry *e;
	bool is_new;
	int cpu;

	e = tpw_table_add(&tpw_listeners_table, cookie, now_ns, &is_new);
	if (!e)
		return NULL;
	l = to_listener(e);
	if (is_new) {
		for_each_possible_cpu(cpu)
			memset(&tpw_listeners_counts[cpu][index_of(l)], 0,
			       sizeof(struct tpw_listener_counts));
		l->bound = *bound;
		l->net = *net;
		l->first_ns = now_ns;
	}
	e->last_ns = now_ns;
	return l;
}

/**
 * tpw_listeners_hit_plain() - count a segment of which nothing is special
 * @net: its namespace
 * @cookie: of the listener
 * @bound: what the listener is bound to, for a new row
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: softirq, or interrupts off.
 */
void tpw_listeners_hit_plain(const struct tpw_netid *net, u64 cookie,
			     const struct tpw_endpoint *bound, u64 now_ns)
{
	struct tpw_listener *l = add(net, cookie, bound, now_ns);

	if (!l)
		return;
	my_counts(l)->segments++;
	tpw_table_unlock(&tpw_listeners_table, &l->e);
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
	struct tpw_listener *l = add(net, v->cookie, bound, now_ns);
	struct tpw_listener_counts *c;

	if (!l)
		return;
	c = my_counts(l);
	c->segments++;
	if (tpw_flags_are_syn(v->flags))
		c->syns++;
	if (v->mods & TPW_MOD_DUAL)
		c->dual++;
	if (v->via == TPW_VIA_ASSIGNED)
		c->assigned++;
	else if (v->via == TPW_VIA_SK_LOOKUP)
		c->sk_lookup++;
	if (v->outcome == TPW_OUTCOME_QUEUE_FULL)
		c->overflows++;
	tpw_table_unlock(&tpw_listeners_table, &l->e);
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
	struct tpw_listener *l = add(net, v->listener, bound, now_ns);
	struct tpw_listener_counts *c;

	if (!l)
		return;
	c = my_counts(l);
	c->request_segments++;
	if (v->outcome == TPW_OUTCOME_QUEUE_FULL)
		c->overflows++;
	tpw_table_unlock(&tpw_listeners_table, &l->e);
}

static u64 *count_of(struct tpw_listener_counts *c,
		     enum tpw_deed deed)
{
	switch (deed) {
	case TPW_DEED_REQUEST:
		return &c->requests;
	case TPW_DEED_CHILD:
		return &c->children;
	case TPW_DEED_COOKIE_SENT:
		return &c->cookies_sent;
	case TPW_DEED_COOKIE_CHECKED:
		return &c->cookies_checked;
	default:
		return &c->cookies_ok;
	}
}

/**
 * tpw_listeners_count() - count what a listener did
 * @cookie: of the listener; one without a row is not counted
 * @deed: what
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: any; turns interrupts off.
 */
void tpw_listeners_count(u64 cookie, enum tpw_deed deed, u64 now_ns)
{
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_listeners_table, cookie);
	if (e) {
		++*count_of(my_counts(to_listener(e)), deed);
		e->last_ns = now_ns;
		tpw_table_unlock(&tpw_listeners_table, e);
	}
	local_irq_restore(flags);
}

/**
 * tpw_listeners_opened() - a process called listen() or bind()
 * @net: the namespace
 * @cookie: of the socket
 * @bound: what it is bound to, as far as it is known by then
 * @actor: who
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: process; turns interrupts off.
 */
void tpw_listeners_opened(const struct tpw_netid *net, u64 cookie,
			  const struct tpw_endpoint *bound,
			  const struct tpw_actor *actor, u64 now_ns)
{
	struct tpw_listener *l;
	unsigned long flags;

	local_irq_save(flags);
	l = add(net, cookie, bound, now_ns);
	if (l) {
		/* listen() again, after shutdown(): the cookie is the same. */
		tpw_table_reopen(&tpw_listeners_table, &l->e);
		l->closed_ns = 0;
		l->bound = *bound;
		l->actor = *actor;
		tpw_table_unlock(&tpw_listeners_table, &l->e);
	}
	local_irq_restore(flags);
}

/**
 * tpw_listeners_accepted() - a connection of a listener was accepted
 * @cookie: of the listener
 * @waited_ns: how long it waited
 *
 * Context: process; turns interrupts off.
 */
void tpw_listeners_accepted(u64 cookie, u64 waited_ns)
{
	u64 waited_us = div_u64(waited_ns, NSEC_PER_USEC);
	unsigned int slot = min_t(unsigned int, fls64(waited_us),
				  TPW_WAITS_NR - 1);
	struct tpw_entry *e;
	unsigned long flags;

	local_irq_save(flags);
	e = tpw_table_find(&tpw_listeners_table, cookie);
	if (e) {
		to_listener(e)->waits[slot]++;
		tpw_table_unlock(&tpw_listeners_table, e);
	}
	local_irq_restore(flags);
}

/**
 * tpw_listeners_copy() - count a further receiver of a multicast
 * @net: the namespace
 * @cookie: the receiver's
 * @bound: what it is bound to, for a new row
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: softirq, or interrupts off.
 */
void tpw_listeners_copy(const struct tpw_netid *net, u64 cookie,
			const struct tpw_endpoint *bound, u64 now_ns)
{
	struct tpw_listener *l = add(net, cookie, bound, now_ns);

	if (!l)
		return;
	my_counts(l)->copies++;
	tpw_table_unlock(&tpw_listeners_table, &l->e);
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
		to_listener(e)->closed_ns = now_ns;
		if (bound)
			to_listener(e)->bound = *bound;
		e->last_ns = now_ns;
		tpw_table_close(&tpw_listeners_table, e);
		tpw_table_unlock(&tpw_listeners_table, e);
	}
	local_irq_restore(flags);
}

static bool is_unused(const struct tpw_listener *l)
{
	static const struct tpw_listener_counts none;
	int cpu;

	for_each_possible_cpu(cpu)
		if (memcmp(&tpw_listeners_counts[cpu][index_of(l)], &none, sizeof(none)))
			return false;
	return true;
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
	if (e && is_unused(to_listener(e)))
		tpw_table_remove(&tpw_listeners_table, e);
	else if (e)
		tpw_table_unlock(&tpw_listeners_table, e);
	local_irq_restore(flags);
}

static void copy_out(struct tpw_listener *l, struct tpw_listener *to,
		     struct tpw_listener_counts *counts)
{
	u64 *sum = (u64 *)counts;
	unsigned int i;
	int cpu;

	*to = *l;
	memset(counts, 0, sizeof(*counts));
	for_each_possible_cpu(cpu) {
		const u64 *from = (u64 *)&tpw_listeners_counts[cpu][index_of(l)];

		for (i = 0; i < NR_COUNTS; i++)
			sum[i] += from[i];
	}
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

	local_irq_save(flags);
	e = tpw_table_find(&tpw_listeners_table, cookie);
	if (e) {
		copy_out(to_listener(e), to, counts);
		if (index)
			*index = tpw_table_index(&tpw_listeners_table, e);
		tpw_table_unlock(&tpw_listeners_table, e);
	}
	local_irq_restore(flags);
	return e;
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
		copy_out(to_listener(e), to, counts);
		tpw_table_unlock(&tpw_listeners_table, e);
	}
	local_irq_restore(flags);
	return e;
}
