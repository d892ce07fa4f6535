// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch refused: local endpoints that somebody asked for and that had no socket.
 */
#include "command.h"

#include "lib/words.h"
#include "table/clock.h"
#include "show/listing.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "refused", NULL };
static const char *const columns[] = {
	"proto", "local", "count", "refused", "syns", "last_ns", "last_foreign", "netns", NULL,
};
static const char *const facts[] = { "netns", "now_ns", NULL };

const struct tpr_shape tpr_refused_shape = {
	.names = names, .columns = columns, .facts = facts,
};

static const struct tpr_grid_column looks[] = {
	{ .title = "Proto" },
	{ .title = "Local Address" },
	{ .title = "Segs", .is_right = true },
	{ .title = "SYNs", .is_right = true },
	{ .title = "Last" },
	{ .title = "From" },
	{ .title = "Nearest", .is_wrapped = true },
};

static const char *const shown[] = {
	"proto", "local", "count", "syns", "last_ns", "last_foreign",
	"nearest", "nearest_local", "nearest_since_ns", NULL,
};

/* A socket that nearly fits, and what is different about it */
static void put_nearest(const struct tpr_listing *listing, size_t row)
{
	const char *nearest = tpr_rows_get(&listing->rows, row, "nearest");
	char text[192], span[TPR_CLOCK_BYTES];
	bool is_here = !strcmp(nearest, TPR_NEAR_NOW);

	if (!tpr_table_is_value(nearest))
		snprintf(text, sizeof(text), "%s", nearest);
	else if (is_here && tpr_listing_ago(listing, row, "nearest_since_ns", span))
		snprintf(text, sizeof(text), "%s (%s, for %s)",
			 tpr_rows_get(&listing->rows, row, "nearest_local"), nearest, span);
	else
		snprintf(text, sizeof(text), "%s (%s)",
			 tpr_rows_get(&listing->rows, row, "nearest_local"), nearest);
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
}

static void put_cells(const struct tpr_listing *listing, size_t row)
{
	tpr_listing_cell(listing, row, "proto");
	tpr_listing_cell(listing, row, "local");
	tpr_listing_cell(listing, row, "count");
	tpr_listing_cell(listing, row, "syns");
	tpr_listing_cell_ago(listing, row, "last_ns");
	tpr_listing_cell(listing, row, "last_foreign");
	put_nearest(listing, row);
}

const struct tpr_listing_kind tpr_refused_kind = {
	.file = "refused",
	.shape = &tpr_refused_shape,
	.looks = looks,
	.looks_nr = sizeof(looks) / sizeof(looks[0]),
	.cells = put_cells,
	.shown = shown,
};

/**
 * tpr_refused_main() - the command "refused"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpr_exit tpr_refused_main(const struct tpr_options *options, int argc, char **argv)
{
	return tpr_listing_main(&tpr_refused_kind, options, argc, argv);
}
