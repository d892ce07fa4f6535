// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch run -- COMMAND: what the segments matched that came in for COMMAND, from its start
 * to its end. COMMAND runs in a cgroup of its own, and the tables say in which cgroup a socket was
 * opened or accepted, so its children count too, whatever became of them. The numbers are those
 * of the tables, not of the log: none is lost, however fast it goes.
 */
#include "command.h"

#include "lib/message.h"
#include "lib/text.h"
#include "system/child.h"
#include "show/listing.h"
#include "command/report/data.h"
#include "command/report/output.h"
#include "command/run/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/** struct outcome - how COMMAND ended */
struct outcome {
	/** @status: exit status, as a shell has it */
	int status;
	/** @left_nr: processes of it that still ran */
	size_t left_nr;
	/** @seconds: how long it ran */
	double seconds;
	/** @began_ns: when it was started, CLOCK_MONOTONIC */
	uint64_t began_ns;
	/** @argv: COMMAND and its arguments */
	char **argv;
};

/** struct sums - what came in */
struct sums {
	/** @listeners: segments that matched its listeners, and their requests */
	uint64_t listeners;
	/** @connections: segments that matched its connections */
	uint64_t connections;
	/** @early: of those, found by early demux */
	uint64_t early;
	/** @searched: of those, found by a search */
	uint64_t searched;
	/** @request: of those, when it was still a request */
	uint64_t request;
	/** @time_wait: of those, when it was in TIME_WAIT */
	uint64_t time_wait;
};

/** struct report - what is printed in the end */
struct report {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @cage: the id of COMMAND's cgroup */
	uint64_t cage;
	/** @listeners: those that COMMAND opened */
	struct tpr_listing listeners;
	/** @connections: those that it opened, accepted or could have accepted */
	struct tpr_listing connections;
	/** @sums: over both */
	struct sums sums;
};

static volatile sig_atomic_t child_pid;

static void pass_on(int signal_nr)
{
	int saved_errno = errno;

	if (child_pid > 0)
		kill((pid_t)child_pid, signal_nr);
	errno = saved_errno;
}

/*
 * What is typed at the terminal reaches COMMAND by itself, and we must live to tell. What is sent
 * to us alone is passed on.
 */
static void prepare_signals(void)
{
	struct sigaction forward = { .sa_handler = pass_on, .sa_flags = SA_RESTART };

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	sigaction(SIGTERM, &forward, NULL);
	sigaction(SIGHUP, &forward, NULL);
}

static int enter(const void *cage)
{
	return tpr_cage_enter(cage);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Run COMMAND to its end. Returns 0, or -errno if it could not be started. */
static int run(const struct tpr_cage *cage, char **argv, struct outcome *outcome)
{
	int status;
	pid_t pid;

	outcome->argv = argv;
	outcome->began_ns = now_ns();
	prepare_signals();
	pid = tpr_child_start((const char *const *)argv, enter, cage);
	if (pid < 0)
		return pid;
	child_pid = pid;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	child_pid = 0;
	outcome->seconds = (double)(now_ns() - outcome->began_ns) / 1e9;
	outcome->status = tpr_child_status(status);
	return 0;
}

static bool is_own(const struct report *report, const struct tpr_rows *rows, size_t row)
{
	uint64_t id;

	return tpr_text_u64(tpr_rows_get(rows, row, "cgroup"), &id) && id == report->cage;
}

static bool is_own_listener(const struct tpr_rows *rows, size_t row, void *data)
{
	const struct report *report = data;

	return is_own(report, rows, row);
}

/* Nobody has accepted it, and its listener is COMMAND's. */
static bool is_waiting_for_own(const struct report *report, const struct tpr_rows *rows,
			       size_t row)
{
	const struct tpr_rows *listeners = &report->listeners.rows;
	const char *cookie = tpr_rows_get(rows, row, "listener_cookie");
	size_t i;

	if (tpr_table_is_value(tpr_rows_get(rows, row, "pid")) || !tpr_table_is_value(cookie))
		return false;
	for (i = 0; i < listeners->nr; i++) {
		if (!strcmp(tpr_rows_get(listeners, i, "cookie"), cookie))
			return true;
	}
	return false;
}

static bool is_own_connection(const struct tpr_rows *rows, size_t row, void *data)
{
	const struct report *report = data;

	return is_own(report, rows, row) || is_waiting_for_own(report, rows, row);
}

static void add_up(struct report *report)
{
	const struct tpr_rows *listeners = &report->listeners.rows;
	const struct tpr_rows *connections = &report->connections.rows;
	struct sums *sums = &report->sums;
	size_t i;

	for (i = 0; i < listeners->nr; i++)
		sums->listeners += tpr_rows_number(listeners, i, "segments") +
				   tpr_rows_number(listeners, i, "request_segments");
	for (i = 0; i < connections->nr; i++) {
		sums->connections += tpr_rows_number(connections, i, "segments");
		sums->early += tpr_rows_number(connections, i, "early_demux");
		sums->searched += tpr_rows_number(connections, i, "searched");
		sums->request += tpr_rows_number(connections, i, "request");
		sums->time_wait += tpr_rows_number(connections, i, "time_wait");
	}
}

static uint64_t evicted(const struct tpr_rows *rows)
{
	const char *fact = tpr_table_fact(rows->table, "evicted");
	uint64_t number;

	return fact && tpr_text_u64(fact, &number) ? number : 0;
}

/* Read both tables, and keep what is COMMAND's. */
static int load(struct report *report)
{
	int error = tpr_listing_load(&report->listeners, &tpr_listeners_kind, report->options);

	if (!error)
		error = tpr_listing_load(&report->connections, &tpr_connections_kind,
					 report->options);
	if (error)
		return error;
	tpr_rows_keep(&report->listeners.rows, is_own_listener, report);
	tpr_rows_keep(&report->connections.rows, is_own_connection, report);
	add_up(report);
	return 0;
}

static void print_sums(const struct report *report, const struct outcome *outcome)
{
	const struct sums *sums = &report->sums;

	printf("status %d after %.1f s; %" PRIu64 " segment%s came in for it: %" PRIu64
	       " matched its listeners, %" PRIu64 " its connections\n", outcome->status,
	       outcome->seconds, sums->listeners + sums->connections,
	       tpr_text_plural(sums->listeners + sums->connections, "", "s"), sums->listeners,
	       sums->connections);
	if (sums->connections)
		printf("of its connections: %" PRIu64 " found by early demux, %" PRIu64
		       " searched for; %" PRIu64 " as a request, %" PRIu64 " in TIME_WAIT\n",
		       sums->early, sums->searched, sums->request, sums->time_wait);
	if (outcome->left_nr)
		printf("%zu of its processes still %s: what comes in for them from now on does "
		       "not count\n", outcome->left_nr,
		       tpr_text_plural(outcome->left_nr, "runs", "run"));
}

static void print_sums_json(const struct report *report, const struct outcome *outcome)
{
	const struct sums *sums = &report->sums;

	printf("{\"run\":{\"status\":%d,\"seconds\":%.3f,\"listeners\":%zu,\"connections\":%zu,"
	       "\"segments\":%" PRIu64 ",\"listener_segments\":%" PRIu64
	       ",\"connection_segments\":%" PRIu64 ",\"early_demux\":%" PRIu64
	       ",\"searched\":%" PRIu64 ",\"request\":%" PRIu64 ",\"time_wait\":%" PRIu64
	       ",\"left_running\":%zu}}\n", outcome->status, outcome->seconds,
	       report->listeners.rows.nr, report->connections.rows.nr,
	       sums->listeners + sums->connections, sums->listeners, sums->connections,
	       sums->early, sums->searched, sums->request, sums->time_wait, outcome->left_nr);
}

static int print(struct report *report, const struct outcome *outcome)
{
	bool is_json = report->options->is_json;
	int error = 0;

	if (report->listeners.rows.nr || is_json)
		error = tpr_listing_print(&report->listeners);
	if (!error && (report->connections.rows.nr || is_json))
		error = tpr_listing_print(&report->connections);
	if (is_json)
		print_sums_json(report, outcome);
	else
		print_sums(report, outcome);
	return error;
}

/* A name that ends so is for a page, besides the lines that are printed. */
static bool wants_page(const struct tpr_options *options)
{
	size_t bytes = options->output ? strlen(options->output) : 0;

	return bytes > 5 && !strcmp(options->output + bytes - 5, ".html");
}

static int write_page(const struct report *report, const struct outcome *outcome)
{
	struct tpr_report_scope scope = {
		.listeners = &report->listeners.rows,
		.connections = &report->connections.rows,
		.since_ns = outcome->began_ns,
	};
	struct tpr_report_data data = { .options = report->options, .scope = &scope };
	int argc = 0, error;
	char *title;

	while (outcome->argv[argc])
		argc++;
	title = tpr_text_join(argc, outcome->argv);
	scope.title = title ? title : outcome->argv[0];
	error = tpr_report_gather(&data);
	if (!error)
		error = tpr_report_output(report->options->output, &data);
	tpr_report_free(&data);
	free(title);
	return error;
}

/* stdout is COMMAND's; now that it has ended, ours goes elsewhere. */
static int redirect(int fd)
{
	if (fflush(stdout) || dup2(fd, STDOUT_FILENO) < 0) {
		tpr_message("run: cannot write the report: %s", strerror(errno));
		return -errno;
	}
	return 0;
}

static int make_report(const struct tpr_options *options, const struct tpr_cage *cage,
		       const struct outcome *outcome, uint64_t evicted_before)
{
	struct report report = {
		.options = options,
		.cage = cage->id,
	};
	uint64_t evicted_nr;
	int error = load(&report);

	if (!error) {
		evicted_nr = evicted(&report.listeners.rows) + evicted(&report.connections.rows);
		if (evicted_nr > evicted_before)
			tpr_message("run: %" PRIu64 " %s forgotten for want of room: the "
				    "sums may lack some (insmod max_connections=, max_listeners=)",
				    evicted_nr - evicted_before,
				    tpr_text_plural(evicted_nr - evicted_before, "socket was",
						    "sockets were"));
		error = print(&report, outcome);
	}
	if (!error && wants_page(options))
		error = write_page(&report, outcome);
	tpr_listing_free(&report.listeners);
	tpr_listing_free(&report.connections);
	return error;
}

/* The tables before COMMAND starts: can they be read, and what has been forgotten so far? */
static int look_before(const struct tpr_options *options, uint64_t *evicted_nr)
{
	struct tpr_rows listeners = { 0 }, connections = { 0 };
	int error = tpr_rows_load(&listeners, options, "listeners", &tpr_listeners_shape);

	if (!error)
		error = tpr_rows_load(&connections, options, "connections",
				      &tpr_connections_shape);
	if (!error)
		*evicted_nr = evicted(&listeners) + evicted(&connections);
	tpr_rows_free(&listeners);
	tpr_rows_free(&connections);
	return error;
}

/* Returns the descriptor for the report, or -1 after a message. */
static int open_output(const struct tpr_options *options)
{
	int fd;

	if (!options->output || wants_page(options))
		return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	fd = open(options->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		tpr_message("%s: %s", options->output, strerror(errno));
	return fd;
}

static int run_and_report(const struct tpr_options *options, char **argv, int output,
			  uint64_t evicted_nr)
{
	struct outcome outcome = { 0 };
	struct tpr_cage cage;
	int error;

	if (tpr_cage_create(&cage))
		return TPR_STATUS_FAILED;
	error = run(&cage, argv, &outcome);
	if (error) {
		tpr_cage_destroy(&cage, &outcome.left_nr);
		tpr_message("run: %s: %s", argv[0], strerror(-error));
		return error == -ENOENT ? TPR_STATUS_NOT_FOUND : TPR_STATUS_NOT_STARTED;
	}
	error = tpr_cage_destroy(&cage, &outcome.left_nr);
	if (!error)
		error = redirect(output);
	if (!error)
		error = make_report(options, &cage, &outcome, evicted_nr);
	return error && !outcome.status ? (int)TPR_EXIT_FAILED : outcome.status;
}

/**
 * tpr_run_main() - the command "run"
 * @options: of the command line
 * @argc: number of words
 * @argv: the command to run and its arguments
 *
 * Return: exit status: that of the command; 125 if it was not tried, 126 if it could not be
 * started, 127 if there is none; 128 and the signal's number if a signal ended it.
 */
enum tpr_exit tpr_run_main(const struct tpr_options *options, int argc, char **argv)
{
	uint64_t evicted_nr;
	int output, status = TPR_STATUS_FAILED;

	if (!argc) {
		tpr_message("run: which command? tuplewatch run -- COMMAND [ARGUMENT]...");
		return TPR_EXIT_USAGE;
	}
	if (options->from) {
		tpr_message("run does not take --from");
		return TPR_EXIT_USAGE;
	}
	output = open_output(options);
	if (output < 0)
		return (enum tpr_exit)TPR_STATUS_FAILED;
	if (!look_before(options, &evicted_nr))
		status = run_and_report(options, argv, output, evicted_nr);
	close(output);
	return (enum tpr_exit)status;
}
