// SPDX-License-Identifier: GPL-2.0
/*
 * A verdict as a line of at most 100 columns for most IPv4 traffic: when, where, what came, from
 * whom to whom, how the socket was found, what kind it was, what became of the segment. What is
 * rare stands behind as key=value, only when there is something to say, and in a line of its own
 * where it does not fit.
 */
#include "show/verdict_line.h"

#include "lib/words.h"
#include "table/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "log", "log_pipe", NULL };
static const char *const facts[] = { "wall_offset_ns", NULL };

/* What stands in the line, in its order */
enum cell {
	CELL_TIME,
	CELL_DEV,
	CELL_PROTO,
	CELL_FLAGS,
	CELL_LEN,
	CELL_FOREIGN,
	CELL_ARROW,
	CELL_LOCAL,
	CELL_VIA,
	CELL_MATCH,
	CELL_OUTCOME,
	CELL_EXTRA,
	CELLS_NR,
};

static const char *const columns[] = {
	"time_ns", "dev", "proto", "flags", "len", "foreign", "local", "via", "match", "outcome",
	"reason", "state", "mods", "receivers", "member", "group", "chooser", "relookup", "cookie",
	"listener_cookie", "netns", NULL,
};

static const char *const cell_columns[CELLS_NR] = {
	[CELL_TIME] = "time_ns",
	[CELL_DEV] = "dev",
	[CELL_PROTO] = "proto",
	[CELL_FLAGS] = "flags",
	[CELL_LEN] = "len",
	[CELL_FOREIGN] = "foreign",
	[CELL_LOCAL] = "local",
	[CELL_VIA] = "via",
	[CELL_MATCH] = "match",
};

/* The longest common outcome, "answered": it has its place at the end of the screen. */
#define OUTCOME_WIDTH	8

/*
 * Widths that a stream begins with: what private IPv4 addresses and the longest common words
 * need, which is just what fits into 100 columns. On a wider screen a longer cell makes its
 * column wider from there on. A table that ends takes from its rows what varies.
 */
static const struct tpr_grid_column stream_looks[CELLS_NR] = {
	[CELL_TIME] = { .title = "TIME", .width = 15 },
	[CELL_DEV] = { .title = "DEV", .width = 3 },
	[CELL_PROTO] = { .title = "SEGMENT", .width = 3 },
	[CELL_FLAGS] = { .title = "", .width = 2 },
	[CELL_LEN] = { .title = "", .width = 1, .is_right = true },
	[CELL_FOREIGN] = { .title = "FOREIGN", .width = 18 },
	[CELL_ARROW] = { .title = ">", .width = 1 },
	[CELL_LOCAL] = { .title = "LOCAL", .width = 16 },
	[CELL_VIA] = { .title = "VIA", .width = 12 },
	[CELL_MATCH] = { .title = "MATCH", .width = 11 },
	[CELL_OUTCOME] = { .title = "OUTCOME", .is_ragged = true },
	[CELL_EXTRA] = { .title = "", .is_wrapped = true },
};

const struct tpr_shape tpr_verdict_shape = {
	.names = names, .columns = columns, .facts = facts,
};

static const char *get(const struct tpr_table *table, char *const *fields, const char *column)
{
	return fields[tpr_table_column(table, column)];
}

/* States that a match already says; any other stands beside it. */
static bool is_implied(const char *match, const char *state)
{
	static const char *const pairs[][2] = {
		{ TPR_MATCH_ESTABLISHED, "ESTABLISHED" },
		{ TPR_MATCH_LISTENER, "LISTEN" },
		{ TPR_MATCH_REQUEST, "SYN_RECV" },
		{ TPR_MATCH_TIME_WAIT, "TIME_WAIT" },
		{ TPR_MATCH_UNKNOWN, "?" },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (!strcmp(match, pairs[i][0]))
			return !strcmp(state, pairs[i][1]);
	}
	/* an unconnected UDP socket is CLOSE for the kernel, a connected one ESTABLISHED */
	return !strcmp(match, TPR_MATCH_BOUND) || !strcmp(match, TPR_MATCH_CONNECTED);
}

static void add_extra(FILE *out, const char *key, const char *value)
{
	if (strcmp(value, "-"))
		fprintf(out, "%s%s=%s", ftell(out) > 0 ? " " : "", key, value);
}

/* What was asked for, if NAT made something else of it; a module may be too old to tell. */
static void add_asked(FILE *out, const struct tpr_table *table, char *const *fields)
{
	int column = tpr_table_column(table, "asked");

	if (column >= 0 && tpr_table_is_value(fields[column]))
		add_extra(out, "asked", fields[column]);
}

/* "reuseport=2/4:hash": which member of a group was chosen, and by what */
static void add_group(FILE *out, const struct tpr_table *table, char *const *fields)
{
	const char *group = get(table, fields, "group");

	if (!strcmp(group, "-"))
		return;
	fprintf(out, "%sreuseport=%s/%s:%s", ftell(out) > 0 ? " " : "",
		get(table, fields, "member"), group, get(table, fields, "chooser"));
}

/* The rare things as key=value, to be freed; NULL without memory. */
static char *make_extra(const struct tpr_printer *printer, const struct tpr_table *table,
			char *const *fields)
{
	const char *state = get(table, fields, "state");
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	add_asked(out, table, fields);
	if (!is_implied(get(table, fields, "match"), state))
		add_extra(out, "state", state);
	add_extra(out, "mods", get(table, fields, "mods"));
	/* that a multicast had one receiver is no news */
	if (strcmp(get(table, fields, "receivers"), "1"))
		add_extra(out, "receivers", get(table, fields, "receivers"));
	add_group(out, table, fields);
	add_extra(out, "relookup", get(table, fields, "relookup"));
	if (printer->options->is_extended) {
		add_extra(out, "cookie", get(table, fields, "cookie"));
		add_extra(out, "listener", get(table, fields, "listener_cookie"));
	}
	if (printer->options->is_all)
		add_extra(out, "netns", get(table, fields, "netns"));
	return fclose(out) ? NULL : text;
}

static enum tpr_colour outcome_colour(const char *outcome)
{
	if (!strcmp(outcome, TPR_OUTCOME_REFUSED) || !strcmp(outcome, TPR_OUTCOME_QUEUE_FULL) ||
	    !strcmp(outcome, TPR_OUTCOME_DROPPED))
		return TPR_COLOUR_RED;
	return strcmp(outcome, TPR_OUTCOME_UNKNOWN) ? TPR_COLOUR_NONE : TPR_COLOUR_YELLOW;
}

static int verdict_head(struct tpr_printer *printer, struct tpr_table *table)
{
	struct tpr_grid_column looks[CELLS_NR];

	(void)table;
	memcpy(looks, stream_looks, sizeof(looks));
	if (!printer->is_stream) {
		looks[CELL_FOREIGN].width = 0;
		looks[CELL_LOCAL].width = 0;
	}
	printer->grid = tpr_grid_create(stdout, looks, CELLS_NR);
	if (!printer->grid)
		return -ENOMEM;
	tpr_grid_colour(printer->grid, printer->has_colour);
	tpr_grid_limit(printer->grid, tpr_print_width() - OUTCOME_WIDTH);
	tpr_grid_wrap(printer->grid, printer->options->is_oneline ? 0 : tpr_print_width());
	if (!printer->options->has_no_header)
		tpr_grid_titles(printer->grid);
	return 0;
}

static void put_cell(struct tpr_printer *printer, const struct tpr_table *table, enum cell cell,
		     const char *field)
{
	char time[TPR_CLOCK_BYTES];
	int64_t wall_ns;

	if (cell == CELL_TIME && tpr_clock_wall(table, field, &wall_ns)) {
		tpr_clock_local(time, wall_ns);
		field = time;
	} else if (cell == CELL_FLAGS && !strcmp(field, "-")) {
		/* a datagram has no flags */
		field = "";
	}
	tpr_grid_cell(printer->grid, field, TPR_COLOUR_NONE);
}

/* What became of it; of a drop, why: "dropped:UDP_CSUM" */
static void put_outcome(struct tpr_printer *printer, const struct tpr_table *table,
			char *const *fields)
{
	const char *outcome = get(table, fields, "outcome"), *reason = get(table, fields, "reason");
	bool has_reason = tpr_table_is_value(reason);
	char text[128];

	snprintf(text, sizeof(text), "%s%s%s", outcome, has_reason ? ":" : "",
		 has_reason ? reason : "");
	tpr_grid_cell(printer->grid, text, outcome_colour(outcome));
}

static int verdict_row(struct tpr_printer *printer, const struct tpr_table *table,
		       char *const *fields)
{
	char *extra = make_extra(printer, table, fields);
	enum cell cell;

	if (!extra)
		return -ENOMEM;
	for (cell = 0; cell < CELL_EXTRA; cell++) {
		if (cell == CELL_ARROW)
			tpr_grid_cell(printer->grid, ">", TPR_COLOUR_NONE);
		else if (cell == CELL_OUTCOME)
			put_outcome(printer, table, fields);
		else
			put_cell(printer, table, cell, get(table, fields, cell_columns[cell]));
	}
	tpr_grid_cell(printer->grid, extra, TPR_COLOUR_NONE);
	free(extra);
	return 0;
}

const struct tpr_printer_ops tpr_verdict_printer = {
	.head = verdict_head,
	.row = verdict_row,
	.lost = tpr_print_lost,
};
