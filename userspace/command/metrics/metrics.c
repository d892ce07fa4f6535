// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch metrics: the counters, hooks, listeners and connections for Prometheus and whatever
 * reads OpenMetrics, also through the textfile collector of node_exporter. With -o the file is
 * replaced at once, so that nobody reads half of it.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/text.h"
#include "lib/words.h"
#include "table/rows.h"
#include "table/watched.h"
#include "show/holder.h"
#include "command/metrics/ends.h"
#include "command/metrics/family.h"
#include "command/metrics/member.h"
#include "command/metrics/wait.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum metric {
	METRIC_INFO,
	METRIC_WATCHING,
	METRIC_FAMILY_WATCHED,
	METRIC_HOOKS_ARMED,
	METRIC_HOOKS,
	METRIC_MISSED,
	METRIC_SEEN,
	METRIC_VIA,
	METRIC_MATCH,
	METRIC_OUTCOME,
	METRIC_LATER,
	METRIC_RELOOKUP,
	METRIC_UNRESOLVED,
	METRIC_LOGGED,
	METRIC_FILTERED,
	METRIC_UNLOGGED,
	METRIC_UNWATCHED,
	METRIC_TAKEN,
	METRIC_EVICTED,
	METRIC_END_REFUSED,
	METRIC_END_TAKEN,
	METRIC_LISTENER,
	METRIC_SEGMENTS,
	METRIC_SYNS,
	METRIC_CHILDREN,
	METRIC_ACCEPTED,
	METRIC_INHERITED,
	METRIC_LOST,
	METRIC_MIGRATED,
	METRIC_WAIT,
	METRIC_WAITED,
	METRIC_OVERFLOWS,
	METRIC_DROPS,
	METRIC_COOKIES_SENT,
	METRIC_COOKIES_BAD,
	METRIC_QUEUE,
	METRIC_QUEUE_BYTES,
	METRIC_BACKLOG,
	METRIC_GROUP,
	METRIC_CONNECTIONS,
	METRIC_UNACCEPTED,
	METRICS_NR,
};

/* Freed after each run, so that they start empty. */
static struct tpr_family families[METRICS_NR] = {
	[METRIC_INFO] = { .name = "info", .is_gauge = true,
		.help = "Always 1; version of the reader, and how the module hooks the kernel" },
	[METRIC_WATCHING] = { .name = "watching", .is_gauge = true,
		.help = "1 if the module's hooks work" },
	[METRIC_FAMILY_WATCHED] = { .name = "family_watched", .is_gauge = true,
		.help = "0 if a function that the family needs cannot be hooked: nothing is known of it" },
	[METRIC_HOOKS_ARMED] = { .name = "hooks_armed", .is_gauge = true,
		.help = "Hooks that are armed" },
	[METRIC_HOOKS] = { .name = "hooks", .is_gauge = true, .help = "Hooks that there are" },
	[METRIC_MISSED] = { .name = "hook_missed",
		.help = "Calls that a hook could not see" },
	[METRIC_SEEN] = { .name = "segments",
		.help = "TCP segments and UDP datagrams that came in" },
	[METRIC_VIA] = { .name = "segments_via",
		.help = "Segments by how their socket was found" },
	[METRIC_MATCH] = { .name = "segments_match",
		.help = "Segments by the kind of socket they matched" },
	[METRIC_OUTCOME] = { .name = "segments_outcome",
		.help = "Segments by what became of them" },
	[METRIC_LATER] = { .name = "segments_dropped_later",
		.help = "Segments that were dropped after they had matched" },
	[METRIC_RELOOKUP] = { .name = "relookups",
		.help = "Segments that needed another search" },
	[METRIC_UNRESOLVED] = { .name = "segments_unresolved",
		.help = "Segments that no hook explained" },
	[METRIC_LOGGED] = { .name = "segments_logged", .help = "Segments in the log" },
	[METRIC_FILTERED] = { .name = "segments_filtered",
		.help = "Segments that the filter kept out of the log" },
	[METRIC_UNLOGGED] = { .name = "segments_unlogged",
		.help = "Segments that the log had no room for" },
	[METRIC_UNWATCHED] = { .name = "segments_unwatched",
		.help = "TCP segments that the kernel counted and no hook saw, since hooks were armed" },
	[METRIC_TAKEN] = { .name = "packets_taken",
		.help = "Packets that arrived and that neither TCP nor UDP got" },
	[METRIC_EVICTED] = { .name = "evicted",
		.help = "Sockets that were forgotten for want of room" },
	[METRIC_END_REFUSED] = { .name = "end_refused",
		.help = "Segments that were refused, by what they asked for: the 20 with most" },
	[METRIC_END_TAKEN] = { .name = "end_taken",
		.help = "Packets that neither TCP nor UDP got, by what they were for: the 20 with most" },
	[METRIC_LISTENER] = { .name = "listener_info", .is_gauge = true,
		.help = "Always 1; who opened the listener" },
	[METRIC_SEGMENTS] = { .name = "listener_segments",
		.help = "Segments that matched the listener itself" },
	[METRIC_SYNS] = { .name = "listener_syns", .help = "SYNs that the listener was given" },
	[METRIC_CHILDREN] = { .name = "listener_connections",
		.help = "Connections that the listener made" },
	[METRIC_ACCEPTED] = { .name = "listener_accepted",
		.help = "Connections that were accepted from the listener" },
	[METRIC_INHERITED] = { .name = "listener_inherited",
		.help = "Connections that the listener got from a closed one of its group" },
	[METRIC_LOST] = { .name = "listener_lost", .is_gauge = true,
		.help = "Connections reset unaccepted at the close of remembered listeners" },
	[METRIC_MIGRATED] = { .name = "listener_migrated", .is_gauge = true,
		.help = "Connections handed on at the close of remembered listeners" },
	[METRIC_WAIT] = { .name = "listener_wait_seconds", .unit = "seconds", .is_gauge = true,
		.help = "How long the first in the accept queue has been waiting" },
	[METRIC_WAITED] = { .name = "listener_accept_wait_seconds", .unit = "seconds",
		.is_histogram = true,
		.help = "How long connections waited that were accepted from the listener" },
	[METRIC_OVERFLOWS] = { .name = "listener_overflows",
		.help = "Segments that met a full accept queue" },
	[METRIC_DROPS] = { .name = "listener_drops",
		.help = "Drops that the kernel counts for the listener" },
	[METRIC_COOKIES_SENT] = { .name = "listener_cookies_sent",
		.help = "SYN cookies that were sent" },
	[METRIC_COOKIES_BAD] = { .name = "listener_cookies_bad",
		.help = "SYN cookies that came back wrong" },
	[METRIC_QUEUE] = { .name = "listener_queue", .is_gauge = true,
		.help = "Connections that wait for accept()" },
	[METRIC_QUEUE_BYTES] = { .name = "listener_queue_bytes", .unit = "bytes", .is_gauge = true,
		.help = "Bytes that wait to be read from a UDP socket" },
	[METRIC_BACKLOG] = { .name = "listener_queue_limit", .is_gauge = true,
		.help = "Connections that may wait for accept()" },
	[METRIC_GROUP] = { .name = "listener_group_members", .is_gauge = true,
		.help = "Sockets in the reuseport group of the listener" },
	[METRIC_CONNECTIONS] = { .name = "connections", .is_gauge = true,
		.help = "Connections by their state" },
	[METRIC_UNACCEPTED] = { .name = "connections_unaccepted", .is_gauge = true,
		.help = "Connections that wait for accept()" },
};

static int add(enum metric metric, const struct tpr_label *labels, size_t nr, uint64_t value)
{
	return tpr_family_add(&families[metric], labels, nr, value);
}

/* Rows of counters whose names begin so, by the rest of their names. */
static const struct {
	const char *prefix;
	const char *label;
	enum metric metric;
} counts[] = {
	{ "via:", "via", METRIC_VIA },
	{ "match:", "match", METRIC_MATCH },
	{ "outcome:", "outcome", METRIC_OUTCOME },
	{ "dropped-later:", "reason", METRIC_LATER },
	{ "relookup:", "reason", METRIC_RELOOKUP },
	{ "seen", NULL, METRIC_SEEN },
	{ "unresolved", NULL, METRIC_UNRESOLVED },
	{ "logged", NULL, METRIC_LOGGED },
	{ "filtered", NULL, METRIC_FILTERED },
	{ "unlogged", NULL, METRIC_UNLOGGED },
};

/* The label that tells namespaces apart, only where there is more than one. */
static const char *netns_of(const struct tpr_options *options, const struct tpr_rows *rows,
			    size_t row)
{
	return options->is_all ? tpr_rows_get(rows, row, "netns") : NULL;
}

static int add_count(const struct tpr_options *options, const struct tpr_rows *rows, size_t row)
{
	const char *name = tpr_rows_get(rows, row, "name");
	int error = 0;
	size_t i, j;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t bytes = strlen(counts[i].prefix);

		if (strncmp(name, counts[i].prefix, bytes) || (!counts[i].label && name[bytes]))
			continue;
		for (j = 0; j < TPR_FAMILIES_NR && !error; j++) {
			const struct tpr_label labels[] = {
				{ "family", tpr_families[j] },
				{ counts[i].label, counts[i].label ? name + bytes : NULL },
				{ "netns", netns_of(options, rows, row) },
			};

			if (tpr_watched_has(rows->table, j))
				error = add(counts[i].metric, labels, 3,
					    tpr_rows_number(rows, row, tpr_families[j]));
		}
		break;
	}
	return error;
}

static int add_fact(const struct tpr_rows *rows, const char *key, enum metric metric)
{
	const char *fact = tpr_table_fact(rows->table, key);
	uint64_t value;

	return fact && tpr_text_u64(fact, &value) ? add(metric, NULL, 0, value) : 0;
}

static int add_counters(const struct tpr_options *options)
{
	struct tpr_rows rows;
	int error = tpr_rows_load(&rows, options, "counters", &tpr_counters_shape);
	size_t i;

	for (i = 0; i < rows.nr && !error; i++)
		error = add_count(options, &rows, i);
	if (!error)
		error = add_fact(&rows, "unwatched", METRIC_UNWATCHED);
	if (!error)
		error = add_fact(&rows, "taken", METRIC_TAKEN);
	if (!error)
		error = add_fact(&rows, "evicted", METRIC_EVICTED);
	tpr_rows_free(&rows);
	return error;
}

static int add_hooks(const struct tpr_options *options)
{
	struct tpr_label info[] = { { "version", TPW_VERSION }, { "backend", NULL } };
	struct tpr_rows rows;
	int error = tpr_rows_load(&rows, options, "hooks", &tpr_hooks_shape);
	size_t i;

	for (i = 0; i < rows.nr && !error; i++) {
		const struct tpr_label label = { "hook", tpr_rows_get(&rows, i, "hook") };

		error = add(METRIC_MISSED, &label, 1, tpr_rows_number(&rows, i, "missed"));
	}
	if (!error) {
		info[1].value = tpr_table_fact(rows.table, "backend");
		error = add(METRIC_INFO, info, 2, 1);
	}
	if (!error)
		error = add_fact(&rows, "armed", METRIC_HOOKS_ARMED);
	if (!error)
		error = add_fact(&rows, "total", METRIC_HOOKS);
	if (!error)
		error = add(METRIC_WATCHING, NULL, 0,
			    !strcmp(tpr_table_fact(rows.table, "canary"), "yes"));
	for (i = 0; i < TPR_FAMILIES_NR && !error; i++) {
		const struct tpr_label label = { "family", tpr_families[i] };

		error = add(METRIC_FAMILY_WATCHED, &label, 1, tpr_watched_has(rows.table, i));
	}
	tpr_rows_free(&rows);
	return error;
}

static const struct {
	const char *column;
	enum metric metric;
} listener_metrics[] = {
	{ "segments", METRIC_SEGMENTS },
	{ "syns", METRIC_SYNS },
	{ "children", METRIC_CHILDREN },
	{ "accepted", METRIC_ACCEPTED },
	{ "inherited", METRIC_INHERITED },
	{ "overflows", METRIC_OVERFLOWS },
	{ "socket_drops", METRIC_DROPS },
	{ "cookies_sent", METRIC_COOKIES_SENT },
	{ "cookies_bad", METRIC_COOKIES_BAD },
	{ "backlog", METRIC_BACKLOG },
	{ "group", METRIC_GROUP },
};

static int add_queue(const struct tpr_rows *rows, size_t row, const struct tpr_label *labels,
		     size_t nr)
{
	bool is_udp = !strncmp(tpr_rows_get(rows, row, "proto"), "udp", 3);
	const char *field = tpr_member_value(rows, row, "queue");
	uint64_t value;

	if (!field || !tpr_text_u64(field, &value))
		return 0;
	return add(is_udp ? METRIC_QUEUE_BYTES : METRIC_QUEUE, labels, nr, value);
}

static int add_numbers(const struct tpr_rows *rows, size_t row, const struct tpr_label *labels,
		       size_t nr)
{
	int error = 0;
	size_t i;

	for (i = 0; i < sizeof(listener_metrics) / sizeof(listener_metrics[0]) && !error; i++) {
		const char *field = tpr_member_value(rows, row, listener_metrics[i].column);
		uint64_t value;

		if (field && tpr_text_u64(field, &value))
			error = add(listener_metrics[i].metric, labels, nr, value);
	}
	if (!error)
		error = add_queue(rows, row, labels, nr);
	if (!error)
		error = tpr_wait_add_oldest(&families[METRIC_WAIT], rows, row, labels, nr);
	return error ? error : tpr_wait_add_accepted(&families[METRIC_WAITED], rows, row, labels, nr);
}

/* What a new start of the server changes is in no label of a number. */
static int add_listener(const struct tpr_options *options, const struct tpr_rows *rows, size_t row,
			size_t member)
{
	struct tpr_who who = tpr_holder_who(rows, row, options->from);
	bool is_gone = !strcmp(who.pid, TPR_HOLDER_GONE), is_known = tpr_table_is_value(who.pid);
	char digits[24];
	const struct tpr_label labels[] = {
		{ "proto", tpr_member_value(rows, row, "proto") },
		{ "local", tpr_member_value(rows, row, "local") },
		{ "dev", tpr_member_value(rows, row, "dev") },
		{ "member", digits },
		{ "netns", netns_of(options, rows, row) },
		/* from here on those that only the _info has */
		{ "pid", is_known && !is_gone ? who.pid : NULL },
		{ "comm", is_gone ? "(" TPR_HOLDER_GONE ")" : is_known ? who.comm : NULL },
		{ "cookie", tpr_member_value(rows, row, "cookie") },
	};
	size_t nr = sizeof(labels) / sizeof(labels[0]);
	int error;

	snprintf(digits, sizeof(digits), "%zu", member);
	error = add(METRIC_LISTENER, labels, nr, 1);
	return error ? error : add_numbers(rows, row, labels, nr - 3);
}

/* Those that closed one end one after the other are one: a server that is started anew. */
static int add_closed(const struct tpr_options *options, const struct tpr_rows *rows, size_t row)
{
	const struct tpr_label labels[] = {
		{ "proto", tpr_member_value(rows, row, "proto") },
		{ "local", tpr_member_value(rows, row, "local") },
		{ "netns", netns_of(options, rows, row) },
	};
	const char *migrated = tpr_member_value(rows, row, "migrated");
	const char *lost = tpr_member_value(rows, row, "lost");
	uint64_t value;
	int error = 0;

	if (lost && tpr_text_u64(lost, &value))
		error = add(METRIC_LOST, labels, sizeof(labels) / sizeof(labels[0]), value);
	if (!error && migrated && tpr_text_u64(migrated, &value))
		error = add(METRIC_MIGRATED, labels, sizeof(labels) / sizeof(labels[0]), value);
	return error;
}

static int add_listeners(const struct tpr_options *options)
{
	struct tpr_rows rows;
	int error = tpr_rows_load(&rows, options, "listeners", &tpr_listeners_shape);
	size_t *numbers = NULL, i;

	error = error ? error : tpr_holder_look(&rows, options->from);
	if (!error) {
		numbers = tpr_member_numbers(&rows);
		error = numbers ? 0 : -ENOMEM;
	}
	for (i = 0; i < rows.nr && !error; i++) {
		if (strcmp(tpr_rows_get(&rows, i, "state"), "CLOSED"))
			error = add_listener(options, &rows, i, numbers[i]);
		else
			error = add_closed(options, &rows, i);
	}
	free(numbers);
	tpr_rows_free(&rows);
	return error;
}

static int add_connection(const struct tpr_options *options, const struct tpr_rows *rows,
			  size_t row)
{
	const char *state = tpr_rows_get(rows, row, "state");
	const struct tpr_label labels[] = {
		{ "proto", tpr_rows_get(rows, row, "proto") },
		{ "state", state },
		{ "netns", netns_of(options, rows, row) },
	};
	bool is_waiting = !strcmp(tpr_rows_get(rows, row, "role"), "server") &&
			  !strcmp(tpr_rows_get(rows, row, "accepted_ns"), "-") &&
			  !strcmp(tpr_rows_get(rows, row, "pid"), "-") &&
			  strcmp(state, "SYN_RECV");
	int error;

	if (!strcmp(state, "CLOSED"))
		return 0;
	error = add(METRIC_CONNECTIONS, labels, 3, 1);
	return error ? error : add(METRIC_UNACCEPTED, labels + 2, 1, is_waiting);
}

static int add_connections(const struct tpr_options *options)
{
	struct tpr_rows rows;
	int error = tpr_rows_load(&rows, options, "connections", &tpr_connections_shape);
	size_t i;

	for (i = 0; i < rows.nr && !error; i++)
		error = add_connection(options, &rows, i);
	if (!rows.nr && !error)
		error = add(METRIC_UNACCEPTED, NULL, 0, 0);
	tpr_rows_free(&rows);
	return error;
}

static int gather(const struct tpr_options *options)
{
	int error = add_hooks(options);

	if (!error)
		error = add_counters(options);
	if (!error)
		error = add_listeners(options);
	if (!error)
		error = add_connections(options);
	if (!error)
		error = tpr_ends_add(&families[METRIC_END_REFUSED], &families[METRIC_END_TAKEN], options);
	if (error == -ENOMEM)
		tpr_message("out of memory");
	return error;
}

static void write_all(FILE *out)
{
	size_t i;

	for (i = 0; i < METRICS_NR; i++)
		tpr_family_write(out, &families[i]);
	tpr_family_end(out);
}

/* The collector runs as another user, whatever our umask is. */
static int write_and_close(FILE *out)
{
	int error = 0;

	write_all(out);
	if (fchmod(fileno(out), 0644) || fflush(out) || ferror(out))
		error = errno ? -errno : -EIO;
	if (fclose(out) && !error)
		error = -errno;
	return error;
}

/* Write beside the file, and put it in its place when it is whole. */
static int replace(const char *path)
{
	char *beside = NULL;
	int error = 0;
	FILE *out;

	/* the collector takes only files whose names end in .prom */
	if (asprintf(&beside, "%s.%d", path, (int)getpid()) < 0) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	errno = 0;
	out = fopen(beside, "wxe");
	error = out ? write_and_close(out) : -errno;
	if (!error && rename(beside, path))
		error = -errno;
	if (error) {
		tpr_message("%s: %s", path, strerror(-error));
		if (out)
			unlink(beside);
	}
	free(beside);
	return error;
}

/**
 * tpr_metrics_main() - the command "metrics"
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status.
 */
enum tpr_exit tpr_metrics_main(const struct tpr_options *options, int argc, char **argv)
{
	int error = gather(options);
	size_t i;

	(void)argc;
	(void)argv;
	if (!error && options->output)
		error = replace(options->output);
	else if (!error)
		write_all(stdout);
	for (i = 0; i < METRICS_NR; i++)
		tpr_family_exit(&families[i]);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
