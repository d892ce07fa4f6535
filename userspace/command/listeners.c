// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch listeners: what each listener was given, how full its queue is, how a reuseport
 * group shares, and who opened it.
 */
#include "command.h"

#include "show/listing.h"
#include "show/share.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "listeners", NULL };
static const char *const columns[] = {
	"proto", "local", "dev", "flags", "state", "queue", "backlog", "segments", "syns",
	"children", "overflows", "drops", "group", "cookie", "inode", "pid", "comm", "cgroup",
	"netns", NULL,
};
static const char *const facts[] = { "netns", "now_ns", NULL };

const struct tpr_shape tpr_listeners_shape = {
	.names = names, .columns = columns, .facts = facts,
};

static const struct tpr_grid_column looks[] = {
	{ .title = "Proto" },
	{ .title = "Local Address" },
	{ .title = "Flags" },
	{ .title = "Queue", .is_right = true },
	{ .title = "Segs", .is_right = true },
	{ .title = "SYNs", .is_right = true },
	{ .title = "Conns", .is_right = true },
	{ .title = "Full", .is_right = true },
	{ .title = "Drops", .is_right = true },
	{ .title = "Group" },
	{ .title = "Share/Fair", .is_right = true },
	{ .title = "PID/Program name", .is_wrapped = true },
};

static const char *const shown[] = {
	"proto", "local", "dev", "flags", "state", "queue", "backlog", "segments", "syns",
	"children", "overflows", "drops", "group", "share", "expected", "pid", "comm", NULL,
};

/* As ss has it: 0.0.0.0%eth0:80 */
static void put_local(const struct tpr_listing *listing, size_t row)
{
	const char *local = tpr_rows_get(&listing->rows, row, "local");
	const char *dev = tpr_rows_get(&listing->rows, row, "dev");
	const char *colon = strrchr(local, ':');
	char text[160];

	if (!tpr_table_is_value(dev) || !colon)
		snprintf(text, sizeof(text), "%s", local);
	else
		snprintf(text, sizeof(text), "%.*s%%%s%s", (int)(colon - local), local, dev, colon);
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
}

/* Waiting for accept() of as many as may wait; of UDP, bytes that wait. */
static void put_queue(const struct tpr_listing *listing, size_t row)
{
	const char *queue = tpr_rows_get(&listing->rows, row, "queue");
	const char *backlog = tpr_rows_get(&listing->rows, row, "backlog");
	char text[64];

	if (!strcmp(tpr_rows_get(&listing->rows, row, "state"), "CLOSED"))
		snprintf(text, sizeof(text), "CLOSED");
	else if (tpr_table_is_value(backlog))
		snprintf(text, sizeof(text), "%s/%s", queue, backlog);
	else
		snprintf(text, sizeof(text), "%s", queue);
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
}

/* A count that is bad news when it is not 0. */
static void put_loss(const struct tpr_listing *listing, size_t row, const char *column)
{
	tpr_grid_cell(listing->grid, tpr_rows_get(&listing->rows, row, column),
		      tpr_rows_number(&listing->rows, row, column) ? TPR_COLOUR_RED :
								     TPR_COLOUR_NONE);
}

/* "10/25%": of what the group got, and what is fair */
static void put_share(const struct tpr_listing *listing, size_t row)
{
	const char *share = tpr_rows_get(&listing->rows, row, "share");
	const char *expected = tpr_rows_get(&listing->rows, row, "expected");
	char text[64];

	if (tpr_table_is_value(expected))
		snprintf(text, sizeof(text), "%s/%s%%", share, expected);
	else
		strcpy(text, "-");
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
}

static void put_cells(const struct tpr_listing *listing, size_t row)
{
	tpr_listing_cell(listing, row, "proto");
	put_local(listing, row);
	tpr_listing_cell(listing, row, "flags");
	put_queue(listing, row);
	tpr_listing_cell(listing, row, "segments");
	tpr_listing_cell(listing, row, "syns");
	tpr_listing_cell(listing, row, "children");
	put_loss(listing, row, "overflows");
	put_loss(listing, row, "drops");
	tpr_listing_cell(listing, row, "group");
	put_share(listing, row);
	tpr_listing_actor(listing, row);
}

const struct tpr_listing_kind tpr_listeners_kind = {
	.file = "listeners",
	.shape = &tpr_listeners_shape,
	.looks = looks,
	.looks_nr = sizeof(looks) / sizeof(looks[0]),
	.prepare = tpr_share_add,
	.cells = put_cells,
	.shown = shown,
};

/**
 * tpr_listeners_main() - the command "listeners"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpr_exit tpr_listeners_main(const struct tpr_options *options, int argc, char **argv)
{
	if (options->wants_audit)
		return tpr_audit_main(options, argc, argv);
	return tpr_listing_main(&tpr_listeners_kind, options, argc, argv);
}
