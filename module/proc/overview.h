/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the overview shows, gathered at one moment.
 */
#ifndef _TPW_OVERVIEW_H
#define _TPW_OVERVIEW_H

#include "base/tuple.h"
#include "verdict/verdict.h"
#include "kernel/actor.h"
#include "kernel/rights.h"
#include "hook/arm.h"

#include <linux/types.h>

struct file;
struct tpw_net;

/* The lines of INCOMING SEGMENTS. */
enum tpw_overview_line {
	TPW_OVERVIEW_SEEN,
	TPW_OVERVIEW_CONNECTION,
	TPW_OVERVIEW_REQUEST,
	TPW_OVERVIEW_TIME_WAIT,
	TPW_OVERVIEW_LISTENER,
	TPW_OVERVIEW_NOTHING,
	TPW_OVERVIEW_DROPPED,
	TPW_OVERVIEW_LINES
};

/* What a row is about; rows are sorted in this order. */
enum tpw_overview_kind {
	TPW_ROW_TCP,		/* live sockets */
	TPW_ROW_UDP,
	TPW_ROW_CLOSED,		/* sockets that are no more */
	TPW_ROW_NO_SOCKET,	/* endpoints that were asked for in vain */
};

/**
 * struct tpw_overview_row - one row of SOCKETS
 * @tuple: both ends, in the form that ss prints
 * @cookie: of the socket, 0 for none
 * @parent: cookie of the listener that it was born from, or 0
 * @more: it stands for so many connections that are not shown, else 0
 * @rank: place of the listener that it stands under, or its own
 * @actor: who has it
 * @segments: that counted here
 * @refused: of these, answered with RST or ICMP; TPW_ROW_NO_SOCKET only
 * @at_ns: when it was closed, or since when it waits for accept(); or 0
 * @ifindex: device it is bound to, or 0
 * @queue: connections that wait for accept()
 * @backlog: how many may wait
 * @dev: name of that device
 * @kind: enum tpw_overview_kind
 * @state: TCP state, or 0
 * @is_listener: it can match more than one tuple
 * @has_queue: @queue and @backlog mean something
 * @is_unaccepted: it waits for accept()
 * @is_child: it stands under its listener
 * @is_hidden: it is another user's: no more than /proc/net/tcp has is shown
 */
struct tpw_overview_row {
	struct tpw_tuple tuple;
	u64 cookie;
	u64 parent;
	u64 more;
	size_t rank;
	struct tpw_actor actor;
	u64 segments;
	u64 refused;
	u64 at_ns;
	s32 ifindex;
	u32 queue;
	u32 backlog;
	char dev[TPW_DEV_LEN];
	u8 kind;
	u8 state;
	bool is_listener;
	bool has_queue;
	bool is_unaccepted;
	bool is_child;
	bool is_hidden;
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
 * @has_taken: netfilter=1
 * @line: counts by line and family
 * @has_line: there is something in it
 * @has_family: there was traffic
 * @nr_families: how many columns that makes
 * @count_width: characters for one of them
 * @rows: the rows, sorted
 * @nr: how many
 * @room: how many there is room for
 * @dropped: segments that were dropped before a socket
 * @hidden: segments in rows of other users, which the reader may not see
 * @others: segments whose row is gone
 * @local_width: characters for local addresses
 * @foreign_width: characters for foreign addresses
 * @segments_width: characters for counts of segments
 * @queue_width: characters for accept queues
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
	unsigned int nr_families;
	int count_width;
	struct tpw_overview_row *rows;
	size_t nr;
	size_t room;
	u64 dropped;
	u64 hidden;
	u64 others;
	int local_width;
	int foreign_width;
	int segments_width;
	int queue_width;
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

struct tpw_overview *tpw_overview_create(struct tpw_net *tn,
					 const struct file *file);
void tpw_overview_arrange(struct tpw_overview *o);
void tpw_overview_destroy(struct tpw_overview *o);

const char *tpw_overview_proto(const struct tpw_overview_row *row);
const char *tpw_overview_state(const struct tpw_overview_row *row);
void tpw_overview_format_ends(const struct tpw_overview_row *row, char *local,
			      char *foreign);
#define TPW_QUEUE_LEN	24
void tpw_overview_format_queue(const struct tpw_overview_row *row, char *buf);
void tpw_overview_format_note(const struct tpw_overview *o,
			      const struct tpw_overview_row *row, char *buf,
			      size_t size);

#endif /* _TPW_OVERVIEW_H */
