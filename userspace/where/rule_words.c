// SPDX-License-Identifier: GPL-2.0
/*
 * What stands behind "tuplewatch filter": rules as the module's file takes them, which are passed
 * on as they are, or the filter words of all other commands, with "sample N" behind them.
 *
 * A word is a rule if it is one of the file's keys, "=" or "!=" and a value with no blank between
 * them; all others are filter words. "all" and "none" alone are the same in both.
 */
#include "where/rules.h"

#include "lib/message.h"
#include "lib/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS	" \t\n"

/* How much of somebody's words is repeated in a message */
#define QUOTE_BYTES	500

/** struct words - what was given */
struct words {
	/** @text: in one piece; blanks in it become ends of words */
	char *text;
	/** @list: each word */
	char **list;
	/** @nr: used of @list */
	size_t nr;
	/** @rule: the first that is a rule, or NULL */
	const char *rule;
	/** @other: the first that is none, or NULL */
	const char *other;
};

static const char *const keys[] = {
	"proto", "port", "lport", "fport", "local", "foreign", "via", "match", "outcome",
	"flags", "dev", "sample",
};

#define KEYS_NR	(sizeof(keys) / sizeof(keys[0]))

/**
 * tpr_rules_key() - the keys of rules
 * @index: from 0
 *
 * Return: what stands before "="; NULL behind the last.
 */
const char *tpr_rules_key(size_t index)
{
	return index < KEYS_NR ? keys[index] : NULL;
}

static bool is_rule_key(const char *key, size_t bytes)
{
	size_t i;

	for (i = 0; i < KEYS_NR; i++) {
		if (strlen(keys[i]) == bytes && !memcmp(keys[i], key, bytes))
			return true;
	}
	return false;
}

static bool is_rule(const char *word)
{
	const char *key = word + (*word == '!');
	size_t bytes = strcspn(key, "!=");
	const char *equals = key + bytes + (key[bytes] == '!');

	return is_rule_key(key, bytes) && equals[0] == '=' && equals[1] && equals[1] != '=';
}

static bool is_alone(const struct words *words)
{
	return words->nr == 1 &&
	       (!strcmp(words->list[0], "all") || !strcmp(words->list[0], "none"));
}

static bool split(struct words *words, const char *text)
{
	char *rest = NULL, *word;

	words->text = strdup(text);
	words->list = calloc(strlen(text) + 1, sizeof(*words->list));
	if (!words->text || !words->list) {
		tpr_message("out of memory");
		return false;
	}
	for (word = strtok_r(words->text, BLANKS, &rest); word;
	     word = strtok_r(NULL, BLANKS, &rest)) {
		words->list[words->nr++] = word;
		if (is_rule(word))
			words->rule = words->rule ? words->rule : word;
		else
			words->other = words->other ? words->other : word;
	}
	return true;
}

static bool is_and(const char *word)
{
	return !strcmp(word, "and") || !strcmp(word, "&") || !strcmp(word, "&&");
}

/* "sample N" stands nowhere else than at the end. */
static bool check_place(const struct words *words)
{
	uint64_t number;
	size_t i;

	for (i = 0; i + 2 < words->nr; i++) {
		if (strcmp(words->list[i], "sample") || !tpr_text_u64(words->list[i + 1], &number))
			continue;
		tpr_message("filter: 'sample %s' stands behind all else", words->list[i + 1]);
		return false;
	}
	return true;
}

/* Take "sample N" off the end. */
static bool take_sample(struct words *words, uint32_t *sample)
{
	uint64_t number;

	if (!check_place(words))
		return false;
	if (words->nr < 2 || strcmp(words->list[words->nr - 2], "sample"))
		return true;
	if (!tpr_text_u64(words->list[words->nr - 1], &number) || !number || number > UINT32_MAX) {
		tpr_message("filter: '%s' is no number from 1 to 4294967295 for 'sample'",
			    words->list[words->nr - 1]);
		return false;
	}
	*sample = (uint32_t)number;
	words->nr -= 2;
	if (words->nr > 1 && is_and(words->list[words->nr - 1]))
		words->nr--;
	return true;
}

static char *join(const struct words *words)
{
	char *text = NULL;
	size_t bytes, i;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	for (i = 0; i < words->nr; i++)
		fprintf(out, "%s%s", i ? " " : "", words->list[i]);
	return fclose(out) ? NULL : text;
}

static void explain(const struct tpr_refusal *refusal, const char *text)
{
	const char *quote = strpbrk(text, "()!&|<>*?[]$`\"\\;#~{}") ? "'" : "";

	if (refusal->command && strlen(text) < QUOTE_BYTES && !strchr(text, '\''))
		tpr_message("filter: %s; use: tuplewatch %s %s%s%s", refusal->why,
			    refusal->command, quote, text, quote);
	else
		tpr_message("filter: %s", refusal->why);
}

static char *translate(char *text, uint32_t sample)
{
	bool is_none = !strcmp(text, "none"), is_all = is_none || !strcmp(text, "all");
	struct tpr_expression *expression = tpr_expression_parse(!is_all, &text);
	struct tpr_refusal refusal;
	char *rules;

	if (!expression)
		return NULL;
	rules = is_none ? strdup("none") : tpr_rules_compile(expression, sample, &refusal);
	if (!rules && is_none)
		tpr_message("out of memory");
	else if (!rules)
		explain(&refusal, text);
	tpr_expression_destroy(expression);
	return rules;
}

static char *make(struct words *words)
{
	/* of nothing at all the file says what is missing */
	bool is_raw = words->rule || is_alone(words) || !words->nr;
	uint32_t sample = 1;
	char *text, *rules;

	if (words->rule && words->other) {
		tpr_message("filter: '%s' is a rule of the file, with no blanks around its =, "
			    "'%s' a filter word: one call takes one form", words->rule, words->other);
		return NULL;
	}
	if (!is_raw && !take_sample(words, &sample))
		return NULL;
	text = join(words);
	if (!text)
		tpr_message("out of memory");
	if (!text || is_raw)
		return text;
	rules = translate(text, sample);
	free(text);
	return rules;
}

/**
 * tpr_rules_make() - rules for the module's filter
 * @words: filter words with or without "sample N" behind them, or rules
 *
 * Return: the rules, to be freed; NULL after a message.
 */
char *tpr_rules_make(const char *words)
{
	struct words split_words = { .nr = 0 };
	char *rules = split(&split_words, words) ? make(&split_words) : NULL;

	free(split_words.list);
	free(split_words.text);
	return rules;
}
