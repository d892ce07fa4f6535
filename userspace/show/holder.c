// SPDX-License-Identifier: GPL-2.0
/*
 * Who holds a listener now. Who called listen() may have ended long ago, as the first process of
 * every daemon does that forks after it.
 */
#include "show/holder.h"

#include "lib/text.h"
#include "lib/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** struct source - what holders are taken from */
struct source {
	/** @processes: who holds sockets now; NULL if it is not the table of this moment */
	const struct tpr_processes *processes;
	/** @listeners: the table that knows who accepted */
	const struct tpr_rows *listeners;
};

/* When it accepted last, of "190:6505236630,hidden:6506756191"; 0 for never */
static uint64_t accepted_ns(const char *map, uint64_t pid)
{
	char begin[24];
	size_t bytes = (size_t)snprintf(begin, sizeof(begin), "%" PRIu64 ":", pid);

	while (strncmp(map, begin, bytes)) {
		map += strcspn(map, ",");
		if (!*map++)
			return 0;
	}
	return strtoull(map + bytes, NULL, 10);
}

/* "accepted_by_ns" of a socket, which may be told in another table */
static const char *acceptors_of(const struct source *source, const struct tpr_rows *rows, size_t row)
{
	const struct tpr_rows *listeners = source->listeners;
	size_t i;

	if (listeners == rows)
		return tpr_rows_get(rows, row, "accepted_by_ns");
	for (i = 0; i < listeners->nr; i++) {
		if (!strcmp(tpr_rows_get(listeners, i, "inode"), tpr_rows_get(rows, row, "inode")))
			return tpr_rows_get(listeners, i, "accepted_by_ns");
	}
	return "-";
}

/*
 * Who accepted last, of those who hold it; else who opened it, if he is among them; else the
 * first. NULL for none. The page has the same order, as far as it can tell.
 */
static const struct tpr_holder *choose(const struct source *source,
				       const struct tpr_rows *listeners, size_t row)
{
	const struct tpr_holder *holders, *chosen = NULL;
	const char *map;
	uint64_t inode, opener, ns, latest_ns = 0;
	size_t nr, i;

	if (!source->processes ||
	    !tpr_text_u64(tpr_rows_get(listeners, row, "inode"), &inode) || !inode)
		return NULL;
	map = acceptors_of(source, listeners, row);
	holders = tpr_processes_find(source->processes, inode, &nr);
	if (!tpr_text_u64(tpr_rows_get(listeners, row, "pid"), &opener))
		opener = 0;
	for (i = 0; i < nr; i++) {
		ns = accepted_ns(map, holders[i].pid);
		if (ns > latest_ns || (!latest_ns && holders[i].pid == opener))
			chosen = holders + i;
		latest_ns = ns > latest_ns ? ns : latest_ns;
	}
	return chosen || !nr ? chosen : holders;
}

/*
 * What stands for a process if none is found: it is another user's, there is none by right, as of
 * a closed socket, a request, and one of the kernel's own, or none that we could see.
 */
static const char *mark_of(const struct tpr_processes *processes, const struct tpr_rows *listeners,
			   size_t row)
{
	uint64_t inode;

	if (tpr_table_is_hidden(tpr_rows_get(listeners, row, "pid")))
		return TPW_HIDDEN;
	if (!tpr_text_u64(tpr_rows_get(listeners, row, "inode"), &inode) || !inode ||
	    !strcmp(tpr_rows_get(listeners, row, "state"), "CLOSED") ||
	    tpr_table_is_value(tpr_rows_get(listeners, row, "closed_ns")) ||
	    tpr_text_has_word(tpr_rows_get(listeners, row, "flags"), TPR_SOCKET_FLAG_KERNEL))
		return "-";
	return processes->is_whole && !processes->hidden ? TPR_HOLDER_GONE : "?";
}

static void compute_pid(const struct tpr_rows *listeners, size_t row, const void *data, char *text)
{
	const struct tpr_holder *holder = choose(data, listeners, row);
	const struct source *source = data;

	if (holder)
		snprintf(text, TPR_ROWS_FIELD_BYTES, "%" PRIu64, holder->pid);
	else
		snprintf(text, TPR_ROWS_FIELD_BYTES, "%s", source->processes ?
			 mark_of(source->processes, listeners, row) : "?");
}

static void compute_comm(const struct tpr_rows *listeners, size_t row, const void *data, char *text)
{
	const struct tpr_holder *holder = choose(data, listeners, row);
	const char *pid = tpr_rows_get(listeners, row, "holder_pid");

	snprintf(text, TPR_ROWS_FIELD_BYTES, "%.*s", TPR_ROWS_FIELD_BYTES - 1,
		 holder ? holder->comm : strcmp(pid, TPR_HOLDER_GONE) ? pid : "-");
}

/**
 * tpr_holder_add_as() - add the columns "holder_pid" and "holder_comm" to a table that does not
 *	tell who accepted
 * @rows: the table: an answer of explain
 * @processes: from tpr_processes_scan(); NULL if it is not the table of this moment
 * @listeners: the table that tells it
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_holder_add_as(struct tpr_rows *rows, const struct tpr_processes *processes,
		      const struct tpr_rows *listeners)
{
	const struct source source = { .processes = processes, .listeners = listeners };
	int error = tpr_rows_compute(rows, "holder_pid", compute_pid, &source);

	return error ? error : tpr_rows_compute(rows, "holder_comm", compute_comm, &source);
}

/**
 * tpr_holder_add() - add the columns "holder_pid" and "holder_comm"
 * @listeners: the table
 * @processes: from tpr_processes_scan(); NULL if it is not the table of this moment
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_holder_add(struct tpr_rows *listeners, const struct tpr_processes *processes)
{
	return tpr_holder_add_as(listeners, processes, listeners);
}

/**
 * tpr_holder_look() - add the same columns, and look up first who holds sockets now
 * @listeners: the table
 * @is_saved: it is not the table of this moment: then nothing happens
 *
 * Return: 0, or -errno after a message.
 */
int tpr_holder_look(struct tpr_rows *listeners, bool is_saved)
{
	struct tpr_processes processes = { 0 };
	int error = is_saved ? 0 : tpr_processes_scan(&processes);

	if (!error && !is_saved)
		error = tpr_holder_add(listeners, &processes);
	tpr_processes_free(&processes);
	return error;
}

/**
 * tpr_holder_actor() - the process in the columns "pid" and "comm"
 * @rows: listeners, connections, or an answer of explain
 * @row: the row
 *
 * Return: who opened or accepted it; "-" for one that is not known, as netstat has it.
 */
struct tpr_who tpr_holder_actor(const struct tpr_rows *rows, size_t row)
{
	struct tpr_who who = {
		.pid = tpr_rows_get(rows, row, "pid"), .comm = tpr_rows_get(rows, row, "comm"),
	};

	if (!tpr_table_is_value(who.pid) && !tpr_table_is_hidden(who.pid))
		who.pid = "-";
	return who;
}

/**
 * tpr_holder_who() - the process to name beside a listener, wherever one is shown
 * @listeners: the table, after tpr_holder_add()
 * @row: the listener
 * @is_saved: it is not the table of this moment
 *
 * Return: who holds it now; of saved tables and closed sockets, who opened it.
 */
struct tpr_who tpr_holder_who(const struct tpr_rows *listeners, size_t row, bool is_saved)
{
	struct tpr_who holder = {
		.pid = tpr_rows_get(listeners, row, "holder_pid"),
		.comm = tpr_rows_get(listeners, row, "holder_comm"),
	};

	return is_saved || !strcmp(holder.pid, "-") ? tpr_holder_actor(listeners, row) : holder;
}

/**
 * tpr_holder_text() - a process for people
 * @text: at least TPR_HOLDER_BYTES
 * @who: the process
 *
 * Return: @text: "pid/comm", "(gone)" if nobody holds the socket, or a mark.
 */
const char *tpr_holder_text(char *text, struct tpr_who who)
{
	if (!strcmp(who.pid, TPR_HOLDER_GONE))
		snprintf(text, TPR_HOLDER_BYTES, "(" TPR_HOLDER_GONE ")");
	else if (tpr_table_is_value(who.pid))
		snprintf(text, TPR_HOLDER_BYTES, "%s/%s", who.pid, who.comm);
	else
		snprintf(text, TPR_HOLDER_BYTES, "%s", who.pid);
	return text;
}
