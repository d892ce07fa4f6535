// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch hooks: where the module is attached to the kernel, whether that works, and how
 * often each place was reached. This is where to look when the overview says NOT WATCHING.
 */
#include "command.h"

#include "lib/text.h"
#include "show/print.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "hooks", NULL };
static const char *const columns[] = {
	"hook", "target", "need", "backend", "state", "hits", "missed", NULL,
};
static const char *const facts[] = { "backend", "armed", "total", "canary", NULL };

const struct tpr_shape tpr_hooks_shape = {
	.names = names, .columns = columns, .facts = facts,
};

/* Facts that say something only when they are there: a newer module may have more or fewer. */
static void write_fact(const struct tpr_table *table, const char *key, const char *words)
{
	const char *value = tpr_table_fact(table, key);

	if (!value)
		return;
	printf("%s", words);
	tpr_text_show(stdout, value);
}

static void describe(const struct tpr_printer *printer, const struct tpr_table *table)
{
	const char *enabled = tpr_table_fact(table, "enabled");

	if (!strcmp(tpr_table_fact(table, "canary"), "no") || (enabled && !strcmp(enabled, "0"))) {
		tpr_grid_paint(stdout, "NOT WATCHING",
			       printer->has_colour ? TPR_COLOUR_RED : TPR_COLOUR_NONE);
		fputs(": ", stdout);
	}
	write_fact(table, "armed", "");
	write_fact(table, "total", " of ");
	write_fact(table, "backend", " hooks by ");
	write_fact(table, "canary", ", canary fired: ");
	write_fact(table, "selfcheck", ", self-check at load: ");
	write_fact(table, "enabled", ", enabled=");
	write_fact(table, "netfilter", ", netfilter=");
	fputc('\n', stdout);
	tpr_print_not_watched(printer, table);
}

/**
 * tpr_hooks_main() - the command "hooks"
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status.
 */
enum tpr_exit tpr_hooks_main(const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_printer printer;
	int error;

	(void)argc;
	(void)argv;
	tpr_print_init(&printer, options, &tpr_print_plain);
	printer.describe = describe;
	error = tpr_print_file(&printer, "hooks", &tpr_hooks_shape);
	tpr_print_exit(&printer);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
