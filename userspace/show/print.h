/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one way from a table to stdout. A command picks a printer, for people or JSON, and gives
 * it the events of the table; it need not know which one it is.
 */
#ifndef TPR_PRINT_H
#define TPR_PRINT_H

#include "lib/options.h"
#include "table/table.h"
#include "where/parse.h"
#include "show/grid.h"

struct tpr_printer;
struct tpr_tally;

/**
 * struct tpr_printer_ops - how one kind of printer deals with events
 *
 * Each returns 0 or -errno; -ECANCELED if it has said itself what is wrong, -EDOM if that was on
 * the command line.
 */
struct tpr_printer_ops {
	/** @head: lines 1 and 2 are known; it may replace facts before they are printed */
	int (*head)(struct tpr_printer *printer, struct tpr_table *table);
	/** @row: a row; fields are those of the table, or what stands for them */
	int (*row)(struct tpr_printer *printer, const struct tpr_table *table,
		   char *const *fields);
	/** @lost: rows are missing here */
	int (*lost)(struct tpr_printer *printer, const struct tpr_table *table);
};

/** struct tpr_printer - a printer; each kind uses the members it needs */
struct tpr_printer {
	/** @ops: its kind */
	const struct tpr_printer_ops *ops;
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @has_colour: stdout is a terminal whose owner does not mind colours */
	bool has_colour;
	/** @filter: the rows to print, or NULL for all */
	struct tpr_expression *filter;
	/** @shown_nr: rows that were printed */
	uint64_t shown_nr;
	/** @is_stream: rows must not wait for the rows after them */
	bool is_stream;
	/** @grid: aligned columns; made at the head, or NULL */
	struct tpr_grid *grid;
	/** @tally: where rows are counted instead of being printed, or NULL */
	struct tpr_tally *tally;
	/** @describe: writes the facts of line 1 as a sentence, or NULL */
	void (*describe)(const struct tpr_printer *printer, const struct tpr_table *table);
	/** @titles: memory of the titles in @grid */
	char **titles;
	/** @titles_nr: number of @titles */
	size_t titles_nr;
};

extern const struct tpr_printer_ops tpr_print_json;
extern const struct tpr_printer_ops tpr_print_plain;
extern const struct tpr_printer_ops tpr_print_tally;

void tpr_print_init(struct tpr_printer *printer, const struct tpr_options *options,
		    const struct tpr_printer_ops *ops);
int tpr_print_count(struct tpr_printer *printer);
void tpr_print_not_watched(const struct tpr_printer *printer, const struct tpr_table *table);
void tpr_print_exit(struct tpr_printer *printer);
int tpr_print_event(struct tpr_printer *printer, struct tpr_table *table,
		    enum tpr_event event);
int tpr_print_flush(struct tpr_printer *printer);
int tpr_print_finish(struct tpr_printer *printer);
bool tpr_print_has_colour(void);
size_t tpr_print_width(void);
void tpr_print_explain(int error);
int tpr_print_lost(struct tpr_printer *printer, const struct tpr_table *table);
int tpr_print_file(struct tpr_printer *printer, const char *name, const struct tpr_shape *shape);

#endif
