// SPDX-License-Identifier: GPL-2.0
/*
 * What there is to tell of one socket: who listened, who accepted it and when, which processes hold
 * it now and in which container.
 */
#include "command/who/story.h"

#include "lib/text.h"
#include "system/cgroup.h"
#include "table/clock.h"
#include "show/cgroup_name.h"
#include "show/json.h"
#include "show/local.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE	((size_t)-1)

static const char *of(const struct tpr_rows *rows, size_t row, const char *column)
{
	return tpr_rows_get(rows, row, column);
}

/* The listener that a connection was born from, or NONE. */
static size_t find_listener(const struct tpr_inquiry *inquiry, const char *cookie)
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

static void put_listener(const struct tpr_inquiry *inquiry, size_t row)
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

/* Before NAT of its namespace changed it, or that of ours, where that happened */
static void put_asked(const struct tpr_inquiry *inquiry, size_t row)
{
	const char *asked = inquiry->published ? inquiry->published :
						 of(&inquiry->connections, row, "asked");

	if (!tpr_table_is_value(asked))
		return;
	label("asked for");
	put("", asked);
	printf(", changed by NAT%s\n", inquiry->published ? " of this namespace" : "");
}

static void put_opening(const struct tpr_inquiry *inquiry, size_t row)
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

static void put_holders(const struct tpr_inquiry *inquiry, const struct tpr_rows *rows, size_t row)
{
	char *users;

	if (inquiry->options.from)
		return;
	users = tpr_processes_text(&inquiry->processes, of(rows, row, "inode"));
	label("held by");
	if (users && *users)
		tpr_text_show(stdout, users);
	else if (inquiry->processes.hidden)
		printf("nobody that we may see; %zu %s it (try sudo)", inquiry->processes.hidden,
		       tpr_text_plural(inquiry->processes.hidden, "process hides", "processes hide"));
	else
		fputs("no process", stdout);
	putchar('\n');
	free(users);
}

static char *cgroup_of(const struct tpr_inquiry *inquiry, const struct tpr_rows *rows, size_t row)
{
	uint64_t id;

	if (inquiry->cgroup_fd < 0 || !tpr_text_u64(of(rows, row, "cgroup"), &id))
		return NULL;
	return tpr_cgroup_path(inquiry->cgroup_fd, id);
}

static void put_cgroup(const struct tpr_inquiry *inquiry, const struct tpr_rows *rows, size_t row)
{
	char text[TPR_CGROUP_NAME_BYTES];
	char *path;

	if (!tpr_table_is_value(of(rows, row, "cgroup")))
		return;
	path = cgroup_of(inquiry, rows, row);
	label("cgroup");
	if (path)
		put("", tpr_cgroup_say(text, path));
	else
		put("number ", of(rows, row, "cgroup"));
	if (path && inquiry->options.is_extended && strcmp(text, path))
		put(", ", path);
	putchar('\n');
	free(path);
}

static void put_segments(const struct tpr_inquiry *inquiry, size_t row)
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

static void put_socket(const struct tpr_rows *rows, size_t row)
{
	label("socket");
	put("cookie ", of(rows, row, "cookie"));
	put(", inode ", of(rows, row, "inode"));
	put(", uid ", of(rows, row, "uid"));
	putchar('\n');
}

/* A TIME_WAIT is closed too. */
static void put_end(const struct tpr_rows *rows, size_t row)
{
	const char *closed = of(rows, row, "closed_ns"), *reason = of(rows, row, "close_reason");

	if (strcmp(of(rows, row, "state"), "CLOSED") && !tpr_table_is_value(closed))
		return;
	label("closed");
	put_time(rows, closed);
	if (strcmp(reason, "-"))
		put(", ", strcmp(reason, "?") ? reason : "why is not known");
	putchar('\n');
}

/**
 * tpr_story_connection() - tell of a connection
 * @inquiry: what is asked
 * @row: of it, in the table of connections
 */
void tpr_story_connection(const struct tpr_inquiry *inquiry, size_t row)
{
	const struct tpr_rows *rows = &inquiry->connections;
	char local[TPR_LOCAL_BYTES];

	put("", of(rows, row, "proto"));
	put(" ", tpr_local_text(local, rows, row));
	put(!strcmp(of(rows, row, "role"), "client") ? " -> " : " <- ", of(rows, row, "foreign"));
	put("  ", of(rows, row, "state"));
	put(", netns ", of(rows, row, "netns"));
	putchar('\n');
	put_socket(rows, row);
	put_asked(inquiry, row);
	put_listener(inquiry, row);
	put_opening(inquiry, row);
	put_holders(inquiry, rows, row);
	put_cgroup(inquiry, rows, row);
	put_segments(inquiry, row);
	put_end(rows, row);
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
		printf("%s %s reset unaccepted, %s went to others of its group\n", lost,
		       tpr_text_plural_of(lost, "connection was", "connections were"),
		       of(rows, row, "migrated"));
	} else if (tpr_rows_number(rows, row, "queue")) {
		label("waiting");
		printf("%s, the first since ", of(rows, row, "queue"));
		put_time(rows, of(rows, row, "oldest_ns"));
		putchar('\n');
	}
}

/**
 * tpr_story_listening() - tell of a listener
 * @inquiry: what is asked
 * @row: of it, in the table of listeners
 */
void tpr_story_listening(const struct tpr_inquiry *inquiry, size_t row)
{
	const struct tpr_rows *rows = &inquiry->listeners;
	char local[TPR_LOCAL_BYTES];

	put("", of(rows, row, "proto"));
	put(" ", tpr_local_text(local, rows, row));
	put("  ", of(rows, row, "state"));
	put(", netns ", of(rows, row, "netns"));
	putchar('\n');
	put_socket(rows, row);
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
		printf("%s came in, %s %s made\n", of(rows, row, "segments"),
		       of(rows, row, "children"),
		       tpr_text_plural_of(of(rows, row, "children"), "connection was",
					  "connections were"));
	put_accepted(rows, row);
}

/**
 * tpr_story_json() - tell of a socket as JSON: its row as it is, and what was looked up for it
 * @inquiry: what is asked
 * @rows: a table
 * @row: of the socket there
 * @what: the key of the row
 */
void tpr_story_json(const struct tpr_inquiry *inquiry, const struct tpr_rows *rows, size_t row,
		     const char *what)
{
	size_t listener = find_listener(inquiry, of(rows, row, "listener_cookie"));
	char *path = cgroup_of(inquiry, rows, row);
	char container[TPR_CONTAINER_BYTES], text[TPR_CGROUP_NAME_BYTES];
	struct tpr_cgroup_name name;

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
	fputs(",\"cgroup_name\":", stdout);
	if (path)
		tpr_text_json(stdout, tpr_cgroup_say(text, path));
	else
		fputs("null", stdout);
	fputs(",\"container\":", stdout);
	tpr_cgroup_parse(&name, path ? path : "");
	if (tpr_cgroup_container(container, &name))
		tpr_text_json(stdout, container);
	else
		fputs("null", stdout);
	fputs("}\n", stdout);
	free(path);
}

/**
 * tpr_story_refused() - tell of what never became a connection
 * @options: of the command line
 * @rows: the table of what was refused
 * @row: of the endpoint there
 */
void tpr_story_refused(const struct tpr_options *options, const struct tpr_rows *rows, size_t row)
{
	if (options->is_json) {
		fputs("{\"refused\":", stdout);
		tpr_json_open(stdout, rows->table, rows->rows[row]);
		fputs("}}\n", stdout);
		return;
	}
	put("", of(rows, row, "proto"));
	put(" ", of(rows, row, "local"));
	put("  no socket, netns ", of(rows, row, "netns"));
	printf("\n  segments  %s came in, %s %s refused; the last from %s ", of(rows, row, "count"),
	       of(rows, row, "refused"), tpr_text_plural_of(of(rows, row, "refused"), "was", "were"),
	       of(rows, row, "last_foreign"));
	put_time(rows, of(rows, row, "last_ns"));
	putchar('\n');
}
