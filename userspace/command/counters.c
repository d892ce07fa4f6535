// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch counters: how many segments were seen, how their sockets were found, what those
 * were, and what became of the segments; or, with -d, how much of that happened while one
 * waits. Within one reading, via, match and outcome each add up to seen.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/text.h"
#include "lib/words.h"
#include "table/delta.h"
#include "show/print.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S	1000000000ULL

static const char *const names[] = { "counters", NULL };
static const char *const columns[] = {
	"name", TPR_FAMILY_TCP4, TPR_FAMILY_TCP6, TPR_FAMILY_UDP4, TPR_FAMILY_UDP6, NULL,
};
static const char *const facts[] = { NULL };

const struct tpr_shape tpr_counters_shape = {
	.names = names, .columns = columns, .facts = facts,
};

/**
 * tpr_counters_total() - a counter over all families
 * @counters: the table
 * @name: of the counter
 *
 * Return: the sum; of all namespaces that the table is about.
 */
uint64_t tpr_counters_total(const struct tpr_rows *counters, const char *name)
{
	uint64_t sum = 0;
	size_t i, j;

	for (i = 0; i < counters->nr; i++) {
		if (strcmp(tpr_rows_get(counters, i, "name"), name))
			continue;
		for (j = 0; j < TPR_FAMILIES_NR; j++)
			sum += tpr_rows_number(counters, i, tpr_families[j]);
	}
	return sum;
}

/* Facts of line 1 that count something, in the order in which people read them. */
static const char *const counts[] = { "unwatched", "taken", "evicted", "missed" };

#define COUNTS_NR	(sizeof(counts) / sizeof(counts[0]))

/** struct change - a printer that shows the change since a first reading */
struct change {
	/** @printer: first, so that the ops can find the rest */
	struct tpr_printer printer;
	/** @inner: the ops that print what is computed here */
	const struct tpr_printer_ops *inner;
	/** @delta: rows of the first reading */
	struct tpr_delta *delta;
	/** @counts: of line 1 in the first reading */
	uint64_t counts[COUNTS_NR];
};

/* One more part of the sentence, after a comma if it is not the first. */
static void write_part(const char **separator, const char *word, const char *value)
{
	printf("%s%s ", *separator, word);
	tpr_text_show(stdout, value);
	*separator = ", ";
}

static uint64_t read_count(const struct tpr_table *table, const char *key)
{
	const char *value = tpr_table_fact(table, key);
	uint64_t count = 0;

	if (value && !tpr_text_u64(value, &count))
		count = 0;
	return count;
}

static void describe(const struct tpr_printer *printer, const struct tpr_table *table)
{
	const char *watching = tpr_table_fact(table, "watching");
	const char *netns = tpr_table_fact(table, "netns");
	const char *separator = "";
	char seconds[32];
	size_t i;

	if (watching && !strcmp(watching, "no")) {
		tpr_grid_paint(stdout, "NOT WATCHING (see: tuplewatch hooks)",
			       printer->has_colour ? TPR_COLOUR_RED : TPR_COLOUR_NONE);
		separator = ", ";
	}
	if (netns)
		write_part(&separator, "netns", netns);
	if (printer->options->delta_ns) {
		snprintf(seconds, sizeof(seconds), "%g s",
			 (double)printer->options->delta_ns / NS_PER_S);
		write_part(&separator, "change in", seconds);
	}
	for (i = 0; i < COUNTS_NR; i++) {
		const char *value = tpr_table_fact(table, counts[i]);

		/* taken is "-" where arrivals are not counted */
		if (value && strcmp(value, "-"))
			write_part(&separator, counts[i], value);
	}
	/* in all/, when taken leaves out some */
	if (read_count(table, "late"))
		write_part(&separator, "late", tpr_table_fact(table, "late"));
	if (*separator)
		fputc('\n', stdout);
	tpr_print_not_watched(printer, table);
}

static int keep_head(struct tpr_printer *printer, struct tpr_table *table)
{
	struct change *change = (struct change *)printer;
	size_t i;

	for (i = 0; i < COUNTS_NR; i++)
		change->counts[i] = read_count(table, counts[i]);
	return 0;
}

static int keep_row(struct tpr_printer *printer, const struct tpr_table *table,
		    char *const *fields)
{
	return tpr_delta_keep(((struct change *)printer)->delta, table, fields);
}

static int ignore_lost(struct tpr_printer *printer, const struct tpr_table *table)
{
	(void)printer;
	(void)table;
	return 0;
}

static const struct tpr_printer_ops keep_ops = {
	.head = keep_head,
	.row = keep_row,
	.lost = ignore_lost,
};

static int change_head(struct tpr_printer *printer, struct tpr_table *table)
{
	struct change *change = (struct change *)printer;
	char text[32];
	size_t i;

	for (i = 0; i < COUNTS_NR; i++) {
		const char *value = tpr_table_fact(table, counts[i]);
		uint64_t count = read_count(table, counts[i]);

		if (!value || !tpr_table_is_value(value))
			continue;
		/* unwatched starts anew when the hooks are armed again */
		snprintf(text, sizeof(text), "%" PRIu64,
			 count > change->counts[i] ? count - change->counts[i] : 0);
		if (tpr_table_set_fact(table, counts[i], text))
			return -ENOMEM;
	}
	snprintf(text, sizeof(text), "%" PRIu64, printer->options->delta_ns);
	if (tpr_table_set_fact(table, "delta_ns", text))
		return -ENOMEM;
	return change->inner->head(printer, table);
}

static int change_row(struct tpr_printer *printer, const struct tpr_table *table,
		      char *const *fields)
{
	struct change *change = (struct change *)printer;
	int error = tpr_delta_row(change->delta, table, fields);

	if (error == -ERANGE) {
		tpr_message("counters: %s went down: was the module loaded anew?",
			    fields[tpr_table_column(table, "name")]);
		return -ECANCELED;
	}
	if (error || (tpr_delta_is_zero(change->delta) && !printer->options->is_json))
		return error;
	return change->inner->row(printer, table, tpr_delta_fields(change->delta));
}

static const struct tpr_printer_ops change_ops = {
	.head = change_head,
	.row = change_row,
	.lost = ignore_lost,
};

static void wait_ns(uint64_t ns)
{
	struct timespec rest = {
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) == EINTR)
		;
}

static int print_change(struct change *change)
{
	struct tpr_printer *printer = &change->printer;
	int error;

	change->delta = tpr_delta_create();
	if (!change->delta) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	change->inner = printer->ops;
	printer->ops = &keep_ops;
	error = tpr_print_file(printer, "counters", &tpr_counters_shape);
	if (!error) {
		wait_ns(printer->options->delta_ns);
		printer->ops = &change_ops;
		error = tpr_print_file(printer, "counters", &tpr_counters_shape);
	}
	tpr_delta_destroy(change->delta);
	return error;
}

/**
 * tpr_counters_main() - the command "counters"
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status.
 */
enum tpr_exit tpr_counters_main(const struct tpr_options *options, int argc, char **argv)
{
	struct change change = { 0 };
	int error;

	(void)argc;
	(void)argv;
	tpr_print_init(&change.printer, options, &tpr_print_plain);
	change.printer.describe = describe;
	if (options->delta_ns)
		error = print_change(&change);
	else
		error = tpr_print_file(&change.printer, "counters", &tpr_counters_shape);
	tpr_print_exit(&change.printer);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
