// SPDX-License-Identifier: GPL-2.0
/*
 * What is wrong with listeners: nobody accepts what waits, connections were lost when one was
 * closed, and datagrams that nobody reads. The worst of each come first, and not all of many.
 */
#include "command.h"

#include "lib/text.h"
#include "show/holder.h"
#include "show/share.h"
#include "show/stuck.h"
#include "table/clock.h"
#include "table/rows.h"
#include "command/doctor/examine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX	3

/* What was lost longer ago is no trouble of now. */
#define RECENT_NS	600000000000ULL

/** struct trouble - one thing that can be wrong */
struct trouble {
	/** @how_bad: of a row; 0 if it has nothing of it */
	uint64_t (*how_bad)(const struct tpr_rows *listeners, size_t row);
	/** @tell: makes a finding of it */
	void (*tell)(struct tpr_findings *findings, const struct tpr_rows *listeners, size_t row);
	/** @more: what many of them are called */
	const char *more;
};

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

static uint64_t now_of(const struct tpr_rows *listeners)
{
	const char *now = tpr_table_fact(listeners->table, "now_ns");
	uint64_t now_ns;

	return now && tpr_text_u64(now, &now_ns) ? now_ns : 0;
}

static uint64_t lost(const struct tpr_rows *listeners, size_t row)
{
	uint64_t closed_ns = tpr_rows_number(listeners, row, "closed_ns");

	if (!closed_ns || now_of(listeners) > closed_ns + RECENT_NS)
		return 0;
	return tpr_rows_number(listeners, row, "lost");
}

/* "365/nginx", "(gone)" or "?" */
static void name(const struct tpr_rows *listeners, size_t row, char *text, size_t bytes)
{
	const char *pid = of(listeners, row, "holder_pid");

	if (!strcmp(pid, TPR_HOLDER_GONE))
		snprintf(text, bytes, "(" TPR_HOLDER_GONE ")");
	else if (tpr_table_is_value(pid))
		snprintf(text, bytes, "%s/%s", pid, of(listeners, row, "holder_comm"));
	else
		snprintf(text, bytes, "%s", pid);
}

static void tell_stuck(struct tpr_findings *findings, const struct tpr_rows *listeners, size_t row)
{
	bool is_group = tpr_share_members(listeners, row) > 1;
	char span[TPR_CLOCK_BYTES], holder[128];

	tpr_clock_span(span, tpr_stuck_ns(listeners, row));
	name(listeners, row, holder, sizeof(holder));
	tpr_finding(findings, TPR_HEALTH_WARN, "listeners",
		    "see what that process does: it does not call accept()",
		    "%s %s of %s: %s wait%s, and nobody has accepted for %s; %s accepted before%s",
		    of(listeners, row, "proto"), of(listeners, row, "local"), holder,
		    of(listeners, row, "queue"),
		    strcmp(of(listeners, row, "queue"), "1") ? "" : "s", span,
		    of(listeners, row, "accepted"),
		    is_group ? "; its group still sends it connections" : "");
}

static void tell_lost(struct tpr_findings *findings, const struct tpr_rows *listeners, size_t row)
{
	uint64_t closed_ns = tpr_rows_number(listeners, row, "closed_ns"), now_ns = now_of(listeners);
	char span[TPR_CLOCK_BYTES];

	tpr_clock_span(span, now_ns > closed_ns ? now_ns - closed_ns : 0);
	tpr_finding(findings, TPR_HEALTH_WARN, "listeners",
		    "accept what waits before closing; in a reuseport group, "
		    "sysctl net.ipv4.tcp_migrate_req=1",
		    "%s %s: %s connections were reset unaccepted when it was closed, %s ago",
		    of(listeners, row, "proto"), of(listeners, row, "local"),
		    of(listeners, row, "lost"), span);
}

static void tell_unread(struct tpr_findings *findings, const struct tpr_rows *listeners, size_t row)
{
	char holder[128];

	name(listeners, row, holder, sizeof(holder));
	tpr_finding(findings, TPR_HEALTH_WARN, "listeners",
		    "see whether that process reads it, and how large SO_RCVBUF is",
		    "%s %s of %s: %s datagrams dropped at the socket, %s bytes wait to be read",
		    of(listeners, row, "proto"), of(listeners, row, "local"), holder,
		    of(listeners, row, "socket_drops"), of(listeners, row, "queue"));
}

static const struct trouble troubles[] = {
	{ tpr_stuck_ns, tell_stuck, "more listeners have connections that nobody accepts" },
	{ lost, tell_lost, "more closed listeners have lost connections" },
	{ unread, tell_unread, "more UDP sockets drop datagrams that nobody reads" },
};

/* The worst that is less bad than @below, or as bad and behind @last; their number if there is none. */
static size_t next_of(const struct trouble *trouble, const struct tpr_rows *listeners,
		      uint64_t below, size_t last)
{
	size_t best = listeners->nr, i;
	uint64_t most = 0, bad;

	for (i = 0; i < listeners->nr; i++) {
		bad = trouble->how_bad(listeners, i);
		if (bad > below || (bad == below && i <= last) || bad <= most)
			continue;
		most = bad;
		best = i;
	}
	return best;
}

static size_t count(const struct trouble *trouble, const struct tpr_rows *listeners)
{
	size_t nr = 0, i;

	for (i = 0; i < listeners->nr; i++)
		nr += !!trouble->how_bad(listeners, i);
	return nr;
}

static size_t examine(struct tpr_findings *findings, const struct trouble *trouble,
		      const struct tpr_rows *listeners)
{
	size_t nr = count(trouble, listeners), shown, row = 0;
	uint64_t below = UINT64_MAX;

	for (shown = 0; shown < nr && shown < SHOWN_MAX; shown++) {
		row = next_of(trouble, listeners, below, row);
		trouble->tell(findings, listeners, row);
		below = trouble->how_bad(listeners, row);
	}
	if (nr > shown)
		tpr_finding(findings, TPR_HEALTH_WARN, "listeners", "tuplewatch listeners -a",
			    "%zu %s", nr - shown, trouble->more);
	return nr;
}

/* What is another user's stays that: of such rows nothing is found. */
static void examine_all(struct tpr_findings *findings, const struct tpr_rows *listeners)
{
	size_t nr = 0, i;

	for (i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		nr += examine(findings, &troubles[i], listeners);
	if (!nr)
		tpr_finding(findings, TPR_HEALTH_OK, "listeners", NULL,
			    "none that we see has connections that nobody accepts, or lost some lately");
}

/**
 * tpr_examine_listeners() - what is wrong with them
 * @findings: where the findings go
 */
void tpr_examine_listeners(struct tpr_findings *findings)
{
	struct tpr_processes processes = { 0 };
	struct tpr_rows rows;

	if (!tpr_rows_load(&rows, findings->options, "listeners", &tpr_listeners_shape) &&
	    !tpr_processes_scan(&processes) && !tpr_holder_add(&rows, &processes))
		examine_all(findings, &rows);
	tpr_processes_free(&processes);
	tpr_rows_free(&rows);
}
