// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch explain: which socket a segment would get, and why not another one. Nothing is sent:
 * the module searches the kernel's tables, and has the kernel's own lookup say the same.
 */
#include "command.h"

#include "command/explain/explain.h"
#include "lib/message.h"
#include "lib/text.h"
#include "lib/words.h"
#include "show/holder.h"
#include "show/json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE	"tcp|udp FOREIGN LOCAL [dev IF] [cpu N], or bind tcp LOCAL [OPTION ...]"

static const struct {
	const char *source;
	const char *words;
} sources[] = {
	{ TPR_DEVICE_SOURCE_OWNER, " (it has the address)" },
	{ TPR_DEVICE_SOURCE_ROUTE, " (the route back)" },
	{ TPR_DEVICE_SOURCE_UNKNOWN, " (there is no route back)" },
};

/* The CPU is worth a word if it was named, or if sockets look at it. */
static const char *cpu_assumed(const struct tpr_explained *explained)
{
	size_t first = tpr_explain_find(explained, 0, "result");

	if (!strcmp(tpr_explain_fact(explained, "cpu_by"), "given"))
		return "";
	if (tpr_explain_find(explained, first + 1, "result") != TPR_EXPLAIN_NONE)
		return " (assumed)";
	return NULL;
}

/* What was asked, and what was assumed. */
static void write_question(const struct tpr_explained *explained)
{
	const char *source = tpr_explain_fact(explained, "dev_by"), *assumed = "";
	const char *cpu = cpu_assumed(explained);
	char *text;
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		if (!strcmp(sources[i].source, source))
			assumed = sources[i].words;
	}
	if (asprintf(&text, "A %s %s > %s coming in on %s%s%s%s%s, netns %s",
		     strcmp(tpr_explain_fact(explained, "proto"), "udp") ? "SYN" : "datagram",
		     tpr_explain_fact(explained, "foreign"), tpr_explain_fact(explained, "local"),
		     tpr_explain_fact(explained, "dev"), assumed, cpu ? ", CPU " : "",
		     cpu ? tpr_explain_fact(explained, "cpu") : "", cpu ? cpu : "",
		     tpr_explain_fact(explained, "netns")) < 0)
		return;
	tpr_explain_fold(text, 2);
	putchar('\n');
	free(text);
}

static void write_bind(const struct tpr_explained *explained)
{
	const char *dev = tpr_explain_fact(explained, "dev");
	bool has_dev = strcmp(dev, "-");
	char *text = NULL;

	if (!explained->options->has_no_header &&
	    asprintf(&text, "bind() of TCP to %s%s%s, netns %s", tpr_explain_fact(explained, "local"),
		     has_dev ? " on " : "", has_dev ? dev : "",
		     tpr_explain_fact(explained, "netns")) >= 0) {
		tpr_text_show(stdout, text);
		fputs("\n\n", stdout);
	}
	free(text);
	tpr_explain_bind(explained);
}

/* Drawn on a terminal; else a list, for files and those who read with a program. */
static void write_way(const struct tpr_explained *explained)
{
	struct tpr_drawing drawing = tpr_drawing_of_stdout();

	if (drawing.is_terminal) {
		tpr_explain_draw(explained, &drawing);
		return;
	}
	tpr_explain_before(explained);
	tpr_explain_search(explained);
}

static void write_answer(struct tpr_explained *explained)
{
	if (tpr_explain_is_bind(explained)) {
		write_bind(explained);
		return;
	}
	if (!explained->options->has_no_header)
		write_question(explained);
	write_way(explained);
	putchar('\n');
	tpr_explain_end(explained);
	tpr_explain_near(explained, tpr_explain_lately(explained));
}

static void write_json(const struct tpr_explained *explained)
{
	size_t i;

	if (!explained->options->has_no_header)
		tpr_json_head(stdout, explained->rows.table);
	for (i = 0; i < explained->rows.nr; i++)
		tpr_json_row(stdout, explained->rows.table, explained->rows.rows[i]);
}

/* Processes are those of now: they say nothing about a saved answer. */
static int add_holders(struct tpr_explained *explained)
{
	struct tpr_rows listeners;
	int error;

	if (explained->options->from)
		return 0;
	error = tpr_rows_load(&listeners, explained->options, "listeners", &tpr_listeners_shape);
	if (!error)
		error = tpr_processes_scan(&explained->processes);
	if (!error)
		error = tpr_holder_add_as(&explained->rows, &explained->processes, &listeners);
	tpr_rows_free(&listeners);
	return error;
}

static int answer(struct tpr_explained *explained, const char *question)
{
	int error = tpr_explain_ask(explained, question);

	if (!error)
		error = add_holders(explained);
	if (error)
		return error;
	if (explained->options->is_json)
		write_json(explained);
	else
		write_answer(explained);
	return 0;
}

/**
 * tpr_explain_main() - the command "explain"
 * @options: of the command line
 * @argc: number of words
 * @argv: the question; none with --from, which has one
 *
 * Return: exit status.
 */
enum tpr_exit tpr_explain_main(const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_explained explained;
	char *question;
	int error;

	if (!argc != !!options->from) {
		tpr_message(argc ? "explain: the saved answer has its question: no words with --from" :
				   "explain: what? " USAGE);
		return TPR_EXIT_USAGE;
	}
	question = tpr_text_join(argc, argv);
	if (!question) {
		tpr_message("out of memory");
		return TPR_EXIT_FAILED;
	}
	error = tpr_explain_open(&explained, options);
	if (!error) {
		error = answer(&explained, question);
		tpr_explain_close(&explained);
	}
	free(question);
	if (error == -EDOM)
		return TPR_EXIT_USAGE;
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
