// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch who: everything about one connection, also after it is closed. Of what never became a
 * connection, what was refused.
 */
#include "command.h"

#include "lib/message.h"
#include "system/cgroup.h"
#include "system/process.h"
#include "system/procfs.h"
#include "table/rows.h"
#include "command/who/inquiry.h"
#include "command/who/published.h"
#include "command/who/question.h"
#include "command/who/story.h"

#include <string.h>
#include <unistd.h>

/* More than these at once is a list, not an answer; JSON has them all. */
#define SHOWN_MAX	20
/* Of connections to a listener, which has been told of before */
#define SHOWN_BESIDES	3

static const char *of(const struct tpr_rows *rows, size_t row, const char *column)
{
	return tpr_rows_get(rows, row, column);
}

static bool is_asked(const struct tpr_inquiry *inquiry, const struct tpr_rows *rows, size_t row,
		     const char *foreign)
{
	const char *const ours[] = { of(rows, row, "local"), of(rows, row, "asked") };
	size_t i;

	/* people know a connection by what they asked for, which NAT may have changed */
	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if ((!i || tpr_table_is_value(ours[i])) &&
		    tpr_question_is(&inquiry->question, of(rows, row, "proto"), ours[i],
				    of(rows, row, foreign), of(rows, row, "cookie")))
			return true;
	}
	return false;
}

static void tell_listener(struct tpr_inquiry *inquiry, size_t row)
{
	inquiry->found_nr++;
	inquiry->has_server = true;
	if (inquiry->options.is_json)
		tpr_story_json(inquiry, &inquiry->listeners, row, "listening");
	else if (inquiry->shown_nr < inquiry->shown_max && ++inquiry->shown_nr)
		tpr_story_listening(inquiry, row);
}

static void tell_connection(struct tpr_inquiry *inquiry, size_t row)
{
	inquiry->found_nr++;
	inquiry->has_server |= strcmp(of(&inquiry->connections, row, "role"), "client");
	if (inquiry->options.is_json)
		tpr_story_json(inquiry, &inquiry->connections, row, "connection");
	else if (inquiry->shown_nr < inquiry->shown_max && ++inquiry->shown_nr)
		tpr_story_connection(inquiry, row);
}

/* Listeners have no foreign end: for those, one end that fits is enough. */
static void answer_listeners(struct tpr_inquiry *inquiry)
{
	size_t i;

	for (i = 0; inquiry->question.ends_nr < 2 && i < inquiry->listeners.nr; i++) {
		if (is_asked(inquiry, &inquiry->listeners, i, "foreign"))
			tell_listener(inquiry, i);
	}
}

static bool is_over(const struct tpr_inquiry *inquiry, size_t row)
{
	const char *state = of(&inquiry->connections, row, "state");

	return !strcmp(state, "TIME_WAIT") || !strcmp(state, "CLOSED");
}

static void answer_connections(struct tpr_inquiry *inquiry, bool wants_over)
{
	size_t i;

	for (i = 0; i < inquiry->connections.nr; i++) {
		if (is_over(inquiry, i) == wants_over &&
		    is_asked(inquiry, &inquiry->connections, i, "foreign"))
			tell_connection(inquiry, i);
	}
}

/* What never became a connection */
static void answer_refused(struct tpr_inquiry *inquiry)
{
	struct tpr_rows rows = { 0 };
	size_t i;

	if (!inquiry->question.cookie &&
	    !tpr_rows_load(&rows, &inquiry->options, "refused", &tpr_refused_shape)) {
		for (i = 0; i < rows.nr; i++) {
			if (!is_asked(inquiry, &rows, i, "last_foreign"))
				continue;
			inquiry->found_nr++;
			tpr_story_refused(&inquiry->options, &rows, i);
		}
	}
	tpr_rows_free(&rows);
}

static int load(struct tpr_inquiry *inquiry)
{
	int error = tpr_rows_load(&inquiry->connections, &inquiry->options, "connections",
				  &tpr_connections_shape);

	if (!error)
		error = tpr_rows_sort(&inquiry->connections);
	if (!error)
		error = tpr_rows_load(&inquiry->listeners, &inquiry->options, "listeners",
				      &tpr_listeners_shape);
	if (!error)
		tpr_table_warn_blind(inquiry->listeners.table);
	return error;
}

static void unload(struct tpr_inquiry *inquiry)
{
	tpr_rows_free(&inquiry->connections);
	tpr_rows_free(&inquiry->listeners);
}

static int ask(struct tpr_inquiry *inquiry)
{
	int error = load(inquiry);
	size_t untold_nr = 0;

	inquiry->shown_max = SHOWN_MAX;
	if (!error) {
		answer_listeners(inquiry);
		if (inquiry->found_nr)
			inquiry->shown_max = inquiry->shown_nr + SHOWN_BESIDES;
		answer_connections(inquiry, false);
		answer_connections(inquiry, true);
		if (inquiry->options.is_all && !inquiry->has_server && !inquiry->options.from)
			tpr_published_answer(inquiry, tell_connection);
		untold_nr = inquiry->found_nr - inquiry->shown_nr;
		answer_refused(inquiry);
	}
	/* both may go to one pipe */
	fflush(stdout);
	if (untold_nr && !inquiry->options.is_json)
		tpr_message("%zu more; see: tuplewatch connections -a", untold_nr);
	unload(inquiry);
	return error;
}

/* It may be in another namespace, which only root in the first one may see. */
static bool may_ask_all(const struct tpr_inquiry *inquiry)
{
	const struct tpr_options *options = &inquiry->options;
	struct tpr_options all = *options;

	all.is_all = true;
	return !options->from && !options->netns && !options->is_all && !geteuid() &&
	       tpr_procfs_has(&all, "connections");
}

/**
 * tpr_who_main() - the command "who"
 * @options: of the command line
 * @argc: number of words
 * @argv: one or two ends of a connection
 *
 * Return: exit status.
 */
enum tpr_exit tpr_who_main(const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_inquiry inquiry = { .options = *options, .cgroup_fd = -1 };
	int error = 0;

	if (!tpr_question_parse(&inquiry.question, argc, argv))
		return TPR_EXIT_USAGE;
	if (!options->from) {
		error = tpr_processes_scan(&inquiry.processes);
		inquiry.cgroup_fd = tpr_cgroup_mount();
	}
	if (!error)
		error = ask(&inquiry);
	if (!error && !inquiry.found_nr && may_ask_all(&inquiry)) {
		inquiry.options.is_all = true;
		error = ask(&inquiry);
	}
	if (!error && !inquiry.found_nr)
		tpr_message("who: nothing is known of it: no such socket is there, and none that "
			    "closed is remembered; the log may have its segments: tuplewatch log");
	if (!error && !inquiry.found_nr && !options->from && inquiry.question.ends_nr)
		tpr_message("who: if NAT leads it to a container, ask by the end that NAT leaves as it "
			    "is: who CLIENT:PORT");
	tpr_processes_free(&inquiry.processes);
	if (inquiry.cgroup_fd >= 0)
		close(inquiry.cgroup_fd);
	return error || !inquiry.found_nr ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
