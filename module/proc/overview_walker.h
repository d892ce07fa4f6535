/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is needed only while the sockets of the overview are walked.
 */
#ifndef _TPW_OVERVIEW_WALKER_H
#define _TPW_OVERVIEW_WALKER_H

#include "kernel/socket_tables.h"
#include "store/connections.h"
#include "store/listeners.h"
#include "proc/overview_row.h"

#include <linux/types.h>

struct tpw_net;
struct tpw_overview;
struct tpw_page;

#define TPW_PAGE_LOOKS	6144	/* sockets of a table that are looked at */
#define TPW_PAGE_PAST	16384	/* rows of ours that stand beside none of these */

/**
 * struct tpw_walker - what is needed only while walking
 * @page: where to
 * @o: the overview
 * @tn: the namespace
 * @began_ns: what is younger is left out
 * @batch: one bucket, or as much of it as may be looked at
 * @listening: TCP listeners, also those that were not looked at
 * @requests: of those that were
 * @left: listeners and UDP sockets that were not looked at
 * @listeners: by index, entries that stood beside a socket
 * @connections: the same of connections
 * @l: one entry
 * @c: one entry
 * @counts: of @l
 * @row: a row that is being made
 */
struct tpw_walker {
	struct tpw_page *page;
	struct tpw_overview *o;
	struct tpw_net *tn;
	u64 began_ns;
	struct tpw_sockets batch;
	u64 listening;
	u64 requests;
	u64 left;
	unsigned long *listeners;
	unsigned long *connections;
	struct tpw_listener l;
	struct tpw_connection c;
	struct tpw_listener_counts counts;
	struct tpw_overview_row row;
};

/* overview_sockets.c */
void tpw_walker_add_listener(struct tpw_walker *w, u64 cookie, bool has_counts);
void tpw_walker_add_connection(struct tpw_walker *w, u64 listener, bool is_client);

/* overview_holder.c */
void tpw_walker_name_holder(struct tpw_walker *w);

/* overview_closed.c */
void tpw_walker_closed_listeners(struct tpw_walker *w);
void tpw_walker_closed_connections(struct tpw_walker *w);

#endif /* _TPW_OVERVIEW_WALKER_H */
