// SPDX-License-Identifier: GPL-2.0
/*
 * The tree of filter words into a set that rules can say. "not" goes down to the terms; the
 * operands of an "or" are joined in whatever order makes one set of them.
 */
#include "where/rules.h"

#include "lib/words.h"
#include "where/rule_text.h"
#include "where/tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Operands of one "or" that cannot be joined yet */
#define PILE_NR		8

/** struct pile - operands of an "or" */
struct pile {
	/** @sets: each another */
	struct tpr_rule_set *sets[PILE_NR];
	/** @nr: used of @sets */
	unsigned int nr;
};

/* What the keys are called where two of them cannot be joined */
static const char *const key_names[TPR_RULE_KEYS_NR] = {
	[TPR_RULE_PROTO] = "proto", [TPR_RULE_VIA] = "via", [TPR_RULE_MATCH] = "match",
	[TPR_RULE_OUTCOME] = "outcome", [TPR_RULE_FLAGS] = "flags", [TPR_RULE_DEV] = "dev",
	[TPR_RULE_SPORT] = "sport", [TPR_RULE_DPORT] = "dport",
	[TPR_RULE_EITHER] = "sport or dport", [TPR_RULE_SRC] = "src", [TPR_RULE_DST] = "dst",
};

/* Columns by the key that is about nothing else */
static const struct {
	const char *column;
	enum tpr_rule_key key;
} keys[] = {
	{ "proto", TPR_RULE_PROTO }, { "via", TPR_RULE_VIA }, { "match", TPR_RULE_MATCH },
	{ "outcome", TPR_RULE_OUTCOME }, { "reason", TPR_RULE_OUTCOME },
	{ "flags", TPR_RULE_FLAGS }, { "dev", TPR_RULE_DEV },
};

static struct tpr_rule_set *compile(const struct tpr_node *node, bool is_not,
				    struct tpr_refusal *refusal);

__attribute__((format(printf, 2, 3)))
static bool refuse(struct tpr_refusal *refusal, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(refusal->why, sizeof(refusal->why), fmt, args);
	va_end(args);
	return false;
}

static bool refuse_memory(struct tpr_refusal *refusal)
{
	return refuse(refusal, "out of memory");
}

static struct tpr_rule_set *make_all(struct tpr_refusal *refusal)
{
	struct tpr_rule_set *set = malloc(sizeof(*set));

	if (set)
		tpr_rule_set_all(set);
	else
		refuse_memory(refusal);
	return set;
}

/* A column that no rule is about: who could tell it. */
static bool refuse_column(struct tpr_refusal *refusal, const char *column)
{
	static const char *const tables[] = { "connections", "listeners", "refused" };
	size_t i;

	if (!strcmp(column, "sample"))
		return refuse(refusal, "'sample' has no operator and stands behind all else: sample 100");
	if (tpr_column_is_known("log", column)) {
		refusal->command = "follow";
		return refuse(refusal, "the module's filter cannot tell '%s'", column);
	}
	for (i = 0; i < sizeof(tables) / sizeof(tables[0]) && !refusal->command; i++) {
		if (tpr_column_is_known(tables[i], column))
			refusal->command = tables[i];
	}
	if (refusal->command)
		return refuse(refusal, "the module's filter cannot tell '%s'", column);
	return refuse(refusal, "the log has no column '%.100s'", column);
}

static bool refuse_word(struct tpr_refusal *refusal, const struct tpr_node *node,
			enum tpr_rule_key key)
{
	char *list = tpr_rule_list(key);

	refuse(refusal, "'%.100s' is no %s in the log; there are %s", node->value, node->column,
	       list ? list : "others");
	free(list);
	return false;
}

static bool take_word(struct tpr_rule_set *set, const struct tpr_node *node,
		      enum tpr_rule_key key, struct tpr_refusal *refusal)
{
	if (tpr_rule_find(key, node->value, &set->bits[key]))
		return true;
	return refuse_word(refusal, node, key);
}

static bool take_outcome(struct tpr_rule_set *set, const struct tpr_node *node,
			 struct tpr_refusal *refusal)
{
	if (!strcmp(node->value, TPR_OUTCOME_DROPPED)) {
		set->bits[TPR_RULE_OUTCOME] = 0;
		return true;
	}
	set->reasons.is_not = false;
	return take_word(set, node, TPR_RULE_OUTCOME, refusal);
}

/* "-" is the reason of all that was not dropped. */
static bool take_reason(struct tpr_rule_set *set, const struct tpr_node *node,
			struct tpr_refusal *refusal)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

	set->reasons.is_not = false;
	if (!strcmp(node->value, "-"))
		return true;
	if (!*node->value || node->value[strspn(node->value, letters)])
		return refuse(refusal, "'%.100s' is no reason of a drop, such as UDP_CSUM",
			      node->value);
	set->bits[TPR_RULE_OUTCOME] = 0;
	set->reasons.list[set->reasons.nr++] = node->value;
	return true;
}

/* The letters of flags, in any order; false if there is another one. */
static bool read_flags(const char *text, unsigned int *flags)
{
	static const char letters[] = "FSRP.U";
	const char *letter;

	*flags = 0;
	for (; *text && strcmp(text, "none"); text++) {
		letter = strchr(letters, *text);
		if (!letter)
			return false;
		*flags |= 1u << (letter - letters);
	}
	return true;
}

static bool take_flags(struct tpr_rule_set *set, const struct tpr_node *node,
		       struct tpr_refusal *refusal)
{
	char text[TPR_FLAGS_BYTES];
	unsigned int flags;

	set->has_flagless = !strcmp(node->value, "-");
	set->bits[TPR_RULE_FLAGS] = 0;
	if (set->has_flagless)
		return true;
	if (!read_flags(node->value, &flags))
		return refuse(refusal, "'%.100s' is neither none nor made of tcpdump's letters F S R P . U",
			      node->value);
	tpr_rule_flags(flags, text);
	if (strcmp(node->value, text))
		return refuse(refusal, "the log has the flags '%.100s' as '%s'", node->value, text);
	set->bits[TPR_RULE_FLAGS] = 1ULL << flags;
	return true;
}

/* In the log "?" can be any name that is not known. */
static bool take_dev(struct tpr_rule_set *set, const struct tpr_node *node,
		     struct tpr_refusal *refusal)
{
	if (!strcmp(node->value, "?")) {
		refusal->command = "follow";
		return refuse(refusal, "the module's filter cannot tell 'dev = ?'");
	}
	if (strlen(node->value) > 15)
		return refuse(refusal, "'%.100s' is no name of a device: they have 15 bytes at most",
			      node->value);
	set->devs.is_not = false;
	set->devs.list[set->devs.nr++] = node->value;
	return true;
}

static bool take_value(struct tpr_rule_set *set, const struct tpr_node *node,
		       enum tpr_rule_key key, struct tpr_refusal *refusal)
{
	if (node->op != TPR_OP_EQ && node->op != TPR_OP_NE)
		return refuse(refusal, "'%s' holds words: it takes = and != only", node->column);
	if (key == TPR_RULE_DEV)
		return take_dev(set, node, refusal);
	if (key == TPR_RULE_FLAGS)
		return take_flags(set, node, refusal);
	if (key != TPR_RULE_OUTCOME)
		return take_word(set, node, key, refusal);
	return strcmp(node->column, "reason") ? take_outcome(set, node, refusal) :
						take_reason(set, node, refusal);
}

static bool take_column(struct tpr_rule_set *set, const struct tpr_node *node, bool is_not,
			struct tpr_refusal *refusal)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(node->column, keys[i].column))
			continue;
		if (!take_value(set, node, keys[i].key, refusal))
			return false;
		if (is_not != (node->op == TPR_OP_NE))
			tpr_rule_set_negate(set, keys[i].key);
		return true;
	}
	return refuse_column(refusal, node->column);
}

static bool has_port(enum tpr_op op, unsigned int port, unsigned int than)
{
	switch (op) {
	case TPR_OP_LT:
	case TPR_OP_GE:
		return port < than;
	case TPR_OP_LE:
	case TPR_OP_GT:
		return port <= than;
	default:
		return port == than;
	}
}

static bool is_negated(enum tpr_op op)
{
	return op == TPR_OP_NE || op == TPR_OP_GE || op == TPR_OP_GT;
}

static void take_port(struct tpr_rule_set *set, const struct tpr_node *node, bool is_not,
		      bool is_local)
{
	enum tpr_rule_key key = is_local ? TPR_RULE_SPORT : TPR_RULE_DPORT;
	uint64_t *ports = set->ports[key - TPR_RULE_SPORT];
	unsigned int port;

	for (port = 0; port <= UINT16_MAX; port++) {
		if (!has_port(node->op, port, node->port))
			ports[port / 64] &= ~(1ULL << port % 64);
	}
	if (is_not != is_negated(node->op))
		tpr_rule_set_negate(set, key);
}

/* No prefix at all is any address, and "src :80" a port. */
static void take_host(struct tpr_rule_set *set, const struct tpr_node *node, bool is_not,
		      bool is_local)
{
	enum tpr_rule_key key = is_local ? TPR_RULE_SRC : TPR_RULE_DST;
	struct tpr_rule_end *end = &set->ends[key - TPR_RULE_SRC];
	struct tpr_node port = *node;

	if (!node->prefix.bits && node->prefix.has_port) {
		port.port = node->prefix.port;
		take_port(set, &port, is_not, is_local);
		return;
	}
	if (node->prefix.bits) {
		end->has_is = true;
		end->is.list[end->is.nr++] = node->prefix;
	}
	if (is_not != (node->op == TPR_OP_NE))
		tpr_rule_set_negate(set, key);
}

static struct tpr_rule_set *compile_term(const struct tpr_node *node, bool is_not,
					 struct tpr_refusal *refusal)
{
	struct tpr_rule_set *set = make_all(refusal);
	bool is_done = set, is_local = node->column && !strcmp(node->column, "local");

	if (set && node->kind == TPR_NODE_STATE)
		is_done = refuse_column(refusal, "state");
	else if (set && node->kind == TPR_NODE_COLUMN)
		is_done = take_column(set, node, is_not, refusal);
	else if (set && node->kind == TPR_NODE_PORT)
		take_port(set, node, is_not, is_local);
	else if (set)
		take_host(set, node, is_not, is_local);
	if (is_done)
		return set;
	free(set);
	return NULL;
}

/* Why two operands of an "or" stay two: the keys in which they differ. */
static bool refuse_or(struct tpr_refusal *refusal, const struct tpr_rule_set *a,
		      const struct tpr_rule_set *b)
{
	const char *names[TPR_RULE_KEYS_NR];
	enum tpr_rule_key key;
	unsigned int nr = 0, i;
	char list[128] = "";

	for (key = 0; key < TPR_RULE_KEYS_NR; key++) {
		if (tpr_rule_set_differ(a, b, key))
			names[nr++] = key_names[key];
	}
	refusal->command = "follow";
	if (nr == 1)
		return refuse(refusal, "the module's filter cannot tell 'or' between '%s' and 'not %s'",
			      names[0], names[0]);
	for (i = 0; i < nr; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s'%s'",
			 !i ? "" : i + 1 < nr ? ", " : " and ", names[i]);
	return refuse(refusal, "the module's filter cannot tell 'or' between %s", list);
}

static bool refuse_result(struct tpr_refusal *refusal, enum tpr_rule_result result)
{
	refusal->command = "follow";
	if (result == TPR_RULE_MANY)
		return refuse(refusal, "that is more than the module's filter takes: %d ports and "
			      "ranges, %d addresses, %d devices, %d bytes",
			      TPR_RULE_PORTS, TPR_RULE_ADDRS, TPR_RULE_DEVS, TPR_RULE_BYTES - 1);
	return refuse(refusal, "the module's filter cannot tell two times 'sport or dport'");
}

static void drop_pile(struct pile *pile)
{
	while (pile->nr)
		free(pile->sets[--pile->nr]);
}

typedef enum tpr_rule_result joiner(struct tpr_rule_set *set, const struct tpr_rule_set *other);

/* Join a set with whatever it can be joined with, and with what that becomes. */
static bool take_set(struct pile *pile, struct tpr_rule_set *set, joiner *join,
		     struct tpr_refusal *refusal)
{
	enum tpr_rule_result result = TPR_RULE_CANNOT;
	unsigned int i;

	for (i = 0; i < pile->nr && result != TPR_RULE_MANY; i++) {
		result = join(pile->sets[i], set);
		if (result != TPR_RULE_DONE)
			continue;
		free(set);
		set = pile->sets[i];
		pile->sets[i] = pile->sets[--pile->nr];
		i = UINT32_MAX;
	}
	if (result != TPR_RULE_MANY && pile->nr < PILE_NR) {
		pile->sets[pile->nr++] = set;
		return true;
	}
	if (result == TPR_RULE_MANY)
		refuse_result(refusal, result);
	else
		refuse_or(refusal, pile->sets[0], set);
	free(set);
	return false;
}

static bool is_or(const struct tpr_node *node, bool is_not)
{
	return node->kind == (is_not ? TPR_NODE_AND : TPR_NODE_OR);
}

static bool take_operands(struct pile *pile, const struct tpr_node *node, bool is_not,
			  struct tpr_refusal *refusal)
{
	struct tpr_rule_set *set;

	if (node->kind == TPR_NODE_NOT)
		return take_operands(pile, node->left, !is_not, refusal);
	if (is_or(node, is_not))
		return take_operands(pile, node->left, is_not, refusal) &&
		       take_operands(pile, node->right, is_not, refusal);
	set = compile(node, is_not, refusal);
	return set && take_set(pile, set, tpr_rule_set_or, refusal);
}

static struct tpr_rule_set *compile_or(const struct tpr_node *node, bool is_not,
				       struct tpr_refusal *refusal)
{
	struct pile pile = { .nr = 0 }, joined = { .nr = 0 };
	bool is_done = take_operands(&pile, node, is_not, refusal);

	while (is_done && pile.nr)
		is_done = take_set(&joined, pile.sets[--pile.nr], tpr_rule_set_either, refusal);
	if (is_done && joined.nr == 1)
		return joined.sets[0];
	if (is_done)
		refuse_or(refusal, joined.sets[1], joined.sets[0]);
	drop_pile(&pile);
	drop_pile(&joined);
	return NULL;
}

static struct tpr_rule_set *compile_and(const struct tpr_node *node, bool is_not,
					struct tpr_refusal *refusal)
{
	struct tpr_rule_set *set = compile(node->left, is_not, refusal);
	struct tpr_rule_set *other = set ? compile(node->right, is_not, refusal) : NULL;
	enum tpr_rule_result result;

	if (other) {
		result = tpr_rule_set_and(set, other);
		free(other);
		if (result == TPR_RULE_DONE)
			return set;
		refuse_result(refusal, result);
	}
	free(set);
	return NULL;
}

static struct tpr_rule_set *compile(const struct tpr_node *node, bool is_not,
				    struct tpr_refusal *refusal)
{
	if (node->kind == TPR_NODE_NOT)
		return compile(node->left, !is_not, refusal);
	if (is_or(node, is_not))
		return compile_or(node, is_not, refusal);
	if (node->kind <= TPR_NODE_OR)
		return compile_and(node, is_not, refusal);
	return compile_term(node, is_not, refusal);
}

/**
 * tpr_rules_compile() - a filter as rules of the module's
 * @expression: the filter
 * @sample: take one of so many, 1 for all
 * @refusal: set to what is in the way, if there are no such rules
 *
 * Return: the rules, to be freed, or NULL.
 */
char *tpr_rules_compile(const struct tpr_expression *expression, uint32_t sample,
			struct tpr_refusal *refusal)
{
	enum tpr_rule_result result = TPR_RULE_DONE;
	struct tpr_rule_set *set;
	char *text = NULL;

	*refusal = (struct tpr_refusal){ .command = NULL };
	set = expression->root ? compile(expression->root, false, refusal) : make_all(refusal);
	if (!set)
		return NULL;
	result = tpr_rule_set_write(set, sample, &text);
	free(set);
	if (!text && result == TPR_RULE_DONE)
		refuse_memory(refusal);
	else if (!text)
		refuse_result(refusal, result);
	return text;
}
