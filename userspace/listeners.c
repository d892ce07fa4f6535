// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch listeners: what each listener was given, how full its queue is, how a reuseport
 * group shares, and who opened it.
 */
#include "command.h"

#include "listing.h"
#include "share.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "listeners", NULL };
static const char *const columns[] = {
	"proto", "local", "dev", "flags", "state", "queue", "backlog", "segments", "syns",
	"children", "overflows", "drops", "group", "cookie", "inode", "pid", "comm", "cgroup",
	"netns", NULL,
};
static const char *const facts[] = { "netns", "now_ns", NULL };

const struct tpw_shape tpw_listeners_shape = {
	.names = names, .columns = columns, .facts = facts,
};

static const struct tpw_grid_column looks[] = {
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
static void put_local(const struct tpw_listing *listing, size_t row)
{
	const char *local = tpw_rows_get(&listing->rows, row, "local");
	const char *dev = tpw_rows_get(&listing->rows, row, "dev");
	const char *colon = strrchr(local, ':');
	char text[160];

	if (!tpw_table_is_value(dev) || !colon)
		snprintf(text, sizeof(text), "%s", local);
	else
		snprintf(text, sizeof(text), "%.*s%%%s%s", (int)(colon - local), local, dev, colon);
	tpw_grid_cell(listing->grid, text, TPW_COLOUR_NONE);
}

/* Waiting for accept() of as many as may wait; of UDP, bytes that wait. */
static void put_queue(const struct tpw_listing *listing, size_t row)
{
	const char *queue = tpw_rows_get(&listing->rows, row, "queue");
	const char *backlog = tpw_rows_get(&listing->rows, row, "backlog");
	char text[64];

	if (!strcmp(tpw_rows_get(&listing->rows, row, "state"), "CLOSED"))
		snprintf(text, sizeof(text), "CLOSED");
	else if (tpw_table_is_value(backlog))
		snprintf(text, sizeof(text), "%s/%s", queue, backlog);
	else
		snprintf(text, sizeof(text), "%s", queue);
	tpw_grid_cell(listing->grid, text, TPW_COLOUR_NONE);
}

/* A count that is bad news when it is not 0. */
static void put_loss(const struct tpw_listing *listing, size_t row, const char *column)
{
	tpw_grid_cell(listing->grid, tpw_rows_get(&listing->rows, row, column),
		      tpw_rows_number(&listing->rows, row, column) ? TPW_COLOUR_RED :
								     TPW_COLOUR_NONE);
}

/* "10/25%": of what the group got, and what is fair */
static void put_share(const struct tpw_listing *listing, size_t row)
{
	const char *share = tpw_rows_get(&listing->rows, row, "share");
	const char *expected = tpw_rows_get(&listing->rows, row, "expected");
	char text[64];

	if (tpw_table_is_value(expected))
		snprintf(text, sizeof(text), "%s/%s%%", share, expected);
	else
		strcpy(text, "-");
	tpw_grid_cell(listing->grid, text, TPW_COLOUR_NONE);
}

static void put_cells(const struct tpw_listing *listing, size_t row)
{
	tpw_listing_cell(listing, row, "proto");
	put_local(listing, row);
	tpw_listing_cell(listing, row, "flags");
	put_queue(listing, row);
	tpw_listing_cell(listing, row, "segments");
	tpw_listing_cell(listing, row, "syns");
	tpw_listing_cell(listing, row, "children");
	put_loss(listing, row, "overflows");
	put_loss(listing, row, "drops");
	tpw_listing_cell(listing, row, "group");
	put_share(listing, row);
	tpw_listing_actor(listing, row);
}

const struct tpw_listing_kind tpw_listeners_kind = {
	.file = "listeners",
	.shape = &tpw_listeners_shape,
	.looks = looks,
	.looks_nr = sizeof(looks) / sizeof(looks[0]),
	.prepare = tpw_share_add,
	.cells = put_cells,
	.shown = shown,
};

/**
 * tpw_listeners_main() - the command "listeners"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpw_exit tpw_listeners_main(const struct tpw_options *options, int argc, char **argv)
{
	if (options->wants_audit)
		return tpw_audit_main(options, argc, argv);
	return tpw_listing_main(&tpw_listeners_kind, options, argc, argv);
}
