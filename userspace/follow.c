// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch follow: verdicts as they are made, from now on. Rows are written as soon as no more
 * are waiting, so that a pipe behind it sees them at once. It ends by Ctrl-C, by -c, when the
 * file ends, or when nobody reads its output any more, and says how many rows it read and lost.
 *
 * A signal writes a byte to a pipe that the loop polls: there is no moment between looking for
 * the signal and sleeping in which it could be missed. A second one ends the program at once.
 */
#include "command.h"

#include "message.h"
#include "print.h"
#include "procfs.h"
#include "verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

/* At a rate that never lets us wait, rows are written and signals seen after this many. */
#define BATCH_ROWS	256

/**
 * enum ending - whether and how the command ends
 * @ENDING_NONE: not yet
 * @ENDING_DONE: as it was asked to
 * @ENDING_QUIET: nobody reads its output any more
 * @ENDING_FAILED: after a message
 */
enum ending {
	ENDING_NONE,
	ENDING_DONE,
	ENDING_QUIET,
	ENDING_FAILED,
};

/** struct follower - one run of the command */
struct follower {
	/** @printer: where rows go */
	struct tpw_printer printer;
	/** @table: where they come from */
	struct tpw_table *table;
	/** @fd: the file under @table, non-blocking */
	int fd;
	/** @rows_nr: rows read */
	uint64_t rows_nr;
	/** @lost_nr: rows that were overwritten before we read them */
	uint64_t lost_nr;
};

/* Both ends; the handler has no other way to reach it */
static int stop_pipe[2] = { -1, -1 };

static void on_signal(int signal_nr)
{
	int saved_errno = errno;

	(void)signal_nr;
	if (write(stop_pipe[1], "", 1) < 0) {
		/* the pipe is full: it says stop already */
	}
	errno = saved_errno;
}

static int catch_signals(void)
{
	/* no SA_RESTART: a write to a pipe that nobody empties must end too */
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) || sigaction(SIGINT, &action, NULL) ||
	    sigaction(SIGTERM, &action, NULL)) {
		int error = errno;

		tpw_message("cannot catch signals: %s", strerror(error));
		return -error;
	}
	return 0;
}

/* Wait for rows; a timeout in ms, -1 for none. */
static enum ending wait_for_rows(const struct follower *follower, int timeout)
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
	return fds[1].revents ? ENDING_DONE : ENDING_NONE;
}

static bool has_enough(const struct follower *follower)
{
	uint64_t limit = follower->printer.options->rows_nr;

	return limit && follower->rows_nr >= limit;
}

/* Take and print one event. Returns 0 or -errno. */
static int print_next(struct follower *follower, enum tpw_event *event)
{
	int error;

	*event = tpw_table_read(follower->table, follower->fd);
	if (*event == TPW_EVENT_ROW)
		follower->rows_nr++;
	else if (*event == TPW_EVENT_LOST)
		follower->lost_nr += follower->table->lost;
	errno = 0;
	error = tpw_print_event(&follower->printer, follower->table, *event);
	if (!error && ferror(stdout))
		error = errno ? -errno : -EIO;
	return error;
}

/*
 * Output failed. If that was because a signal came in the middle of a write, what is still in
 * the buffer is given up: to write it would block again.
 */
static enum ending output_ending(const struct follower *follower, int error)
{
	if (wait_for_rows(follower, 0) == ENDING_NONE) {
		tpw_print_explain(error);
		return ENDING_FAILED;
	}
	__fpurge(stdout);
	clearerr(stdout);
	return ENDING_DONE;
}

/* Print what is there, up to BATCH_ROWS, then wait for more. */
static enum ending follow_batch(struct follower *follower)
{
	enum tpw_event event = TPW_EVENT_ROW;
	int error = 0;
	int i;

	for (i = 0; i < BATCH_ROWS && !error && !has_enough(follower); i++) {
		error = print_next(follower, &event);
		if (event == TPW_EVENT_WAIT || event == TPW_EVENT_END || event == TPW_EVENT_ERROR)
			break;
	}
	if (!error)
		error = tpw_print_flush(&follower->printer);
	if (error)
		return output_ending(follower, error);
	if (event == TPW_EVENT_ERROR) {
		tpw_message("%s", tpw_table_error(follower->table));
		return ENDING_FAILED;
	}
	if (event == TPW_EVENT_END || has_enough(follower))
		return ENDING_DONE;
	return wait_for_rows(follower, event == TPW_EVENT_WAIT ? -1 : 0);
}

static enum tpw_exit follow(struct follower *follower)
{
	enum ending ending = ENDING_NONE;

	if (isatty(STDERR_FILENO))
		tpw_message("following; Ctrl-C ends");
	while (ending == ENDING_NONE)
		ending = follow_batch(follower);
	if (ending != ENDING_QUIET)
		tpw_message("%" PRIu64 " rows read, %" PRIu64 " lost", follower->rows_nr,
			    follower->lost_nr);
	return ending == ENDING_FAILED ? TPW_EXIT_FAILED : TPW_EXIT_DONE;
}

/**
 * tpw_follow_main() - the command "follow"
 * @options: of the command line
 * @argc: 0
 * @argv: no operands
 *
 * Return: exit status.
 */
enum tpw_exit tpw_follow_main(const struct tpw_options *options, int argc, char **argv)
{
	enum tpw_exit status = TPW_EXIT_FAILED;
	struct follower follower = { 0 };
	struct tpw_file file;

	(void)argc;
	(void)argv;
	if (tpw_procfs_open(&file, options, "log_pipe", O_NONBLOCK))
		return TPW_EXIT_FAILED;
	tpw_print_init(&follower.printer, options, &tpw_verdict_printer);
	follower.printer.is_stream = true;
	follower.fd = file.fd;
	follower.table = tpw_table_create(file.path, &tpw_verdict_shape);
	if (!follower.table)
		tpw_message("out of memory");
	else if (!catch_signals())
		status = follow(&follower);
	tpw_table_destroy(follower.table);
	tpw_print_exit(&follower.printer);
	tpw_procfs_close(&file);
	return status;
}
