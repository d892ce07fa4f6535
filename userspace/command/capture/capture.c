// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch capture -i DEV -w FILE [-- COMMAND]: packets from dumpcap, verdicts from log_pipe, brought
 * together while both go on. It begins before COMMAND and ends after it; without COMMAND, by Ctrl-C. The
 * log is opened first and read last, so that each packet that has a row finds it.
 */
#include "command.h"

#include "command/annotate/journal.h"
#include "command/annotate/result.h"
#include "system/child.h"
#include "command/capture/stream.h"
#include "command/capture/tool.h"
#include "lib/message.h"
#include "show/verdict_line.h"
#include "system/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How often we look what can be written */
#define TURN_MS		200

/* What comes in for a command just before it ends is on its way for so long. */
#define LINGER_MS	600

/** struct session - one run of the command */
struct session {
	/** @stream: packets and rows */
	struct tpr_stream stream;
	/** @tool: who captures */
	struct tpr_tool tool;
	/** @table: the log */
	struct tpr_table *table;
	/** @log_fd: where it comes from */
	int log_fd;
	/** @command_pid: of COMMAND while it runs, or 0 */
	pid_t command_pid;
	/** @status: its exit status */
	int status;
	/** @is_broken: after a message, or as nobody reads what we write */
	bool is_broken;
};

static volatile sig_atomic_t is_stopped;
static volatile sig_atomic_t running_pid;

static void on_signal(int signal_nr)
{
	int saved_errno = errno;

	if (running_pid > 0)
		kill((pid_t)running_pid, signal_nr);
	else
		is_stopped = 1;
	errno = saved_errno;
}

/* What is typed at the terminal reaches COMMAND by itself; without one it ends us. */
static void catch_signals(bool has_command)
{
	/* what has begun to come is read to its end */
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	if (has_command) {
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
	} else {
		sigaction(SIGINT, &action, NULL);
	}
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Take what the log has now. */
static int take_rows(struct session *session)
{
	enum tpr_event event;
	int error = 0;

	do {
		event = tpr_table_read(session->table, session->log_fd);
		error = tpr_journal_event(&session->stream.annotation, session->table, event);
	} while (!error && event != TPR_EVENT_WAIT && event != TPR_EVENT_END);
	return error;
}

/* Take what there is for so long, or till the capture ends. False if it has. */
static bool take(struct session *session, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = fileno(session->tool.packets), .events = POLLIN },
		{ .fd = session->log_fd, .events = POLLIN },
	};
	int64_t end_ms = now_ms() + timeout_ms;
	enum tpr_capture_event event;

	do {
		int64_t left_ms = end_ms - now_ms();

		if (poll(fds, 2, left_ms > 0 ? (int)left_ms : 0) <= 0)
			continue;
		if (fds[1].revents && take_rows(session)) {
			session->is_broken = true;
			return false;
		}
		if (!fds[0].revents)
			continue;
		event = tpr_stream_take(&session->stream);
		if (event == TPR_CAPTURE_ERROR)
			session->is_broken = true;
		if (event == TPR_CAPTURE_ERROR || event == TPR_CAPTURE_END)
			return false;
	} while (now_ms() < end_ms && !is_stopped);
	return true;
}

static bool write_decided(struct session *session, bool is_end)
{
	int error = tpr_stream_write(&session->stream, is_end);

	if (error) {
		tpr_message("capture: %s", strerror(-error));
		session->is_broken = true;
	}
	return !error;
}

/* Whether COMMAND still runs; its status if not. */
static bool command_runs(struct session *session)
{
	int status;

	if (!session->command_pid)
		return false;
	if (waitpid(session->command_pid, &status, WNOHANG) != session->command_pid)
		return true;
	session->status = tpr_child_status(status);
	session->command_pid = running_pid = 0;
	return false;
}

static bool start_command(struct session *session, char **argv)
{
	pid_t pid = tpr_child_start((const char *const *)argv, NULL, NULL);

	if (pid > 0) {
		session->command_pid = running_pid = pid;
		return true;
	}
	tpr_message("capture: %s: %s", argv[0], strerror(-pid));
	session->status = pid == -ENOENT ? TPR_STATUS_NOT_FOUND : TPR_STATUS_NOT_STARTED;
	return false;
}

/* The head of the capture comes when it has begun. */
static bool await_begin(struct session *session)
{
	while (!session->stream.capture.interfaces_nr && !is_stopped) {
		if (!take(session, TURN_MS))
			return false;
	}
	return !is_stopped;
}

/* To the end of COMMAND or, without one, till we are stopped. */
static void follow(struct session *session, bool has_command)
{
	int64_t end_ms = INT64_MAX;

	while (now_ms() < end_ms && !is_stopped) {
		if (!take(session, TURN_MS) || !write_decided(session, false))
			return;
		if (has_command && end_ms == INT64_MAX && !command_runs(session))
			end_ms = now_ms() + LINGER_MS;
	}
}

/* What the tool still has, then what the log has. */
static void finish(struct session *session)
{
	is_stopped = 0;
	tpr_tool_stop(&session->tool);
	while (!session->is_broken && take(session, TURN_MS))
		;
	if (!session->is_broken && take_rows(session))
		session->is_broken = true;
	if (!session->is_broken)
		write_decided(session, true);
}

static void report(struct session *session)
{
	const struct tpr_capture *capture = &session->stream.capture;
	size_t i;

	for (i = 0; i < capture->interfaces_nr; i++)
		session->stream.annotation.dropped_nr += capture->interfaces[i].dropped_nr;
	tpr_result_print(stderr, &session->stream.annotation, session->stream.options);
}

static void run(struct session *session, char **argv)
{
	bool has_begun;

	catch_signals(argv[0]);
	has_begun = await_begin(session);
	if (!has_begun && !is_stopped)
		session->is_broken = true;
	if (has_begun && (!argv[0] || start_command(session, argv)))
		follow(session, argv[0]);
	finish(session);
	/* it may live on, as when nobody reads the packets any more */
	while (command_runs(session))
		poll(NULL, 0, TURN_MS);
	if (!session->is_broken)
		report(session);
}

static int run_session(struct session *session, const struct tpr_options *options, char **argv)
{
	FILE *out = strcmp(options->output, "-") ? fopen(options->output, "we") : stdout;
	int error, tool_status;

	if (!out) {
		tpr_message("%s: %s", options->output, strerror(errno));
		return TPR_STATUS_FAILED;
	}
	error = tpr_tool_start(&session->tool, options->interface, NULL);
	if (!error) {
		tpr_stream_init(&session->stream, options, session->tool.packets, out);
		session->stream.annotation.is_filtered = tpr_journal_is_filtered(options);
		run(session, argv);
		tool_status = tpr_tool_end(&session->tool);
		session->is_broken |= tool_status != 0;
		tpr_stream_exit(&session->stream);
	}
	if (fclose(out) && !error) {
		tpr_message("%s: %s", options->output, strerror(errno));
		session->is_broken = true;
	}
	if (error || session->is_broken)
		return session->status ? session->status : argv[0] ? TPR_STATUS_FAILED : 1;
	return session->status;
}

static int open_log(struct session *session, const struct tpr_options *options, char **argv)
{
	struct tpr_file file;
	int status = argv[0] ? TPR_STATUS_FAILED : TPR_EXIT_FAILED;

	if (tpr_procfs_open(&file, options, TPR_PROCFS_PIPE, O_NONBLOCK))
		return status;
	session->log_fd = file.fd;
	session->table = tpr_table_create(file.path, &tpr_verdict_shape);
	if (session->table)
		status = run_session(session, options, argv);
	else
		tpr_message("out of memory");
	tpr_table_destroy(session->table);
	tpr_procfs_close(&file);
	return status;
}

/**
 * tpr_capture_main() - the command "capture"
 * @options: of the command line
 * @argc: number of words
 * @argv: the command to run and its arguments, if there is one
 *
 * Return: exit status; with a command, as of "run".
 */
enum tpr_exit tpr_capture_main(const struct tpr_options *options, int argc, char **argv)
{
	struct session *session;
	int status;

	(void)argc;
	if (!options->interface || !options->output) {
		tpr_message("capture: %s? tuplewatch capture -i DEV -w FILE [-- COMMAND]",
			    options->interface ? "where to" : "on which device");
		return TPR_EXIT_USAGE;
	}
	session = calloc(1, sizeof(*session));
	if (!session) {
		tpr_message("out of memory");
		return TPR_EXIT_FAILED;
	}
	status = open_log(session, options, argv);
	free(session);
	return (enum tpr_exit)status;
}
