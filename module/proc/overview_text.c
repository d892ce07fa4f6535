// SPDX-License-Identifier: GPL-2.0
/*
 * The words of a row of SOCKETS.
 */
#include "proc/overview.h"

#include "uapi/columns.h"
#include "proc/proc.h"

#include <linux/string.h>
#include <net/tcp_states.h>

/**
 * tpw_overview_cut() - make a text fit
 * @text: the text; what does not fit is taken from its middle, so that an
 *	address keeps its network and its port
 * @width: room for it
 */
void tpw_overview_cut(char *text, int width)
{
	int len = strlen(text), head, tail;

	if (len <= width || width < 4)
		return;
	tail = (width - 1) / 2;
	head = width - 2 - tail;
	memset(text + head, '.', 2);
	memmove(text + head + 2, text + len - tail, tail + 1);
}

/** tpw_overview_is_span() - Return: does its text go on up to the state? */
bool tpw_overview_is_span(const struct tpw_overview_row *row)
{
	return row->kind == TPW_ROW_FOLD;
}

static const char *plural(u64 nr)
{
	return nr == 1 ? "" : "s";
}

/* As much of it as fits the page. */
static int format_age(char *buf, size_t size, u64 ms)
{
	if (ms < 100000)
		return scnprintf(buf, size, "%llu.%llu s", ms / 1000,
				 ms % 1000 / 100);
	if (ms < 1000000)
		return scnprintf(buf, size, "%llu s", ms / 1000);
	return scnprintf(buf, size, "%llu min", ms / 60000);
}

static u64 age_ms(const struct tpw_overview *o, u64 at_ns)
{
	return o->now_ns > at_ns ? (o->now_ns - at_ns) / NSEC_PER_MSEC : 0;
}

static int format_nr(const struct tpw_overview_row *row, char *buf, size_t size)
{
	u64 nr = row->fold.live ? row->fold.live : row->fold.closed;

	return scnprintf(buf, size, "%llu%s connection%s", nr,
			 row->is_least ? "+" : "",
			 row->is_least ? "s" : plural(nr));
}

static void format_fold(const struct tpw_overview *o,
			const struct tpw_overview_row *row, char *buf, size_t size)
{
	const struct tpw_fold *fold = &row->fold;
	int n = format_nr(row, buf, size);

	if (!fold->live)
		n += scnprintf(buf + n, size - n, ", all of them closed");
	if (!fold->unaccepted)
		return;
	n += scnprintf(buf + n, size - n, ", %llu not accepted",
		       fold->unaccepted);
	if (!fold->oldest_ns)
		return;
	n += scnprintf(buf + n, size - n, ", the oldest ");
	format_age(buf + n, size - n, age_ms(o, fold->oldest_ns));
}

static void format_end(const struct tpw_overview_row *row, char *buf, size_t size)
{
	tpw_proc_format_addr(buf, size, &row->tuple.local, row->tuple.family,
			     row->tuple.lport, row->dev[0] ? row->dev : NULL);
}

/**
 * tpw_overview_format_local() - protocol and local end, or how many there are
 * @o: the overview
 * @row: the row
 * @buf: where to, TPW_TEXT_LEN; indented under a listener
 */
void tpw_overview_format_local(const struct tpw_overview *o,
			       const struct tpw_overview_row *row, char *buf)
{
	const struct tpw_tuple *t = &row->tuple;
	int n;

	if (row->is_child)
		n = scnprintf(buf, TPW_TEXT_LEN, " \\_ ");
	else
		n = scnprintf(buf, TPW_TEXT_LEN, "%-5s ",
			      tpw_proc_proto(t->proto, t->family));
	if (row->kind == TPW_ROW_FOLD)
		format_fold(o, row, buf + n, TPW_TEXT_LEN - n);
	else if (row->kind == TPW_ROW_FOREIGN)
		format_nr(row, buf + n, TPW_TEXT_LEN - n);
	else
		format_end(row, buf + n, TPW_TEXT_LEN - n);
}

static void format_queue(const struct tpw_overview_row *row, char *buf)
{
	if (row->is_hidden)
		scnprintf(buf, TPW_TEXT_LEN, "queue %u/" TPW_HIDDEN, row->queue);
	else
		scnprintf(buf, TPW_TEXT_LEN, "queue %u/%u", row->queue,
			  row->backlog);
}

/**
 * tpw_overview_format_foreign() - the foreign end, or of a listener its queue
 * @row: the row
 * @buf: where to, TPW_TEXT_LEN
 */
void tpw_overview_format_foreign(const struct tpw_overview_row *row, char *buf)
{
	const struct tpw_tuple *t = &row->tuple;

	if (row->kind == TPW_ROW_LOCAL)
		format_nr(row, buf, TPW_TEXT_LEN);
	else if (row->state == TCP_LISTEN)
		format_queue(row, buf);
	else
		tpw_proc_format_addr(buf, TPW_TEXT_LEN, &t->foreign, t->family,
				     t->fport, NULL);
}

/* Those that are no more, besides the others or alone. */
static void format_closed(const struct tpw_fold *fold, char *buf)
{
	if (!fold->live)
		strscpy(buf, "CLOSED", TPW_TEXT_LEN);
	else if (fold->closed)
		scnprintf(buf, TPW_TEXT_LEN, "%llu closed", fold->closed);
	else
		strscpy(buf, "-", TPW_TEXT_LEN);
}

/**
 * tpw_overview_format_state() - netstat's word, or what else a row is
 * @row: the row
 * @buf: where to, TPW_TEXT_LEN
 */
void tpw_overview_format_state(const struct tpw_overview_row *row, char *buf)
{
	if (row->kind != TPW_ROW_SOCKET)
		format_closed(&row->fold, buf);
	else if (row->is_closed)
		strscpy(buf, "CLOSED", TPW_TEXT_LEN);
	else
		strscpy(buf, tpw_state_name(row->state), TPW_TEXT_LEN);
}

/**
 * tpw_overview_format_segments() - how many segments counted there
 * @row: the row
 * @buf: where to, TPW_TEXT_LEN
 */
void tpw_overview_format_segments(const struct tpw_overview_row *row, char *buf)
{
	if (row->is_hidden)
		strscpy(buf, TPW_HIDDEN, TPW_TEXT_LEN);
	else if (row->is_unwatched)
		strscpy(buf, "?", TPW_TEXT_LEN);
	else
		scnprintf(buf, TPW_TEXT_LEN, "%llu", row->segments);
}

/*
 * "PID/name" as netstat -p has it; "?" if nobody is known, TPW_HIDDEN if it is
 * no business of the reader, or if the process is in none of his PID namespaces.
 * True if it is named.
 */
static bool format_actor(const struct tpw_overview *o,
			 const struct tpw_actor *actor, char *buf)
{
	u32 pid = tpw_actor_pid_for_current(actor);
	char name[4 * TPW_COMM_LEN];

	if (!actor->pid) {
		strscpy(buf, "?", TPW_TEXT_LEN);
		return false;
	}
	if (!pid || !tpw_rights_see(&o->rights, actor->uid)) {
		strscpy(buf, TPW_HIDDEN, TPW_TEXT_LEN);
		return false;
	}
	tpw_proc_escape(name, sizeof(name), actor->comm, TPW_COMM_LEN);
	scnprintf(buf, TPW_TEXT_LEN, "%u/%s", pid, name);
	return true;
}

static void format_unaccepted(const struct tpw_overview *o,
			      const struct tpw_overview_row *row, char *buf)
{
	int n = scnprintf(buf, TPW_TEXT_LEN, "not accepted");

	if (!row->at_ns)
		return;
	n += scnprintf(buf + n, TPW_TEXT_LEN - n, " ");
	format_age(buf + n, TPW_TEXT_LEN - n, age_ms(o, row->at_ns));
}

/* "187/nc, 5 s ago": that it is closed is its state.  What was lost comes first. */
static void format_end_of_life(const struct tpw_overview *o,
			       const struct tpw_overview_row *row, char *buf)
{
	u64 seconds = age_ms(o, row->at_ns) / MSEC_PER_SEC;
	int n;

	if (!row->at_ns) {
		strscpy(buf, "?", TPW_TEXT_LEN);
	} else if (row->lost) {
		scnprintf(buf, TPW_TEXT_LEN, "closed %llu s ago, lost %llu",
			  seconds, row->lost);
	} else if (row->actor.pid) {
		format_actor(o, &row->actor, buf);
		n = strlen(buf);
		scnprintf(buf + n, TPW_TEXT_LEN - n, ", %llu s ago", seconds);
	} else {
		scnprintf(buf, TPW_TEXT_LEN, "closed %llu s ago", seconds);
	}
}

/* A moment is no trouble. */
static bool is_stuck(const struct tpw_overview *o, const struct tpw_overview_row *row)
{
	return row->state == TCP_LISTEN && row->at_ns &&
	       age_ms(o, row->at_ns) >= MSEC_PER_SEC;
}

/*
 * "187/nc (gone)", or of one that is stuck "no accept 20.4 s", of UDP "unread, lost 353",
 * which fit LEAST_NOTE.
 */
static void format_holder(const struct tpw_overview *o,
			  const struct tpw_overview_row *row, char *buf)
{
	int n;

	if (row->lost) {
		scnprintf(buf, TPW_TEXT_LEN, "unread, lost %llu", row->lost);
		return;
	}
	if (!is_stuck(o, row)) {
		if (format_actor(o, &row->actor, buf) && row->is_gone) {
			n = strlen(buf);
			scnprintf(buf + n, TPW_TEXT_LEN - n, " (gone)");
		}
		return;
	}
	n = scnprintf(buf, TPW_TEXT_LEN, "no accept ");
	format_age(buf + n, TPW_TEXT_LEN - n, age_ms(o, row->at_ns));
}

static void note_on_fold(const struct tpw_overview *o,
			 const struct tpw_overview_row *row, char *buf)
{
	if (row->kind == TPW_ROW_FOLD)
		format_closed(&row->fold, buf);
	else if (row->is_hidden)
		strscpy(buf, TPW_HIDDEN, TPW_TEXT_LEN);
	else if (row->fold.unaccepted)
		scnprintf(buf, TPW_TEXT_LEN, "%llu not accepted",
			  row->fold.unaccepted);
	else if (row->is_several)
		strscpy(buf, "several", TPW_TEXT_LEN);
	else
		format_actor(o, &row->actor, buf);
}

/* A request and a TIME_WAIT are nobody's. */
static bool has_process(const struct tpw_overview_row *row)
{
	return row->state != TCP_NEW_SYN_RECV && row->state != TCP_TIME_WAIT;
}

/**
 * tpw_overview_format_note() - who has the socket of a row, or what else there
 *	is to say
 * @o: the overview
 * @row: the row
 * @buf: where to, TPW_TEXT_LEN
 *
 * Context: process, of the reader.
 */
void tpw_overview_format_note(const struct tpw_overview *o,
			      const struct tpw_overview_row *row, char *buf)
{
	if (row->kind != TPW_ROW_SOCKET)
		note_on_fold(o, row, buf);
	else if (row->is_closed)
		format_end_of_life(o, row, buf);
	else if (!has_process(row))
		strscpy(buf, "-", TPW_TEXT_LEN);
	else if (row->is_unaccepted)
		format_unaccepted(o, row, buf);
	else if (row->is_hidden)
		strscpy(buf, TPW_HIDDEN, TPW_TEXT_LEN);
	else
		format_holder(o, row, buf);
}

static bool is_empty(const struct tpw_more *more)
{
	return !(more->listening + more->bound + more->closed);
}

/**
 * tpw_more_format_listeners() - how many listeners have no row
 * @more: what has none
 * @buf: where to, TPW_TEXT_LEN
 *
 * Return: false if all of them have one.
 */
bool tpw_more_format_listeners(const struct tpw_more *more, char *buf)
{
	int n = scnprintf(buf, TPW_TEXT_LEN, "and ");

	if (more->listening)
		n += scnprintf(buf + n, TPW_TEXT_LEN - n, "%llu more listener%s",
			       more->listening, plural(more->listening));
	if (more->bound)
		n += scnprintf(buf + n, TPW_TEXT_LEN - n, "%s%llu more UDP",
			       more->listening ? ", " : "", more->bound);
	if (!(more->listening + more->bound))
		n += scnprintf(buf + n, TPW_TEXT_LEN - n,
			       "%llu more closed listener%s", more->closed,
			       plural(more->closed));
	scnprintf(buf + n, TPW_TEXT_LEN - n, ": tuplewatch listeners");
	return !is_empty(more);
}

/**
 * tpw_more_format_connections() - how many connections have no row
 * @more: what has none
 * @buf: where to, TPW_TEXT_LEN
 *
 * Return: false if all of them have one.
 */
bool tpw_more_format_connections(const struct tpw_more *more, char *buf)
{
	const struct tpw_fold *fold = &more->connections;
	u64 nr = fold->live ? fold->live : fold->closed;

	scnprintf(buf, TPW_TEXT_LEN, "and %llu more %sconnection%s: tuplewatch connections%s",
		  nr, fold->live ? "" : "closed ", plural(nr),
		  fold->live ? "" : " -a");
	return nr;
}

/**
 * tpw_overview_format_unlooked() - how many sockets were not looked at
 * @o: the overview
 * @buf: where to, TPW_TEXT_LEN
 *
 * Return: false if all of them were.
 */
bool tpw_overview_format_unlooked(const struct tpw_overview *o, char *buf)
{
	int n = scnprintf(buf, TPW_TEXT_LEN, "and ");

	if (o->unlooked)
		n += scnprintf(buf + n, TPW_TEXT_LEN - n, "%llu socket%s",
			       o->unlooked, plural(o->unlooked));
	if (o->is_past_cut)
		n += scnprintf(buf + n, TPW_TEXT_LEN - n, "%sclosed ones",
			       o->unlooked ? ", " : "");
	scnprintf(buf + n, TPW_TEXT_LEN - n, " not looked at (+): tuplewatch -s");
	return tpw_overview_is_part(o);
}
