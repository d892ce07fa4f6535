// SPDX-License-Identifier: GPL-2.0
/*
 * What the word that is being typed can become: it depends on the words before it alone. The completions of bash, zsh and
 * fish ask this, so that nothing is spelled in them; what they are told is in offers.h.
 */
#include "command/complete/complete.h"

#include "command/complete/offers.h"
#include "command/top/view.h"
#include "lib/message.h"
#include "lib/options.h"
#include "table/column.h"
#include "where/rules.h"

#include <stdio.h>
#include <string.h>

/** struct line - the words on the command line */
struct line {
	/** @commands: all there are */
	const struct tpr_complete_command *commands;
	/** @commands_nr: number of @commands */
	size_t commands_nr;
	/** @command: the one on this line, or NULL: there is none yet */
	const struct tpr_complete_command *command;
	/** @is_other: a word stands in its place that is none */
	bool is_other;
	/** @words: behind the name of the program */
	char **words;
	/** @last: index of the one that is being typed */
	int last;
	/** @offers: that one */
	struct tpr_offers offers;
};

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++) {
		if (!strcmp(word, *words))
			return true;
	}
	return false;
}

/* The word so many before the last one, or "" */
static const char *before(const struct line *line, int nr)
{
	return line->last >= nr ? line->words[line->last - nr] : "";
}

static bool is_command(const struct line *line, const char *name)
{
	return line->command && !strcmp(line->command->name, name);
}

/* The table that the rows of a command are of. */
static const char *table_of(const struct line *line)
{
	if (!line->command || is_command(line, "events") || is_command(line, "top"))
		return "connections";
	if (is_command(line, "follow") || is_command(line, "filter"))
		return "log";
	return line->command->name;
}

/* Words of options and of their arguments are none. */
static void find_command(struct line *line)
{
	size_t j;
	int i;

	for (i = 0; i < line->last; i++) {
		if (tpr_options_argument(line->words[i]))
			i++;
		else if (line->words[i][0] != '-')
			break;
	}
	for (j = 0; i < line->last && j < line->commands_nr; j++) {
		if (!strcmp(line->commands[j].name, line->words[i]))
			line->command = &line->commands[j];
	}
	line->is_other = i < line->last && !line->command;
}

static void offer_by(const struct line *line)
{
	if (is_command(line, "top"))
		tpr_offer_list(&line->offers, tpr_view_bys());
	else
		tpr_offer_by(&line->offers, table_of(line));
}

/* The argument of an option. */
static void offer_argument(const struct line *line, const char *argument)
{
	if (!strcmp(argument, "NETNS"))
		tpr_offer_namespaces(&line->offers);
	else if (!strcmp(argument, "DEV"))
		tpr_offer_devices(&line->offers);
	else if (!strcmp(argument, "FILE"))
		puts(":files");
	else if (!strcmp(argument, "DIR"))
		puts(":archives");
	else if (!strcmp(argument, "COLUMN"))
		offer_by(line);
	else if (!strcmp(argument, "KEY"))
		tpr_offer_list(&line->offers, tpr_view_orders());
}

static void put_option(void *data, const char *word, const char *meaning)
{
	tpr_offer(data, word, meaning);
}

static void offer_commands(struct line *line)
{
	size_t i;

	for (i = 0; i < line->commands_nr && !line->is_other; i++)
		tpr_offer(&line->offers, line->commands[i].name, line->commands[i].brief);
}

/* How much of a word stands before what can still be chosen of it: "via=ehash," of "via=ehash,udp". */
static size_t chosen(const char *word, bool is_rule)
{
	const char *equals = strchr(word, '='), *comma = equals ? strrchr(equals, ',') : NULL;

	if (!equals)
		return 0;
	return (size_t)((comma && is_rule ? comma : equals) + 1 - word);
}

/* What stands behind "=", written without a blank: a value of what stands before it. */
static void offer_joined(struct line *line, bool is_rule)
{
	static const char *const families[] = { "tcp4", "udp4", NULL };
	const char *word = before(line, 0);
	size_t bytes = strcspn(word, "!=");
	char key[32];

	line->offers.kept_bytes = chosen(word, is_rule);
	line->offers.typed = word + line->offers.kept_bytes;
	snprintf(key, sizeof(key), "%.*s", (int)bytes, word);
	tpr_offer_values(&line->offers, key);
	if (is_rule && !strcmp(key, "proto"))
		tpr_offer_list(&line->offers, families);
}

/* What begins a term of a filter. */
static void offer_term(const struct line *line)
{
	static const char *const ends[] = { "src", "dst", "sport", "dport", "and", "or", "not", NULL };
	static const char *const states[] = { "state", "exclude", NULL };
	static const char *const told[] = {
		"proto", "dev", "via", "match", "outcome", "reason", "flags", "sample", NULL
	};
	static const char *const alone[] = { "all", "none", NULL };

	tpr_offer_list(&line->offers, ends);
	if (!is_command(line, "filter")) {
		tpr_offer_list(&line->offers, states);
		tpr_offer_columns(&line->offers, table_of(line));
		return;
	}
	/* what the module can tell */
	tpr_offer_list(&line->offers, told);
	if (!strcmp(before(line, 1), "filter"))
		tpr_offer_list(&line->offers, alone);
}

/* What stands behind a column, or the word for a port. */
static void offer_operators(const struct line *line, bool is_number)
{
	static const char *const equal[] = { "=", "!=", NULL };
	static const char *const order[] = { "<", "<=", ">", ">=", NULL };

	tpr_offer_list(&line->offers, equal);
	if (is_number)
		tpr_offer_list(&line->offers, order);
}

static void offer_filter(struct line *line)
{
	static const char *const operators[] = { "=", "==", "!=", "<", "<=", ">", ">=", NULL };
	static const char *const states[] = { "state", "exclude", NULL };
	static const char *const ports[] = { "sport", "dport", "lport", "fport", NULL };
	const char *word = before(line, 1), *table = table_of(line);

	if (is_one_of(word, operators))
		tpr_offer_values(&line->offers, before(line, 2));
	else if (is_one_of(word, states))
		tpr_offer_states(&line->offers);
	else if (is_one_of(word, ports))
		offer_operators(line, true);
	else if (tpr_column_is_known(table, word))
		offer_operators(line, tpr_kind_is_number(tpr_column_kind(table, word)));
	else if (before(line, 0)[strcspn(before(line, 0), "!=<>")])
		offer_joined(line, false);
	else
		offer_term(line);
}

/* Rules have no blank before "="; if there is one, others follow. */
static bool has_rule(const struct line *line)
{
	int i;

	for (i = 0; i <= line->last; i++) {
		const char *equals = strchr(line->words[i], '=');

		if (equals && line->words[i][0] >= 'a' && line->words[i][0] <= 'z')
			return true;
	}
	return false;
}

static void offer_rule(struct line *line)
{
	static const char *const alone[] = { "all", "none", NULL };
	const char *key;
	char word[32];
	size_t i;

	if (strchr(before(line, 0), '=')) {
		offer_joined(line, true);
		return;
	}
	tpr_offer_list(&line->offers, alone);
	for (i = 0; (key = tpr_rules_key(i)); i++) {
		snprintf(word, sizeof(word), "%s=", key);
		tpr_offer(&line->offers, word, NULL);
	}
}

static void offer_word(struct line *line)
{
	if (is_command(line, "run"))
		puts(":commands");
	else if (is_command(line, "capture") && before(line, 0)[0] != '-')
		puts(":commands");
	else if (before(line, 0)[0] == '-')
		tpr_options_list(line->command ? line->command->letters : NULL, put_option,
				 &line->offers);
	else if (is_command(line, "annotate"))
		puts(":files");
	else if (is_command(line, "save"))
		puts(":directories");
	else if (!line->command)
		offer_commands(line);
	else if (is_command(line, "filter") && has_rule(line))
		offer_rule(line);
	else if (is_command(line, "filter") || line->command->has_filter)
		offer_filter(line);
}

/**
 * tpr_complete() - say what the last of some words can become
 * @commands: all there are
 * @nr: number of @commands
 * @argc: number of words
 * @argv: the words on the command line, the last one as far as it was typed
 *
 * Return: how it ended.
 */
enum tpr_exit tpr_complete(const struct tpr_complete_command *commands, size_t nr, int argc,
			   char **argv)
{
	struct line line = { .commands = commands, .commands_nr = nr, .words = argv, .last = argc - 1 };
	const char *argument;

	if (argc < 1) {
		tpr_message("complete: no word; the completions of shells ask it");
		return TPR_EXIT_USAGE;
	}
	line.offers.kept = line.offers.typed = before(&line, 0);
	find_command(&line);
	argument = tpr_options_argument(before(&line, 1));
	if (argument && !is_command(&line, "run"))
		offer_argument(&line, argument);
	else
		offer_word(&line);
	return TPR_EXIT_DONE;
}
