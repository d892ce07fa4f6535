/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A row of SOCKETS in the overview: one socket, or several connections folded
 * into one row.
 */
#ifndef _TPW_OVERVIEW_ROW_H
#define _TPW_OVERVIEW_ROW_H

#include "base/tuple.h"
#include "verdict/verdict.h"
#include "kernel/actor.h"

#include <linux/types.h>

struct tpw_overview;

/* What a row is about. */
enum tpw_overview_kind {
	TPW_ROW_SOCKET,		/* one socket */
	TPW_ROW_FOLD,		/* connections of the listener above */
	TPW_ROW_LOCAL,		/* connections to one listening end */
	TPW_ROW_FOREIGN,	/* connections to one foreign end */
};

/**
 * struct tpw_fold - some connections, counted
 * @live: that the kernel has
 * @closed: that are no more
 * @unaccepted: of those that the kernel has, wait for accept()
 * @oldest_ns: since when the oldest of these waits, 0 if that is not known
 * @segments: of all of them
 */
struct tpw_fold {
	u64 live;
	u64 closed;
	u64 unaccepted;
	u64 oldest_ns;
	u64 segments;
};

/**
 * struct tpw_overview_row - one row
 * @tuple: both ends, in the form that ss prints
 * @fold: of several connections, what they are
 * @actor: who has it
 * @segments: that counted here
 * @lost: of a listener that is closed, connections that were reset unaccepted; of
 *	a UDP socket in whose queue something waits, datagrams that it dropped
 * @at_ns: when it was closed, or since when it waits for accept(); of a member of
 *	a group in whose queue some wait, since when it accepts nothing; or 0
 * @oldest_ns: of a listener, since when the first in its queue waits, or 0
 * @ifindex: device it is bound to, or 0
 * @queue: connections that wait for accept()
 * @backlog: how many may wait
 * @dev: name of that device
 * @kind: enum tpw_overview_kind
 * @state: TCP state, or 0
 * @is_closed: it is no more
 * @is_listener: it can match more than one tuple
 * @is_unaccepted: it waits for accept()
 * @is_child: it stands under its listener
 * @is_hidden: it is another user's: no more than /proc/net/tcp has is shown
 * @is_gone: of a live listener, @actor opened it and has ended
 * @is_several: of connections of several processes
 * @is_least: of connections, there may be more that were not looked at
 * @is_unwatched: how many segments came to it is not known
 */
struct tpw_overview_row {
	struct tpw_tuple tuple;
	struct tpw_fold fold;
	struct tpw_actor actor;
	u64 segments;
	u64 lost;
	u64 at_ns;
	u64 oldest_ns;
	s32 ifindex;
	u32 queue;
	u32 backlog;
	char dev[TPW_DEV_LEN];
	u8 kind;
	u8 state;
	bool is_closed;
	bool is_listener;
	bool is_unaccepted;
	bool is_child;
	bool is_hidden;
	bool is_gone;
	bool is_several;
	bool is_least;
	bool is_unwatched;
};

/**
 * struct tpw_more - what no row is about
 * @listening: TCP sockets in LISTEN
 * @bound: unconnected UDP sockets
 * @closed: of either kind, but no more
 * @segments: of all these
 * @connections: the connections
 */
struct tpw_more {
	u64 listening;
	u64 bound;
	u64 closed;
	u64 segments;
	struct tpw_fold connections;
};

#define TPW_TEXT_LEN	128

/** tpw_fold_nr() - Return: how many connections these are. */
static inline u64 tpw_fold_nr(const struct tpw_fold *fold)
{
	return fold->live + fold->closed;
}

void tpw_fold_join(struct tpw_fold *to, const struct tpw_fold *from);
void tpw_fold_add(struct tpw_fold *to, const struct tpw_overview_row *row);
void tpw_overview_cut(char *text, int width);
bool tpw_overview_is_span(const struct tpw_overview_row *row);
void tpw_overview_format_local(const struct tpw_overview *o,
			       const struct tpw_overview_row *row, char *buf);
void tpw_overview_format_foreign(const struct tpw_overview_row *row, char *buf);
void tpw_overview_format_state(const struct tpw_overview_row *row, char *buf);
void tpw_overview_format_segments(const struct tpw_overview_row *row, char *buf);
void tpw_overview_format_note(const struct tpw_overview *o,
			      const struct tpw_overview_row *row, char *buf);
bool tpw_more_format_listeners(const struct tpw_more *more, char *buf);
bool tpw_more_format_connections(const struct tpw_more *more, char *buf);
bool tpw_overview_format_unlooked(const struct tpw_overview *o, char *buf);

#endif /* _TPW_OVERVIEW_ROW_H */
