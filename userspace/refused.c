// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch refused: local endpoints that somebody asked for and that had no socket.
 */
#include "command.h"

#include "clock.h"
#include "listing.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "refused", NULL };
static const char *const columns[] = {
	"proto", "local", "count", "refused", "last_ns", "last_foreign", "netns", NULL,
};
static const char *const facts[] = { "netns", "now_ns", NULL };

const struct tpw_shape tpw_refused_shape = {
	.names = names, .columns = columns, .facts = facts,
};

static const struct tpw_grid_column looks[] = {
	{ .title = "Proto" },
	{ .title = "Local Address" },
	{ .title = "Segs", .is_right = true },
	{ .title = "Refused", .is_right = true },
	{ .title = "Last" },
	{ .title = "From" },
	{ .title = "Nearest", .is_wrapped = true },
};

static const char *const shown[] = {
	"proto", "local", "count", "refused", "last_ns", "last_foreign", "nearest",
	"nearest_local", NULL,
};

/* A socket that nearly fits, and what is different about it */
static void put_nearest(const struct tpw_listing *listing, size_t row)
{
	const char *nearest = tpw_rows_get(&listing->rows, row, "nearest");
	char text[192];

	if (tpw_table_is_value(nearest))
		snprintf(text, sizeof(text), "%s (%s)",
			 tpw_rows_get(&listing->rows, row, "nearest_local"), nearest);
	else
		strcpy(text, nearest);
	tpw_grid_cell(listing->grid, text, TPW_COLOUR_NONE);
}

static void put_cells(const struct tpw_listing *listing, size_t row)
{
	char text[TPW_CLOCK_BYTES + 8], span[TPW_CLOCK_BYTES];

	tpw_listing_cell(listing, row, "proto");
	tpw_listing_cell(listing, row, "local");
	tpw_listing_cell(listing, row, "count");
	tpw_listing_cell(listing, row, "refused");
	if (tpw_listing_ago(listing, row, "last_ns", span))
		snprintf(text, sizeof(text), "%s ago", span);
	else
		strcpy(text, "?");
	tpw_grid_cell(listing->grid, text, TPW_COLOUR_NONE);
	tpw_listing_cell(listing, row, "last_foreign");
	put_nearest(listing, row);
}

static const struct tpw_listing_kind kind = {
	.file = "refused",
	.shape = &tpw_refused_shape,
	.looks = looks,
	.looks_nr = sizeof(looks) / sizeof(looks[0]),
	.cells = put_cells,
	.shown = shown,
};

/**
 * tpw_refused_main() - the command "refused"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpw_exit tpw_refused_main(const struct tpw_options *options, int argc, char **argv)
{
	return tpw_listing_main(&kind, options, argc, argv);
}
