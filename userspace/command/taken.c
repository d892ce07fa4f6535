// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch taken: local endpoints whose packets never arrived at TCP or UDP.
 */
#include "command.h"

#include "lib/text.h"
#include "show/listing.h"
#include "table/table.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "taken", NULL };
static const char *const columns[] = {
	"proto", "local", "count", "syns", "by", "reason", "who", "last_ns", "last_foreign",
	"netns", NULL,
};
static const char *const facts[] = { "netns", "now_ns", "others", NULL };

const struct tpr_shape tpr_taken_shape = {
	.names = names, .columns = columns, .facts = facts,
};

static const struct tpr_grid_column looks[] = {
	{ .title = "Proto" },
	{ .title = "Local Address" },
	{ .title = "Packets", .is_right = true },
	{ .title = "SYNs", .is_right = true },
	{ .title = "Last" },
	{ .title = "From" },
	{ .title = "Taken by", .is_wrapped = true },
};

static const char *const shown[] = {
	"proto", "local", "count", "syns", "last_ns", "last_foreign", "by", "reason", "who", NULL,
};

/* "input: nft:inet/filter/input", or the kernel's reason where no hook stands */
static void put_taker(const struct tpr_listing *listing, size_t row)
{
	const char *who = tpr_rows_get(&listing->rows, row, "who");
	char text[768];

	if (!strcmp(who, "-"))
		who = tpr_rows_get(&listing->rows, row, "reason");
	snprintf(text, sizeof(text), "%s: %s", tpr_rows_get(&listing->rows, row, "by"), who);
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
}

/* What is in no row, as nothing was dropped */
static void put_remark(const struct tpr_listing *listing)
{
	const char *others = tpr_table_fact(listing->rows.table, "others");

	if (!others || !tpr_table_is_value(others) || !strcmp(others, "0"))
		return;
	fputs("; ", stdout);
	tpr_text_show(stdout, others);
	fputs(" more not dropped by a hook: IPVS, a queue, the IP layer?", stdout);
}

static void put_cells(const struct tpr_listing *listing, size_t row)
{
	tpr_listing_cell(listing, row, "proto");
	tpr_listing_cell(listing, row, "local");
	tpr_listing_cell(listing, row, "count");
	tpr_listing_cell(listing, row, "syns");
	tpr_listing_cell_ago(listing, row, "last_ns");
	tpr_listing_cell(listing, row, "last_foreign");
	put_taker(listing, row);
}

const struct tpr_listing_kind tpr_taken_kind = {
	.file = "taken",
	.shape = &tpr_taken_shape,
	.looks = looks,
	.looks_nr = sizeof(looks) / sizeof(looks[0]),
	.cells = put_cells,
	.remark = put_remark,
	.shown = shown,
};

/**
 * tpr_taken_main() - the command "taken"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpr_exit tpr_taken_main(const struct tpr_options *options, int argc, char **argv)
{
	return tpr_listing_main(&tpr_taken_kind, options, argc, argv);
}
