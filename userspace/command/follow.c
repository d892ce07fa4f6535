// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch follow: verdicts as they are made, from now on. Rows are written as soon as no more
 * are waiting, so that a pipe behind it sees them at once. It ends by Ctrl-C, by -c, when the
 * file ends, or when nobody reads its output any more, and says how many rows it read and lost.
 *
 * A signal writes the time to a pipe that the loop polls: there is no moment between looking for
 * the signal and sleeping in which it could be missed. What was logged until then is still read:
 * rows read and rows lost are all that were logged from the first moment to the last, however
 * far behind it was. A second signal ends the program at once.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/stop.h"
#include "lib/text.h"
#include "system/procfs.h"
#include "show/print.h"
#include "show/tally.h"
#include "show/verdict_line.h"
#include "command/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* At a rate that never lets us wait, rows are written and signals seen after this many. */
#define BATCH_ROWS	256

/**
 * enum ending - whether and how the command ends
 * @ENDING_NONE: not yet
 * @ENDING_DONE: as it was asked to
 * @ENDING_QUIET: nobody reads its output any more
 * @ENDING_FAILED: after a message
 * @ENDING_USAGE: after a message about the command line
 */
enum ending {
	ENDING_NONE,
	ENDING_DONE,
	ENDING_QUIET,
	ENDING_FAILED,
	ENDING_USAGE,
};

/** struct follower - one run of the command */
struct follower {
	/** @printer: where rows go */
	struct tpr_printer printer;
	/** @table: where they come from */
	struct tpr_table *table;
	/** @fd: the file under @table, non-blocking */
	int fd;
	/** @rows_nr: rows read */
	uint64_t rows_nr;
	/** @lost_nr: rows that were overwritten before we read them */
	uint64_t lost_nr;
	/** @stop_ns: CLOCK_MONOTONIC when a signal asked us to end, or 0 */
	uint64_t stop_ns;
	/** @has_all: after a signal: all that was logged until @stop_ns has been read */
	bool has_all;
	/** @is_mute: after a signal: nobody takes our output, and rows are only counted */
	bool is_mute;
};

/* Both ends; the handler has no other way to reach it */
static int stop_pipe[2] = { -1, -1 };

/*
 * A write that had put a part into a full pipe returns that part when a signal comes, and stdio
 * goes on with the rest, where it waits again: so it is interrupted until we are through.
 */
static void on_alarm(int signal_nr)
{
	(void)signal_nr;
	alarm(1);
}

static void stop(uint64_t now_ns)
{
	if (write(stop_pipe[1], &now_ns, sizeof(now_ns)) < 0) {
		/* the pipe is full: it says stop already */
	}
	alarm(1);
}

static int catch_signals(void)
{
	struct sigaction again = { .sa_handler = on_alarm };

	if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) || sigaction(SIGALRM, &again, NULL) ||
	    tpr_stop_catch(stop, false)) {
		int error = errno;

		tpr_message("cannot catch signals: %s", strerror(error));
		return -error;
	}
	return 0;
}

/* Wait for rows, or for a signal; a timeout in ms, -1 for none. */
static enum ending wait_for_rows(struct follower *follower, int timeout)
{
	struct pollfd fds[] = {
		{ .fd = follower->fd, .events = POLLIN },
		{ .fd = stop_pipe[0], .events = POLLIN },
		/* no events: only whether the reader of our output has gone */
		{ .fd = STDOUT_FILENO },
	};

	if (poll(fds, sizeof(fds) / sizeof(fds[0]), timeout) < 0)
		return ENDING_NONE;
	if (fds[2].revents & (POLLERR | POLLHUP))
		return ENDING_QUIET;
	if (fds[1].revents && !follower->stop_ns &&
	    read(stop_pipe[0], &follower->stop_ns, sizeof(follower->stop_ns)) < 0)
		return ENDING_DONE;
	return ENDING_NONE;
}

static bool has_enough(const struct follower *follower)
{
	uint64_t limit = follower->printer.options->rows_nr;

	return limit && follower->printer.shown_nr >= limit;
}

/* Rows come in the order of time: behind this one there is none from before the signal. */
static bool is_late(const struct follower *follower)
{
	const struct tpr_table *table = follower->table;

	return strtoull(table->fields[tpr_table_column(table, "time_ns")], NULL, 10) >
		follower->stop_ns;
}

/* Take one event; after a signal, TPR_EVENT_WAIT in place of what came later. */
static enum tpr_event take_next(struct follower *follower)
{
	enum tpr_event event = tpr_table_read(follower->table, follower->fd);

	if (!follower->stop_ns)
		return event;
	/* an output that takes a row in this time is not blocked */
	alarm(1);
	if (event == TPR_EVENT_WAIT || (event == TPR_EVENT_ROW && is_late(follower))) {
		follower->has_all = true;
		return TPR_EVENT_WAIT;
	}
	return event;
}

/* Take and print one event. Returns 0 or -errno. */
static int print_next(struct follower *follower, enum tpr_event *event)
{
	int error;

	*event = take_next(follower);
	if (*event == TPR_EVENT_ROW)
		follower->rows_nr++;
	else if (*event == TPR_EVENT_LOST)
		follower->lost_nr += follower->table->lost;
	if (follower->is_mute)
		return 0;
	errno = 0;
	error = tpr_print_event(&follower->printer, follower->table, *event);
	if (!error && ferror(stdout))
		error = errno ? -errno : -EIO;
	return error;
}

/*
 * Output failed. If that was because a signal came in the middle of a write, what is still in
 * the buffer is given up: to write it would block again.
 */
static enum ending output_ending(struct follower *follower, int error)
{
	enum ending ending;

	if (error == -EDOM)
		return ENDING_USAGE;
	ending = wait_for_rows(follower, 0);
	if (ending == ENDING_NONE && !follower->stop_ns) {
		tpr_print_explain(error);
		return ENDING_FAILED;
	}
	__fpurge(stdout);
	clearerr(stdout);
	follower->is_mute = true;
	return ending;
}

/* Print what is there, up to BATCH_ROWS, then wait for more. */
static enum ending follow_batch(struct follower *follower)
{
	enum tpr_event event = TPR_EVENT_ROW;
	int error = 0;
	int i;

	for (i = 0; i < BATCH_ROWS && !error && !has_enough(follower); i++) {
		error = print_next(follower, &event);
		if (event == TPR_EVENT_WAIT || event == TPR_EVENT_END || event == TPR_EVENT_ERROR)
			break;
	}
	if (!error)
		error = tpr_print_flush(&follower->printer);
	if (error)
		return output_ending(follower, error);
	if (event == TPR_EVENT_ERROR) {
		tpr_message("%s", tpr_table_error(follower->table));
		return ENDING_FAILED;
	}
	if (event == TPR_EVENT_END || has_enough(follower) || follower->has_all)
		return ENDING_DONE;
	return wait_for_rows(follower, event == TPR_EVENT_WAIT ? -1 : 0);
}

/* How much was read, and where the rest of it went that was not printed. */
static void summarize(const struct follower *follower)
{
	uint64_t shown_nr = follower->printer.shown_nr;
	char shown[64] = "";

	if (!follower->is_mute && shown_nr != follower->rows_nr)
		snprintf(shown, sizeof(shown), ", %" PRIu64 " shown", shown_nr);
	tpr_message("%" PRIu64 " row%s read%s, %" PRIu64 " lost%s", follower->rows_nr,
		    tpr_text_plural(follower->rows_nr, "", "s"), shown, follower->lost_nr,
		    follower->is_mute ? "; nobody took the last ones" : "");
	if (follower->rows_nr && !shown_nr && follower->printer.filter &&
	    tpr_expression_has_column(follower->printer.filter, "foreign"))
		tpr_message("none of them fits: dst and dport are the foreign end, as with ss; what "
			    "a server has is src and sport");
}

/* Who waits for a segment that is not logged should know. */
static void say_rules(const struct tpr_options *options)
{
	char *rules = NULL;

	if (!options->from && !options->is_all && tpr_procfs_has(options, "filter"))
		rules = tpr_filter_rules(options);
	if (rules && strcmp(rules, "all"))
		tpr_message("a filter is in force, no other segments are logged: %s", rules);
	free(rules);
}

/* What was counted, with --by */
static enum ending finish(struct follower *follower)
{
	int error = follower->is_mute ? 0 : tpr_print_finish(&follower->printer);

	if (!error)
		return ENDING_DONE;
	tpr_print_explain(error);
	return ENDING_FAILED;
}

static enum tpr_exit follow(struct follower *follower)
{
	enum ending ending = ENDING_NONE;

	if (isatty(STDERR_FILENO))
		tpr_message("following; Ctrl-C ends");
	say_rules(follower->printer.options);
	while (ending == ENDING_NONE)
		ending = follow_batch(follower);
	alarm(0);
	if (ending == ENDING_DONE)
		ending = finish(follower);
	if (ending == ENDING_USAGE)
		return TPR_EXIT_USAGE;
	if (ending != ENDING_QUIET)
		summarize(follower);
	return ending == ENDING_FAILED ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}

/* Open the file and print from it. */
static enum tpr_exit open_and_follow(struct follower *follower, const struct tpr_options *options)
{
	enum tpr_exit status = TPR_EXIT_FAILED;
	struct tpr_file file;

	if (tpr_procfs_open(&file, options, "log_pipe", O_NONBLOCK))
		return TPR_EXIT_FAILED;
	follower->fd = file.fd;
	follower->table = tpr_table_create(file.path, &tpr_verdict_shape);
	if (!follower->table)
		tpr_message("out of memory");
	else if (!catch_signals())
		status = follow(follower);
	tpr_table_destroy(follower->table);
	tpr_procfs_close(&file);
	return status;
}

/**
 * tpr_follow_main() - the command "follow"
 * @options: of the command line
 * @argc: number of filter words
 * @argv: filter words
 *
 * Return: exit status.
 */
enum tpr_exit tpr_follow_main(const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_expression *filter = tpr_expression_parse(argc, argv);
	struct follower follower = { 0 };
	enum tpr_exit status = TPR_EXIT_FAILED;

	if (!filter)
		return TPR_EXIT_USAGE;
	tpr_print_init(&follower.printer, options, &tpr_verdict_printer);
	follower.printer.filter = filter;
	follower.printer.is_stream = true;
	if (tpr_tally_check("log_pipe", options->by))
		status = TPR_EXIT_USAGE;
	else if (tpr_print_count(&follower.printer))
		tpr_message("out of memory");
	else
		status = open_and_follow(&follower, options);
	tpr_print_exit(&follower.printer);
	tpr_expression_destroy(filter);
	return status;
}
