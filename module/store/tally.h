/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was forgotten for want of room, or had none, by namespace: its own, and
 * nothing of others, is what may be told in it.
 */
#ifndef _TPW_TALLY_H
#define _TPW_TALLY_H

#include <linux/list.h>
#include <linux/types.h>

/* The tables that forget. */
enum tpw_tally_kind {
	TPW_TALLY_LISTENERS,
	TPW_TALLY_CONNECTIONS,
	TPW_TALLY_NR
};

/**
 * struct tpw_tally - what gave way in one table
 * @evicted: rows of sockets that were there
 * @forgotten: rows of sockets that were closed
 * @forgotten_ns: last use of the youngest of either, CLOCK_MONOTONIC; 0 if
 *	there was none
 * @unnoted: sockets that were closed and had no row
 */
struct tpw_tally {
	u64 evicted;
	u64 forgotten;
	u64 forgotten_ns;
	u64 unnoted;
};

/**
 * struct tpw_tallies - those of one namespace
 * @node: all namespaces
 * @net_cookie: names it
 * @t: by table; each guarded by a lock of that table
 * @rcu: frees it
 */
struct tpw_tallies {
	struct hlist_node node;
	u64 net_cookie;
	struct tpw_tally t[TPW_TALLY_NR];
	struct rcu_head rcu;
};

struct tpw_tallies *tpw_tallies_create(u64 net_cookie);
void tpw_tallies_remove(struct tpw_tallies *tallies);
void tpw_tally_one(struct tpw_tally *t, bool was_closed, u64 last_ns);
void tpw_tally_of(u64 net_cookie, enum tpw_tally_kind kind, bool was_closed,
		  u64 last_ns);
void tpw_tally_unnoted(u64 net_cookie, enum tpw_tally_kind kind);
void tpw_tally_copy(const struct tpw_tally *from, struct tpw_tally *to);

#endif /* _TPW_TALLY_H */
