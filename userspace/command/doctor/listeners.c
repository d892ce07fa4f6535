// SPDX-License-Identifier: GPL-2.0
/*
 * What is wrong with listeners: nobody accepts what waits, or not fast enough; connections
 * were lost when one was closed; datagrams that nobody reads.
 */
#include "command.h"

#include "lib/text.h"
#include "show/holder.h"
#include "show/share.h"
#include "show/stuck.h"
#include "table/clock.h"
#include "table/rows.h"
#include "command/doctor/acceptor.h"
#include "command/doctor/examine.h"
#include "command/doctor/trouble.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What was lost longer ago is no trouble of now. */
#define RECENT_NS	600000000000ULL

/* A process, and what stands before it */
#define HOLDER_BYTES	(TPR_HOLDER_BYTES + 16)

static const char *of(const struct tpr_rows *listeners, size_t row, const char *column)
{
	return tpr_rows_get(listeners, row, column);
}

static bool is_udp(const struct tpr_rows *listeners, size_t row)
{
	return !strncmp(of(listeners, row, "proto"), "udp", 3);
}

static uint64_t unread(const struct tpr_rows *listeners, size_t row)
{
	if (!is_udp(listeners, row) || !tpr_rows_number(listeners, row, "queue"))
		return 0;
	return tpr_rows_number(listeners, row, "socket_drops");
}

/* A queue that is served, and full all the same: connections come faster than that. */
static uint64_t full(const struct tpr_rows *listeners, size_t row)
{
	uint64_t waiting_nr = tpr_rows_number(listeners, row, "queue");

	if (is_udp(listeners, row) || !waiting_nr || tpr_stuck_ns(listeners, row) ||
	    waiting_nr < tpr_rows_number(listeners, row, "backlog"))
		return 0;
	/* in socket_drops the last ACK of a handshake counts twice */
	return tpr_rows_number(listeners, row, "overflows");
}

static uint64_t lost(const struct tpr_rows *listeners, size_t row)
{
	uint64_t closed_ns = tpr_rows_number(listeners, row, "closed_ns");

	if (!closed_ns || tpr_rows_fact(listeners, "now_ns") > closed_ns + RECENT_NS)
		return 0;
	return tpr_rows_number(listeners, row, "lost");
}

/* " of 365/nginx", " of (gone)" or " of ?"; of a saved listener, who opened it, if that is known */
static void name(const struct tpr_findings *findings, const struct tpr_rows *listeners, size_t row,
		 char *text, size_t bytes)
{
	struct tpr_who who = {
		.pid = of(listeners, row, "holder_pid"), .comm = of(listeners, row, "holder_comm"),
	};
	char process[TPR_HOLDER_BYTES];

	text[0] = '\0';
	if (!findings->options->from) {
		snprintf(text, bytes, " of %s", tpr_holder_text(process, who));
		return;
	}
	who = tpr_holder_actor(listeners, row);
	if (tpr_table_is_value(who.pid))
		snprintf(text, bytes, ", opened by %s", tpr_holder_text(process, who));
}

/* What found the queue full */
static const char *syns(const struct tpr_rows *listeners, size_t row)
{
	return tpr_text_plural_of(of(listeners, row, "overflows"), "SYN or ACK", "SYNs or ACKs");
}

/* "; its queue is full, as 37 SYNs or ACKs found it", or nothing */
static void put_drops(char *text, size_t bytes, const struct tpr_rows *listeners, size_t row)
{
	text[0] = '\0';
	if (tpr_rows_number(listeners, row, "queue") > tpr_rows_number(listeners, row, "backlog"))
		snprintf(text, bytes, "; its queue is full, as %s %s found it",
			 of(listeners, row, "overflows"), syns(listeners, row));
}

/*
 * ", the last by 365/nginx; process 365 is stopped": he, if he is not @named_pid, and what he does.
 * Of a saved listener the number is all that is known of him.
 */
static void put_acceptor(char *text, size_t bytes, const struct tpr_acceptor *acceptor,
			 uint64_t named_pid)
{
	int nr = 0;

	text[0] = '\0';
	if (acceptor->pid && acceptor->pid != named_pid)
		nr = snprintf(text, bytes, ", the last by %" PRIu64 "%s%s", acceptor->pid,
			      acceptor->holder ? "/" : "",
			      acceptor->holder ? acceptor->holder->comm :
			      acceptor->is_gone ? " (" TPR_HOLDER_GONE ")" : "");
	if (acceptor->stopped_pid)
		snprintf(text + nr, bytes - nr, "; process %" PRIu64 " is stopped",
			 acceptor->stopped_pid);
}

static void tell_stuck(struct tpr_findings *findings, const struct tpr_rows *listeners, size_t row)
{
	uint64_t now_ns = tpr_rows_fact(listeners, "now_ns");
	char oldest[TPR_CLOCK_BYTES], span[TPR_CLOCK_BYTES], holder[HOLDER_BYTES], drops[128];
	struct tpr_acceptor acceptor;
	char last[192];

	tpr_clock_span(oldest, now_ns - tpr_rows_number(listeners, row, "oldest_ns"));
	tpr_clock_span(span, tpr_stuck_ns(listeners, row));
	name(findings, listeners, row, holder, sizeof(holder));
	put_drops(drops, sizeof(drops), listeners, row);
	tpr_acceptor_find(&acceptor, findings->processes, listeners, row);
	put_acceptor(last, sizeof(last), &acceptor, tpr_rows_number(listeners, row,
		     findings->options->from ? "pid" : "holder_pid"));
	tpr_finding(findings, TPR_HEALTH_WARN, "listeners",
		    acceptor.stopped_pid ? "find out who stopped it; kill -CONT lets it go on" :
					   "see what that process does: it does not call accept()",
		    "%s %s%s: %s wait%s, the oldest %s; nobody has accepted for %s, %s before%s%s%s",
		    of(listeners, row, "proto"), of(listeners, row, "local"), holder,
		    of(listeners, row, "queue"),
		    tpr_text_plural_of(of(listeners, row, "queue"), "s", ""), oldest, span,
		    of(listeners, row, "accepted"), last, drops,
		    tpr_share_members(listeners, row) > 1 ?
		    "; its group still sends it connections" : "");
}

static void tell_full(struct tpr_findings *findings, const struct tpr_rows *listeners, size_t row)
{
	char holder[HOLDER_BYTES];

	name(findings, listeners, row, holder, sizeof(holder));
	tpr_finding(findings, TPR_HEALTH_WARN, "listeners",
		    "accept faster, or raise the backlog: listen() and sysctl net.core.somaxconn",
		    "%s %s%s: queue %s of %s, %s %s found it full",
		    of(listeners, row, "proto"), of(listeners, row, "local"), holder,
		    of(listeners, row, "queue"), of(listeners, row, "backlog"),
		    of(listeners, row, "overflows"), syns(listeners, row));
}

static void tell_lost(struct tpr_findings *findings, const struct tpr_rows *listeners, size_t row)
{
	uint64_t closed_ns = tpr_rows_number(listeners, row, "closed_ns");
	uint64_t now_ns = tpr_rows_fact(listeners, "now_ns");
	char span[TPR_CLOCK_BYTES];

	tpr_clock_span(span, now_ns > closed_ns ? now_ns - closed_ns : 0);
	tpr_finding(findings, TPR_HEALTH_WARN, "listeners",
		    "accept what waits before closing; in a reuseport group, "
		    "sysctl net.ipv4.tcp_migrate_req=1",
		    "%s %s: %s %s reset unaccepted when it was closed, %s ago",
		    of(listeners, row, "proto"), of(listeners, row, "local"),
		    of(listeners, row, "lost"),
		    tpr_text_plural_of(of(listeners, row, "lost"), "connection was",
				       "connections were"), span);
}

static void tell_unread(struct tpr_findings *findings, const struct tpr_rows *listeners, size_t row)
{
	char holder[HOLDER_BYTES];

	name(findings, listeners, row, holder, sizeof(holder));
	tpr_finding(findings, TPR_HEALTH_WARN, "listeners",
		    "see whether that process reads it, and how large SO_RCVBUF is",
		    "%s %s%s: %s datagram%s dropped at the socket, %s bytes wait to be read",
		    of(listeners, row, "proto"), of(listeners, row, "local"), holder,
		    of(listeners, row, "socket_drops"),
		    tpr_text_plural_of(of(listeners, row, "socket_drops"), "", "s"),
		    of(listeners, row, "queue"));
}

static const struct tpr_trouble troubles[] = {
	{ tpr_stuck_ns, tell_stuck, "more listeners have connections that nobody accepts",
	  "tuplewatch listeners -a" },
	{ full, tell_full, "more listeners have a full accept queue",
	  "tuplewatch listeners -a" },
	{ lost, tell_lost, "more closed listeners have lost connections",
	  "tuplewatch listeners -a" },
	{ unread, tell_unread, "more UDP sockets drop datagrams that nobody reads",
	  "tuplewatch listeners -a" },
};

/* What is another user's stays that: of such rows nothing is found. */
static void examine_all(struct tpr_findings *findings, const struct tpr_rows *listeners)
{
	size_t nr = 0, i;

	for (i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		nr += tpr_trouble_examine(findings, "listeners", &troubles[i], listeners);
	if (!nr)
		tpr_finding(findings, TPR_HEALTH_OK, "listeners", NULL,
			    "none that we see has connections that nobody accepts, a full queue, or lost "
			    "some lately");
}

/* Who held what was saved is not to be had. */
static int add_holders(const struct tpr_findings *findings, struct tpr_processes *processes,
		       struct tpr_rows *listeners)
{
	int error = findings->options->from ? 0 : tpr_processes_scan(processes);

	return error || findings->options->from ? error : tpr_holder_add(listeners, processes);
}

/**
 * tpr_examine_listeners() - what is wrong with them
 * @findings: where the findings go
 *
 * Return: whether the table could be read.
 */
bool tpr_examine_listeners(struct tpr_findings *findings)
{
	struct tpr_processes processes = { 0 };
	struct tpr_rows rows;
	int error = tpr_examine_load(findings, &rows, "listeners", &tpr_listeners_shape);

	if (!error && !add_holders(findings, &processes, &rows)) {
		findings->processes = &processes;
		examine_all(findings, &rows);
		findings->processes = NULL;
	}
	tpr_processes_free(&processes);
	tpr_rows_free(&rows);
	return !error;
}
