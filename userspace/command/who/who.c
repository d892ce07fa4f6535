// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch who: everything about one connection. Who listened, who accepted it and when, which
 * processes hold it now and in which container, also after it is closed. Of what never became a
 * connection, what was refused and what the log still has.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/text.h"
#include "system/cgroup.h"
#include "system/process.h"
#include "system/procfs.h"
#include "table/clock.h"
#include "table/rows.h"
#include "show/json.h"
#include "show/local.h"
#include "show/verdict_line.h"
#include "command/who/question.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More than these at once is a list, not an answer; JSON has them all. */
#define SHOWN_MAX	20

#define NONE	((size_t)-1)

/** struct inquiry - what is asked and what is known */
struct inquiry {
	/** @options: of the command line, or a copy that asks for all namespaces */
	struct tpr_options options;
	/** @question: which connection */
	struct tpr_question question;
	/** @connections: all of them */
	struct tpr_rows connections;
	/** @listeners: all of them */
	struct tpr_rows listeners;
	/** @processes: who holds sockets */
	struct tpr_processes processes;
	/** @cgroup_fd: to look up cgroups, or -1 */
	int cgroup_fd;
	/** @found_nr: answers so far */
	size_t found_nr;
};

static const char *of(const struct tpr_rows *rows, size_t row, const char *column)
{
	return tpr_rows_get(rows, row, column);
}

static bool is_asked(const struct inquiry *inquiry, const struct tpr_rows *rows, size_t row,
		     const char *foreign)
{
	const char *const ours[] = { of(rows, row, "local"), of(rows, row, "asked") };
	size_t i;

	/* people know a connection by what they asked for, which NAT may have changed */
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if ((!i || tpr_table_is_value(ours[i])) &&
		    tpr_question_is(&inquiry->question, of(rows, row, "proto"), ours[i],
				    of(rows, row, foreign), of(rows, row, "cookie")))
			return true;
	}
	return false;
}

/* The listener that a connection was born from, or NONE. */
static size_t find_listener(const struct inquiry *inquiry, const char *cookie)
{
	size_t i;

	for (i = 0; tpr_table_is_value(cookie) && i < inquiry->listeners.nr; i++) {
		if (!strcmp(of(&inquiry->listeners, i, "cookie"), cookie))
			return i;
	}
	return NONE;
}

static void label(const char *word)
{
	printf("  %-9s ", word);
}

static void put(const char *before, const char *text)
{
	fputs(before, stdout);
	tpr_text_show(stdout, text);
}

/* "at 14:03:12.123456, 5.2 s ago" */
static void put_time(const struct tpr_rows *rows, const char *field)
{
	const char *now = tpr_table_fact(rows->table, "now_ns");
	char text[TPR_CLOCK_BYTES];
	uint64_t ns, now_ns;
	int64_t wall_ns;

	if (!tpr_text_u64(field, &ns)) {
		put("", field);
		return;
	}
	if (tpr_clock_wall(rows->table, field, &wall_ns)) {
		tpr_clock_local(text, wall_ns);
		printf("at %s, ", text);
	}
	if (now && tpr_text_u64(now, &now_ns)) {
		tpr_clock_span(text, now_ns > ns ? now_ns - ns : 0);
		printf("%s ago", text);
	}
}

static void put_actor(const struct tpr_rows *rows, size_t row)
{
	const char *pid = of(rows, row, "pid");

	if (!tpr_table_is_value(pid)) {
		printf("a process that is %s", tpr_table_is_hidden(pid) ? "hidden" : "not known");
		return;
	}
	put("", pid);
	put("/", of(rows, row, "comm"));
}

static void put_listener(const struct inquiry *inquiry, size_t row)
{
	const char *cookie = of(&inquiry->connections, row, "listener_cookie");
	size_t listener = find_listener(inquiry, cookie);

	if (!strcmp(of(&inquiry->connections, row, "listener"), "-"))
		return;
	label("listener");
	put("", of(&inquiry->connections, row, "listener"));
	if (tpr_table_is_value(cookie))
		put(", cookie ", cookie);
	if (listener != NONE) {
		fputs(", opened by ", stdout);
		put_actor(&inquiry->listeners, listener);
		if (!strcmp(of(&inquiry->listeners, listener, "state"), "CLOSED"))
			fputs(", closed since", stdout);
	}
	putchar('\n');
}

/* Before NAT of its namespace changed it, where that happened */
static void put_asked(const struct inquiry *inquiry, size_t row)
{
	const char *asked = of(&inquiry->connections, row, "asked");

	if (!tpr_table_is_value(asked))
		return;
	label("asked for");
	put("", asked);
	fputs(", changed by NAT\n", stdout);
}

static void put_opening(const struct inquiry *inquiry, size_t row)
{
	const struct tpr_rows *rows = &inquiry->connections;
	const char *accepted = of(rows, row, "accepted_ns");
	const char *waited = of(rows, row, "waited_ns");
	bool is_server = !strcmp(of(rows, row, "role"), "server");
	char span[TPR_CLOCK_BYTES];
	uint64_t waited_ns;

	label(is_server ? "accepted" : "opened");
	if (!is_server) {
		fputs("by ", stdout);
		put_actor(rows, row);
		putchar('\n');
		return;
	}
	if (!tpr_text_u64(waited, &waited_ns))
		strcpy(span, tpr_table_is_hidden(waited) ? waited : "?");
	else
		tpr_clock_span(span, waited_ns);
	if (!strcmp(accepted, "-")) {
		if (strcmp(of(rows, row, "state"), "CLOSED"))
			printf("not yet, after %s in the queue of its listener", span);
		else
			fputs("never", stdout);
	} else {
		fputs("by ", stdout);
		put_actor(rows, row);
		fputc(' ', stdout);
		put_time(rows, accepted);
		printf(", after %s in the queue", span);
	}
	putchar('\n');
}

static void put_holders(const struct inquiry *inquiry, const struct tpr_rows *rows, size_t row)
{
	char *users;

	if (inquiry->options.from)
		return;
	users = tpr_processes_text(&inquiry->processes, of(rows, row, "inode"));
	label("held by");
	if (users && *users)
		tpr_text_show(stdout, users);
	else if (inquiry->processes.hidden)
		printf("nobody that we may see; %zu processes hide it (try sudo)",
		       inquiry->processes.hidden);
	else
		fputs("no process", stdout);
	putchar('\n');
	free(users);
}

static char *cgroup_of(const struct inquiry *inquiry, const struct tpr_rows *rows, size_t row)
{
	uint64_t id;

	if (inquiry->cgroup_fd < 0 || !tpr_text_u64(of(rows, row, "cgroup"), &id))
		return NULL;
	return tpr_cgroup_path(inquiry->cgroup_fd, id);
}

static void put_cgroup(const struct inquiry *inquiry, const struct tpr_rows *rows, size_t row)
{
	char container[TPR_CONTAINER_BYTES];
	char *path;

	if (!tpr_table_is_value(of(rows, row, "cgroup")))
		return;
	path = cgroup_of(inquiry, rows, row);
	label("cgroup");
	if (path)
		put("", path);
	else
		put("number ", of(rows, row, "cgroup"));
	if (path && tpr_cgroup_container(path, container))
		put(", container ", container);
	putchar('\n');
	free(path);
}

static void put_segments(const struct inquiry *inquiry, size_t row)
{
	const struct tpr_rows *rows = &inquiry->connections;

	label("segments");
	if (tpr_table_is_hidden(of(rows, row, "segments"))) {
		puts(TPW_HIDDEN);
		return;
	}
	printf("%s came in: %s by early demux, %s searched for", of(rows, row, "segments"),
	       of(rows, row, "early_demux"), of(rows, row, "searched"));
	if (strcmp(of(rows, row, "first_ns"), "-")) {
		fputs("; the last ", stdout);
		put_time(rows, of(rows, row, "last_ns"));
	}
	putchar('\n');
}

static void put_connection(const struct inquiry *inquiry, size_t row)
{
	const struct tpr_rows *rows = &inquiry->connections;
	char local[TPR_LOCAL_BYTES];

	put("", of(rows, row, "proto"));
	put(" ", tpr_local_text(local, rows, row));
	put(!strcmp(of(rows, row, "role"), "client") ? " -> " : " <- ", of(rows, row, "foreign"));
	put("  ", of(rows, row, "state"));
	put(", netns ", of(rows, row, "netns"));
	putchar('\n');
	label("socket");
	put("cookie ", of(rows, row, "cookie"));
	put(", inode ", of(rows, row, "inode"));
	put(", uid ", of(rows, row, "uid"));
	putchar('\n');
	put_asked(inquiry, row);
	put_listener(inquiry, row);
	put_opening(inquiry, row);
	put_holders(inquiry, rows, row);
	put_cgroup(inquiry, rows, row);
	put_segments(inquiry, row);
	if (!strcmp(of(rows, row, "state"), "CLOSED")) {
		label("closed");
		put_time(rows, of(rows, row, "closed_ns"));
		putchar('\n');
	}
}

/* "365:76,366:73" as "76 by 365, 73 by 366" */
static void put_acceptors(const char *map)
{
	const char *before = ": ";
	char text[64];
	size_t pid, nr;

	while ((pid = strcspn(map, ":")) && map[pid]) {
		nr = strcspn(map + pid + 1, ",");
		snprintf(text, sizeof(text), "%.*s by %.*s", (int)nr, map + pid + 1, (int)pid, map);
		put(before, text);
		map += pid + 1 + nr;
		map += *map == ',';
		before = ", ";
	}
}

/* By whom, what waits, and what came of that when it was closed */
static void put_accepted(const struct tpr_rows *rows, size_t row)
{
	uint64_t others = tpr_rows_number(rows, row, "accepted_by_others");
	const char *lost = of(rows, row, "lost");
	uint64_t accepted;

	if (strncmp(of(rows, row, "proto"), "tcp", 3) ||
	    !tpr_text_u64(of(rows, row, "accepted"), &accepted))
		return;
	label("accepted");
	printf("%" PRIu64, accepted);
	put_acceptors(of(rows, row, "accepted_by"));
	if (others)
		printf(", %" PRIu64 " by others before", others);
	if (accepted) {
		fputs("; the last ", stdout);
		put_time(rows, of(rows, row, "accepted_ns"));
	}
	putchar('\n');
	if (!strcmp(of(rows, row, "state"), "CLOSED")) {
		label("closed");
		printf("%s connections were reset unaccepted, %s went to others of its group\n",
		       lost, of(rows, row, "migrated"));
	} else if (tpr_rows_number(rows, row, "queue")) {
		label("waiting");
		printf("%s, the first since ", of(rows, row, "queue"));
		put_time(rows, of(rows, row, "oldest_ns"));
		putchar('\n');
	}
}

static void put_listening(const struct inquiry *inquiry, size_t row)
{
	const struct tpr_rows *rows = &inquiry->listeners;
	char local[TPR_LOCAL_BYTES];

	put("", of(rows, row, "proto"));
	put(" ", tpr_local_text(local, rows, row));
	put("  ", of(rows, row, "state"));
	put(", netns ", of(rows, row, "netns"));
	putchar('\n');
	label("socket");
	put("cookie ", of(rows, row, "cookie"));
	put(", inode ", of(rows, row, "inode"));
	put(", uid ", of(rows, row, "uid"));
	putchar('\n');
	label("opened");
	fputs("by ", stdout);
	put_actor(rows, row);
	putchar('\n');
	put_holders(inquiry, rows, row);
	put_cgroup(inquiry, rows, row);
	label("segments");
	if (tpr_table_is_hidden(of(rows, row, "segments")))
		puts(TPW_HIDDEN);
	else
		printf("%s came in, %s connections were made\n", of(rows, row, "segments"),
		       of(rows, row, "children"));
	put_accepted(rows, row);
}

/* One answer as JSON: the rows as they are in the tables, and what was looked up for them. */
static void put_json(const struct inquiry *inquiry, const struct tpr_rows *rows, size_t row,
		     const char *what)
{
	size_t listener = find_listener(inquiry, of(rows, row, "listener_cookie"));
	char *path = cgroup_of(inquiry, rows, row);
	char container[TPR_CONTAINER_BYTES];

	printf("{\"%s\":", what);
	tpr_json_open(stdout, rows->table, rows->rows[row]);
	fputs("},\"listener\":", stdout);
	if (listener == NONE) {
		fputs("null", stdout);
	} else {
		tpr_json_open(stdout, inquiry->listeners.table, inquiry->listeners.rows[listener]);
		fputc('}', stdout);
	}
	fputs(",\"users\":", stdout);
	tpr_processes_json(stdout, &inquiry->processes, of(rows, row, "inode"));
	fputs(",\"cgroup_path\":", stdout);
	if (path)
		tpr_text_json(stdout, path);
	else
		fputs("null", stdout);
	fputs(",\"container\":", stdout);
	if (path && tpr_cgroup_container(path, container))
		tpr_text_json(stdout, container);
	else
		fputs("null", stdout);
	fputs("}\n", stdout);
	free(path);
}

static void answer(struct inquiry *inquiry, const struct tpr_rows *rows, const char *what,
		   void (*show)(const struct inquiry *inquiry, size_t row))
{
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		if (!is_asked(inquiry, rows, i, "foreign"))
			continue;
		inquiry->found_nr++;
		if (inquiry->options.is_json)
			put_json(inquiry, rows, i, what);
		else if (inquiry->found_nr <= SHOWN_MAX)
			show(inquiry, i);
	}
}

/* Listeners have no foreign end: for those, one end that fits is enough. */
static void answer_listeners(struct inquiry *inquiry)
{
	if (inquiry->question.ends_nr < 2)
		answer(inquiry, &inquiry->listeners, "listening", put_listening);
}

/* What never became a connection */
static void answer_refused(struct inquiry *inquiry)
{
	struct tpr_rows rows = { 0 };
	size_t i;

	if (!inquiry->question.cookie &&
	    !tpr_rows_load(&rows, &inquiry->options, "refused", &tpr_refused_shape)) {
		for (i = 0; i < rows.nr; i++) {
			if (!is_asked(inquiry, &rows, i, "last_foreign"))
				continue;
			inquiry->found_nr++;
			if (inquiry->options.is_json) {
				fputs("{\"refused\":", stdout);
				tpr_json_open(stdout, rows.table, rows.rows[i]);
				fputs("}}\n", stdout);
				continue;
			}
			put("", of(&rows, i, "proto"));
			put(" ", of(&rows, i, "local"));
			put("  no socket, netns ", of(&rows, i, "netns"));
			printf("\n  segments  %s came in, %s were refused; the last from %s ",
			       of(&rows, i, "count"), of(&rows, i, "refused"),
			       of(&rows, i, "last_foreign"));
			put_time(&rows, of(&rows, i, "last_ns"));
			putchar('\n');
		}
	}
	tpr_rows_free(&rows);
}

static int load(struct inquiry *inquiry)
{
	int error = tpr_rows_load(&inquiry->connections, &inquiry->options, "connections",
				  &tpr_connections_shape);

	if (!error)
		error = tpr_rows_sort(&inquiry->connections);
	if (!error)
		error = tpr_rows_load(&inquiry->listeners, &inquiry->options, "listeners",
				      &tpr_listeners_shape);
	if (!error)
		tpr_table_warn_blind(inquiry->listeners.table);
	return error;
}

static void unload(struct inquiry *inquiry)
{
	tpr_rows_free(&inquiry->connections);
	tpr_rows_free(&inquiry->listeners);
}

static int ask(struct inquiry *inquiry)
{
	int error = load(inquiry);

	if (!error) {
		answer(inquiry, &inquiry->connections, "connection", put_connection);
		if (!inquiry->found_nr)
			answer_listeners(inquiry);
		answer_refused(inquiry);
	}
	if (inquiry->found_nr > SHOWN_MAX && !inquiry->options.is_json)
		tpr_message("%zu more; see: tuplewatch connections -a",
			    inquiry->found_nr - SHOWN_MAX);
	unload(inquiry);
	return error;
}

/* It may be in another namespace, which only root in the first one may see. */
static bool may_ask_all(const struct inquiry *inquiry)
{
	const struct tpr_options *options = &inquiry->options;
	struct tpr_options all = *options;

	all.is_all = true;
	return !options->from && !options->netns && !options->is_all && !geteuid() &&
	       tpr_procfs_has(&all, "connections");
}

/**
 * tpr_who_main() - the command "who"
 * @options: of the command line
 * @argc: number of words
 * @argv: one or two ends of a connection
 *
 * Return: exit status.
 */
enum tpr_exit tpr_who_main(const struct tpr_options *options, int argc, char **argv)
{
	struct inquiry inquiry = { .options = *options, .cgroup_fd = -1 };
	int error = 0;

	if (!tpr_question_parse(&inquiry.question, argc, argv))
		return TPR_EXIT_USAGE;
	if (!options->from) {
		error = tpr_processes_scan(&inquiry.processes);
		inquiry.cgroup_fd = tpr_cgroup_mount();
	}
	if (!error)
		error = ask(&inquiry);
	if (!error && !inquiry.found_nr && may_ask_all(&inquiry)) {
		inquiry.options.is_all = true;
		error = ask(&inquiry);
	}
	if (!error && !inquiry.found_nr)
		tpr_message("who: nothing is known of it: no such socket is there, and none that "
			    "closed is remembered; the log may have its segments: tuplewatch log");
	tpr_processes_free(&inquiry.processes);
	if (inquiry.cgroup_fd >= 0)
		close(inquiry.cgroup_fd);
	return error || !inquiry.found_nr ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
