// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch listeners --audit: how groups share, who can get nothing because of another, and where
 * searches are long. It asks the module many questions, and sends nothing.
 */
#include "command.h"

#include "command/audit/audit.h"
#include "lib/message.h"
#include "lib/text.h"
#include "lib/words.h"
#include "show/grid.h"
#include "show/holder.h"
#include "show/json.h"
#include "show/print.h"
#include "show/share.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS_SHOWN	5

/* As ss has it: address%device:port */
static char *name_of(const struct tpr_audit *audit, size_t row)
{
	const char *local = tpr_audit_get(audit, row, "local");
	const char *dev = tpr_audit_get(audit, row, "dev");
	const char *colon = strrchr(local, ':');
	char *text = NULL;

	if (!tpr_table_is_value(dev) || !colon)
		return strdup(local);
	if (asprintf(&text, "%.*s%%%s%s", (int)(colon - local), local, dev, colon) < 0)
		return NULL;
	return text;
}

static char *process_of(const struct tpr_audit *audit, size_t row)
{
	char text[TPR_HOLDER_BYTES];

	return strdup(tpr_holder_text(text, tpr_holder_who(&audit->listeners, row,
							   audit->options->from)));
}

static bool is_member(const struct tpr_audit *audit, size_t row)
{
	return tpr_share_members(&audit->listeners, row) > 1;
}

static const struct tpr_grid_column looks[] = {
	{ .title = "Proto" },
	{ .title = "Local Address" },
	{ .title = "Members", .is_right = true },
	{ .title = "Chosen by" },
	{ .title = "Hits", .is_right = true },
	{ .title = "Share", .is_right = true },
	{ .title = "Expected", .is_right = true },
	{ .title = "PID/Program name" },
};

static void put(struct tpr_grid *grid, const char *text)
{
	tpr_grid_cell(grid, text ? text : "?", TPR_COLOUR_NONE);
}

static void put_percent(struct tpr_grid *grid, const char *number)
{
	char text[32];

	snprintf(text, sizeof(text), "%.20s%s", number, tpr_table_is_value(number) ? " %" : "");
	put(grid, text);
}

/* Do members of its group want a CPU of their own? */
static bool is_by_cpu(const struct tpr_audit *audit, size_t row)
{
	size_t i;

	for (i = 0; i < audit->listeners.nr; i++) {
		if (audit->audited[i].has_cpu &&
		    tpr_share_is_together(&audit->listeners, row, i))
			return true;
	}
	return false;
}

/* "hash", "cbpf" or "ebpf"; "CPU, hash" where the hash has its say among those that a CPU leaves. */
static const char *chooser_of(const struct tpr_audit *audit, size_t row)
{
	const char *chooser = tpr_audit_get(audit, row, "chooser");

	return !strcmp(chooser, TPR_CHOOSER_HASH) && is_by_cpu(audit, row) ? "CPU, hash" : chooser;
}

/* What a program wants it alone knows, and what CPUs get is the network card's choice. */
static const char *expected_of(const struct tpr_audit *audit, size_t row)
{
	const char *expected = tpr_audit_get(audit, row, "expected");

	if (!is_member(audit, row))
		return tpr_table_is_hidden(expected) ? expected : "-";
	return strcmp(chooser_of(audit, row), TPR_CHOOSER_HASH) ? "?" : expected;
}

static void put_member(struct tpr_grid *grid, const struct tpr_audit *audit, size_t row)
{
	char *name = name_of(audit, row), *process = process_of(audit, row);
	char hits[32];

	snprintf(hits, sizeof(hits), "%" PRIu64, tpr_share_count(&audit->listeners, row));
	put(grid, tpr_audit_get(audit, row, "proto"));
	put(grid, name);
	put(grid, tpr_audit_get(audit, row, "group"));
	put(grid, chooser_of(audit, row));
	put(grid, hits);
	put_percent(grid, tpr_audit_get(audit, row, "share"));
	put_percent(grid, expected_of(audit, row));
	put(grid, process);
	free(name);
	free(process);
}

static int write_groups(const struct tpr_audit *audit)
{
	struct tpr_grid *grid = tpr_grid_create(stdout, looks, sizeof(looks) / sizeof(looks[0]));
	size_t row, nr = 0;
	int error;

	if (!grid)
		return -ENOMEM;
	tpr_grid_colour(grid, tpr_print_has_colour());
	tpr_grid_titles(grid);
	for (row = 0; row < audit->listeners.nr; row++) {
		if (!is_member(audit, row))
			continue;
		put_member(grid, audit, row);
		nr++;
	}
	printf("GROUPS that share an address by SO_REUSEPORT%s\n", nr ? "" : ": none");
	error = nr ? tpr_grid_flush(grid) : 0;
	tpr_grid_destroy(grid);
	return error;
}

static void write_dead(const struct tpr_audit *audit)
{
	size_t row, dead = 0;

	for (row = 0; row < audit->listeners.nr; row++)
		dead += audit->audited[row].is_dead;
	printf("\nLISTENERS THAT CAN GET NOTHING: %zu of %zu\n", dead, audit->listeners.nr);
	for (row = 0; row < audit->listeners.nr; row++) {
		char *name = name_of(audit, row), *process = process_of(audit, row);
		const char *by = audit->audited[row].by;

		if (audit->audited[row].is_dead && name && process) {
			printf("%-5s ", tpr_audit_get(audit, row, "proto"));
			tpr_text_show(stdout, name);
			printf("  ");
			tpr_text_show(stdout, process);
			printf(": %s", by ? "behind " : "no segment for it is searched for here");
			if (by)
				tpr_text_show(stdout, by);
			printf("%s\n", audit->audited[row].is_udp && by ? " (but for multicasts)" : "");
		}
		free(name);
		free(process);
	}
}

static void write_buckets(const struct tpr_audit *audit)
{
	size_t i, nr = audit->buckets_nr < BUCKETS_SHOWN ? audit->buckets_nr : BUCKETS_SHOWN;

	printf("\nLONGEST BUCKETS, of %zu: a search looks at each socket in its bucket\n",
	       audit->buckets_nr);
	for (i = 0; i < nr; i++) {
		const struct tpr_bucket *b = &audit->buckets[i];

		printf("%s table, bucket %s: %" PRIu64 " socket%s", b->is_udp ? "UDP" : "listener",
		       b->number, b->sockets, tpr_text_plural(b->sockets, "", "s"));
		if (b->others)
			printf(" and %" PRIu64 " of other namespaces", b->others);
		printf(", one is %s\n", b->example);
	}
}

/* A number; null if it is none, or not known. */
static void json_number(const char *key, const char *number)
{
	printf("\"%s\":", key);
	if (tpr_table_is_hidden(number))
		tpr_text_json(stdout, number);
	else
		fputs(tpr_table_is_value(number) ? number : "null", stdout);
	putchar(',');
}

/* How many it has, or got; as hidden as the number that it is taken from. */
static void json_count(const char *key, uint64_t count, const char *from)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, count);
	json_number(key, tpr_table_is_hidden(from) ? from : text);
}

static void json_endpoint(const char *key, const char *endpoint, const char *end)
{
	tpr_json_endpoint(stdout, key, endpoint);
	fputs(end, stdout);
}

static void json_pair(const char *key, const char *value, bool is_last)
{
	tpr_text_json(stdout, key);
	putchar(':');
	if (value && strcmp(value, "-"))
		tpr_text_json(stdout, value);
	else
		fputs("null", stdout);
	fputs(is_last ? "}\n" : ",", stdout);
}

static void json_listener(const struct tpr_audit *audit, size_t row)
{
	const struct tpr_audited *one = &audit->audited[row];
	char *process = process_of(audit, row);

	fputs("{\"audit\":\"listener\",", stdout);
	json_pair("proto", tpr_audit_get(audit, row, "proto"), false);
	json_endpoint("local", tpr_audit_get(audit, row, "local"), ",");
	json_pair("dev", tpr_audit_get(audit, row, "dev"), false);
	json_pair("cookie", tpr_audit_get(audit, row, "cookie"), false);
	json_pair("process", process, false);
	json_count("members", tpr_share_members(&audit->listeners, row),
		   tpr_audit_get(audit, row, "group"));
	json_pair("chooser", chooser_of(audit, row), false);
	json_count("hits", tpr_share_count(&audit->listeners, row),
		   tpr_audit_get(audit, row, "segments"));
	json_number("share", tpr_audit_get(audit, row, "share"));
	json_number("expected", expected_of(audit, row));
	if (!audit->options->from)
		printf("\"can_get\":%s,", one->is_dead ? "false" : "true");
	json_pair("behind", one->is_dead ? one->by : NULL, true);
	free(process);
}

static void json_bucket(const struct tpr_bucket *bucket)
{
	fputs("{\"audit\":\"bucket\",", stdout);
	json_pair("table", bucket->is_udp ? "udp" : "listener", false);
	json_number("bucket", bucket->number);
	json_count("sockets", bucket->sockets, "");
	json_count("other_netns", bucket->others, bucket->number);
	json_endpoint("example", bucket->example, "}\n");
}

static void write_json(const struct tpr_audit *audit)
{
	size_t i;

	for (i = 0; i < audit->listeners.nr; i++)
		json_listener(audit, i);
	for (i = 0; i < audit->buckets_nr; i++)
		json_bucket(&audit->buckets[i]);
}

static bool is_live(const struct tpr_rows *rows, size_t row, void *data)
{
	(void)data;
	return strcmp(tpr_rows_get(rows, row, "state"), "CLOSED");
}

static int load(struct tpr_audit *audit)
{
	int error;

	error = tpr_rows_load(&audit->listeners, audit->options, "listeners", &tpr_listeners_shape);
	if (error)
		return error;
	tpr_rows_keep(&audit->listeners, is_live, NULL);
	error = tpr_rows_sort(&audit->listeners);
	if (!error)
		error = tpr_share_add(&audit->listeners);
	if (!error)
		error = tpr_holder_look(&audit->listeners, audit->options->from);
	/* it points into the rows as they are then */
	return error ? error : tpr_audit_index(audit);
}

/* What a saved file cannot tell. */
static int ask(struct tpr_audit *audit)
{
	int error;

	error = tpr_explain_open(&audit->explained, audit->options);
	if (error)
		return error;
	error = tpr_processes_scan(&audit->explained.processes);
	if (!error)
		error = tpr_audit_host(audit);
	if (!error)
		error = tpr_audit_reach(audit);
	if (!error)
		error = tpr_audit_buckets(audit);
	tpr_explain_close(&audit->explained);
	return error;
}

static int write_all(struct tpr_audit *audit)
{
	int error;

	if (audit->options->is_json) {
		write_json(audit);
		return 0;
	}
	error = write_groups(audit);
	if (error || audit->options->from)
		return error;
	write_dead(audit);
	write_buckets(audit);
	return 0;
}

static void free_list(char **list, size_t nr)
{
	while (nr)
		free(list[--nr]);
	free(list);
}

static void free_audit(struct tpr_audit *audit)
{
	size_t row;

	for (row = 0; audit->audited && row < audit->listeners.nr; row++) {
		free(audit->audited[row].by);
		free(audit->audited[row].address);
	}
	free(audit->audited);
	free(audit->by_port);
	free(audit->by_id);
	free(audit->buckets);
	free_list(audit->addresses, audit->addresses_nr);
	free_list(audit->devices, audit->devices_nr);
	tpr_rows_free(&audit->listeners);
}

/**
 * tpr_audit_main() - the command "listeners" with --audit
 * @options: of the command line
 * @argc: 0
 * @argv: no filter
 *
 * Return: exit status.
 */
enum tpr_exit tpr_audit_main(const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_audit audit = { .options = options };
	int error;

	if (argc) {
		tpr_message("listeners --audit is about all of them: '%s' is one word too many", argv[0]);
		return TPR_EXIT_USAGE;
	}
	if (options->is_all) {
		tpr_message("listeners --audit is about one network namespace: --net all does not go "
			    "with it");
		return TPR_EXIT_USAGE;
	}
	error = load(&audit);
	if (!error && !options->from)
		error = ask(&audit);
	if (!error)
		error = write_all(&audit);
	free_audit(&audit);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
