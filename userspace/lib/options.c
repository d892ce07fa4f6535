// SPDX-License-Identifier: GPL-2.0
/*
 * Options as data: one table gives the parser its letters and words, the help its lines, and
 * each option the member it sets. An option stands before or after the command's name.
 */
#include "lib/options.h"

#include "lib/message.h"
#include "lib/text.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S	1000000000.0
#define DELTA_MAX_S	(366.0 * 24 * 3600)

/* What getopt_long() gives for a word that is no option, when it may not move it to the end. */
#define RESULT_OPERAND	1

static int set_count(struct tpr_options *options, const char *word)
{
	if (tpr_text_u64(word, &options->rows_nr) && options->rows_nr)
		return 0;
	tpr_message("-c: '%s' is not a number of rows; it must be 1 or more", word);
	return -EINVAL;
}

static int set_delta(struct tpr_options *options, const char *word)
{
	char *end;
	double seconds = strtod(word, &end);

	/* written so that a NaN fails it too */
	if (end != word && !*end && seconds >= 0.001 && seconds <= DELTA_MAX_S) {
		options->delta_ns = (uint64_t)(seconds * NS_PER_S);
		return 0;
	}
	tpr_message("-d: '%s' is not a number of seconds; it must be 0.001 or more", word);
	return -EINVAL;
}

static int set_from(struct tpr_options *options, const char *word)
{
	options->from = word;
	return 0;
}

static int set_by(struct tpr_options *options, const char *word)
{
	options->by = word;
	return 0;
}

static int set_sort(struct tpr_options *options, const char *word)
{
	options->sort = word;
	return 0;
}

static int set_net(struct tpr_options *options, const char *word)
{
	options->is_all = !strcmp(word, "all");
	options->netns = options->is_all ? NULL : word;
	return 0;
}

static int set_interface(struct tpr_options *options, const char *word)
{
	options->interface = word;
	return 0;
}

static int set_output(struct tpr_options *options, const char *word)
{
	options->output = word;
	return 0;
}

#define FLAG(member)	(offsetof(struct tpr_options, member))

static const struct spec {
	char letter;
	/* only the word is an option, the letter is just its number here */
	bool is_word_only;
	/* for every command; others are for those that name the letter */
	bool is_global;
	const char *word;
	const char *argument;
	/* one line; an option without one is told in that of another */
	const char *help;
	/* the options that the line is about, if they are more than this one */
	const char *title;
	int (*set)(struct tpr_options *options, const char *word);
	/* without @set: the member that becomes true; 0 for none, the letter is remembered anyway */
	size_t flag;
} specs[] = {
	{
		.letter = 't', .word = "tcp", .title = "-t -u -4 -6", .flag = FLAG(is_tcp),
		.help = "only these; words behind them filter: sport = :80",
	}, {
		.letter = 'u', .word = "udp", .flag = FLAG(is_udp),
	}, {
		.letter = '4', .word = "ipv4", .flag = FLAG(is_ipv4),
	}, {
		.letter = '6', .word = "ipv6", .flag = FLAG(is_ipv6),
	}, {
		/* without a command, what ss would list; the summary of listeners says so */
		.letter = 'l', .word = "listening",
	}, {
		/* the same of the summary */
		.letter = 's', .word = "summary",
	}, {
		/* and of what closes */
		.letter = 'E', .word = "events",
	}, {
		.letter = 'a', .word = "all", .flag = FLAG(has_closed),
		.help = "also closed sockets that are remembered",
	}, {
		.letter = 'p', .word = "processes", .flag = FLAG(has_processes),
		.help = "every process that holds it, not only who opened it",
	}, {
		.letter = 'e', .word = "extended", .flag = FLAG(is_extended),
		.help = "all that is known of each row; in log and follow, cookies",
	}, {
		.letter = 'O', .word = "oneline", .flag = FLAG(is_oneline),
		.help = "one row, one line, however long",
	}, {
		.letter = 'c', .word = "count", .argument = "N", .set = set_count,
		.help = "follow, events: end after N rows; top: after N screens",
	}, {
		.letter = 'd', .word = "delta", .argument = "SECONDS", .set = set_delta,
		.help = "counters: the change over it; top, events: between looks",
	}, {
		.letter = 'o', .word = "output", .argument = "FILE", .set = set_output,
		.help = "metrics, graph, report, run, annotate: write there",
	}, {
		.letter = 'i', .word = "interface", .argument = "DEV", .set = set_interface,
		.help = "the device to capture on",
	}, {
		.letter = 'w', .word = "write", .argument = "FILE", .set = set_output,
		.help = "the file to write the capture to; - is standard output",
	}, {
		.letter = 'A', .is_word_only = true, .word = "audit", .flag = FLAG(wants_audit),
		.help = "listeners: those that get nothing, and why",
	}, {
		.letter = 'B', .is_word_only = true, .word = "by", .argument = "COLUMN",
		.set = set_by,
		.help = "how many of each, most first; also: peer, port",
	}, {
		.letter = 'S', .is_word_only = true, .word = "sort", .argument = "KEY",
		.set = set_sort,
		.help = "top: by rate, segments, local, foreign, state, pid or comm",
	}, {
		.letter = 'H', .word = "no-header", .flag = FLAG(has_no_header),
		.help = "rows only: no titles and facts before them",
	}, {
		.letter = 'j', .word = "json", .flag = FLAG(is_json),
		.help = "JSON, one object a line; nothing is left out",
	}, {
		.letter = 'N', .word = "net", .argument = "NETNS", .is_global = true,
		.set = set_net,
		.help = "a network namespace: name (ip netns), path, pid, or all",
	}, {
		/* Names are never looked up, so this is how things are; ss users type it all the same. */
		.letter = 'n', .word = "numeric", .is_global = true,
	}, {
		.letter = 'F', .is_word_only = true, .word = "from", .argument = "DIR",
		.set = set_from,
		.help = "read what save wrote: DIR or FILE.tar",
	}, {
		.letter = 'h', .word = "help", .title = "-h --help, -V", .is_global = true,
		.flag = FLAG(wants_help),
		.help = "this text; the version of this program",
	}, {
		.letter = 'V', .word = "version", .is_global = true, .flag = FLAG(wants_version),
	},
};

#define SPECS_NR	(sizeof(specs) / sizeof(specs[0]))

static const struct spec *find_spec(int letter)
{
	size_t i;

	for (i = 0; i < SPECS_NR; i++) {
		if (specs[i].letter == letter)
			return &specs[i];
	}
	return NULL;
}

/* Make from the specs what getopt_long() takes. */
static void fill_getopt(char *letters, struct option *words)
{
	size_t i;

	/* '-': words that are no options come in their turn; ':': an argument is missing */
	*letters++ = '-';
	*letters++ = ':';
	for (i = 0; i < SPECS_NR; i++) {
		words[i] = (struct option){
			.name = specs[i].word,
			.has_arg = specs[i].argument ? required_argument : no_argument,
			.val = specs[i].letter,
		};
		if (specs[i].is_word_only)
			continue;
		*letters++ = specs[i].letter;
		if (specs[i].argument)
			*letters++ = ':';
	}
	*letters = '\0';
	words[i] = (struct option){ 0 };
}

/* Name the option that getopt_long() did not like. */
static int refuse(int result, char **argv)
{
	const struct spec *spec = find_spec(optopt);

	if (result == ':')
		tpr_message("--%s needs %s", spec->word, spec->argument);
	else if (optopt && !spec)
		tpr_message("no option '-%c'; see tuplewatch --help", optopt);
	else
		tpr_message("no option '%s'; see tuplewatch --help", argv[optind - 1]);
	return -EINVAL;
}

static int apply(struct tpr_options *options, const struct spec *spec)
{
	if (!strchr(options->letters, spec->letter))
		options->letters[strlen(options->letters)] = spec->letter;
	if (spec->set)
		return spec->set(options, optarg);
	if (spec->flag)
		*(bool *)((char *)options + spec->flag) = true;
	return 0;
}

static bool runs_another(const char *command)
{
	return !strcmp(command, "run") || !strcmp(command, "capture");
}

/**
 * tpr_options_parse() - read the options from the command line
 * @options: filled in; it points into @argv
 * @argc: as main() got it; set to the number of words that are no options, argv[0] included
 * @argv: as main() got it; what are no options is moved to its beginning, with a NULL behind. All that
 *	follows "run" or "capture" and one word more is such: another program's options
 *
 * Return: 0, or -EINVAL after a message that names the wrong word.
 */
int tpr_options_parse(struct tpr_options *options, int *argc, char **argv)
{
	struct option words[SPECS_NR + 1];
	char letters[2 * SPECS_NR + 3];
	int result, kept = 1, error = 0;

	*options = (struct tpr_options){ 0 };
	fill_getopt(letters, words);
	opterr = 0;
	while (!error && (result = getopt_long(*argc, argv, letters, words, NULL)) != -1) {
		if (result == RESULT_OPERAND) {
			argv[kept++] = optarg;
			if (kept == 3 && runs_another(argv[1]))
				break;
		} else if (find_spec(result)) {
			error = apply(options, find_spec(result));
		} else {
			return refuse(result, argv);
		}
	}
	while (optind < *argc && !error)
		argv[kept++] = argv[optind++];
	argv[kept] = NULL;
	*argc = kept;
	return error;
}

/**
 * tpr_options_check() - check that a command takes the options that were given
 * @options: the options
 * @command: name of the command, for the message
 * @letters: letters of the options it takes besides those that all take; N if it can show all
 *	namespaces
 *
 * Return: 0, or -EINVAL after a message.
 */
int tpr_options_check(const struct tpr_options *options, const char *command,
		      const char *letters)
{
	const char *letter;

	for (letter = options->letters; *letter; letter++) {
		const struct spec *spec = find_spec(*letter);

		if (spec->is_global || strchr(letters, *letter))
			continue;
		tpr_message("%s does not take --%s", command, spec->word);
		return -EINVAL;
	}
	if (options->is_all && !strchr(letters, 'N')) {
		tpr_message("%s is about one network namespace: --net all does not go with it",
			    command);
		return -EINVAL;
	}
	if (options->from && options->netns) {
		tpr_message("--net is for the running kernel, --from for saved files: not both");
		return -EINVAL;
	}
	if (options->from && options->delta_ns) {
		tpr_message("--delta needs the running kernel: the files of --from do not change");
		return -EINVAL;
	}
	if (options->from && options->has_processes) {
		tpr_message("--processes looks at the running system: it does not go with --from");
		return -EINVAL;
	}
	return 0;
}

/**
 * tpr_options_want_proto() - whether rows of a protocol were asked for
 * @options: -t, -u, -4 and -6
 * @proto: tcp, tcp6, udp or udp6, as the tables have it
 *
 * Return: true if it is one of those, and for any other word if none of them was given.
 */
bool tpr_options_want_proto(const struct tpr_options *options, const char *proto)
{
	bool has_proto = options->is_tcp || options->is_udp;
	bool has_family = options->is_ipv4 || options->is_ipv6;
	bool is_ipv6 = strlen(proto) > 3 && proto[3] == '6';

	if (has_proto && !(options->is_tcp && !strncmp(proto, "tcp", 3)) &&
	    !(options->is_udp && !strncmp(proto, "udp", 3)))
		return false;
	return !has_family || (is_ipv6 ? options->is_ipv6 : options->is_ipv4);
}

/* "-x, --word ARGUMENT", or the title of a line for several options. */
static void write_title(char *text, size_t size, const struct spec *spec)
{
	if (spec->title)
		snprintf(text, size, "%s", spec->title);
	else
		snprintf(text, size, "%s%c%s --%s%s%s", spec->is_word_only ? " " : "-",
			 spec->is_word_only ? ' ' : spec->letter,
			 spec->is_word_only ? " " : ",", spec->word,
			 spec->argument ? " " : "", spec->argument ? spec->argument : "");
}

/**
 * tpr_options_help() - write one line of help for each option of a command
 * @out: where to
 * @letters: those that a command takes besides those that all take
 */
void tpr_options_help(FILE *out, const char *letters)
{
	char title[40];
	size_t i;

	for (i = 0; i < SPECS_NR; i++) {
		const struct spec *spec = &specs[i];

		if (!spec->help)
			continue;
		if (!spec->is_global && !strchr(letters, spec->letter))
			continue;
		write_title(title, sizeof(title), spec);
		fprintf(out, "  %-19s %s\n", title, spec->help);
	}
}

/**
 * tpr_options_argument() - what stands behind an option
 * @word: of the command line, as -c or --count
 *
 * Return: what its argument is called, NULL if it has none, or is no option.
 */
const char *tpr_options_argument(const char *word)
{
	size_t i;

	for (i = 0; i < SPECS_NR; i++) {
		const struct spec *spec = &specs[i];
		const char letter[] = { '-', spec->letter, '\0' };

		if (!spec->argument)
			continue;
		if ((!spec->is_word_only && !strcmp(word, letter)) ||
		    (!strncmp(word, "--", 2) && !strcmp(word + 2, spec->word)))
			return spec->argument;
	}
	return NULL;
}

/**
 * tpr_options_list() - each spelling of each option
 * @letters: those that a command takes besides those that all take, or NULL for all there are
 * @put: called with it and what it means, which may be NULL
 * @data: handed to @put
 */
void tpr_options_list(const char *letters,
		      void (*put)(void *data, const char *word, const char *meaning), void *data)
{
	char word[40];
	size_t i;

	for (i = 0; i < SPECS_NR; i++) {
		const struct spec *spec = &specs[i];

		if (letters && !spec->is_global && !strchr(letters, spec->letter))
			continue;
		if (!spec->is_word_only) {
			snprintf(word, sizeof(word), "-%c", spec->letter);
			put(data, word, spec->title ? NULL : spec->help);
		}
		snprintf(word, sizeof(word), "--%s", spec->word);
		put(data, word, spec->title ? NULL : spec->help);
	}
}
