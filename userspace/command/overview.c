// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch, without a command: /proc/tuplewatch as it is, which the module wrote for people.
 * With -j the facts behind it, as the tables give them: counters, then hooks, each after its
 * {"table":...} object. With -N all, the page of each namespace: the module writes it for who
 * is in there, so each is entered.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/text.h"
#include "lib/words.h"
#include "system/netns.h"
#include "system/procfs.h"
#include "show/print.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES	4096

static const struct {
	const char *name;
	const struct tpr_shape *shape;
} tables[] = {
	{ "counters", &tpr_counters_shape },
	{ "hooks", &tpr_hooks_shape },
};

static int print_tables(const struct tpr_options *options)
{
	struct tpr_printer printer;
	int error = 0;
	size_t i;

	tpr_print_init(&printer, options, &tpr_print_json);
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]) && !error; i++)
		error = tpr_print_file(&printer, tables[i].name, tables[i].shape);
	tpr_print_exit(&printer);
	return error;
}

/* The overview has lines and tabs of its own; whatever else could drive a terminal is escaped. */
static void write_chunk(char *chunk, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)chunk[i];

		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			printf("\\%03o", c);
		else
			putchar(c);
	}
}

static int copy(const struct tpr_file *file)
{
	char chunk[CHUNK_BYTES];
	bool is_empty = true;
	ssize_t bytes;

	while ((bytes = read(file->fd, chunk, sizeof(chunk))) > 0 && !ferror(stdout)) {
		is_empty = false;
		write_chunk(chunk, (size_t)bytes);
	}
	if (bytes < 0)
		tpr_message("%s: %s", file->path, strerror(errno));
	else if (is_empty)
		tpr_message("%s: the file is empty", file->path);
	return bytes < 0 || is_empty ? -EINVAL : 0;
}

static int print_overview(const struct tpr_options *options)
{
	struct tpr_file file;
	int error = tpr_procfs_open(&file, options, TPR_PROCFS_OVERVIEW, 0);

	if (error)
		return error;
	error = copy(&file);
	tpr_procfs_close(&file);
	return error;
}

/* A namespace that cannot be entered has its counters all the same. */
static void say_closed(const struct tpr_rows *counters, const char *netns)
{
	uint64_t seen = 0;
	size_t i, j;

	for (i = 0; i < counters->nr; i++) {
		if (strcmp(tpr_rows_get(counters, i, "netns"), netns) ||
		    strcmp(tpr_rows_get(counters, i, "name"), "seen"))
			continue;
		for (j = 0; j < TPR_FAMILIES_NR; j++)
			seen += tpr_rows_number(counters, i, tpr_families[j]);
	}
	tpr_message("netns %s: no process is in it and it has no name: no page; it has seen %" PRIu64
		    " segment%s, see: tuplewatch connections -N all", netns, seen,
		    tpr_text_plural(seen, "", "s"));
}

/* The page that -N NAME shows, below a line that names it. */
static int print_one(const struct tpr_options *options, const struct tpr_rows *counters,
		     const struct tpr_netns_list *list, const char *netns)
{
	struct tpr_options one = *options;
	const char *word = NULL;
	uint64_t number;
	int error;

	one.is_all = false;
	if (tpr_text_u64(netns, &number))
		word = tpr_netns_find(list, number);
	if (!word) {
		say_closed(counters, netns);
		return 0;
	}
	error = tpr_netns_enter(word);
	if (error)
		return error;
	if (!options->has_no_header) {
		printf("== netns %s, -N ", netns);
		tpr_text_show(stdout, word);
		fputs(" ==\n", stdout);
	}
	return print_overview(&one);
}

static bool is_before(const struct tpr_rows *rows, size_t row)
{
	const char *netns = tpr_rows_get(rows, row, "netns");
	size_t i;

	for (i = 0; i < row; i++) {
		if (!strcmp(tpr_rows_get(rows, i, "netns"), netns))
			return true;
	}
	return false;
}

/* One page after the other */
static int print_all(const struct tpr_options *options)
{
	struct tpr_netns_list list = { 0 };
	struct tpr_rows counters;
	bool is_first = true;
	size_t i;
	int error;

	error = tpr_rows_load(&counters, options, "counters", &tpr_counters_shape);
	if (!error)
		error = tpr_netns_scan(&list);
	for (i = 0; !error && i < counters.nr; i++) {
		if (strcmp(tpr_rows_get(&counters, i, "name"), "seen") || is_before(&counters, i))
			continue;
		if (!is_first)
			putchar('\n');
		is_first = false;
		error = print_one(options, &counters, &list, tpr_rows_get(&counters, i, "netns"));
	}
	tpr_netns_free(&list);
	tpr_rows_free(&counters);
	return error;
}

/**
 * tpr_overview_main() - the command "overview", which is also what runs without a command
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status.
 */
enum tpr_exit tpr_overview_main(const struct tpr_options *options, int argc, char **argv)
{
	int error;

	(void)argc;
	(void)argv;
	if (options->is_all && options->from && !options->is_json) {
		tpr_message("overview: what is saved has the page of one namespace: --net all takes -j");
		return TPR_EXIT_USAGE;
	}
	if (options->is_json)
		error = print_tables(options);
	else
		error = options->is_all ? print_all(options) : print_overview(options);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
