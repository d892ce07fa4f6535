/* SPDX-License-Identifier: GPL-2.0 */
/*
 * While the overview is gathered: the listeners and the foreign ends that may
 * get a row, with what belongs to each, and all the rest as a sum.  Of one size,
 * whatever the number of sockets.
 */
#ifndef _TPW_OVERVIEW_PAGE_H
#define _TPW_OVERVIEW_PAGE_H

#include "base/tuple.h"
#include "store/counters.h"
#include "proc/overview_row.h"

#include <linux/bitmap.h>
#include <linux/types.h>

#define TPW_PAGE_LISTENERS	24
#define TPW_PAGE_CHILDREN	3
#define TPW_PAGE_SETS		16
#define TPW_PAGE_WAYS		8
#define TPW_PAGE_ENDS		12

/**
 * struct tpw_page_listener - a listener that may get a row
 * @cookie: its cookie
 * @rank: the larger one stays; by members, the first counts most
 * @row: its row
 * @fold: its connections
 * @child: the first of these
 */
struct tpw_page_listener {
	u64 cookie;
	u64 rank[4];
	struct tpw_overview_row row;
	struct tpw_fold fold;
	struct tpw_overview_row child[TPW_PAGE_CHILDREN];
};

/**
 * struct tpw_page_key - what connections that are folded share
 * @addr: address of the end
 * @port: its port
 * @family: AF_INET or AF_INET6
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @is_local: it is our end, else the foreign one
 * @is_hidden: they are other users'
 */
struct tpw_page_key {
	union tpw_addr addr;
	__be16 port;
	u8 family;
	u8 proto;
	u8 is_local;
	u8 is_hidden;
};

/**
 * struct tpw_page_end - an end that may get a row
 * @key: which
 * @seen: its connections, and those that were before it in its place
 * @fold: its connections
 * @row: the first of these
 */
struct tpw_page_end {
	struct tpw_page_key key;
	u64 seen;
	struct tpw_fold fold;
	struct tpw_overview_row row;
};

/**
 * struct tpw_page - all of it
 * @listeners: in no order, until they are sorted
 * @listeners_nr: how many
 * @incoming: the one that is being compared with them; too large for a stack
 * @ends: by hash, until some are chosen
 * @seed: of the hash
 * @has_evicted: one with connections had to make room: these numbers are too low
 * @is_chosen: no end comes in any more
 * @end: those that are chosen, the largest first
 * @ends_nr: how many
 * @more: what belongs to none of these
 * @listener_segments: in rows of listeners, whether shown or not
 * @listener_hidden: of these, in rows that the reader may not see
 * @connection_segments: in rows of connections
 * @connection_hidden: of these, in rows that the reader may not see
 * @ports: of TCP listeners, host byte order
 * @sum: the counters of the namespace; too large for a stack
 */
struct tpw_page {
	struct tpw_page_listener listeners[TPW_PAGE_LISTENERS];
	unsigned int listeners_nr;
	struct tpw_page_listener incoming;
	struct tpw_page_end ends[TPW_PAGE_SETS][TPW_PAGE_WAYS];
	u32 seed;
	bool has_evicted;
	bool is_chosen;
	struct tpw_page_end end[TPW_PAGE_ENDS];
	unsigned int ends_nr;
	struct tpw_more more;
	u64 listener_segments;
	u64 listener_hidden;
	u64 connection_segments;
	u64 connection_hidden;
	DECLARE_BITMAP(ports, 65536);
	struct tpw_counts sum;
};

void tpw_page_add_listener(struct tpw_page *page, u64 cookie,
			   const struct tpw_overview_row *row, u64 overflows);
void tpw_page_sort_listeners(struct tpw_page *page);
void tpw_page_drop_listeners(struct tpw_page *page, unsigned int nr);

void tpw_page_add_connection(struct tpw_page *page, u64 listener, bool is_client,
			     const struct tpw_overview_row *row);
void tpw_page_recount(struct tpw_page *page);

/* overview_ends.c */
void tpw_page_add_to_end(struct tpw_page *page, bool is_local,
			 const struct tpw_overview_row *row);
void tpw_page_choose_ends(struct tpw_page *page);
void tpw_page_drop_ends(struct tpw_page *page, unsigned int nr);

#endif /* _TPW_OVERVIEW_PAGE_H */
