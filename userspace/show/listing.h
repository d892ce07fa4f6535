/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of sockets for people, as ss lists them: chosen, sorted, in columns, with all that does
 * not fit there behind them. Or the same rows as JSON.
 */
#ifndef TPR_LISTING_H
#define TPR_LISTING_H

#include "lib/exit.h"
#include "lib/options.h"
#include "system/process.h"
#include "table/rows.h"
#include "show/cgroups.h"
#include "show/grid.h"

struct tpr_listing;

/** struct tpr_listing_kind - how one of the tables is listed */
struct tpr_listing_kind {
	/** @file: name of the file */
	const char *file;
	/** @shape: what its table must have */
	const struct tpr_shape *shape;
	/** @looks: columns for people; one more follows them for what does not fit */
	const struct tpr_grid_column *looks;
	/** @looks_nr: number of @looks */
	size_t looks_nr;
	/** @has_holders: its sockets are shown with who holds them now */
	bool has_holders;
	/** @prepare: adds what is computed, before rows are chosen; or NULL */
	int (*prepare)(struct tpr_rows *rows);
	/** @cells: puts the @looks_nr cells of a row into the grid */
	void (*cells)(const struct tpr_listing *listing, size_t row);
	/** @remark: ends the line that describes the table; or NULL */
	void (*remark)(const struct tpr_listing *listing);
	/** @rare: a column of the table that has its place only if one of the rows has it, or NULL */
	const char *rare;
	/** @rare_look: how it looks */
	struct tpr_grid_column rare_look;
	/** @rare_at: how many of @looks stand before it; there @cells calls tpr_listing_rare() */
	size_t rare_at;
	/** @shown: columns of the table that @cells shows, up to NULL: -e does not repeat them */
	const char *const *shown;
};

/** struct tpr_listing - one listing */
struct tpr_listing {
	/** @kind: of what */
	const struct tpr_listing_kind *kind;
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @rows: the rows that are listed */
	struct tpr_rows rows;
	/** @grid: where they go, for people */
	struct tpr_grid *grid;
	/** @processes: who holds sockets, with -p, or if the kind has holders */
	struct tpr_processes processes;
	/** @has_rare: one of the rows has the rare column */
	bool has_rare;
	/** @closed_nr: closed sockets that are not listed */
	size_t closed_nr;
	/** @cgroups: with -e or --by, those that were looked up; NULL if none can be */
	struct tpr_cgroups *cgroups;
};

extern const struct tpr_listing_kind tpr_connections_kind;
extern const struct tpr_listing_kind tpr_listeners_kind;
extern const struct tpr_listing_kind tpr_refused_kind;
extern const struct tpr_listing_kind tpr_taken_kind;

enum tpr_exit tpr_listing_main(const struct tpr_listing_kind *kind,
			       const struct tpr_options *options, int argc, char **argv);
int tpr_listing_load(struct tpr_listing *listing, const struct tpr_listing_kind *kind,
		     const struct tpr_options *options);
int tpr_listing_print(struct tpr_listing *listing);
void tpr_listing_free(struct tpr_listing *listing);
void tpr_listing_cell(const struct tpr_listing *listing, size_t row, const char *column);
void tpr_listing_local(const struct tpr_listing *listing, size_t row);
void tpr_listing_cell_ago(const struct tpr_listing *listing, size_t row, const char *column);
void tpr_listing_rare(const struct tpr_listing *listing, size_t row);
void tpr_listing_actor(const struct tpr_listing *listing, size_t row);
void tpr_listing_holder(const struct tpr_listing *listing, size_t row);
bool tpr_listing_ago(const struct tpr_listing *listing, size_t row, const char *column,
		     char *text);

#endif
