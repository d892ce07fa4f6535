// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch connections: what each connection was given, which listener it was born from, and
 * who accepted it, or how long it has been waiting for that.
 */
#include "command.h"

#include "lib/text.h"
#include "table/clock.h"
#include "show/listing.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "connections", NULL };
static const char *const columns[] = {
	"proto", "local", "foreign", "state", "role", "segments", "early_demux", "searched",
	"request", "listener", "listener_cookie", "first_ns", "last_ns", "accepted_ns",
	"waited_ns", "closed_ns", "pid", "comm", "cgroup", "cookie", "inode", "netns", NULL,
};
static const char *const facts[] = { "netns", "now_ns", NULL };

const struct tpr_shape tpr_connections_shape = {
	.names = names, .columns = columns, .facts = facts,
};

static const struct tpr_grid_column looks[] = {
	{ .title = "Proto" },
	{ .title = "Local Address" },
	{ .title = "Foreign Address" },
	{ .title = "State" },
	{ .title = "Segs", .is_right = true },
	{ .title = "Early", .is_right = true },
	{ .title = "Listener" },
	{ .title = "PID/Program name", .is_wrapped = true },
};

static const char *const shown[] = {
	"proto", "local", "dev", "foreign", "state", "segments", "early_demux", "listener", "pid",
	"comm", NULL,
};

/* Nobody has accepted it. */
static bool is_unaccepted(const struct tpr_rows *rows, size_t row)
{
	return !strcmp(tpr_rows_get(rows, row, "role"), "server") &&
	       !strcmp(tpr_rows_get(rows, row, "accepted_ns"), "-") &&
	       !strcmp(tpr_rows_get(rows, row, "pid"), "-");
}

/* "187/nc, reset-by-peer 1.4 s ago"; "closed" where it is not known why */
static void put_past(const struct tpr_listing *listing, size_t row, const char *ago)
{
	const struct tpr_rows *rows = &listing->rows;
	const char *reason = tpr_rows_get(rows, row, "close_reason");
	const char *pid = tpr_rows_get(rows, row, "pid");
	char text[192], who[128] = "";

	if (tpr_table_is_value(pid))
		snprintf(who, sizeof(who), "%s/%s, ", pid, tpr_rows_get(rows, row, "comm"));
	else if (is_unaccepted(rows, row))
		strcpy(who, "unaccepted, ");
	snprintf(text, sizeof(text), "%s%.32s %s ago", who,
		 tpr_table_is_value(reason) ? reason : "closed", ago);
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
}

/* Who has or had it; of one that nobody has yet or any more, since when. */
static void put_owner(const struct tpr_listing *listing, size_t row)
{
	const struct tpr_rows *rows = &listing->rows;
	char text[TPR_CLOCK_BYTES + 32], span[TPR_CLOCK_BYTES];
	uint64_t ns;

	if (!strcmp(tpr_rows_get(rows, row, "state"), "CLOSED") &&
	    tpr_listing_ago(listing, row, "closed_ns", span)) {
		put_past(listing, row, span);
		return;
	}
	if (is_unaccepted(rows, row) &&
	    tpr_text_u64(tpr_rows_get(rows, row, "waited_ns"), &ns)) {
		tpr_clock_span(span, ns);
		snprintf(text, sizeof(text), "unaccepted %s", span);
	} else {
		tpr_listing_actor(listing, row);
		return;
	}
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
}

static void put_cells(const struct tpr_listing *listing, size_t row)
{
	tpr_listing_cell(listing, row, "proto");
	tpr_listing_local(listing, row);
	tpr_listing_rare(listing, row);
	tpr_listing_cell(listing, row, "foreign");
	tpr_listing_cell(listing, row, "state");
	tpr_listing_cell(listing, row, "segments");
	tpr_listing_cell(listing, row, "early_demux");
	tpr_listing_cell(listing, row, "listener");
	put_owner(listing, row);
}

const struct tpr_listing_kind tpr_connections_kind = {
	.file = "connections",
	.shape = &tpr_connections_shape,
	.looks = looks,
	.looks_nr = sizeof(looks) / sizeof(looks[0]),
	.cells = put_cells,
	.rare = "asked",
	.rare_look = { .title = "Asked For" },
	.rare_at = 2,
	.shown = shown,
};

/**
 * tpr_connections_main() - the command "connections"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpr_exit tpr_connections_main(const struct tpr_options *options, int argc, char **argv)
{
	return tpr_listing_main(&tpr_connections_kind, options, argc, argv);
}
