// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch, the reader of what the kernel module of that name shows in /proc. This file is
 * the table of commands and what happens before one of them runs.
 */
#include "lib/message.h"
#include "lib/nearest.h"
#include "lib/options.h"
#include "system/netns.h"
#include "table/table.h"
#include "command/complete/complete.h"
#include "command.h"

#include <ctype.h>
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
	enum tpr_exit (*main)(const struct tpr_options *options, int argc, char **argv);
	/** @letters: the options it takes besides those that all take; N: all namespaces at once */
	const char *letters;
	/** @operands: the words it takes, for the help, or NULL if it takes none */
	const char *operands;
	/** @brief: half a line, for the help that names all commands */
	const char *brief;
	/** @summary: one line of help */
	const char *summary;
	/** @note: one line more, or NULL */
	const char *note;
	/** @instead: why saved files have nothing of it, and what does; or NULL */
	const char *instead;
};

#define FILTER	"[FILTER]"

/* The first one is what runs without a command. */
static const struct command commands[] = {
	{
		.name = "overview", .main = tpr_overview_main, .letters = "HjNF",
		.brief = "all of it, on one page",
		.summary = "how segments found their sockets, and the sockets (the default)",
	}, {
		.name = "listeners", .main = tpr_listeners_main, .letters = "ltu46apeOBHjANF",
		.operands = FILTER,
		.brief = "what each was given",
		.summary = "what each listener was given; also: tuplewatch -tln",
	}, {
		.name = "connections", .main = tpr_connections_main, .letters = "tu46apeOBHjNF",
		.operands = FILTER,
		.brief = "whose, from which listener",
		.summary = "each connection, the listener it was born from, who accepted it",
	}, {
		.name = "summary", .main = tpr_summary_main, .letters = "sHjNF",
		.brief = "how many of each; also: -s",
		.summary = "how many sockets of each state, and how segments found theirs; also: -s",
	}, {
		.name = "events", .main = tpr_events_main, .letters = "Etu46cdHj",
		.operands = FILTER,
		.brief = "what closes, live; also: -E",
		.summary = "each connection that closes, live, until Ctrl-C; also: -E",
		.instead = "what is saved is one moment, in which nothing closes; what had closed: "
			   "connections -a --from, and log --from",
	}, {
		.name = "refused", .main = tpr_refused_main, .letters = "tu46eOHjNF",
		.operands = FILTER,
		.brief = "asked for and not there",
		.summary = "what was asked for and not there",
	}, {
		.name = "taken", .main = tpr_taken_main, .letters = "tu46eOHjNF",
		.operands = FILTER,
		.brief = "dropped before the lookup",
		.summary = "what never arrived at TCP or UDP, and who took it",
	}, {
		.name = "counters", .main = tpr_counters_main, .letters = "dHjNF",
		.brief = "by via, match and outcome",
		.summary = "segments by how their socket was found, its kind, and the outcome",
	}, {
		.name = "log", .main = tpr_log_main, .letters = "tu46eOBHjNF",
		.operands = FILTER,
		.brief = "the last segments",
		.summary = "the last segments, one a line, with the verdict on each",
	}, {
		.name = "follow", .main = tpr_follow_main, .letters = "tu46ceOBHjNF",
		.operands = FILTER,
		.brief = "the same, live",
		.summary = "the same, live, until Ctrl-C",
		.note = "Each line shown over ssh makes others; without them: follow not sport = :22",
	}, {
		.name = "filter", .main = tpr_filter_main, .letters = "HNF",
		.operands = "[FILTER] [sample N]",
		.brief = "which segments are logged",
		.summary = "which segments are logged: filter dport = :80; filter all",
		.note = "FILTER is as with follow, as far as the module can tell; it becomes rules.\n"
			"These can be given too, with no blanks around =: filter proto=tcp port=80,443",
	}, {
		.name = "explain", .main = tpr_explain_main, .letters = "eHjF",
		.operands = "tcp|udp FOREIGN LOCAL [dev IF] [cpu N]",
		.brief = "which socket it would get",
		.summary = "which socket a segment would get, and why not another one",
	}, {
		.name = "who", .main = tpr_who_main, .letters = "eHjNF",
		.operands = "END [END]",
		.brief = "who has or had a connection",
		.summary = "who has or had a connection: who 10.0.0.1:54240 10.0.0.2:80",
	}, {
		.name = "run", .main = tpr_run_main, .letters = "oepOHjN",
		.operands = "[--] COMMAND [ARGUMENT]...",
		.brief = "what matched for a command",
		.summary = "what matched for COMMAND, from its start to its end: run -- curl URL",
	}, {
		.name = "top", .main = tpr_top_main, .letters = "tu46BScd",
		.operands = FILTER,
		.brief = "a live screen, with rates",
		.summary = "a live screen: listeners and connections by rate, shares of groups",
		.instead = "what is saved is one moment, which has no rates; what it has: "
			   "listeners --from, connections --from",
	}, {
		.name = "doctor", .main = tpr_doctor_main, .letters = "HjF",
		.operands = "[VMLINUX]",
		.brief = "what works here, what not",
		.summary = "what works here, what does not, what to do; also without the module",
		.note = "VMLINUX: only whether the functions of that kernel, by its types (BTF), take\n"
			"what the hooks expect. Of saved files, what was wrong then, and nothing of\n"
			"this machine: tuplewatch --from FILE.tar doctor",
	}, {
		.name = "metrics", .main = tpr_metrics_main, .letters = "oNF",
		.brief = "for Prometheus",
		.summary = "for Prometheus; -o FILE for node_exporter's textfile collector",
	}, {
		.name = "graph", .main = tpr_graph_main, .letters = "opNF",
		.brief = "for Graphviz: | dot -Tsvg",
		.summary = "processes, listeners, connections for Graphviz: graph | dot -Tsvg",
	}, {
		.name = "report", .main = tpr_report_main, .letters = "oNF",
		.operands = "[tcp|udp FOREIGN LOCAL]",
		.brief = "all of it, for a browser",
		.summary = "one page for a browser, with a replay of the log: report -o FILE.html",
		.note = "With a question, as explain takes it, the search for its answer is drawn too.\n"
			"It needs no network; of root it has the log. Also: --from FILE.tar report",
	}, {
		.name = "annotate", .main = tpr_annotate_main, .letters = "oHjNF",
		.operands = "IN.pcapng",
		.brief = "comments for Wireshark",
		.summary = "what the log says of each packet, as its comment: annotate IN -o OUT",
		.note = "IN is pcapng or pcap, OUT is pcapng; without -o it only says how many.\n"
			"--from: what save wrote, or a log alone: log.txt, log.json. What is not sure\n"
			"gets no comment; it is counted, with the reason.",
	}, {
		.name = "capture", .main = tpr_capture_main, .letters = "iwHjN",
		.operands = "-i DEV -w FILE [[--] COMMAND]",
		.brief = "annotated at once",
		.summary = "packets with comments, from the start of COMMAND to its end, or till Ctrl-C",
		.note = "It runs dumpcap, or tcpdump: capture -i eth0 -w FILE.pcapng -- curl URL\n"
			"A packet is written some two seconds after it came; -w - | wireshark -k -i -",
		.instead = "what is saved goes with a capture that is: annotate --from",
	}, {
		.name = "hooks", .main = tpr_hooks_main, .letters = "HjNF",
		.brief = "where the module is attached",
		.summary = "where the module is attached to the kernel, and whether it works",
	}, {
		.name = "save", .main = tpr_save_main, .letters = "",
		.operands = "DIR|FILE.tar",
		.brief = "all of this, for --from",
		.summary = "all files of the module as they are now, and what explains them",
		.note = "Then: tuplewatch --from DIR|FILE.tar doctor, log, who, report, ...\n"
			"What is there already is not overwritten; of root it has all of the module.",
	},
};

#define COMMANDS_NR	(sizeof(commands) / sizeof(commands[0]))

/* Half a line each; the help of a command has more room. */
static const char options_help[] =
	"  -t -u -4 -6     TCP, UDP, IPv4, IPv6   -c --count N       end after N rows\n"
	"  -l --listening  listeners, as with ss  -d --delta SECONDS change in that time\n"
	"  -a --all        closed ones too        -o --output, -w --write   to this file\n"
	"  -p --processes  all who hold a socket  -N --net NETNS     name, path, pid, all\n"
	"  -e --extended   all that is known      -i --interface DEV capture there\n"
	"  -O --oneline    one row, one line         --from DIR      saved files\n"
	"  -H --no-header  rows only                 --by, --sort, --audit see these\n"
	"  -j --json       JSON, a line each      -h --help, -V      this text, version\n";

static void print_help(void)
{
	const size_t rows_nr = (COMMANDS_NR + 1) / 2;
	size_t i;

	printf("Usage: tuplewatch [COMMAND] [OPTION]... [FILTER]     more: COMMAND --help\n"
	       "Which socket the kernel matched to each incoming segment, and how.\n");
	for (i = 0; i < rows_nr; i++) {
		printf("  %-11s %-27s", commands[i].name, commands[i].brief);
		if (rows_nr + i < COMMANDS_NR)
			printf(" %-7s %s", commands[rows_nr + i].name, commands[rows_nr + i].brief);
		putchar('\n');
	}
	printf("%s", options_help);
	printf("FILTER as with ss: state established and ( dport = :80 ). More: man tuplewatch\n");
}

static void print_command_help(const struct command *command)
{
	printf("Usage: tuplewatch %s [OPTION]...%s%s\n%c%s.\n\nOptions\n", command->name,
	       command->operands ? " " : "", command->operands ? command->operands : "",
	       toupper((unsigned char)command->summary[0]), command->summary + 1);
	tpr_options_help(stdout, command->letters);
	if (command->operands && !strcmp(command->operands, FILTER))
		printf("\nFILTER is as with ss: state established and ( dport = :80 or src 10.0.0.0/8 )\n"
		       "src and sport are the local end. Columns too: outcome = refused, segments > 9\n");
	if (command->note)
		printf("\n%s\n", command->note);
}

/* For the completions of shells; people never type it. */
static enum tpr_exit complete(int argc, char **argv)
{
	struct tpr_complete_command list[COMMANDS_NR];
	size_t i;

	for (i = 0; i < COMMANDS_NR; i++)
		list[i] = (struct tpr_complete_command){
			.name = commands[i].name,
			.brief = commands[i].brief,
			.letters = commands[i].letters,
			.has_filter = commands[i].operands && !strcmp(commands[i].operands, FILTER),
		};
	return tpr_complete(list, COMMANDS_NR, argc, argv);
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

/* Without a command, the letters of ss choose what ss would list; words are a filter then. */
static const struct command *find_default(const struct tpr_options *options)
{
	if (strchr(options->letters, 'E'))
		return find_command("events");
	if (strchr(options->letters, 's'))
		return find_command("summary");
	if (strchr(options->letters, 'l'))
		return find_command("listeners");
	if (strpbrk(options->letters, "tu46ape"))
		return find_command("connections");
	return &commands[0];
}

static enum tpr_exit refuse_command(const char *word)
{
	const char *names[COMMANDS_NR + 1] = { NULL }, *nearest;
	size_t i;

	for (i = 0; i < COMMANDS_NR; i++)
		names[i] = commands[i].name;
	nearest = tpr_nearest(word, names);
	tpr_message("no command '%s'%s%s%s; see tuplewatch --help", word,
		    nearest ? ", nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
	return TPR_EXIT_USAGE;
}

/* "help who" is "who --help", and "help" alone is "--help". */
static enum tpr_exit help(int argc, char **argv)
{
	const struct command *command = argc ? find_command(argv[0]) : NULL;

	if (argc > 1) {
		tpr_message("help: '%s' is one word too many", argv[1]);
		return TPR_EXIT_USAGE;
	}
	if (argc && !command)
		return refuse_command(argv[0]);
	if (command)
		print_command_help(command);
	else
		print_help();
	return TPR_EXIT_DONE;
}

static enum tpr_exit refuse_saved(const struct command *command)
{
	tpr_message("%s is about the running kernel: it does not go with --from%s%s", command->name,
		    command->instead ? "; " : "", command->instead ? command->instead : "");
	return TPR_EXIT_USAGE;
}

/* Run the command that the words name. */
static enum tpr_exit dispatch(const struct tpr_options *options, int argc, char **argv)
{
	const struct command *command = find_default(options);

	if (argc && !strcmp(argv[0], "help"))
		return help(argc - 1, argv + 1);
	if (argc && find_command(argv[0])) {
		command = find_command(argv[0]);
		argc--;
		argv++;
	} else if (argc && !command->operands) {
		return refuse_command(argv[0]);
	}
	if (options->wants_help) {
		print_command_help(command);
		return TPR_EXIT_DONE;
	}
	if (argc && !command->operands) {
		tpr_message("%s: '%s' is one word too many", command->name, argv[0]);
		return TPR_EXIT_USAGE;
	}
	if (options->from && !strchr(command->letters, 'F'))
		return refuse_saved(command);
	if (tpr_options_check(options, command->name, command->letters))
		return TPR_EXIT_USAGE;
	if (options->netns && tpr_netns_enter(options->netns))
		return TPR_EXIT_FAILED;
	return command->main(options, argc, argv);
}

static enum tpr_exit run(int argc, char **argv)
{
	struct tpr_options options;

	/* the words behind it are no options of this call */
	if (argc > 1 && !strcmp(argv[1], "complete"))
		return complete(argc - 2, argv + 2);
	if (tpr_options_parse(&options, &argc, argv))
		return TPR_EXIT_USAGE;
	if (options.wants_help && argc == 1) {
		print_help();
		return TPR_EXIT_DONE;
	}
	if (options.wants_version) {
		printf("tuplewatch %s, reads tables of format %d\n", TPW_VERSION, TPW_FORMAT);
		return TPR_EXIT_DONE;
	}
	return dispatch(&options, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	enum tpr_exit status;

	/* When the reader of our output goes away, go quietly, whatever our parent has set. */
	signal(SIGPIPE, SIG_DFL);
	tzset();

	status = run(argc, argv);
	errno = 0;
	if ((fflush(stdout) || ferror(stdout)) && status == TPR_EXIT_DONE) {
		tpr_message("cannot write: %s", strerror(errno ? errno : EIO));
		status = TPR_EXIT_FAILED;
	}
	exit(status);
}
