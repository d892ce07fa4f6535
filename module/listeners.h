/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel forgets of a listener: how many segments it was given, and
 * that it was there at all once it is closed.
 *
 * A listener is a TCP socket in LISTEN or an unconnected bound UDP socket.
 * One table for all namespaces, keyed by socket cookie.  Its counters are per
 * CPU, as in a SYN flood all CPUs hit one listener.
 */
#ifndef _TPW_LISTENERS_H
#define _TPW_LISTENERS_H

#include "actor.h"
#include "clock.h"
#include "life.h"
#include "table.h"
#include "tuple.h"
#include "verdict.h"

#define TPW_LISTENERS_DEFAULT	1024
#define TPW_LISTENERS_MAX	65536
#define TPW_WAITS_NR		28	/* up to 2^27 us, two minutes */

/**
 * struct tpw_listener_counts - what one listener was given, on one CPU
 * @segments: segments that matched the listener itself
 * @syns: of these, SYNs
 * @dual: of these, IPv4 packets to an IPv6 socket
 * @assigned: of these, came with the socket assigned
 * @sk_lookup: of these, chosen by a BPF sk_lookup program
 * @request_segments: segments that matched one of its requests and did not
 *	become a connection's
 * @overflows: of all these, found the accept queue full
 * @copies: further receivers of a multicast
 * @requests: SYNs that were put into the queue of requests
 * @children: connections born from it
 * @cookies_sent: SYN cookies sent
 * @cookies_checked: ACKs that may have brought one back
 * @cookies_ok: of these, did
 */
struct tpw_listener_counts {
	u64 segments;
	u64 syns;
	u64 dual;
	u64 assigned;
	u64 sk_lookup;
	u64 request_segments;
	u64 overflows;
	u64 copies;
	u64 requests;
	u64 children;
	u64 cookies_sent;
	u64 cookies_checked;
	u64 cookies_ok;
};

/**
 * struct tpw_listener - one listener
 * @e: its place in the table; the key is the cookie
 * @bound: what it is bound to
 * @net: the namespace
 * @actor: who called listen() or bind()
 * @waits: accepted connections by how long they waited for accept(): member n
 *	is for less than 2^n microseconds and not less than half of that; the
 *	last one for all above
 * @first_ns: when it was first seen, CLOCK_MONOTONIC
 * @closed_ns: when it was closed, 0 while it is not
 */
struct tpw_listener {
	struct tpw_entry e;
	struct tpw_endpoint bound;
	struct tpw_netid net;
	struct tpw_actor actor;
	u32 waits[TPW_WAITS_NR];
	u64 first_ns;
	u64 closed_ns;
} ____cacheline_aligned;

extern struct tpw_table tpw_listeners_table;
extern struct tpw_listener_counts **tpw_listeners_counts;

int tpw_listeners_init(u32 nr);
void tpw_listeners_exit(void);
size_t tpw_listeners_bytes(void);
u32 tpw_listeners_nr(void);
u32 tpw_listeners_held(void);
u64 tpw_listeners_evicted(void);
u64 tpw_listeners_forgotten_ns(void);

void tpw_listeners_hit_plain(const struct tpw_netid *net, u64 cookie,
			     const struct tpw_endpoint *bound, u64 now_ns);
void tpw_listeners_hit(const struct tpw_netid *net, const struct tpw_verdict *v,
		       const struct tpw_endpoint *bound, u64 now_ns);
void tpw_listeners_request(const struct tpw_netid *net, const struct tpw_verdict *v,
			   const struct tpw_endpoint *bound, u64 now_ns);
void tpw_listeners_count(u64 cookie, enum tpw_deed deed, u64 now_ns);
void tpw_listeners_opened(const struct tpw_netid *net, u64 cookie,
			  const struct tpw_endpoint *bound,
			  const struct tpw_actor *actor, u64 now_ns);
void tpw_listeners_accepted(u64 cookie, u64 waited_ns);
void tpw_listeners_copy(const struct tpw_netid *net, u64 cookie,
			const struct tpw_endpoint *bound, u64 now_ns);
void tpw_listeners_close(u64 cookie, const struct tpw_endpoint *bound,
			 u64 now_ns);
void tpw_listeners_forget_unused(u64 cookie);
bool tpw_listeners_get(u64 cookie, struct tpw_listener *to,
		       struct tpw_listener_counts *counts, u32 *index);
bool tpw_listeners_at(u32 index, struct tpw_listener *to,
		      struct tpw_listener_counts *counts);

/**
 * tpw_listeners_count_plain() - count a segment of which nothing is special, if
 *	its listener has a row
 * @cookie: of the listener; 0 if it has none yet, and then no row either
 * @now_ns: the time, CLOCK_MONOTONIC
 * @to_tick: take the time of the last tick instead
 *
 * Context: softirq, or interrupts off.
 * Return: false if there is no row yet.
 */
static __always_inline bool
tpw_listeners_count_plain(u64 cookie, u64 now_ns, bool to_tick)
{
	struct tpw_table *t = &tpw_listeners_table;
	struct tpw_listener *l;
	struct tpw_bucket *b;
	u32 at;

	if (unlikely(!t->buckets))
		return cookie;
	b = tpw_table_bucket(t, cookie);
	tpw_bucket_lock(b);
	for (at = b->first; at != TPW_TABLE_END; at = l->e.next) {
		l = (struct tpw_listener *)t->entries + at;
		if (unlikely(l->e.key != cookie))
			continue;
		l->e.last_ns = to_tick ? tpw_clock_tick_ns() : now_ns;
		/* The lock keeps us on this CPU. */
		tpw_listeners_counts[raw_smp_processor_id()][at].segments++;
		tpw_bucket_unlock(b);
		return true;
	}
	tpw_bucket_unlock(b);
	return false;
}

#endif /* _TPW_LISTENERS_H */
