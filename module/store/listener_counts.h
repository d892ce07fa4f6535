/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters of the rows of listeners: per CPU, as in a SYN flood all CPUs hit
 * one row.
 *
 * The counters of a CPU at an index are those of the row whose stamp they bear;
 * the first segment of a row on a CPU clears what an earlier row has left there.
 */
#ifndef _TPW_LISTENER_COUNTS_H
#define _TPW_LISTENER_COUNTS_H

#include "verdict/socket_life.h"

#include <linux/compiler.h>
#include <linux/types.h>

/**
 * struct tpw_listener_counts - what one listener was given, on one CPU
 * @stamp: of the row that these belong to; in a sum of them, meaningless
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
 * @left: connections that waited for accept() when it was closed
 * @left_unknown: the same, of which nothing is known: what came of them is not
 *	either
 * @lost: of @left, reset
 * @requests_left: requests that another listener made a connection of
 * @inherited: connections of another listener, which was closed, that this one
 *	got, counted when they were born or accepted
 */
struct tpw_listener_counts {
	u64 stamp;
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
	u64 left;
	u64 left_unknown;
	u64 lost;
	u64 requests_left;
	u64 inherited;
};

/* By CPU, then by index of the row. */
extern struct tpw_listener_counts **tpw_listener_counts;

int tpw_listener_counts_init(u32 nr);
void tpw_listener_counts_exit(void);
size_t tpw_listener_counts_bytes(u32 nr);
void tpw_listener_counts_reset(struct tpw_listener_counts *c, u64 stamp);
void tpw_listener_counts_sum(u32 index, u64 stamp,
			     struct tpw_listener_counts *sum);

/**
 * tpw_listener_counts_of() - the counter of what a listener did
 * @c: the counters
 * @event: what it did
 *
 * Context: any.
 * Return: one of @c.
 */
static __always_inline u64 *
tpw_listener_counts_of(struct tpw_listener_counts *c, enum tpw_listener_event event)
{
	switch (event) {
	case TPW_EVENT_REQUEST:
		return &c->requests;
	case TPW_EVENT_CHILD:
		return &c->children;
	case TPW_EVENT_COOKIE_SENT:
		return &c->cookies_sent;
	case TPW_EVENT_COOKIE_CHECKED:
		return &c->cookies_checked;
	case TPW_EVENT_COOKIE_OK:
		return &c->cookies_ok;
	case TPW_EVENT_LEFT:
		return &c->left;
	case TPW_EVENT_LEFT_UNKNOWN:
		return &c->left_unknown;
	case TPW_EVENT_LOST:
		return &c->lost;
	case TPW_EVENT_REQUEST_LEFT:
		return &c->requests_left;
	default:
		return &c->inherited;
	}
}

#endif /* _TPW_LISTENER_COUNTS_H */
