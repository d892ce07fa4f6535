// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch events, or -E as with ss: a line for each connection that closes, from now on. The table
 * of connections is read again and again; what closed and had to leave it in between, or found no
 * place in it, is counted by its line 1, so that each is told or counted as lost.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/stop.h"
#include "lib/text.h"
#include "system/procfs.h"
#include "table/clock.h"
#include "where/parse.h"
#include "show/grid.h"
#include "show/holder.h"
#include "show/json.h"
#include "show/local.h"
#include "show/print.h"
#include "command/events/ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS	1000000ULL
#define DEFAULT_MS	1000
/* A signal that comes just before we wait is seen after this. */
#define SLICE_MS	200

/* Readings until none is forgotten while it is read */
#define TRIES	20

/** struct events - one run of the command */
struct events {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @filter: which are shown */
	struct tpr_expression *filter;
	/** @ledger: what is known so far */
	struct tpr_ledger ledger;
	/** @grid: where lines go, for people */
	struct tpr_grid *grid;
	/** @has_head: titles, or facts, are written */
	bool has_head;
	/** @closed_nr: connections that have closed */
	uint64_t closed_nr;
	/** @shown_nr: of these, those that were shown */
	uint64_t shown_nr;
	/** @lost_nr: others, of which nothing could be told */
	uint64_t lost_nr;
	/** @uncounted: what finds no room is not counted: "", " of UDP"; NULL while there was room */
	const char *uncounted;
	/** @was_blind: the hooks did not fire, and what opens and closes then is not counted */
	bool was_blind;
	/** @is_quiet: nobody reads our output any more */
	bool is_quiet;
};

static volatile sig_atomic_t is_over;

static void stop(uint64_t now_ns)
{
	(void)now_ns;
	is_over = 1;
}

static const struct tpr_grid_column looks[] = {
	{ .title = "Closed At", .width = 15 }, { .title = "Proto", .width = 5 },
	{ .title = "Local Address", .width = 18 }, { .title = "Foreign Address", .width = 18 },
	{ .title = "Role", .width = 6 }, { .title = "Segs", .width = 5, .is_right = true },
	{ .title = "Lasted", .width = 7, .is_right = true }, { .title = "PID/Program name" },
};

static void put(struct events *events, const char *text)
{
	tpr_grid_cell(events->grid, text, TPR_COLOUR_NONE);
}

/* From its first segment to its end */
static void put_span(struct events *events, const struct tpr_rows *rows, size_t row)
{
	uint64_t first_ns = tpr_rows_number(rows, row, "first_ns");
	uint64_t closed_ns = tpr_rows_number(rows, row, "closed_ns");
	char span[TPR_CLOCK_BYTES] = "-";

	if (first_ns && closed_ns >= first_ns)
		tpr_clock_span(span, closed_ns - first_ns);
	put(events, span);
}

/* "197/python3, closed-by-us" */
static void put_end(struct events *events, const struct tpr_rows *rows, size_t row)
{
	const char *reason = tpr_rows_get(rows, row, "close_reason");
	bool is_known = tpr_table_is_value(reason);
	char who[TPR_HOLDER_BYTES], text[TPR_HOLDER_BYTES + 64];

	snprintf(text, sizeof(text), "%s%s%.32s", tpr_holder_text(who, tpr_holder_actor(rows, row)),
		 is_known ? ", " : "", is_known ? reason : "");
	put(events, text);
}

static void put_row(struct events *events, const struct tpr_rows *rows, size_t row)
{
	char text[TPR_CLOCK_BYTES], local[TPR_LOCAL_BYTES];
	int64_t wall_ns;

	snprintf(text, sizeof(text), "?");
	if (tpr_clock_wall(rows->table, tpr_rows_get(rows, row, "closed_ns"), &wall_ns))
		tpr_clock_local(text, wall_ns);
	put(events, text);
	put(events, tpr_rows_get(rows, row, "proto"));
	put(events, tpr_local_text(local, rows, row));
	put(events, tpr_rows_get(rows, row, "foreign"));
	put(events, tpr_rows_get(rows, row, "role"));
	put(events, tpr_rows_get(rows, row, "segments"));
	put_span(events, rows, row);
	put_end(events, rows, row);
}

static void say(struct events *events, uint64_t nr, const char *what)
{
	char *text = NULL;

	if (!nr)
		return;
	if (events->options->is_json)
		tpr_json_lost(stdout, nr);
	else if (asprintf(&text, "-- lost %" PRIu64 " here: closed, and %s --", nr, what) > 0)
		tpr_grid_note(events->grid, text, TPR_COLOUR_YELLOW);
	free(text);
	events->lost_nr += nr;
}

static void note(const struct events *events, const char *text)
{
	if (!events->options->is_json)
		tpr_grid_note(events->grid, text, TPR_COLOUR_YELLOW);
}

/* What found no place and came and went between two looks: of TCP newer modules count it. */
static void say_full(struct events *events, const struct tpr_rows *rows)
{
	bool has_count = tpr_table_fact(rows->table, "unnoted");
	uint64_t max = tpr_rows_fact(rows, "max");

	if (events->uncounted || !max || tpr_rows_fact(rows, "held") < max)
		return;
	events->uncounted = has_count ? " of UDP" : "";
	note(events, has_count ?
	     "-- the table is full: UDP that finds no place in it is not told of (see: tuplewatch "
	     "doctor) --" :
	     "-- the table is full: what finds no place in it is not told of (see: tuplewatch "
	     "doctor) --");
}

/* Others may have met no hook, and nobody counts those. */
static void say_limits(struct events *events, const struct tpr_rows *rows)
{
	const char *watching = tpr_table_fact(rows->table, "watching");

	say_full(events, rows);
	if (!events->was_blind && watching && !strcmp(watching, "no")) {
		events->was_blind = true;
		note(events, "-- NOT WATCHING: what opens and closes now is not told of (see: "
		     "tuplewatch doctor) --");
	}
}

static int write_head(struct events *events, const struct tpr_rows *rows)
{
	if (events->has_head)
		return 0;
	events->has_head = true;
	if (events->options->is_json) {
		if (!events->options->has_no_header)
			tpr_json_head(stdout, rows->table);
		return 0;
	}
	events->grid = tpr_grid_create(stdout, looks, sizeof(looks) / sizeof(looks[0]));
	if (!events->grid)
		return -ENOMEM;
	tpr_grid_colour(events->grid, tpr_print_has_colour());
	if (!events->options->has_no_header)
		tpr_grid_titles(events->grid);
	return 0;
}

static bool has_enough(const struct events *events)
{
	return events->options->rows_nr && events->shown_nr >= events->options->rows_nr;
}

static void write_row(struct events *events, const struct tpr_rows *rows, size_t row)
{
	events->closed_nr++;
	if (!tpr_options_want_proto(events->options, tpr_rows_get(rows, row, "proto")) ||
	    !tpr_expression_match(events->filter, rows->rows[row]))
		return;
	events->shown_nr++;
	if (events->options->is_json)
		tpr_json_row(stdout, rows->table, rows->rows[row]);
	else
		put_row(events, rows, row);
}

static int flush_output(struct events *events)
{
	int error = events->grid ? tpr_grid_flush(events->grid) : 0;

	errno = 0;
	if (!error && (fflush(stdout) || ferror(stdout)))
		error = errno ? -errno : -EIO;
	if (!error)
		return 0;
	if (!is_over)
		tpr_print_explain(error);
	/* a signal came while nobody took our output: what is left is given up */
	__fpurge(stdout);
	clearerr(stdout);
	events->is_quiet = true;
	return is_over ? 0 : error;
}

static int write_news(struct events *events, const struct tpr_rows *rows,
		      const struct tpr_news *news)
{
	int error = write_head(events, rows);
	size_t i;

	if (error)
		return error;
	for (i = 0; i < news->nr && !has_enough(events); i++)
		write_row(events, rows, news->rows[i]);
	say(events, news->missed, "forgotten before it was read");
	say(events, news->unnoted, "the module had no row of it");
	say_limits(events, rows);
	return flush_output(events);
}

/* What line 1 counts now; whether that is what it counted before */
static bool is_settled(const struct events *events, uint64_t forgotten)
{
	struct tpr_table *table = NULL;
	enum tpr_event event;
	struct tpr_file file;
	const char *fact;
	uint64_t now = 0;

	if (tpr_procfs_open(&file, events->options, "connections", 0))
		return false;
	table = tpr_table_create(file.path, &tpr_connections_shape);
	event = table ? tpr_table_read(table, file.fd) : TPR_EVENT_ERROR;
	fact = event == TPR_EVENT_HEAD ? tpr_table_fact(table, "forgotten") : NULL;
	if (!fact || !tpr_text_u64(fact, &now))
		now = forgotten + 1;
	tpr_table_destroy(table);
	tpr_procfs_close(&file);
	return now == forgotten;
}

/* Who may not see all of them cannot know what he missed. */
static int check(const struct tpr_rows *rows)
{
	const char *shows = tpr_table_fact(rows->table, "shows");
	const char *forgotten = tpr_table_fact(rows->table, "forgotten");
	uint64_t number;

	if ((!shows || !strcmp(shows, "all")) && forgotten && tpr_text_u64(forgotten, &number))
		return 0;
	tpr_message("events: needs CAP_NET_ADMIN, to see the connections of all users; try sudo");
	return -EPERM;
}

/* Of another module, it is the first reading again. */
static int count(struct events *events, struct tpr_rows *rows, bool has_settled,
		 struct tpr_news *news)
{
	int error = tpr_ledger_take(&events->ledger, rows, has_settled, news);

	if (error != -ESTALE)
		return error;
	tpr_message("events: the module was loaded anew: what closed meanwhile is not known");
	tpr_ledger_free(&events->ledger);
	free(news->rows);
	return tpr_ledger_take(&events->ledger, rows, has_settled, news);
}

static int take(struct events *events, struct tpr_rows *rows)
{
	bool has_settled = is_settled(events, tpr_rows_fact(rows, "forgotten"));
	struct tpr_news news;
	int error;

	if (!has_settled && !events->ledger.has_begun)
		return -EAGAIN;
	error = count(events, rows, has_settled, &news);
	if (error)
		tpr_message("out of memory");
	else
		error = write_news(events, rows, &news);
	free(news.rows);
	return error ? error : has_settled ? 0 : -EAGAIN;
}

/* Read the table once. Returns -EAGAIN if its rows and its line 1 are not of one moment. */
static int look_once(struct events *events)
{
	struct tpr_rows rows;
	int error = tpr_rows_load(&rows, events->options, "connections", &tpr_connections_shape);

	if (!error)
		error = check(&rows);
	if (!error && !events->ledger.has_begun)
		tpr_table_warn_blind(rows.table);
	if (!error)
		error = tpr_expression_bind(events->filter, rows.table) ? -EDOM : 0;
	if (!error)
		error = take(events, &rows);
	tpr_rows_free(&rows);
	return error;
}

/* Until one reading is settled: where very much closes, that may not be, and the next ones tell */
static int look(struct events *events, int tries)
{
	int error;

	do {
		error = look_once(events);
	} while (error == -EAGAIN && --tries > 0 && !events->is_quiet);
	if (error == -EAGAIN && !events->ledger.has_begun)
		tpr_message("events: connections are forgotten faster than their table is read; see: "
			    "tuplewatch doctor");
	return error == -EAGAIN && events->ledger.has_begun ? 0 : error;
}

/* Returns false when it is time to end. */
static bool wait_for_more(struct events *events)
{
	int left_ms = events->options->delta_ns ? (int)(events->options->delta_ns / NS_PER_MS) :
						  DEFAULT_MS;

	for (; !is_over && !events->is_quiet && left_ms > 0; left_ms -= SLICE_MS) {
		struct pollfd output = { .fd = STDOUT_FILENO };
		int slice_ms = left_ms < SLICE_MS ? left_ms : SLICE_MS;

		if (poll(&output, 1, slice_ms) > 0 && output.revents & (POLLERR | POLLHUP))
			events->is_quiet = true;
		else if (output.revents)
			usleep((useconds_t)slice_ms * 1000);
	}
	return !is_over && !events->is_quiet;
}

static void summarize(const struct events *events)
{
	char shown[64] = "";

	if (events->shown_nr != events->closed_nr)
		snprintf(shown, sizeof(shown), ", %" PRIu64 " shown", events->shown_nr);
	tpr_message("%" PRIu64 " closed%s, %" PRIu64 " lost%s%s%s", events->closed_nr, shown,
		    events->lost_nr,
		    events->uncounted ? "; the table was full, so there may be more" : "",
		    events->uncounted ? events->uncounted : "",
		    events->was_blind ? "; the hooks did not fire, so there may be more" : "");
}

static int run(struct events *events)
{
	int error = look(events, TRIES);

	if (!error && isatty(STDERR_FILENO))
		tpr_message("waiting for connections that close; Ctrl-C ends");
	while (!error && !has_enough(events) && wait_for_more(events))
		error = look(events, 1);
	/* what closed until the signal: that of a socket which is just going is told by the second */
	if (!error && is_over && !events->is_quiet)
		error = look(events, TRIES);
	if (!error && is_over && !events->is_quiet)
		error = look(events, TRIES);
	return error;
}

/**
 * tpr_events_main() - the command "events"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpr_exit tpr_events_main(const struct tpr_options *options, int argc, char **argv)
{
	struct events events = { .options = options };
	int error;

	events.filter = tpr_expression_parse(argc, argv);
	if (!events.filter)
		return TPR_EXIT_USAGE;
	tpr_stop_catch(stop, false);
	error = run(&events);
	if (events.ledger.has_begun && error != -EDOM && (is_over || !events.is_quiet))
		summarize(&events);
	tpr_expression_destroy(events.filter);
	tpr_ledger_free(&events.ledger);
	tpr_grid_destroy(events.grid);
	if (error == -EDOM)
		return TPR_EXIT_USAGE;
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
