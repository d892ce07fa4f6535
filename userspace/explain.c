// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch explain: which socket a segment would get, and why not another one. Nothing is sent:
 * the module searches the kernel's tables, and has the kernel's own lookup say the same.
 */
#include "command.h"

#include "explain.h"
#include "json.h"
#include "message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE	"tcp|udp FOREIGN LOCAL [dev IF] [cpu N]"

static const struct {
	const char *source;
	const char *words;
} sources[] = {
	{ "owner", " (it has the address)" },
	{ "route", " (the route back)" },
	{ "?", " (there is no route back)" },
};

/* The CPU is worth a word if it was named, or if sockets look at it. */
static const char *cpu_assumed(const struct tpw_explained *explained)
{
	size_t first = tpw_explain_find(explained, 0, "result");

	if (!strcmp(tpw_explain_fact(explained, "cpu_by"), "given"))
		return "";
	if (tpw_explain_find(explained, first + 1, "result") != TPW_EXPLAIN_NONE)
		return " (assumed)";
	return NULL;
}

/* What was asked, and what was assumed. */
static void write_question(const struct tpw_explained *explained)
{
	const char *source = tpw_explain_fact(explained, "dev_by"), *assumed = "";
	const char *cpu = cpu_assumed(explained);
	char *text;
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (!strcmp(sources[i].source, source))
			assumed = sources[i].words;
	}
	if (asprintf(&text, "A %s %s > %s coming in on %s%s%s%s%s, netns %s",
		     strcmp(tpw_explain_fact(explained, "proto"), "udp") ? "SYN" : "datagram",
		     tpw_explain_fact(explained, "foreign"), tpw_explain_fact(explained, "local"),
		     tpw_explain_fact(explained, "dev"), assumed, cpu ? ", CPU " : "",
		     cpu ? tpw_explain_fact(explained, "cpu") : "", cpu ? cpu : "",
		     tpw_explain_fact(explained, "netns")) < 0)
		return;
	tpw_explain_fold(text, 2);
	putchar('\n');
	free(text);
}

static void write_answer(struct tpw_explained *explained)
{
	if (!explained->options->has_no_header)
		write_question(explained);
	tpw_explain_search(explained);
	putchar('\n');
	tpw_explain_end(explained);
	tpw_explain_near(explained);
}

static void write_json(const struct tpw_explained *explained)
{
	size_t i;

	if (!explained->options->has_no_header)
		tpw_json_head(stdout, explained->rows.table);
	for (i = 0; i < explained->rows.nr; i++)
		tpw_json_row(stdout, explained->rows.table, explained->rows.rows[i]);
}

/* The words with blanks between them, to be freed. */
static char *join(int argc, char **argv)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	int i;

	if (!out)
		return NULL;
	for (i = 0; i < argc; i++)
		fprintf(out, "%s%s", i ? " " : "", argv[i]);
	return fclose(out) ? NULL : text;
}

static int answer(struct tpw_explained *explained, const char *question)
{
	int error = tpw_explain_ask(explained, question);

	if (error)
		return error;
	if (explained->options->is_json) {
		write_json(explained);
		return 0;
	}
	/* Processes are those of now: they say nothing about a saved answer. */
	if (!explained->options->from)
		error = tpw_processes_scan(&explained->processes);
	if (!error)
		write_answer(explained);
	return error;
}

/**
 * tpw_explain_main() - the command "explain"
 * @options: of the command line
 * @argc: number of words
 * @argv: the question; none with --from, which has one
 *
 * Return: exit status.
 */
enum tpw_exit tpw_explain_main(const struct tpw_options *options, int argc, char **argv)
{
	struct tpw_explained explained;
	char *question;
	int error;

	if (!argc != !!options->from) {
		tpw_message(argc ? "explain: the saved answer has its question: no words with --from" :
				   "explain: what? " USAGE);
		return TPW_EXIT_USAGE;
	}
	question = join(argc, argv);
	if (!question) {
		tpw_message("out of memory");
		return TPW_EXIT_FAILED;
	}
	error = tpw_explain_open(&explained, options);
	if (!error) {
		error = answer(&explained, question);
		tpw_explain_close(&explained);
	}
	free(question);
	if (error == -EDOM)
		return TPW_EXIT_USAGE;
	return error ? TPW_EXIT_FAILED : TPW_EXIT_DONE;
}
