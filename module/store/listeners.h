/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel forgets of a listener: how many segments it was given, and
 * that it was there at all once it is closed.
 *
 * A listener is a TCP socket in LISTEN or an unconnected bound UDP socket.
 * One table for all namespaces, keyed by socket cookie.
 *
 * In a SYN flood, and at a busy UDP server, all CPUs hit one listener.  So its
 * counters are per CPU, and a segment finds them without a lock: it reads the
 * chain as a reader of RCU would, and what protects it from an entry that is
 * recycled under it is the stamp of its counters, which each row gets anew.
 */
#ifndef _TPW_LISTENERS_H
#define _TPW_LISTENERS_H

#include "base/clock.h"
#include "base/cpu.h"
#include "base/tuple.h"
#include "verdict/socket_life.h"
#include "verdict/verdict.h"
#include "kernel/actor.h"
#include "store/acceptors.h"
#include "store/listener_counts.h"
#include "store/table.h"

#include <linux/kernel.h>

#define TPW_LISTENERS_DEFAULT	1024
#define TPW_LISTENERS_MAX	65536
#define TPW_WAITS_NR		28	/* up to 2^27 us, two minutes */

/**
 * struct tpw_listener - one listener
 * @e: its place in the table; the key is the cookie
 * @stamp: of its counters; no other row has or had it
 * @bound: what it is bound to
 * @net: the namespace
 * @actor: who called listen() or bind()
 * @actor_start_ns: when that process began, CLOCK_BOOTTIME: its number is used again
 * @waits: accepted connections by how long they waited for accept(): member n
 *	is for less than 2^n microseconds and not less than half of that; the
 *	last one for all above
 * @acceptors: who accepted
 * @first_ns: when it was first seen, CLOCK_MONOTONIC
 * @closed_ns: when it was closed, 0 while it is not
 */
struct tpw_listener {
	struct tpw_entry e;
	u64 stamp;
	struct tpw_endpoint bound;
	struct tpw_netid net;
	struct tpw_actor actor;
	u64 actor_start_ns;
	u32 waits[TPW_WAITS_NR];
	struct tpw_acceptors acceptors;
	u64 first_ns;
	u64 closed_ns;
} ____cacheline_aligned;

extern struct tpw_table tpw_listeners_table;

/** tpw_listener_of() - Return: the listener whose place in the table this is. */
static inline struct tpw_listener *tpw_listener_of(struct tpw_entry *e)
{
	return container_of(e, struct tpw_listener, e);
}

int tpw_listeners_init(u32 nr);
void tpw_listeners_exit(void);
size_t tpw_listeners_bytes(void);
u32 tpw_listeners_nr(void);
u32 tpw_listeners_held(void);
void tpw_listeners_tally(struct tpw_tally *to);

/* For what changes a row. */
enum tpw_rank tpw_listeners_rank_of(const struct tpw_endpoint *bound, bool is_used);
struct tpw_listener *tpw_listeners_add(const struct tpw_netid *net, u32 uid,
				       u64 cookie,
				       const struct tpw_endpoint *bound,
				       bool is_used, u64 now_ns);

void tpw_listeners_hit_plain(const struct tpw_netid *net, u32 uid, u64 cookie,
			     const struct tpw_endpoint *bound, u64 now_ns);
void tpw_listeners_hit(const struct tpw_netid *net, const struct tpw_verdict *v,
		       const struct tpw_endpoint *bound, u64 now_ns);
void tpw_listeners_request(const struct tpw_netid *net, const struct tpw_verdict *v,
			   const struct tpw_endpoint *bound, u64 now_ns);
void tpw_listeners_count(u64 cookie, enum tpw_listener_event event);
void tpw_listeners_opened(const struct tpw_netid *net, u64 cookie,
			  const struct tpw_endpoint *bound,
			  const struct tpw_actor *actor, u64 start_ns,
			  u64 now_ns);
void tpw_listeners_accepted(u64 cookie, const struct tpw_acceptance *a,
			    u64 waited_ns, u64 now_ns);
void tpw_listeners_copy(const struct tpw_netid *net, u32 uid, u64 cookie,
			const struct tpw_endpoint *bound, u64 now_ns);
void tpw_listeners_close(u64 cookie, const struct tpw_endpoint *bound,
			 u64 now_ns);
void tpw_listeners_forget_unused(u64 cookie);
bool tpw_listeners_get(u64 cookie, struct tpw_listener *to,
		       struct tpw_listener_counts *counts, u32 *index);
bool tpw_listeners_at(u32 index, struct tpw_listener *to,
		      struct tpw_listener_counts *counts);

/**
 * tpw_listeners_enter() - the counters of a listener on this CPU, if it has a row
 * @cookie: of the listener; 0 if it has none yet, and then no row either
 *
 * Context: BH off, or interrupts off.
 * Return: the counters, which are the caller's until tpw_listeners_leave();
 *	NULL, and no call of it is due, if there is no row, or one that nothing
 *	has come for yet.
 */
static __always_inline struct tpw_listener_counts *
tpw_listeners_enter(u64 cookie)
{
	struct tpw_table *t = &tpw_listeners_table;
	struct tpw_listener_counts *c;
	struct tpw_listener *l;
	u64 stamp, tick_ns;
	u32 at;

	/* An entry that is in no bucket has key 0. */
	if (unlikely(!t->buckets || !cookie))
		return NULL;
	at = READ_ONCE(tpw_table_bucket(t, cookie)->first);
	for (; at != TPW_TABLE_END; at = READ_ONCE(l->e.next)) {
		l = (struct tpw_listener *)t->entries + at;
		/* Nothing of an earlier row is read behind this. */
		if (unlikely(smp_load_acquire(&l->e.key) != cookie))
			continue;
		/* Pairs with the release in listeners.c:touch(). */
		if (unlikely(!smp_load_acquire(&l->e.is_plain)))
			return NULL;
		stamp = READ_ONCE(l->stamp);
		/*
		 * Pairs with what orders these on the other side: after the old
		 * key was taken away the entry went through free_lock, or, in a
		 * full table, one bucket was let go of and the next one taken,
		 * before the new stamp was written.
		 */
		smp_rmb();
		if (unlikely(READ_ONCE(l->e.key) != cookie))
			return NULL;
		tick_ns = tpw_clock_tick_ns();
		if (READ_ONCE(l->e.last_ns) != tick_ns)
			WRITE_ONCE(l->e.last_ns, tick_ns);
		tpw_own_cpu();
		c = &tpw_listener_counts[raw_smp_processor_id()][at];
		if (unlikely(c->stamp != stamp))
			tpw_listener_counts_reset(c, stamp);
		return c;
	}
	return NULL;
}

/* All that is to be done after tpw_listeners_enter(). */
#define tpw_listeners_leave()	tpw_share_cpu()

/* One more; a reader on another CPU may be adding up. */
#define tpw_listeners_inc(counter)	WRITE_ONCE(counter, (counter) + 1)

/**
 * tpw_listeners_count_plain() - count a segment of which nothing is special, if
 *	its listener has a row
 * @cookie: of the listener; 0 if it has none yet, and then no row either
 *
 * Context: softirq, or interrupts off.
 * Return: false if there is no row yet.
 */
static __always_inline bool tpw_listeners_count_plain(u64 cookie)
{
	struct tpw_listener_counts *c = tpw_listeners_enter(cookie);

	if (unlikely(!c))
		return !tpw_listeners_table.nr && cookie;
	tpw_listeners_inc(c->segments);
	tpw_listeners_leave();
	return true;
}

#endif /* _TPW_LISTENERS_H */
