// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch listeners: what each listener was given, how full its queue is, how a reuseport
 * group shares, and who opened it.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/text.h"
#include "lib/words.h"
#include "show/listing.h"
#include "show/share.h"
#include "show/stuck.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = { "listeners", NULL };
static const char *const columns[] = {
	"proto", "local", "dev", "flags", "state", "queue", "backlog", "segments", "syns",
	"children", "overflows", "socket_drops", "group", "chooser", "cookie", "inode", "pid",
	"comm", "cgroup", "netns", NULL,
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
	{ .title = "Accept", .is_right = true },
	{ .title = "Full", .is_right = true },
	{ .title = "Drops", .is_right = true },
	{ .title = "Group" },
	{ .title = "Share/Fair", .is_right = true },
	{ .title = "PID/Program name", .is_wrapped = true },
};

static const char *const shown[] = {
	"proto", "local", "dev", "flags", "state", "queue", "backlog", "segments", "syns",
	"children", "accepted", "lost", "overflows", "socket_drops", "group", "chooser", "share",
	"expected", "holder_pid", "holder_comm", NULL,
};

/* What was set on a socket has a letter for people */
static const struct {
	const char *word;
	char letter;
} letters[] = {
	{ TPR_SOCKET_FLAG_FREEBIND, 'F' },
	{ TPR_SOCKET_FLAG_TRANSPARENT, 'T' },
	{ TPR_SOCKET_FLAG_NO_PORT, 'N' },
	{ TPR_SOCKET_FLAG_REUSEADDR, 'R' },
	{ TPR_SOCKET_FLAG_REUSEPORT, 'r' },
	{ TPR_SOCKET_FLAG_ONLY_IPV6, '6' },
	{ TPR_SOCKET_FLAG_MPTCP, 'M' },
	{ TPR_SOCKET_FLAG_KERNEL, 'K' },
};

#define LETTERS_NR	(sizeof(letters) / sizeof(letters[0]))

static size_t count_words(const char *list)
{
	size_t nr = 1;

	for (; *list; list++)
		nr += *list == ',';
	return nr;
}

/* A mark, or a word that has no letter yet, leaves them all as they are. */
static void put_flags(const struct tpr_listing *listing, size_t row)
{
	const char *flags = tpr_rows_get(&listing->rows, row, "flags");
	char text[LETTERS_NR + 1] = "";
	size_t nr = 0, i;

	for (i = 0; i < LETTERS_NR; i++) {
		if (tpr_text_has_word(flags, letters[i].word))
			text[nr++] = letters[i].letter;
	}
	tpr_grid_cell(listing->grid, nr == count_words(flags) ? text : flags, TPR_COLOUR_NONE);
}

/* Waiting for accept() of as many as may wait; of UDP, bytes that wait. */
static void put_queue(const struct tpr_listing *listing, size_t row)
{
	const char *queue = tpr_rows_get(&listing->rows, row, "queue");
	const char *backlog = tpr_rows_get(&listing->rows, row, "backlog");
	char text[64];

	if (!strcmp(tpr_rows_get(&listing->rows, row, "state"), "CLOSED"))
		snprintf(text, sizeof(text), "CLOSED");
	else if (strcmp(backlog, "-"))
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

/* "20", or "14 (6 lost)" of one that was closed; red if it waits and nobody accepts */
static void put_accepted(const struct tpr_listing *listing, size_t row)
{
	const char *accepted = tpr_rows_get(&listing->rows, row, "accepted");
	const char *lost = tpr_rows_get(&listing->rows, row, "lost");
	bool is_lossy = strcmp(lost, "0") && strcmp(lost, "-") && !tpr_table_is_hidden(lost);
	bool is_bad = is_lossy || tpr_stuck_ns(&listing->rows, row);
	char text[64];

	if (strncmp(tpr_rows_get(&listing->rows, row, "proto"), "tcp", 3))
		snprintf(text, sizeof(text), "-");
	else if (is_lossy)
		snprintf(text, sizeof(text), "%s (%s lost)", accepted, lost);
	else
		snprintf(text, sizeof(text), "%s", accepted);
	tpr_grid_cell(listing->grid, text, is_bad ? TPR_COLOUR_RED : TPR_COLOUR_NONE);
}

static void put_group(const struct tpr_listing *listing, size_t row)
{
	char text[TPR_SHARE_BYTES];

	tpr_share_group(text, &listing->rows, row);
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
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
		snprintf(text, sizeof(text), "%s", expected);
	tpr_grid_cell(listing->grid, text, TPR_COLOUR_NONE);
}

static void put_cells(const struct tpr_listing *listing, size_t row)
{
	tpr_listing_cell(listing, row, "proto");
	tpr_listing_local(listing, row);
	put_flags(listing, row);
	put_queue(listing, row);
	tpr_listing_cell(listing, row, "segments");
	tpr_listing_cell(listing, row, "syns");
	tpr_listing_cell(listing, row, "children");
	put_accepted(listing, row);
	put_loss(listing, row, "overflows");
	put_loss(listing, row, "socket_drops");
	put_group(listing, row);
	put_share(listing, row);
	tpr_listing_holder(listing, row);
}

const struct tpr_listing_kind tpr_listeners_kind = {
	.file = "listeners",
	.shape = &tpr_listeners_shape,
	.looks = looks,
	.looks_nr = sizeof(looks) / sizeof(looks[0]),
	.prepare = tpr_share_add,
	.has_holders = true,
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
	if (options->wants_audit && options->by) {
		tpr_message("--audit lists what gets nothing: --by does not go with it");
		return TPR_EXIT_USAGE;
	}
	if (options->wants_audit)
		return tpr_audit_main(options, argc, argv);
	return tpr_listing_main(&tpr_listeners_kind, options, argc, argv);
}
