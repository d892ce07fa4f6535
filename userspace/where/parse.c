// SPDX-License-Identifier: GPL-2.0
/*
 * Filter words into a tree, and rows through it. What binds stronger comes first: not, and, or;
 * two terms without a word between them are joined by and, as with ss. "state" words that stand
 * at the beginning are a set of their own, from which "exclude" takes away: as with ss, too.
 */
#include "where/parse.h"

#include "lib/message.h"
#include "lib/words.h"
#include "where/state.h"
#include "where/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Deeper brackets than anyone writes */
#define DEPTH_MAX	64

/* Each can be a node below the one before, and matching goes down to it. */
#define WORDS_MAX	4096

#define SPECIAL		"()!&|=<>"

/** struct parser - words that are being read */
struct parser {
	/** @words: all of them, NULL at the end */
	char **words;
	/** @words_nr: number of @words */
	size_t words_nr;
	/** @next: the one to be read next */
	size_t next;
	/** @depth: brackets and nots that are open */
	unsigned int depth;
	/** @has_state: a word "state" or "exclude" was there */
	bool has_state;
};

/* How ss, C and English spell the operators. */
static const struct {
	const char *word;
	enum tpr_op op;
} ops[] = {
	{ "=", TPR_OP_EQ }, { "==", TPR_OP_EQ }, { "eq", TPR_OP_EQ }, { "is", TPR_OP_EQ },
	{ "!=", TPR_OP_NE }, { "neq", TPR_OP_NE }, { "ne", TPR_OP_NE },
	{ "<", TPR_OP_LT }, { "lt", TPR_OP_LT }, { "<=", TPR_OP_LE }, { "le", TPR_OP_LE }, { "leq", TPR_OP_LE },
	{ ">", TPR_OP_GT }, { "gt", TPR_OP_GT }, { ">=", TPR_OP_GE }, { "ge", TPR_OP_GE }, { "geq", TPR_OP_GE },
};

/* Words that stand for an end of the connection */
static const struct {
	const char *word;
	const char *column;
	enum tpr_node_kind kind;
} ends[] = {
	{ "src", "local", TPR_NODE_HOST },
	{ "dst", "foreign", TPR_NODE_HOST },
	{ "sport", "local", TPR_NODE_PORT },
	{ "dport", "foreign", TPR_NODE_PORT },
	{ "lport", "local", TPR_NODE_PORT },
	{ "fport", "foreign", TPR_NODE_PORT },
	{ "local", "local", TPR_NODE_HOST },
	{ "foreign", "foreign", TPR_NODE_HOST },
};

static struct tpr_node *parse_or(struct parser *parser);

static struct tpr_node *make(enum tpr_node_kind kind)
{
	struct tpr_node *node = calloc(1, sizeof(*node));

	if (!node)
		tpr_message("out of memory");
	else
		node->kind = kind;
	return node;
}

static const char *peek(const struct parser *parser)
{
	return parser->next < parser->words_nr ? parser->words[parser->next] : NULL;
}

static bool take(struct parser *parser, const char *one, const char *other)
{
	const char *word = peek(parser);

	if (!word || (strcmp(word, one) && strcmp(word, other)))
		return false;
	parser->next++;
	return true;
}

/* The word that a term cannot do without, or NULL after a message. */
static const char *need(struct parser *parser, const char *after, const char *what)
{
	const char *word = peek(parser);

	if (!word) {
		tpr_message("filter: '%s' needs %s", after, what);
		return NULL;
	}
	parser->next++;
	return word;
}

static bool take_op(struct parser *parser, enum tpr_op *op)
{
	const char *word = peek(parser);
	size_t i;

	for (i = 0; word && i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (strcmp(word, ops[i].word))
			continue;
		*op = ops[i].op;
		parser->next++;
		return true;
	}
	return false;
}

static struct tpr_node *join(enum tpr_node_kind kind, struct tpr_node *left, struct tpr_node *right)
{
	struct tpr_node *node = left && right ? make(kind) : NULL;

	if (!node) {
		tpr_node_destroy(left);
		tpr_node_destroy(right);
		return NULL;
	}
	node->left = left;
	node->right = right;
	return node;
}

static struct tpr_node *parse_state(struct parser *parser, const char *word)
{
	const char *name = need(parser, word, "a state: established, listening, all, ...");
	struct tpr_node *node;
	unsigned int set;

	if (!name)
		return NULL;
	if (!tpr_state_set(name, &set)) {
		tpr_message("filter: '%s' is no state; they are established, syn-sent, syn-recv, "
			    "fin-wait-1, fin-wait-2, time-wait, closed, close-wait, last-ack, "
			    "listening, closing, unconnected, all, connected, synchronized, bucket, "
			    "big", name);
		return NULL;
	}
	parser->has_state = true;
	node = make(TPR_NODE_STATE);
	if (node)
		node->states = strcmp(word, "exclude") ? set : ~set;
	return node;
}

/* "src", "sport" and their like. */
static bool parse_end(struct tpr_node *node, const char *word, const char *value)
{
	if (node->kind == TPR_NODE_PORT) {
		if (tpr_endpoint_port(value + (value[0] == ':'), &node->port))
			return true;
		tpr_message("filter: '%s' is no port for '%s'", value, word);
		return false;
	}
	if (node->op != TPR_OP_EQ && node->op != TPR_OP_NE) {
		tpr_message("filter: addresses are equal or not: '%s' takes = and != only", word);
		return false;
	}
	if (tpr_endpoint_prefix(value, &node->prefix))
		return true;
	tpr_message("filter: '%s' is no address for '%s'; names of hosts are not looked up", value,
		    word);
	return false;
}

/* Say which column a node is about, and what it is compared with. */
static bool fill(struct tpr_node *node, const char *column, const char *value)
{
	node->column = strdup(column);
	node->value = strdup(value);
	if (node->column && node->value)
		return true;
	tpr_message("out of memory");
	return false;
}

/* "outcome = dropped:REASON", which is about two columns; any other term as it is. */
static struct tpr_node *split_outcome(struct tpr_node *node)
{
	const size_t bytes = strlen(TPR_OUTCOME_DROPPED);
	struct tpr_node *reason;

	if (strcmp(node->column, "outcome") || strncmp(node->value, TPR_OUTCOME_DROPPED, bytes) ||
	    node->value[bytes] != ':')
		return node;
	reason = make(TPR_NODE_COLUMN);
	if (reason && !fill(reason, "reason", node->value + bytes + 1)) {
		tpr_node_destroy(reason);
		reason = NULL;
	} else if (reason) {
		reason->op = node->op;
	}
	node->value[bytes] = '\0';
	/* it is not both if one of them is not */
	return join(node->op == TPR_OP_EQ ? TPR_NODE_AND : TPR_NODE_OR, node, reason);
}

static struct tpr_node *parse_term(struct parser *parser)
{
	const char *before = parser->next ? parser->words[parser->next - 1] : "(";
	const char *word = need(parser, before, "something behind it"), *value = NULL;
	const char *column = word;
	struct tpr_node *node = make(TPR_NODE_COLUMN);
	bool has_op;
	size_t i;

	if (!word || !node)
		goto err;
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (!strcmp(word, ends[i].word)) {
			node->kind = ends[i].kind;
			column = ends[i].column;
		}
	}
	if (strpbrk(word, SPECIAL)) {
		tpr_message("filter: '%s' stands where a word should be", word);
		goto err;
	}
	has_op = take_op(parser, &node->op);
	if (!has_op && node->kind == TPR_NODE_COLUMN) {
		tpr_message("filter: '%s' needs an operator (= != < <= > >=) behind it", word);
		goto err;
	}
	value = need(parser, word, "a value");
	if (!value || (node->kind != TPR_NODE_COLUMN && !parse_end(node, word, value)))
		goto err;
	if (fill(node, column, value))
		return split_outcome(node);
err:
	tpr_node_destroy(node);
	return NULL;
}

static struct tpr_node *parse_brackets(struct parser *parser)
{
	struct tpr_node *node = parse_or(parser);

	if (!node || take(parser, ")", ")"))
		return node;
	tpr_message("filter: a '(' has no ')'");
	tpr_node_destroy(node);
	return NULL;
}

static struct tpr_node *parse_not(struct parser *parser)
{
	struct tpr_node *node = NULL;

	if (parser->depth == DEPTH_MAX) {
		tpr_message("filter: more than %d brackets in each other", DEPTH_MAX);
		return NULL;
	}
	parser->depth++;
	if (take(parser, "not", "!")) {
		node = make(TPR_NODE_NOT);
		if (node)
			node->left = parse_not(parser);
		if (node && !node->left) {
			tpr_node_destroy(node);
			node = NULL;
		}
	} else if (take(parser, "(", "(")) {
		node = parse_brackets(parser);
	} else if (take(parser, "state", "state")) {
		node = parse_state(parser, "state");
	} else if (take(parser, "exclude", "exclude")) {
		node = parse_state(parser, "exclude");
	} else {
		node = parse_term(parser);
	}
	parser->depth--;
	return node;
}

static bool ends_and(const struct parser *parser)
{
	const char *word = peek(parser);

	return !word || !strcmp(word, ")") || !strcmp(word, "or") || !strcmp(word, "|") ||
	       !strcmp(word, "||");
}

static struct tpr_node *parse_and(struct parser *parser)
{
	struct tpr_node *node = parse_not(parser);

	while (node && !ends_and(parser)) {
		if (!take(parser, "and", "&"))
			take(parser, "&&", "&&");
		node = join(TPR_NODE_AND, node, parse_not(parser));
	}
	return node;
}

static struct tpr_node *parse_or(struct parser *parser)
{
	struct tpr_node *node = parse_and(parser);

	while (node && (take(parser, "or", "|") || take(parser, "||", "||")))
		node = join(TPR_NODE_OR, node, parse_and(parser));
	return node;
}

/* The "state" and "exclude" words at the beginning, in one node. */
static struct tpr_node *parse_states(struct parser *parser)
{
	struct tpr_node *all = NULL;

	while (peek(parser) && (!strcmp(peek(parser), "state") ||
				!strcmp(peek(parser), "exclude"))) {
		bool is_exclude = !strcmp(parser->words[parser->next++], "exclude");
		struct tpr_node *node = parse_state(parser, is_exclude ? "exclude" : "state");

		if (!node) {
			tpr_node_destroy(all);
			return NULL;
		}
		if (all) {
			all->states = is_exclude ? all->states & node->states :
				      all->states | node->states;
			tpr_node_destroy(node);
		} else {
			all = node;
		}
	}
	return all;
}

static struct tpr_node *parse_all(struct parser *parser)
{
	bool has_states = !strcmp(peek(parser), "state") || !strcmp(peek(parser), "exclude");
	struct tpr_node *node = NULL;

	if (has_states) {
		node = parse_states(parser);
		if (!node || !peek(parser))
			return node;
		if (!strcmp(peek(parser), "or")) {
			while (node && take(parser, "or", "|"))
				node = join(TPR_NODE_OR, node, parse_and(parser));
		} else {
			if (!take(parser, "and", "&"))
				take(parser, "&&", "&&");
			node = join(TPR_NODE_AND, node, parse_or(parser));
		}
	} else {
		node = parse_or(parser);
	}
	if (node && peek(parser)) {
		tpr_message("filter: '%s' is one word too many", peek(parser));
		tpr_node_destroy(node);
		return NULL;
	}
	return node;
}

/* Add a word of so many bytes. */
static int add_word(struct parser *parser, const char *text, size_t bytes)
{
	char **words;

	if (parser->words_nr == WORDS_MAX) {
		tpr_message("filter: more than %d words", WORDS_MAX);
		return -E2BIG;
	}
	words = realloc(parser->words, (parser->words_nr + 1) * sizeof(*words));

	if (!words)
		return -ENOMEM;
	parser->words = words;
	words[parser->words_nr] = strndup(text, bytes);
	return words[parser->words_nr++] ? 0 : -ENOMEM;
}

/* Operators and brackets need no blanks around them. */
static int split(struct parser *parser, const char *text)
{
	int error = 0;

	while (!error && *(text += strspn(text, " \t\n"))) {
		size_t bytes = strcspn(text, SPECIAL " \t\n");

		if (!bytes)
			bytes = strchr("()", *text) ? 1 : (text[1] == '=' || (text[0] == text[1] &&
				strchr("&|=", *text))) + 1u;
		error = add_word(parser, text, bytes);
		text += bytes;
	}
	return error;
}

/**
 * tpr_expression_parse() - read filter words
 * @argc: number of words; without any, all rows match
 * @argv: the words; one of them may hold several
 *
 * Return: the expression, for tpr_expression_destroy(), or NULL after a message that names the
 * wrong word.
 */
struct tpr_expression *tpr_expression_parse(int argc, char **argv)
{
	struct tpr_expression *expression = calloc(1, sizeof(*expression));
	struct parser parser = { 0 };
	int error = expression ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; i < (size_t)argc && !error; i++)
		error = split(&parser, argv[i]);
	if (error == -ENOMEM) {
		tpr_message("out of memory");
	} else if (!error && parser.words_nr) {
		expression->root = parse_all(&parser);
		expression->has_state = parser.has_state;
		if (!expression->root)
			error = -EINVAL;
	}
	for (i = 0; i < parser.words_nr; i++)
		free(parser.words[i]);
	free(parser.words);
	if (!error)
		return expression;
	free(expression);
	return NULL;
}
