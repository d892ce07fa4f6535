/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one way from a table to stdout. A command picks a printer, for people or JSON, and gives
 * it the events of the table; it need not know which one it is.
 */
#ifndef TPW_PRINT_H
#define TPW_PRINT_H

#include "expression.h"
#include "grid.h"
#include "options.h"
#include "table.h"

struct tpw_printer;

/**
 * struct tpw_printer_ops - how one kind of printer deals with events
 *
 * Each returns 0 or -errno; -ECANCELED if it has said itself what is wrong, -EDOM if that was on
 * the command line.
 */
struct tpw_printer_ops {
	/** @head: lines 1 and 2 are known; it may replace facts before they are printed */
	int (*head)(struct tpw_printer *printer, struct tpw_table *table);
	/** @row: a row; fields are those of the table, or what stands for them */
	int (*row)(struct tpw_printer *printer, const struct tpw_table *table,
		   char *const *fields);
	/** @lost: rows are missing here */
	int (*lost)(struct tpw_printer *printer, const struct tpw_table *table);
};

/** struct tpw_printer - a printer; each kind uses the members it needs */
struct tpw_printer {
	/** @ops: its kind */
	const struct tpw_printer_ops *ops;
	/** @options: of the command line */
	const struct tpw_options *options;
	/** @has_colour: stdout is a terminal whose owner does not mind colours */
	bool has_colour;
	/** @filter: the rows to print, or NULL for all */
	struct tpw_expression *filter;
	/** @shown_nr: rows that were printed */
	uint64_t shown_nr;
	/** @is_stream: rows must not wait for the rows after them */
	bool is_stream;
	/** @grid: aligned columns; made at the head, or NULL */
	struct tpw_grid *grid;
	/** @describe: writes the facts of line 1 as a sentence, or NULL */
	void (*describe)(const struct tpw_printer *printer, const struct tpw_table *table);
	/** @titles: memory of the titles in @grid */
	char **titles;
	/** @titles_nr: number of @titles */
	size_t titles_nr;
};

extern const struct tpw_printer_ops tpw_print_json;
extern const struct tpw_printer_ops tpw_print_plain;

void tpw_print_init(struct tpw_printer *printer, const struct tpw_options *options,
		    const struct tpw_printer_ops *ops);
void tpw_print_exit(struct tpw_printer *printer);
int tpw_print_event(struct tpw_printer *printer, struct tpw_table *table,
		    enum tpw_event event);
int tpw_print_flush(struct tpw_printer *printer);
bool tpw_print_has_colour(void);
size_t tpw_print_width(void);
void tpw_print_explain(int error);
int tpw_print_lost(struct tpw_printer *printer, const struct tpw_table *table);
int tpw_print_file(struct tpw_printer *printer, const char *name, const struct tpw_shape *shape);

#endif
