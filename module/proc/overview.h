/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the overview shows, gathered at one moment: as much as fits a page of
 * TPW_PAGE_LINES lines, whatever the number of sockets.
 */
#ifndef _TPW_OVERVIEW_H
#define _TPW_OVERVIEW_H

#include "verdict/taker.h"
#include "base/tuple.h"
#include "verdict/verdict.h"
#include "kernel/actor.h"
#include "kernel/rights.h"
#include "hook/arm.h"
#include "proc/overview_row.h"

#include <linux/types.h>

struct file;
struct seq_file;
struct tpw_counts;
struct tpw_net;
struct tpw_page;

#define TPW_PAGE_LINES		50
#define TPW_PAGE_COLUMNS	80

/* The lines of INCOMING SEGMENTS. */
enum tpw_overview_line {
	TPW_OVERVIEW_SEEN,
	TPW_OVERVIEW_CONNECTION,
	TPW_OVERVIEW_REQUEST,
	TPW_OVERVIEW_TIME_WAIT,
	TPW_OVERVIEW_LISTENER,
	TPW_OVERVIEW_BOUND,
	TPW_OVERVIEW_NOTHING,
	TPW_OVERVIEW_DROPPED,
	TPW_OVERVIEW_LINES
};

/* The lines below the rows of SOCKETS, for segments of no row. */
enum tpw_overview_rest {
	TPW_REST_NOTHING,	/* there was no socket */
	TPW_REST_DROPPED,	/* dropped before one */
	TPW_REST_HIDDEN,	/* in rows that the reader may not see */
	TPW_REST_OTHERS,	/* the row is gone, or the segment too new */
	TPW_REST_NR
};

/* Why segments were not served, in the order in which that is shown. */
enum tpw_cause {
	TPW_CAUSE_QUEUE_FULL,
	TPW_CAUSE_REFUSED,
	TPW_CAUSE_IGNORED,
	TPW_CAUSE_RESET,
	TPW_CAUSE_DROPPED,
	TPW_CAUSE_DROPPED_LATER,
	TPW_CAUSE_TAKEN,
	TPW_CAUSE_NR
};

#define TPW_CAUSE_NAMED	3	/* rows of a cause that are shown one by one */

/**
 * struct tpw_unserved - segments that were not served, for one cause
 * @segments: how many
 * @syns: of these, SYNs
 * @tuple: the local end, and who the last was from; if @has_local
 * @reason: enum skb_drop_reason, of what was dropped
 * @taker: who took it, of what did not arrive
 * @queue: connections that wait for accept() now
 * @backlog: how many may
 * @has_local: the local end is known
 * @is_closed: that was the local end of a listener that is no more
 */
struct tpw_unserved {
	u64 segments;
	u64 syns;
	struct tpw_tuple tuple;
	unsigned int reason;
	enum tpw_taker taker;
	u32 queue;
	u32 backlog;
	bool has_local;
	bool is_closed;
};

/**
 * struct tpw_cause_list - all that was not served for one cause
 * @segments: how many segments
 * @nr: how many @row has
 * @row: the largest parts of them, the largest first
 */
struct tpw_cause_list {
	u64 segments;
	unsigned int nr;
	struct tpw_unserved row[TPW_CAUSE_NAMED];
};

#define TPW_UNSERVED_ROWS	12

/**
 * struct tpw_overview_widths - columns of SOCKETS, in characters
 * @local: protocol and local end
 * @foreign: foreign end
 * @state: the state
 * @segments: numbers of segments
 * @note: process
 * @span: of a text that goes on from the first column to the state, at least
 */
struct tpw_overview_widths {
	int local;
	int foreign;
	int state;
	int segments;
	int note;
	int span;
};

/**
 * struct tpw_overview - all of it
 * @hooks: how the hooks are doing
 * @rights: of the reader
 * @blind_advice: what to do when they are not called
 * @inum: the namespace
 * @now_ns: when it was gathered, CLOCK_MONOTONIC
 * @watching_s: seconds since the hooks were armed
 * @unwatched: see tpw_pernet_unwatched()
 * @unresolved: segments that nothing explained
 * @taken: see tpw_pernet_taken()
 * @has_taken: that is known
 * @line: counts by line and family
 * @has_line: the line is shown
 * @has_family: there was traffic, or there may have been
 * @cause: what was not served, by enum tpw_cause
 * @unserved_nr: lines that NOT SERVED has, without its title
 * @cause_lines: of these, by cause
 * @rows: the rows, in order
 * @nr: how many
 * @more: listeners, and connections, that no row is about
 * @unlooked: sockets that were not looked at, as there are too many
 * @is_past_cut: nor were all that are closed
 * @rest: segments by enum tpw_overview_rest
 * @width: of the columns of SOCKETS
 * @listeners_held: rows that the table of listeners holds
 * @listeners_nr: rows that it can hold
 * @connections_held: rows that the table of connections holds
 * @connections_nr: rows that it can hold
 * @log_held: records that the log holds
 * @log_nr: records that it can hold
 * @evicted: rows of the namespace that gave way while in use
 * @forgotten: rows of its closed sockets that gave way
 * @memory: bytes of memory that all of it takes
 */
struct tpw_overview {
	struct tpw_hooks_summary hooks;
	struct tpw_rights rights;
	const char *blind_advice;
	u32 inum;
	u64 now_ns;
	u64 watching_s;
	u64 unwatched;
	u64 unresolved;
	u64 taken;
	bool has_taken;
	u64 line[TPW_OVERVIEW_LINES][TPW_FAMILY_NR];
	bool has_line[TPW_OVERVIEW_LINES];
	bool has_family[TPW_FAMILY_NR];
	struct tpw_cause_list cause[TPW_CAUSE_NR];
	unsigned int unserved_nr;
	unsigned int cause_lines[TPW_CAUSE_NR];
	struct tpw_overview_row rows[TPW_PAGE_LINES];
	unsigned int nr;
	struct tpw_more more;
	u64 unlooked;
	bool is_past_cut;
	u64 rest[TPW_REST_NR];
	struct tpw_overview_widths width;
	u32 listeners_held;
	u32 listeners_nr;
	u32 connections_held;
	u32 connections_nr;
	u64 log_held;
	u64 log_nr;
	u64 evicted;
	u64 forgotten;
	u64 memory;
};

/**
 * tpw_overview_is_part() - are there sockets that were not looked at?
 * @o: the overview
 *
 * Return: true if there are.
 */
static inline bool tpw_overview_is_part(const struct tpw_overview *o)
{
	return o->unlooked || o->is_past_cut;
}

/**
 * tpw_overview_has_rest() - has it that line?
 * @o: the overview
 * @rest: which
 *
 * Return: true if it has; what was not looked at has one without segments too.
 */
static inline bool tpw_overview_has_rest(const struct tpw_overview *o,
					 enum tpw_overview_rest rest)
{
	return o->rest[rest] ||
	       (rest == TPW_REST_OTHERS && tpw_overview_is_part(o));
}

struct tpw_overview *tpw_overview_create(struct tpw_net *tn,
					 const struct file *file);
void tpw_overview_destroy(struct tpw_overview *o);
u64 tpw_overview_seen(const struct tpw_overview *o);

/* overview_sockets.c */
int tpw_overview_walk(struct tpw_page *page, struct tpw_overview *o,
		      struct tpw_net *tn);

/* overview_unserved.c */
void tpw_cause_add(struct tpw_cause_list *list, const struct tpw_unserved *row);
int tpw_overview_gather_ends(struct tpw_overview *o, struct tpw_net *tn);
void tpw_overview_count_unserved(struct tpw_overview *o, struct tpw_net *tn,
				 const struct tpw_counts *sum);
u64 tpw_cause_rest(const struct tpw_cause_list *list, unsigned int nr);

/* overview_unserved_text.c, overview_table.c */
void tpw_overview_print_unserved(struct seq_file *m, const struct tpw_overview *o);
void tpw_overview_print_sockets(struct seq_file *m, const struct tpw_overview *o);

/* overview_layout.c */
void tpw_overview_arrange(struct tpw_overview *o, struct tpw_page *page,
			  const struct tpw_net *tn);

#endif /* _TPW_OVERVIEW_H */
