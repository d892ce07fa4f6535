// SPDX-License-Identifier: GPL-2.0
/*
 * How the overview is laid out: connections under their listeners, the widths
 * of columns, and the words of a row.
 */
#include "proc/overview.h"

#include "uapi/columns.h"
#include "proc/proc.h"

#include <linux/bsearch.h>
#include <linux/minmax.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <net/tcp_states.h>

#define MIN_WIDTH	22	/* "255.255.255.255:65535" and a blank */
#define MIN_COUNT	5	/* "UDP6" and a blank */
#define MIN_SEGMENTS	4	/* "Segs" */
#define MIN_QUEUE	5	/* "Queue" */
#define MOST_CHILDREN	20	/* of a listener that are shown one by one */

/* Rows that stand under no other, in the order in which they are shown. */
static int compare_alone(const void *a, const void *b)
{
	const struct tpw_overview_row *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->is_listener != y->is_listener)
		return x->is_listener ? -1 : 1;
	if (x->tuple.lport != y->tuple.lport)
		return ntohs(x->tuple.lport) < ntohs(y->tuple.lport) ? -1 : 1;
	if (x->tuple.fport != y->tuple.fport)
		return ntohs(x->tuple.fport) < ntohs(y->tuple.fport) ? -1 : 1;
	if (x->cookie != y->cookie)
		return x->cookie < y->cookie ? -1 : 1;
	return 0;
}

static int compare_cookie(const void *a, const void *b)
{
	const struct tpw_overview_row *x = a, *y = b;

	return x->cookie < y->cookie ? -1 : x->cookie > y->cookie;
}

static int compare_final(const void *a, const void *b)
{
	const struct tpw_overview_row *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->is_child != y->is_child)
		return x->is_child ? 1 : -1;
	return compare_alone(x, y);
}

/* Each row gets the rank of its listener, so that it is sorted under it. */
static void find_parents(struct tpw_overview *o)
{
	struct tpw_overview_row *row, *parent;

	sort(o->rows, o->nr, sizeof(*row), compare_alone, NULL);
	for (row = o->rows; row < o->rows + o->nr; row++)
		row->rank = row - o->rows;
	sort(o->rows, o->nr, sizeof(*row), compare_cookie, NULL);
	for (row = o->rows; row < o->rows + o->nr; row++) {
		struct tpw_overview_row key = { .cookie = row->parent };

		if (!row->parent)
			continue;
		parent = bsearch(&key, o->rows, o->nr, sizeof(key),
				 compare_cookie);
		if (!parent || !parent->is_listener)
			continue;
		row->is_child = true;
		row->rank = parent->rank;
	}
	sort(o->rows, o->nr, sizeof(*row), compare_final, NULL);
}

/* Past the first of a listener's connections, one row stands for all others. */
static void fold_children(struct tpw_overview *o)
{
	struct tpw_overview_row *to = o->rows, *row;
	unsigned int shown = 0;

	for (row = o->rows; row < o->rows + o->nr; row++) {
		shown = row->is_child ? shown + 1 : 0;
		if (shown <= MOST_CHILDREN) {
			*to++ = *row;
		} else if (shown == MOST_CHILDREN + 1) {
			*to = *row;
			to->more = 1;
			to->is_unaccepted = false;
			to++;
		} else {
			to[-1].more++;
			to[-1].segments += row->segments;
		}
	}
	o->nr = to - o->rows;
}

static int digits(u64 n)
{
	int nr = 1;

	for (; n > 9; n /= 10)
		nr++;
	return nr;
}

static void measure(struct tpw_overview *o)
{
	char local[TPW_ENDPOINT_LEN], foreign[TPW_ENDPOINT_LEN];
	char queue[TPW_QUEUE_LEN];
	u64 most = o->others;
	unsigned int f;
	size_t i;

	o->count_width = MIN_COUNT;
	for (f = 0; f < TPW_FAMILY_NR; f++) {
		o->nr_families += o->has_family[f];
		o->count_width = max(o->count_width,
				     digits(o->line[TPW_OVERVIEW_SEEN][f]));
	}

	o->segments_width = MIN_SEGMENTS;
	o->queue_width = MIN_QUEUE;
	o->local_width = MIN_WIDTH;
	o->foreign_width = MIN_WIDTH;
	for (i = 0; i < o->nr; i++) {
		tpw_overview_format_ends(&o->rows[i], local, foreign);
		o->local_width = max_t(int, o->local_width, strlen(local));
		o->foreign_width = max_t(int, o->foreign_width, strlen(foreign));
		tpw_overview_format_queue(&o->rows[i], queue);
		o->queue_width = max_t(int, o->queue_width, strlen(queue));
		if (o->rows[i].is_hidden)
			o->segments_width = strlen(TPW_HIDDEN);
		most = max(most, o->rows[i].segments);
	}
	o->segments_width = max(digits(most), o->segments_width);
}

/** tpw_overview_proto() - Return: tcp, tcp6, udp or udp6, by socket. */
const char *tpw_overview_proto(const struct tpw_overview_row *row)
{
	return tpw_proc_proto(row->tuple.proto, row->tuple.family);
}

/** tpw_overview_state() - Return: netstat's word, or what else a row is. */
const char *tpw_overview_state(const struct tpw_overview_row *row)
{
	if (row->more)
		return "-";
	if (row->kind == TPW_ROW_CLOSED)
		return "CLOSED";
	if (row->kind == TPW_ROW_NO_SOCKET)
		return "(no socket)";
	return tpw_state_name(row->state);
}

/**
 * tpw_overview_format_ends() - both ends of a row as ss prints them
 * @row: the row
 * @local: where to, TPW_ENDPOINT_LEN; indented under a listener
 * @foreign: where to, TPW_ENDPOINT_LEN
 */
void tpw_overview_format_ends(const struct tpw_overview_row *row, char *local,
			      char *foreign)
{
	size_t n = 0;

	if (row->is_child)
		n = scnprintf(local, TPW_ENDPOINT_LEN, " \\_ ");
	if (row->more) {
		scnprintf(local + n, TPW_ENDPOINT_LEN - n,
			  "%llu more connections", row->more);
		strscpy(foreign, "-", TPW_ENDPOINT_LEN);
		return;
	}
	tpw_proc_format_addr(local + n, TPW_ENDPOINT_LEN - n,
			     &row->tuple.local, row->tuple.family,
			     row->tuple.lport, row->dev[0] ? row->dev : NULL);
	tpw_proc_format_addr(foreign, TPW_ENDPOINT_LEN, &row->tuple.foreign,
			     row->tuple.family, row->tuple.fport, NULL);
}

/**
 * tpw_overview_format_queue() - the accept queue of a listener
 * @row: the row
 * @buf: where to, TPW_QUEUE_LEN; "waiting/limit", or "-" for all else
 */
void tpw_overview_format_queue(const struct tpw_overview_row *row, char *buf)
{
	if (row->has_queue && row->is_hidden)
		scnprintf(buf, TPW_QUEUE_LEN, "%u/" TPW_HIDDEN, row->queue);
	else if (row->has_queue)
		scnprintf(buf, TPW_QUEUE_LEN, "%u/%u", row->queue, row->backlog);
	else
		scnprintf(buf, TPW_QUEUE_LEN, "-");
}

/*
 * "PID/name" as netstat -p has it; "?" if nobody is known, TPW_HIDDEN if it is
 * no business of the reader, or if the process is in none of his PID namespaces.
 */
static void format_actor(const struct tpw_overview *o,
			 const struct tpw_actor *actor, char *buf, size_t size)
{
	u32 pid = tpw_actor_pid_for_current(actor);
	char name[4 * TPW_COMM_LEN];

	if (!actor->pid) {
		strscpy(buf, "?", size);
		return;
	}
	if (!pid || !tpw_rights_see(&o->rights, actor->uid)) {
		strscpy(buf, TPW_HIDDEN, size);
		return;
	}
	tpw_proc_escape(name, sizeof(name), actor->comm, TPW_COMM_LEN);
	scnprintf(buf, size, "%u/%s", pid, name);
}

/* A request and a TIME_WAIT are nobody's. */
static bool has_process(const struct tpw_overview_row *row)
{
	return row->state != TCP_NEW_SYN_RECV && row->state != TCP_TIME_WAIT;
}

/* As much of it as fits the page. */
static void format_wait(u64 ms, char *buf, size_t size)
{
	if (ms < 100000)
		scnprintf(buf, size, "not accepted for %llu.%llu s", ms / 1000,
			  ms % 1000 / 100);
	else if (ms < 1000000)
		scnprintf(buf, size, "not accepted for %llu s", ms / 1000);
	else
		scnprintf(buf, size, "not accepted for %llu min", ms / 60000);
}

/**
 * tpw_overview_format_note() - who has the socket of a row, or what else there
 *	is to say
 * @o: the overview
 * @row: the row
 * @buf: where to
 * @size: room there
 *
 * Context: process, of the reader.
 */
void tpw_overview_format_note(const struct tpw_overview *o,
			      const struct tpw_overview_row *row, char *buf,
			      size_t size)
{
	u64 age_ms = row->at_ns ? (o->now_ns - row->at_ns) / NSEC_PER_MSEC : 0;

	if (row->more || !has_process(row))
		strscpy(buf, "-", size);
	else if (row->kind == TPW_ROW_NO_SOCKET)
		strscpy(buf, row->refused ? "refused" : "ignored", size);
	else if (row->kind == TPW_ROW_CLOSED && row->at_ns)
		scnprintf(buf, size, "closed %llu s ago", age_ms / 1000);
	else if (row->is_unaccepted && row->at_ns)
		format_wait(age_ms, buf, size);
	else if (row->is_unaccepted)
		strscpy(buf, "not accepted", size);
	else if (row->is_hidden)
		strscpy(buf, TPW_HIDDEN, size);
	else
		format_actor(o, &row->actor, buf, size);
}

/**
 * tpw_overview_arrange() - bring the rows into order
 * @o: the overview, its rows gathered and its sums made
 *
 * Context: process.
 */
void tpw_overview_arrange(struct tpw_overview *o)
{
	find_parents(o);
	fold_children(o);
	measure(o);
}
