// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch connections: what each connection was given, which listener it was born from, and
 * who accepted it, or how long it has been waiting for that.
 */
#include "command.h"

#include "clock.h"
#include "listing.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "connections", NULL };
static const char *const columns[] = {
	"proto", "local", "foreign", "state", "role", "segments", "early-demux", "searched",
	"request", "listener", "listener_cookie", "first_ns", "last_ns", "accepted_ns",
	"waited_ns", "closed_ns", "pid", "comm", "cgroup", "cookie", "inode", "netns", NULL,
};
static const char *const facts[] = { "netns", "now_ns", NULL };

const struct tpw_shape tpw_connections_shape = {
	.names = names, .columns = columns, .facts = facts,
};

static const struct tpw_grid_column looks[] = {
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
	"proto", "local", "foreign", "state", "segments", "early-demux", "listener", "pid", "comm",
	NULL,
};

/* Who has it; of one that nobody has yet or any more, since when. */
static void put_owner(const struct tpw_listing *listing, size_t row)
{
	const struct tpw_rows *rows = &listing->rows;
	bool is_waiting = !strcmp(tpw_rows_get(rows, row, "role"), "server") &&
			  !strcmp(tpw_rows_get(rows, row, "accepted_ns"), "-");
	char text[TPW_CLOCK_BYTES + 32], span[TPW_CLOCK_BYTES];
	uint64_t ns;

	if (!strcmp(tpw_rows_get(rows, row, "state"), "CLOSED") &&
	    tpw_listing_ago(listing, row, "closed_ns", span)) {
		snprintf(text, sizeof(text), "closed %s ago", span);
	} else if (is_waiting && !strcmp(tpw_rows_get(rows, row, "pid"), "-") &&
		   tpw_text_u64(tpw_rows_get(rows, row, "waited_ns"), &ns)) {
		tpw_clock_span(span, ns);
		snprintf(text, sizeof(text), "unaccepted %s", span);
	} else {
		tpw_listing_actor(listing, row);
		return;
	}
	tpw_grid_cell(listing->grid, text, TPW_COLOUR_NONE);
}

static void put_cells(const struct tpw_listing *listing, size_t row)
{
	tpw_listing_cell(listing, row, "proto");
	tpw_listing_cell(listing, row, "local");
	tpw_listing_cell(listing, row, "foreign");
	tpw_listing_cell(listing, row, "state");
	tpw_listing_cell(listing, row, "segments");
	tpw_listing_cell(listing, row, "early-demux");
	tpw_listing_cell(listing, row, "listener");
	put_owner(listing, row);
}

const struct tpw_listing_kind tpw_connections_kind = {
	.file = "connections",
	.shape = &tpw_connections_shape,
	.looks = looks,
	.looks_nr = sizeof(looks) / sizeof(looks[0]),
	.cells = put_cells,
	.shown = shown,
};

/**
 * tpw_connections_main() - the command "connections"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpw_exit tpw_connections_main(const struct tpw_options *options, int argc, char **argv)
{
	return tpw_listing_main(&tpw_connections_kind, options, argc, argv);
}
