/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel forgets of a connection: how its segments were found, which
 * listener it was born from, and that it was there at all once it is closed.
 *
 * One table for all namespaces, keyed by socket cookie, which a request, its
 * child and its TIME_WAIT share.
 */
#ifndef _TPW_CONNECTIONS_H
#define _TPW_CONNECTIONS_H

#include "base/clock.h"
#include "base/tuple.h"
#include "verdict/asked.h"
#include "verdict/socket_life.h"
#include "verdict/verdict.h"
#include "kernel/actor.h"
#include "store/table.h"

#include <linux/kernel.h>

#define TPW_CONNECTIONS_DEFAULT	16384
#define TPW_CONNECTIONS_MAX	1048576

/* Who began. */
enum tpw_role {
	TPW_ROLE_UNKNOWN,	/* older than the module */
	TPW_ROLE_SERVER,	/* born from a listener */
	TPW_ROLE_CLIENT,	/* connect() */
};

/**
 * struct tpw_connection - one connection
 *
 * What an ordinary segment reads and writes is one cache line, the first.
 *
 * @e: its place in the table; the key is the cookie
 * @found: its segments by enum tpw_found
 * @tuple: both ends, of the packets
 * @net: the namespace
 * @listener: cookie of the listener that it was born from, 0 if not known
 * @born: what its listener is bound to, if there is one
 * @actor: who accepted or opened it
 * @made_ns: when the row was made, CLOCK_MONOTONIC
 * @first_ns: when its first segment came
 * @born_ns: when its handshake was complete, for one born from a listener
 * @accepted_ns: when it was accepted, 0 while it is not
 * @closed_ns: when it was closed, 0 while it is not
 * @idle_ns: what its end has set @e.last_ns to, 0 before
 * @segment_ns: when its last segment before @idle_ns came
 * @owner: cookie of the socket that its program holds, if that is another
 * @left: cookie of the listener that was closed last while it waited there, or 0
 * @request: of these, matched its request
 * @backlog: of these, put on its backlog
 * @time_wait: of these, matched its TIME_WAIT
 * @asked: what its client asked for
 * @ifindex: of one that is closed, the device it was bound to, or 0
 * @mods: TPW_MOD_* of its socket
 * @role: enum tpw_role
 * @is_time_wait: it left a TIME_WAIT behind: CLOSE is not its end
 * @has_reset: this host sent the RST that ends it
 * @close_reason: of one that is closed, enum tpw_close
 */
struct tpw_connection {
	struct tpw_entry e;
	u64 found[TPW_FOUND_NR];
	u64 listener;

	struct tpw_tuple tuple;
	struct tpw_netid net;
	u64 owner;
	u64 left;
	struct tpw_endpoint born;
	struct tpw_actor actor;
	u64 made_ns;
	u64 first_ns;
	u64 born_ns;
	u64 accepted_ns;
	u64 closed_ns;
	u64 idle_ns;
	u64 segment_ns;
	u64 request;
	u64 backlog;
	u64 time_wait;
	struct tpw_asked asked;
	s32 ifindex;
	u8 mods;
	u8 role;
	bool is_time_wait;
	bool has_reset;
	u8 close_reason;
} ____cacheline_aligned;

extern struct tpw_table tpw_connections_table;

int tpw_connections_init(u32 nr);
void tpw_connections_exit(void);
size_t tpw_connections_bytes(void);
u32 tpw_connections_nr(void);
u32 tpw_connections_held(void);
void tpw_connections_tally(struct tpw_tally *to);

u64 tpw_connections_hit(const struct tpw_netid *net, const struct tpw_verdict *v,
			u64 now_ns);
bool tpw_connections_born(const struct tpw_child *child, u64 now_ns);
u64 tpw_connections_accepted(u64 cookie, u64 owner,
			     const struct tpw_actor *actor, u64 now_ns,
			     u64 *waited_ns, bool *is_inherited);
bool tpw_connections_left(u64 cookie, u64 listener);
void tpw_connections_opened(u64 cookie, const struct tpw_netid *net,
			    const struct tpw_tuple *tuple,
			    const struct tpw_actor *actor, u64 now_ns);
void tpw_connections_reset(u64 cookie);
void tpw_connections_time_wait(u64 cookie, s32 ifindex, enum tpw_close reason,
			       u64 now_ns);
bool tpw_connections_close(u64 cookie, s32 ifindex, enum tpw_close reason,
			   u64 now_ns, u64 *left);
void tpw_connections_unnoted(const struct tpw_netid *net);
bool tpw_connections_get(u64 cookie, struct tpw_connection *to, u32 *index);
bool tpw_connections_at(u32 index, struct tpw_connection *to);
void tpw_connections_asked(u64 cookie, const struct tpw_tuple *tuple,
			   struct tpw_asked *to);

/**
 * tpw_connection_settle() - whatever has changed: may its next segment just be counted?
 * @c: the connection, whose bucket is locked
 */
static inline void tpw_connection_settle(struct tpw_connection *c)
{
	c->e.is_plain = c->first_ns && !c->closed_ns;
}

/**
 * tpw_connection_last_ns() - when the last segment of a connection came
 * @c: the connection
 *
 * Return: CLOCK_MONOTONIC, 0 if it got none.
 */
static inline u64 tpw_connection_last_ns(const struct tpw_connection *c)
{
	if (!c->first_ns)
		return 0;
	return c->e.last_ns == c->idle_ns ? c->segment_ns : c->e.last_ns;
}

/**
 * tpw_connection_waits_ns() - since when a connection waits for accept()
 * @c: the connection, which may be closed by its other end: it waits all the same
 *
 * Return: CLOCK_MONOTONIC; 0 if it does not, or if that is not known.
 */
static inline u64 tpw_connection_waits_ns(const struct tpw_connection *c)
{
	return c->accepted_ns ? 0 : c->born_ns;
}

/**
 * tpw_connection_segments() - segments that a connection got
 * @c: the connection
 *
 * Return: their number.
 */
static inline u64 tpw_connection_segments(const struct tpw_connection *c)
{
	return c->found[TPW_FOUND_EARLY_DEMUX] +
	       c->found[TPW_FOUND_ASSIGNED] + c->found[TPW_FOUND_SEARCHED];
}

/**
 * tpw_connections_is_closed() - is what stands at an index no more?
 * @index: below tpw_connections_nr()
 *
 * Context: any.
 * Return: true if it is; a hint, which may be wrong by then.
 */
static inline bool tpw_connections_is_closed(u32 index)
{
	return READ_ONCE(tpw_table_entry(&tpw_connections_table, index)->rank) ==
	       TPW_RANK_CLOSED;
}

static __always_inline struct tpw_connection *
tpw_to_connection(struct tpw_entry *e)
{
	return container_of(e, struct tpw_connection, e);
}

/* A search for an established TCP socket is all that its via can be else. */
static __always_inline enum tpw_found tpw_verdict_key_found(struct tpw_verdict_key key)
{
	return key.match == TPW_MATCH_ESTABLISHED ?
	       (enum tpw_found)key.via : tpw_found(key.via);
}

/**
 * tpw_connections_count() - count a segment of a connection that has a row
 * @cookie: whose; 0 if it has none yet, and then no row either
 * @key: its verdict: a full socket, or a connected UDP socket
 * @now_ns: the time, CLOCK_MONOTONIC
 * @to_tick: take the time of the last tick instead
 * @listener: gets the cookie of the listener that it was born from, or 0
 *
 * Context: softirq, or interrupts off.
 * Return: false if there is no row yet, or one that needs a closer look.
 */
static __always_inline bool
tpw_connections_count(u64 cookie, struct tpw_verdict_key key, u64 now_ns,
		      bool to_tick, u64 *listener)
{
	struct tpw_table *t = &tpw_connections_table;
	struct tpw_connection *c;
	struct tpw_bucket *b;
	u32 at;

	*listener = 0;
	if (unlikely(!t->buckets))
		return cookie;
	b = tpw_table_bucket(t, cookie);
	tpw_bucket_lock(b);
	for (at = b->first; at != TPW_TABLE_END; at = c->e.next) {
		c = (struct tpw_connection *)t->entries + at;
		if (unlikely(c->e.key != cookie))
			continue;
		if (unlikely(!c->e.is_plain))
			break;
		c->found[tpw_verdict_key_found(key)]++;
		if (key.outcome == TPW_OUTCOME_BACKLOG)
			c->backlog++;
		c->e.last_ns = to_tick ? tpw_clock_tick_ns() : now_ns;
		*listener = c->listener;
		tpw_bucket_unlock(b);
		return true;
	}
	tpw_bucket_unlock(b);
	return false;
}

#endif /* _TPW_CONNECTIONS_H */
