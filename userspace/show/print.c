// SPDX-License-Identifier: GPL-2.0
/*
 * Two printers that can show any table, JSON lines and plain columns, and what all printers
 * share. Functions return 0 or -errno; a reader that went away (head, a pager) ends the program
 * by SIGPIPE, so only a full disk and the like come back as an error of output.
 */
#include "show/print.h"

#include "lib/message.h"
#include "lib/text.h"
#include "lib/words.h"
#include "system/procfs.h"
#include "table/watched.h"
#include "show/json.h"
#include "show/tally.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE_WIDTH	100

/**
 * tpr_print_has_colour() - whether to write in colours
 *
 * Return: true if stdout is a terminal whose owner does not mind.
 */
bool tpr_print_has_colour(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

/**
 * tpr_print_width() - how wide lines may be that could be wider
 *
 * Return: characters: the width of the terminal, and at least 100, also without a terminal.
 */
size_t tpr_print_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < LINE_WIDTH)
		return LINE_WIDTH;
	return size.ws_col;
}

/**
 * tpr_print_init() - prepare a printer
 * @printer: the printer
 * @options: of the command line; with --json, @ops is not used
 * @ops: the kind of printer for people
 */
void tpr_print_init(struct tpr_printer *printer, const struct tpr_options *options,
		    const struct tpr_printer_ops *ops)
{
	*printer = (struct tpr_printer){
		.ops = options->is_json ? &tpr_print_json : ops,
		.options = options,
		.has_colour = tpr_print_has_colour(),
	};
}

/**
 * tpr_print_count() - count rows by what --by says, if it was given, instead of printing them
 * @printer: from tpr_print_init(); tpr_print_finish() prints what was counted
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_print_count(struct tpr_printer *printer)
{
	if (!printer->options->by)
		return 0;
	printer->ops = &tpr_print_tally;
	printer->tally = tpr_tally_create(printer->options);
	return printer->tally ? 0 : -ENOMEM;
}

/**
 * tpr_print_exit() - free what a printer holds; what was not flushed is gone
 * @printer: from tpr_print_init()
 */
void tpr_print_exit(struct tpr_printer *printer)
{
	size_t i;

	tpr_grid_destroy(printer->grid);
	tpr_tally_destroy(printer->tally);
	for (i = 0; i < printer->titles_nr; i++)
		free(printer->titles[i]);
	free(printer->titles);
}

/**
 * tpr_print_flush() - write everything up to here
 * @printer: the printer
 *
 * Return: 0 or -errno.
 */
int tpr_print_flush(struct tpr_printer *printer)
{
	int error = printer->grid ? tpr_grid_flush(printer->grid) : 0;

	if (error)
		return error;
	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		return errno ? -errno : -EIO;
	return 0;
}

/**
 * tpr_print_finish() - all rows have come: write everything
 * @printer: the printer
 *
 * Return: 0 or -errno.
 */
int tpr_print_finish(struct tpr_printer *printer)
{
	int error = printer->tally ? tpr_tally_print(printer->tally, printer->has_colour) : 0;

	return error ? error : tpr_print_flush(printer);
}

static int print_head(struct tpr_printer *printer, struct tpr_table *table)
{
	if (printer->filter && tpr_expression_bind(printer->filter, table))
		return -EDOM;
	/* These two say it themselves. */
	if (strcmp(table->name, "counters") && strcmp(table->name, "hooks"))
		tpr_table_warn_blind(table);
	return printer->ops->head(printer, table);
}

/* A row, if it was asked for. */
static int print_row(struct tpr_printer *printer, const struct tpr_table *table)
{
	int proto = tpr_table_column(table, "proto");

	if (proto >= 0 && !tpr_options_want_proto(printer->options, table->fields[proto]))
		return 0;
	if (printer->filter && !tpr_expression_match(printer->filter, table->fields))
		return 0;
	printer->shown_nr++;
	return printer->ops->row(printer, table, table->fields);
}

/**
 * tpr_print_event() - print what a table gave
 * @printer: the printer
 * @table: the table, still at that event
 * @event: the event; those that carry nothing to print are ignored, and so are rows that the
 *	options and the filter do not ask for
 *
 * Return: 0 or -errno.
 */
int tpr_print_event(struct tpr_printer *printer, struct tpr_table *table,
		    enum tpr_event event)
{
	switch (event) {
	case TPR_EVENT_HEAD:
		return print_head(printer, table);
	case TPR_EVENT_ROW:
		return print_row(printer, table);
	case TPR_EVENT_LOST:
		return printer->ops->lost(printer, table);
	default:
		return 0;
	}
}

/**
 * tpr_print_explain() - say on stderr that output failed
 * @error: what a function here returned, not 0
 */
void tpr_print_explain(int error)
{
	if (error != -ECANCELED && error != -EDOM)
		tpr_message("cannot write: %s", strerror(-error));
}

/* Print events until the table ends. */
static int print_table(struct tpr_printer *printer, struct tpr_table *table, int fd)
{
	enum tpr_event event;
	int error = 0;

	do {
		event = tpr_table_read(table, fd);
		error = tpr_print_event(printer, table, event);
		if (!error && ferror(stdout))
			error = tpr_print_flush(printer);
	} while (!error && event != TPR_EVENT_END && event != TPR_EVENT_ERROR);
	if (!error)
		error = tpr_print_finish(printer);
	if (error) {
		tpr_print_explain(error);
	} else if (event == TPR_EVENT_ERROR) {
		/* the rows before it were good and are printed */
		tpr_message("%s", tpr_table_error(table));
		error = -EINVAL;
	}
	return error;
}

/**
 * tpr_print_file() - print a whole file of the module that ends
 * @printer: the printer
 * @name: of the file
 * @shape: what its table must have
 *
 * Return: 0, or -errno after a message.
 */
int tpr_print_file(struct tpr_printer *printer, const char *name, const struct tpr_shape *shape)
{
	struct tpr_table *table;
	struct tpr_file file;
	int error;

	error = tpr_procfs_open(&file, printer->options, name, 0);
	if (error)
		return error;
	table = tpr_table_create(file.path, shape);
	if (table) {
		error = print_table(printer, table, file.fd);
	} else {
		tpr_message("out of memory");
		error = -ENOMEM;
	}
	tpr_table_destroy(table);
	tpr_procfs_close(&file);
	return error;
}

static int json_head(struct tpr_printer *printer, struct tpr_table *table)
{
	if (!printer->options->has_no_header)
		tpr_json_head(stdout, table);
	return 0;
}

static int json_row(struct tpr_printer *printer, const struct tpr_table *table,
		    char *const *fields)
{
	(void)printer;
	tpr_json_row(stdout, table, fields);
	return 0;
}

static int json_lost(struct tpr_printer *printer, const struct tpr_table *table)
{
	(void)printer;
	tpr_json_lost(stdout, table->lost);
	return 0;
}

const struct tpr_printer_ops tpr_print_json = {
	.head = json_head,
	.row = json_row,
	.lost = json_lost,
};

/* Titles of plain columns: their names in capitals. */
static int make_titles(struct tpr_printer *printer, const struct tpr_table *table,
		       struct tpr_grid_column *looks)
{
	size_t i;

	printer->titles = calloc(table->columns_nr, sizeof(*printer->titles));
	if (!printer->titles)
		return -ENOMEM;
	for (i = 0; i < table->columns_nr; i++) {
		char *title = strdup(table->columns[i].name);
		char *c;

		if (!title)
			return -ENOMEM;
		for (c = title; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		printer->titles[printer->titles_nr++] = title;
		looks[i].title = title;
		looks[i].is_right = tpr_kind_is_number(table->columns[i].kind);
	}
	return 0;
}

static int plain_head(struct tpr_printer *printer, struct tpr_table *table)
{
	struct tpr_grid_column looks[TPR_TABLE_COLUMNS_NR] = { 0 };
	int error = make_titles(printer, table, looks);

	if (error)
		return error;
	printer->grid = tpr_grid_create(stdout, looks, table->columns_nr);
	if (!printer->grid)
		return -ENOMEM;
	tpr_grid_colour(printer->grid, printer->has_colour);
	if (printer->options->has_no_header)
		return 0;
	if (printer->describe)
		printer->describe(printer, table);
	tpr_grid_titles(printer->grid);
	return 0;
}

static int plain_row(struct tpr_printer *printer, const struct tpr_table *table,
		     char *const *fields)
{
	size_t i;

	for (i = 0; i < table->columns_nr; i++)
		tpr_grid_cell(printer->grid, fields[i], TPR_COLOUR_NONE);
	return 0;
}

/**
 * tpr_print_not_watched() - say of each family that is not watched why, a line each
 * @printer: the printer, whose own output comes next
 * @table: the table
 */
void tpr_print_not_watched(const struct tpr_printer *printer, const struct tpr_table *table)
{
	size_t i;

	for (i = 0; i < TPR_FAMILIES_NR; i++) {
		char *sentence = tpr_watched_sentence(table, i);

		if (sentence) {
			tpr_grid_paint(stdout, sentence,
				       printer->has_colour ? TPR_COLOUR_RED : TPR_COLOUR_NONE);
			fputc('\n', stdout);
		}
		free(sentence);
	}
}

/**
 * tpr_print_lost() - say in a grid that rows are missing here
 * @printer: a printer with a grid
 * @table: the table, at TPR_EVENT_LOST
 *
 * Return: 0 or -errno.
 */
int tpr_print_lost(struct tpr_printer *printer, const struct tpr_table *table)
{
	char *text = NULL;

	if (asprintf(&text, "-- lost %" PRIu64 " row%s here: overwritten before they were read --",
		     table->lost, tpr_text_plural(table->lost, "", "s")) < 0)
		return -ENOMEM;
	tpr_grid_note(printer->grid, text, TPR_COLOUR_YELLOW);
	free(text);
	return 0;
}

const struct tpr_printer_ops tpr_print_plain = {
	.head = plain_head,
	.row = plain_row,
	.lost = tpr_print_lost,
};

static int tally_head(struct tpr_printer *printer, struct tpr_table *table)
{
	return tpr_tally_head(printer->tally, table);
}

static int tally_row(struct tpr_printer *printer, const struct tpr_table *table,
		     char *const *fields)
{
	(void)table;
	return tpr_tally_row(printer->tally, fields);
}

static int tally_lost(struct tpr_printer *printer, const struct tpr_table *table)
{
	tpr_tally_lost(printer->tally, table->lost);
	return 0;
}

const struct tpr_printer_ops tpr_print_tally = {
	.head = tally_head,
	.row = tally_row,
	.lost = tally_lost,
};
