// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch hooks: where the module is attached to the kernel, whether that works, and how
 * often each place was reached. This is where to look when the overview says NOT WATCHING.
 */
#include "command.h"

#include "print.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "hooks", NULL };
static const char *const columns[] = {
	"hook", "target", "need", "backend", "state", "hits", "missed", NULL,
};
static const char *const facts[] = { "backend", "armed", "total", "canary", NULL };

const struct tpw_shape tpw_hooks_shape = {
	.names = names, .columns = columns, .facts = facts,
};

/* Facts that say something only when they are there: a newer module may have more or fewer. */
static void write_fact(const struct tpw_table *table, const char *key, const char *words)
{
	const char *value = tpw_table_fact(table, key);

	if (!value)
		return;
	printf("%s", words);
	tpw_text_show(stdout, value);
}

static void describe(const struct tpw_printer *printer, const struct tpw_table *table)
{
	const char *enabled = tpw_table_fact(table, "enabled");

	if (!strcmp(tpw_table_fact(table, "canary"), "no") || (enabled && !strcmp(enabled, "0"))) {
		tpw_grid_paint(stdout, "NOT WATCHING",
			       printer->has_colour ? TPW_COLOUR_RED : TPW_COLOUR_NONE);
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
}

/**
 * tpw_hooks_main() - the command "hooks"
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status.
 */
enum tpw_exit tpw_hooks_main(const struct tpw_options *options, int argc, char **argv)
{
	struct tpw_printer printer;
	int error;

	(void)argc;
	(void)argv;
	tpw_print_init(&printer, options, &tpw_print_plain);
	printer.describe = describe;
	error = tpw_print_file(&printer, "hooks", &tpw_hooks_shape);
	tpw_print_exit(&printer);
	return error ? TPW_EXIT_FAILED : TPW_EXIT_DONE;
}
