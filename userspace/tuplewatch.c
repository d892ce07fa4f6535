// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch, the reader of what the kernel module of that name shows in /proc. This file is
 * the table of commands and what happens before one of them runs.
 */
#include "command.h"
#include "message.h"
#include "netns.h"
#include "options.h"
#include "table.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** struct command - one command */
struct command {
	/** @name: the word on the command line */
	const char *name;
	/** @main: what runs */
	enum tpw_exit (*main)(const struct tpw_options *options, int argc, char **argv);
	/** @letters: the options it takes besides those that all take */
	const char *letters;
	/** @operands: the words it takes, for the help, or NULL if it takes none */
	const char *operands;
	/** @summary: one line of help */
	const char *summary;
};

/* The first one is what runs without a command. */
static const struct command commands[] = {
	{
		.name = "overview", .main = tpw_overview_main, .letters = "",
		.summary = "how segments found their sockets, and the sockets (the default)",
	}, {
		.name = "counters", .main = tpw_counters_main, .letters = "ad",
		.summary = "segments by how their socket was found, its kind, and the outcome",
	}, {
		.name = "log", .main = tpw_log_main, .letters = "ae",
		.summary = "the last segments, one a line, with the verdict on each",
	}, {
		.name = "follow", .main = tpw_follow_main, .letters = "ace",
		.summary = "the same, live, until Ctrl-C",
	}, {
		.name = "hooks", .main = tpw_hooks_main, .letters = "a",
		.summary = "where the module is attached to the kernel, and whether it works",
	},
};

#define COMMANDS_NR	(sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	size_t i;

	printf("Usage: tuplewatch [COMMAND] [OPTION]...\n"
	       "See every incoming segment find its socket. Needs the module: insmod tuplewatch.ko\n"
	       "\nCommands\n");
	for (i = 0; i < COMMANDS_NR; i++)
		printf("  %-10s %s%s%s\n", commands[i].name,
		       commands[i].operands ? commands[i].operands : "",
		       commands[i].operands ? ": " : "", commands[i].summary);
	printf("\nOptions, before or after the command\n");
	tpw_options_help(stdout);
	printf("\nColours are for terminals only, and not if NO_COLOR is set.\n"
	       "Exit status: 0 done, 1 failed, 2 wrong usage.\n");
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS_NR; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

/* Run the command that the words name. */
static enum tpw_exit dispatch(const struct tpw_options *options, int argc, char **argv)
{
	const struct command *command = &commands[0];

	if (argc) {
		command = find_command(argv[0]);
		if (!command) {
			tpw_message("no command '%s'; see tuplewatch --help", argv[0]);
			return TPW_EXIT_USAGE;
		}
		argc--;
		argv++;
	}
	if (argc && !command->operands) {
		tpw_message("%s: '%s' is one word too many", command->name, argv[0]);
		return TPW_EXIT_USAGE;
	}
	if (tpw_options_check(options, command->name, command->letters))
		return TPW_EXIT_USAGE;
	if (options->netns && tpw_netns_enter(options->netns))
		return TPW_EXIT_FAILED;
	return command->main(options, argc, argv);
}

static enum tpw_exit run(int argc, char **argv)
{
	struct tpw_options options;
	int operand;

	if (tpw_options_parse(&options, argc, argv, &operand))
		return TPW_EXIT_USAGE;
	if (options.wants_help) {
		print_help();
		return TPW_EXIT_DONE;
	}
	if (options.wants_version) {
		printf("tuplewatch %s, reads tables of format %d\n", TPW_VERSION, TPW_FORMAT);
		return TPW_EXIT_DONE;
	}
	return dispatch(&options, argc - operand, argv + operand);
}

int main(int argc, char **argv)
{
	enum tpw_exit status;

	/* When the reader of our output goes away, go quietly, whatever our parent has set. */
	signal(SIGPIPE, SIG_DFL);
	tzset();

	status = run(argc, argv);
	errno = 0;
	if ((fflush(stdout) || ferror(stdout)) && status == TPW_EXIT_DONE) {
		tpw_message("cannot write: %s", strerror(errno ? errno : EIO));
		status = TPW_EXIT_FAILED;
	}
	exit(status);
}
