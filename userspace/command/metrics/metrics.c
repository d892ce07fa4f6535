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
#include "command/metrics/catalogue.h"
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

/* Rows of counters whose names begin so, by the rest of their names. */
static const struct {
	const char *prefix;
	const char *label;
	enum tpr_metric metric;
} counts[] = {
	{ "via:", "via", TPR_METRIC_VIA },
	{ "match:", "match", TPR_METRIC_MATCH },
	{ "outcome:", "outcome", TPR_METRIC_OUTCOME },
	{ "dropped-later:", "reason", TPR_METRIC_LATER },
	{ "relookup:", "reason", TPR_METRIC_RELOOKUP },
	{ "seen", NULL, TPR_METRIC_SEEN },
	{ "unresolved", NULL, TPR_METRIC_UNRESOLVED },
	{ "logged", NULL, TPR_METRIC_LOGGED },
	{ "filtered", NULL, TPR_METRIC_FILTERED },
	{ "unlogged", NULL, TPR_METRIC_UNLOGGED },
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
				error = tpr_metric_add(counts[i].metric, labels, 3,
					    tpr_rows_number(rows, row, tpr_families[j]));
		}
		break;
	}
	return error;
}

static int add_fact(const struct tpr_rows *rows, const char *key, enum tpr_metric metric)
{
	const char *fact = tpr_table_fact(rows->table, key);
	uint64_t value;

	return fact && tpr_text_u64(fact, &value) ? tpr_metric_add(metric, NULL, 0, value) : 0;
}

static int add_counters(const struct tpr_options *options)
{
	struct tpr_rows rows;
	int error = tpr_rows_load(&rows, options, "counters", &tpr_counters_shape);
	size_t i;

	for (i = 0; i < rows.nr && !error; i++)
		error = add_count(options, &rows, i);
	if (!error)
		error = add_fact(&rows, "unwatched", TPR_METRIC_UNWATCHED);
	if (!error)
		error = add_fact(&rows, "taken", TPR_METRIC_TAKEN);
	if (!error)
		error = add_fact(&rows, "evicted", TPR_METRIC_EVICTED);
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

		error = tpr_metric_add(TPR_METRIC_MISSED, &label, 1, tpr_rows_number(&rows, i, "missed"));
	}
	if (!error) {
		info[1].value = tpr_table_fact(rows.table, "backend");
		error = tpr_metric_add(TPR_METRIC_INFO, info, 2, 1);
	}
	if (!error)
		error = add_fact(&rows, "armed", TPR_METRIC_HOOKS_ARMED);
	if (!error)
		error = add_fact(&rows, "total", TPR_METRIC_HOOKS);
	if (!error)
		error = tpr_metric_add(TPR_METRIC_WATCHING, NULL, 0,
			    !strcmp(tpr_table_fact(rows.table, "canary"), "yes"));
	for (i = 0; i < TPR_FAMILIES_NR && !error; i++) {
		const struct tpr_label label = { "family", tpr_families[i] };

		error = tpr_metric_add(TPR_METRIC_FAMILY_WATCHED, &label, 1, tpr_watched_has(rows.table, i));
	}
	tpr_rows_free(&rows);
	return error;
}

static const struct {
	const char *column;
	enum tpr_metric metric;
} listener_metrics[] = {
	{ "segments", TPR_METRIC_SEGMENTS },
	{ "syns", TPR_METRIC_SYNS },
	{ "children", TPR_METRIC_CHILDREN },
	{ "accepted", TPR_METRIC_ACCEPTED },
	{ "inherited", TPR_METRIC_INHERITED },
	{ "overflows", TPR_METRIC_OVERFLOWS },
	{ "socket_drops", TPR_METRIC_DROPS },
	{ "cookies_sent", TPR_METRIC_COOKIES_SENT },
	{ "cookies_bad", TPR_METRIC_COOKIES_BAD },
	{ "backlog", TPR_METRIC_BACKLOG },
	{ "group", TPR_METRIC_GROUP },
};

static int add_queue(const struct tpr_rows *rows, size_t row, const struct tpr_label *labels,
		     size_t nr)
{
	bool is_udp = !strncmp(tpr_rows_get(rows, row, "proto"), "udp", 3);
	const char *field = tpr_member_value(rows, row, "queue");
	uint64_t value;

	if (!field || !tpr_text_u64(field, &value))
		return 0;
	return tpr_metric_add(is_udp ? TPR_METRIC_QUEUE_BYTES : TPR_METRIC_QUEUE, labels, nr, value);
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
			error = tpr_metric_add(listener_metrics[i].metric, labels, nr, value);
	}
	if (!error)
		error = add_queue(rows, row, labels, nr);
	if (!error)
		error = tpr_wait_add_oldest(tpr_metric_family(TPR_METRIC_WAIT), rows, row, labels, nr);
	return error ? error : tpr_wait_add_accepted(tpr_metric_family(TPR_METRIC_WAITED), rows, row, labels, nr);
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
	error = tpr_metric_add(TPR_METRIC_LISTENER, labels, nr, 1);
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
		error = tpr_metric_add(TPR_METRIC_LOST, labels, sizeof(labels) / sizeof(labels[0]), value);
	if (!error && migrated && tpr_text_u64(migrated, &value))
		error = tpr_metric_add(TPR_METRIC_MIGRATED, labels, sizeof(labels) / sizeof(labels[0]), value);
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
	error = tpr_metric_add(TPR_METRIC_CONNECTIONS, labels, 3, 1);
	return error ? error : tpr_metric_add(TPR_METRIC_UNACCEPTED, labels + 2, 1, is_waiting);
}

static int add_connections(const struct tpr_options *options)
{
	struct tpr_rows rows;
	int error = tpr_rows_load(&rows, options, "connections", &tpr_connections_shape);
	size_t i;

	for (i = 0; i < rows.nr && !error; i++)
		error = add_connection(options, &rows, i);
	if (!rows.nr && !error)
		error = tpr_metric_add(TPR_METRIC_UNACCEPTED, NULL, 0, 0);
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
		error = tpr_ends_add(tpr_metric_family(TPR_METRIC_END_REFUSED),
				     tpr_metric_family(TPR_METRIC_END_TAKEN), options);
	if (error == -ENOMEM)
		tpr_message("out of memory");
	return error;
}

/* The collector runs as another user, whatever our umask is. */
static int write_and_close(FILE *out)
{
	int error = 0;

	tpr_catalogue_write(out);
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

	(void)argc;
	(void)argv;
	if (!error && options->output)
		error = replace(options->output);
	else if (!error)
		tpr_catalogue_write(stdout);
	tpr_catalogue_exit();
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
