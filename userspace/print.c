// SPDX-License-Identifier: GPL-2.0
/*
 * Two printers that can show any table, JSON lines and plain columns, and what all printers
 * share. Functions return 0 or -errno; a reader that went away (head, a pager) ends the program
 * by SIGPIPE, so only a full disk and the like come back as an error of output.
 */
#include "print.h"

#include "json.h"
#include "message.h"
#include "procfs.h"
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE_WIDTH	100

/**
 * tpw_print_has_colour() - whether to write in colours
 *
 * Return: true if stdout is a terminal whose owner does not mind.
 */
bool tpw_print_has_colour(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

/**
 * tpw_print_width() - how wide lines may be that could be wider
 *
 * Return: characters: the width of the terminal, and at least 100, also without a terminal.
 */
size_t tpw_print_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < LINE_WIDTH)
		return LINE_WIDTH;
	return size.ws_col;
}

/**
 * tpw_print_init() - prepare a printer
 * @printer: the printer
 * @options: of the command line; with --json, @ops is not used
 * @ops: the kind of printer for people
 */
void tpw_print_init(struct tpw_printer *printer, const struct tpw_options *options,
		    const struct tpw_printer_ops *ops)
{
	*printer = (struct tpw_printer){
		.ops = options->is_json ? &tpw_print_json : ops,
		.options = options,
		.has_colour = tpw_print_has_colour(),
	};
}

/**
 * tpw_print_exit() - free what a printer holds; what was not flushed is gone
 * @printer: from tpw_print_init()
 */
void tpw_print_exit(struct tpw_printer *printer)
{
	size_t i;

	tpw_grid_destroy(printer->grid);
	for (i = 0; i < printer->titles_nr; i++)
		free(printer->titles[i]);
	free(printer->titles);
}

/**
 * tpw_print_flush() - write everything up to here
 * @printer: the printer
 *
 * Return: 0 or -errno.
 */
int tpw_print_flush(struct tpw_printer *printer)
{
	int error = printer->grid ? tpw_grid_flush(printer->grid) : 0;

	if (error)
		return error;
	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		return errno ? -errno : -EIO;
	return 0;
}

static int print_head(struct tpw_printer *printer, struct tpw_table *table)
{
	if (printer->filter && tpw_expression_bind(printer->filter, table))
		return -EDOM;
	return printer->ops->head(printer, table);
}

/* A row, if it was asked for. */
static int print_row(struct tpw_printer *printer, const struct tpw_table *table)
{
	int proto = tpw_table_column(table, "proto");

	if (proto >= 0 && !tpw_options_want_proto(printer->options, table->fields[proto]))
		return 0;
	if (printer->filter && !tpw_expression_match(printer->filter, table->fields))
		return 0;
	printer->shown_nr++;
	return printer->ops->row(printer, table, table->fields);
}

/**
 * tpw_print_event() - print what a table gave
 * @printer: the printer
 * @table: the table, still at that event
 * @event: the event; those that carry nothing to print are ignored, and so are rows that the
 *	options and the filter do not ask for
 *
 * Return: 0 or -errno.
 */
int tpw_print_event(struct tpw_printer *printer, struct tpw_table *table,
		    enum tpw_event event)
{
	switch (event) {
	case TPW_EVENT_HEAD:
		return print_head(printer, table);
	case TPW_EVENT_ROW:
		return print_row(printer, table);
	case TPW_EVENT_LOST:
		return printer->ops->lost(printer, table);
	default:
		return 0;
	}
}

/**
 * tpw_print_explain() - say on stderr that output failed
 * @error: what a function here returned, not 0
 */
void tpw_print_explain(int error)
{
	if (error != -ECANCELED && error != -EDOM)
		tpw_message("cannot write: %s", strerror(-error));
}

/* Print events until the table ends. */
static int print_table(struct tpw_printer *printer, struct tpw_table *table, int fd)
{
	enum tpw_event event;
	int error = 0;

	do {
		event = tpw_table_read(table, fd);
		error = tpw_print_event(printer, table, event);
		if (!error && ferror(stdout))
			error = tpw_print_flush(printer);
	} while (!error && event != TPW_EVENT_END && event != TPW_EVENT_ERROR);
	if (!error)
		error = tpw_print_flush(printer);
	if (error) {
		tpw_print_explain(error);
	} else if (event == TPW_EVENT_ERROR) {
		/* the rows before it were good and are printed */
		tpw_message("%s", tpw_table_error(table));
		error = -EINVAL;
	}
	return error;
}

/**
 * tpw_print_file() - print a whole file of the module that ends
 * @printer: the printer
 * @name: of the file
 * @shape: what its table must have
 *
 * Return: 0, or -errno after a message.
 */
int tpw_print_file(struct tpw_printer *printer, const char *name, const struct tpw_shape *shape)
{
	struct tpw_table *table;
	struct tpw_file file;
	int error;

	error = tpw_procfs_open(&file, printer->options, name, 0);
	if (error)
		return error;
	table = tpw_table_create(file.path, shape);
	if (table) {
		error = print_table(printer, table, file.fd);
	} else {
		tpw_message("out of memory");
		error = -ENOMEM;
	}
	tpw_table_destroy(table);
	tpw_procfs_close(&file);
	return error;
}

static int json_head(struct tpw_printer *printer, struct tpw_table *table)
{
	if (!printer->options->has_no_header)
		tpw_json_head(stdout, table);
	return 0;
}

static int json_row(struct tpw_printer *printer, const struct tpw_table *table,
		    char *const *fields)
{
	(void)printer;
	tpw_json_row(stdout, table, fields);
	return 0;
}

static int json_lost(struct tpw_printer *printer, const struct tpw_table *table)
{
	(void)printer;
	tpw_json_lost(stdout, table->lost);
	return 0;
}

const struct tpw_printer_ops tpw_print_json = {
	.head = json_head,
	.row = json_row,
	.lost = json_lost,
};

/* Titles of plain columns: their names in capitals. */
static int make_titles(struct tpw_printer *printer, const struct tpw_table *table,
		       struct tpw_grid_column *looks)
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
		looks[i].is_right = table->columns[i].kind != TPW_KIND_TEXT;
	}
	return 0;
}

static int plain_head(struct tpw_printer *printer, struct tpw_table *table)
{
	struct tpw_grid_column looks[TPW_TABLE_COLUMNS_NR] = { 0 };
	int error = make_titles(printer, table, looks);

	if (error)
		return error;
	printer->grid = tpw_grid_create(stdout, looks, table->columns_nr);
	if (!printer->grid)
		return -ENOMEM;
	tpw_grid_colour(printer->grid, printer->has_colour);
	if (printer->options->has_no_header)
		return 0;
	if (printer->describe)
		printer->describe(printer, table);
	tpw_grid_titles(printer->grid);
	return 0;
}

static int plain_row(struct tpw_printer *printer, const struct tpw_table *table,
		     char *const *fields)
{
	size_t i;

	for (i = 0; i < table->columns_nr; i++)
		tpw_grid_cell(printer->grid, fields[i], TPW_COLOUR_NONE);
	return 0;
}

/**
 * tpw_print_lost() - say in a grid that rows are missing here
 * @printer: a printer with a grid
 * @table: the table, at TPW_EVENT_LOST
 *
 * Return: 0 or -errno.
 */
int tpw_print_lost(struct tpw_printer *printer, const struct tpw_table *table)
{
	char *text = NULL;

	if (asprintf(&text, "-- lost %" PRIu64 " row%s here: overwritten before they were read --",
		     table->lost, table->lost == 1 ? "" : "s") < 0)
		return -ENOMEM;
	tpw_grid_note(printer->grid, text, TPW_COLOUR_YELLOW);
	free(text);
	return 0;
}

const struct tpw_printer_ops tpw_print_plain = {
	.head = plain_head,
	.row = plain_row,
	.lost = tpw_print_lost,
};
