/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of sockets for people, as ss lists them: chosen, sorted, in columns, with all that does
 * not fit there behind them. Or the same rows as JSON.
 */
#ifndef TPW_LISTING_H
#define TPW_LISTING_H

#include "command.h"
#include "grid.h"
#include "process.h"
#include "rows.h"

struct tpw_listing;

/** struct tpw_listing_kind - how one of the tables is listed */
struct tpw_listing_kind {
	/** @file: name of the file */
	const char *file;
	/** @shape: what its table must have */
	const struct tpw_shape *shape;
	/** @looks: columns for people; one more follows them for what does not fit */
	const struct tpw_grid_column *looks;
	/** @looks_nr: number of @looks */
	size_t looks_nr;
	/** @prepare: adds what is computed, before rows are chosen; or NULL */
	int (*prepare)(struct tpw_rows *rows);
	/** @cells: puts the @looks_nr cells of a row into the grid */
	void (*cells)(const struct tpw_listing *listing, size_t row);
	/** @shown: columns of the table that @cells shows, up to NULL: -e does not repeat them */
	const char *const *shown;
};

/** struct tpw_listing - one listing */
struct tpw_listing {
	/** @kind: of what */
	const struct tpw_listing_kind *kind;
	/** @options: of the command line */
	const struct tpw_options *options;
	/** @rows: the rows that are listed */
	struct tpw_rows rows;
	/** @grid: where they go, for people */
	struct tpw_grid *grid;
	/** @processes: who holds sockets, with -p */
	struct tpw_processes processes;
	/** @closed_nr: closed sockets that are not listed */
	size_t closed_nr;
	/** @cgroup_fd: to look up cgroups with -e, or -1 */
	int cgroup_fd;
};

extern const struct tpw_listing_kind tpw_connections_kind;
extern const struct tpw_listing_kind tpw_listeners_kind;

enum tpw_exit tpw_listing_main(const struct tpw_listing_kind *kind,
			       const struct tpw_options *options, int argc, char **argv);
int tpw_listing_load(struct tpw_listing *listing, const struct tpw_listing_kind *kind,
		     const struct tpw_options *options);
int tpw_listing_print(struct tpw_listing *listing);
void tpw_listing_free(struct tpw_listing *listing);
void tpw_listing_cell(const struct tpw_listing *listing, size_t row, const char *column);
void tpw_listing_actor(const struct tpw_listing *listing, size_t row);
bool tpw_listing_ago(const struct tpw_listing *listing, size_t row, const char *column,
		     char *text);

#endif
