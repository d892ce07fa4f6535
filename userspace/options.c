// SPDX-License-Identifier: GPL-2.0
/*
 * Options as data: one table gives the parser its letters and words, the help its lines, and
 * each option the member it sets. An option stands before or after the command's name.
 */
#include "options.h"

#include "message.h"
#include "text.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S	1000000000.0
#define DELTA_MAX_S	(366.0 * 24 * 3600)

static int set_all(struct tpw_options *options, const char *word)
{
	(void)word;
	options->is_all = true;
	return 0;
}

static int set_count(struct tpw_options *options, const char *word)
{
	if (tpw_text_u64(word, &options->rows_nr) && options->rows_nr)
		return 0;
	tpw_message("-c: '%s' is not a number of rows; it must be 1 or more", word);
	return -EINVAL;
}

static int set_delta(struct tpw_options *options, const char *word)
{
	char *end;
	double seconds = strtod(word, &end);

	/* written so that a NaN fails it too */
	if (end != word && !*end && seconds >= 0.001 && seconds <= DELTA_MAX_S) {
		options->delta_ns = (uint64_t)(seconds * NS_PER_S);
		return 0;
	}
	tpw_message("-d: '%s' is not a number of seconds; it must be 0.001 or more", word);
	return -EINVAL;
}

static int set_extended(struct tpw_options *options, const char *word)
{
	(void)word;
	options->is_extended = true;
	return 0;
}

static int set_from(struct tpw_options *options, const char *word)
{
	options->from = word;
	return 0;
}

static int set_help(struct tpw_options *options, const char *word)
{
	(void)word;
	options->wants_help = true;
	return 0;
}

static int set_json(struct tpw_options *options, const char *word)
{
	(void)word;
	options->is_json = true;
	return 0;
}

static int set_net(struct tpw_options *options, const char *word)
{
	options->netns = word;
	return 0;
}

static int set_no_header(struct tpw_options *options, const char *word)
{
	(void)word;
	options->has_header = false;
	return 0;
}

/* Names are never looked up, so this is how things are; ss users type it all the same. */
static int set_numeric(struct tpw_options *options, const char *word)
{
	(void)options;
	(void)word;
	return 0;
}

static int set_version(struct tpw_options *options, const char *word)
{
	(void)word;
	options->wants_version = true;
	return 0;
}

static const struct spec {
	char letter;
	/* only the word is an option, the letter is just its number here */
	bool is_word_only;
	/* for every command; others are for those that name the letter */
	bool is_global;
	const char *word;
	const char *argument;
	const char *help;
	int (*set)(struct tpw_options *options, const char *word);
} specs[] = {
	{
		.letter = 'a', .word = "all", .set = set_all,
		.help = "all network namespaces at once (not for the overview; from the initial one)",
	}, {
		.letter = 'c', .word = "count", .argument = "N", .set = set_count,
		.help = "follow: end after N rows",
	}, {
		.letter = 'd', .word = "delta", .argument = "SECONDS", .set = set_delta,
		.help = "counters: the change over that time; rows without one are left out",
	}, {
		.letter = 'e', .word = "extended", .set = set_extended,
		.help = "log, follow: socket cookies too, as ss -e prints them",
	}, {
		.letter = 'H', .word = "no-header", .is_global = true, .set = set_no_header,
		.help = "rows only: no titles and facts before them",
	}, {
		.letter = 'j', .word = "json", .is_global = true, .set = set_json,
		.help = "JSON, one object a line; nothing is left out",
	}, {
		.letter = 'N', .word = "net", .argument = "NETNS", .is_global = true,
		.set = set_net,
		.help = "look from this network namespace: a name as in 'ip netns', a path, a pid",
	}, {
		.letter = 'n', .word = "numeric", .is_global = true, .set = set_numeric,
		.help = "numbers, not names: always so",
	}, {
		.letter = 'F', .is_word_only = true, .word = "from", .argument = "DIR",
		.is_global = true, .set = set_from,
		.help = "read files that were saved to DIR: tuplewatch, counters, log, ...",
	}, {
		.letter = 'h', .word = "help", .is_global = true, .set = set_help,
		.help = "this text",
	}, {
		.letter = 'V', .word = "version", .is_global = true, .set = set_version,
		.help = "the version of this program",
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

	/* a leading ':' makes it tell a missing argument from an unknown option */
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
		tpw_message("--%s needs %s", spec->word, spec->argument);
	else if (optopt && !spec)
		tpw_message("no option '-%c'; see tuplewatch --help", optopt);
	else
		tpw_message("no option '%s'; see tuplewatch --help", argv[optind - 1]);
	return -EINVAL;
}

/**
 * tpw_options_parse() - read the options from the command line
 * @options: filled in
 * @argc: as main() got it
 * @argv: as main() got it; operands are moved behind the options, and @options points into it
 * @operand: set to the index of the first word in @argv that is no option
 *
 * Return: 0, or -EINVAL after a message that names the wrong word.
 */
int tpw_options_parse(struct tpw_options *options, int argc, char **argv, int *operand)
{
	struct option words[SPECS_NR + 1];
	char letters[2 * SPECS_NR + 2];
	int result;

	*options = (struct tpw_options){ .has_header = true };
	fill_getopt(letters, words);
	opterr = 0;
	while ((result = getopt_long(argc, argv, letters, words, NULL)) != -1) {
		const struct spec *spec = find_spec(result);

		if (!spec)
			return refuse(result, argv);
		if (!strchr(options->letters, result))
			options->letters[strlen(options->letters)] = (char)result;
		result = spec->set(options, optarg);
		if (result)
			return result;
	}
	*operand = optind;
	return 0;
}

/**
 * tpw_options_check() - check that a command takes the options that were given
 * @options: the options
 * @command: name of the command, for the message
 * @letters: letters of the options it takes besides those that all take
 *
 * Return: 0, or -EINVAL after a message.
 */
int tpw_options_check(const struct tpw_options *options, const char *command,
		      const char *letters)
{
	const char *letter;

	for (letter = options->letters; *letter; letter++) {
		const struct spec *spec = find_spec(*letter);

		if (spec->is_global || strchr(letters, *letter))
			continue;
		tpw_message("%s does not take --%s", command, spec->word);
		return -EINVAL;
	}
	if (options->from && options->netns) {
		tpw_message("--net is for the running kernel, --from for saved files: not both");
		return -EINVAL;
	}
	if (options->from && options->delta_ns) {
		tpw_message("--delta needs the running kernel: the files of --from do not change");
		return -EINVAL;
	}
	return 0;
}

/**
 * tpw_options_help() - write one line of help for each option
 * @out: where to
 */
void tpw_options_help(FILE *out)
{
	size_t i;

	for (i = 0; i < SPECS_NR; i++) {
		const struct spec *spec = &specs[i];
		char letter[] = { '-', spec->letter, ',', '\0' };
		char word[32];

		snprintf(word, sizeof(word), "--%s%s%s", spec->word, spec->argument ? " " : "",
			 spec->argument ? spec->argument : "");
		fprintf(out, "  %-3s %-16s %s\n", spec->is_word_only ? "" : letter, word,
			spec->help);
	}
}
