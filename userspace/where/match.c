// SPDX-License-Identifier: GPL-2.0
/*
 * Rows through the tree of a filter. Names of columns are looked up once, when the table is
 * known; a name that it does not have is an error then.
 */
#include "where/parse.h"

#include "lib/message.h"
#include "lib/nearest.h"
#include "lib/text.h"
#include "where/state.h"
#include "where/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * tpr_node_destroy() - free a tree
 * @node: its root, or NULL
 */
void tpr_node_destroy(struct tpr_node *node)
{
	if (!node)
		return;
	tpr_node_destroy(node->left);
	tpr_node_destroy(node->right);
	free(node->column);
	free(node->value);
	free(node);
}

/**
 * tpr_expression_destroy() - free a filter
 * @expression: from tpr_expression_parse(), or NULL
 */
void tpr_expression_destroy(struct tpr_expression *expression)
{
	if (!expression)
		return;
	tpr_node_destroy(expression->root);
	free(expression);
}

/**
 * tpr_expression_has_state() - whether a filter says something about states
 * @expression: the filter
 *
 * Return: whether "state" or "exclude" is in it.
 */
bool tpr_expression_has_state(const struct tpr_expression *expression)
{
	return expression->has_state;
}

static bool has_column(const struct tpr_node *node, const char *name)
{
	return node && (has_column(node->left, name) || has_column(node->right, name) ||
			(node->column && !strcmp(node->column, name)));
}

/**
 * tpr_expression_has_column() - whether a filter asks for a column
 * @expression: the filter
 * @name: of the column: "foreign" also for the words dst and dport
 *
 * Return: whether it does.
 */
bool tpr_expression_has_column(const struct tpr_expression *expression, const char *name)
{
	return has_column(expression->root, name);
}

/* Of the table "refused" only the last foreign end is known. */
static int find_column(const struct tpr_table *table, const char *name)
{
	int index = tpr_table_column(table, name);

	if (index < 0 && !strcmp(name, "foreign"))
		index = tpr_table_column(table, "last_foreign");
	return index;
}

static int bind_value(struct tpr_node *node)
{
	bool is_number = tpr_kind_is_number(node->column_kind);

	if (is_number && tpr_table_is_value(node->value) &&
	    !tpr_text_u64(node->value, &node->number)) {
		tpr_message("filter: '%s' is no number for '%s'", node->value, node->column);
		return -EINVAL;
	}
	if (!is_number && node->op != TPR_OP_EQ && node->op != TPR_OP_NE) {
		tpr_message("filter: '%s' holds words: it takes = and != only", node->column);
		return -EINVAL;
	}
	return 0;
}

static int refuse(const struct tpr_table *table, const char *name)
{
	const char *names[TPR_TABLE_COLUMNS_NR + 1] = { NULL };
	char *text;
	size_t i;

	for (i = 0; i < table->columns_nr && i < TPR_TABLE_COLUMNS_NR; i++)
		names[i] = table->columns[i].name;
	text = tpr_nearest_text(name, names);
	tpr_message("filter: the table %s has no column '%s'%s", table->name, name, text ? text : "");
	free(text);
	return -EINVAL;
}

static int bind(struct tpr_node *node, const struct tpr_table *table)
{
	const char *name;
	int error;

	if (!node)
		return 0;
	error = bind(node->left, table);
	if (!error)
		error = bind(node->right, table);
	if (error || node->kind <= TPR_NODE_NOT)
		return error;
	name = node->kind == TPR_NODE_STATE ? "state" : node->column;
	node->index = find_column(table, name);
	if (node->index < 0)
		return refuse(table, name);
	node->column_kind = table->columns[node->index].kind;
	return node->kind == TPR_NODE_COLUMN ? bind_value(node) : 0;
}

/**
 * tpr_expression_bind() - find the columns that a filter names
 * @expression: the filter
 * @table: the table, at its head
 *
 * Return: 0, or -EINVAL after a message that names the word that is wrong.
 */
int tpr_expression_bind(struct tpr_expression *expression, const struct tpr_table *table)
{
	return bind(expression->root, table);
}

static bool fits(const struct tpr_node *node, const struct tpr_table *table)
{
	if (!node)
		return true;
	if (node->kind <= TPR_NODE_NOT)
		return fits(node->left, table) && fits(node->right, table);
	return find_column(table, node->kind == TPR_NODE_STATE ? "state" : node->column) >= 0;
}

/**
 * tpr_expression_fits() - whether a table has all the columns that a filter names
 * @expression: the filter
 * @table: the table, at its head
 *
 * Return: whether it has; if not, there is no message.
 */
bool tpr_expression_fits(const struct tpr_expression *expression, const struct tpr_table *table)
{
	return fits(expression->root, table);
}

static bool compare(enum tpr_op op, uint64_t a, uint64_t b)
{
	switch (op) {
	case TPR_OP_EQ:
		return a == b;
	case TPR_OP_NE:
		return a != b;
	case TPR_OP_LT:
		return a < b;
	case TPR_OP_LE:
		return a <= b;
	case TPR_OP_GT:
		return a > b;
	default:
		return a >= b;
	}
}

/* A list is equal to each of its words. */
static bool match_words(const struct tpr_node *node, const char *field)
{
	bool is_equal = !strcmp(field, node->value) ||
			(node->column_kind == TPR_KIND_LIST &&
			 tpr_text_has_word(field, node->value));

	return is_equal == (node->op == TPR_OP_EQ);
}

/* A field without a value is equal only to what stands for that: "-", "?" or "hidden". */
static bool match_column(const struct tpr_node *node, const char *field)
{
	uint64_t number;

	if (!tpr_kind_is_number(node->column_kind) || !tpr_table_is_value(node->value))
		return match_words(node, field);
	if (!tpr_text_u64(field, &number))
		return node->op == TPR_OP_NE;
	return compare(node->op, number, node->number);
}

static bool match_end(const struct tpr_node *node, const char *field)
{
	struct tpr_endpoint endpoint;

	if (!tpr_endpoint_parse(field, &endpoint))
		return node->op == TPR_OP_NE;
	if (node->kind == TPR_NODE_PORT)
		return compare(node->op, endpoint.port, node->port);
	return tpr_endpoint_is(&endpoint, &node->prefix) == (node->op == TPR_OP_EQ);
}

static bool match(const struct tpr_node *node, char *const *fields)
{
	switch (node->kind) {
	case TPR_NODE_AND:
		return match(node->left, fields) && match(node->right, fields);
	case TPR_NODE_OR:
		return match(node->left, fields) || match(node->right, fields);
	case TPR_NODE_NOT:
		return !match(node->left, fields);
	case TPR_NODE_STATE:
		return tpr_state_of(fields[node->index]) & node->states;
	case TPR_NODE_COLUMN:
		return match_column(node, fields[node->index]);
	default:
		return match_end(node, fields[node->index]);
	}
}

/**
 * tpr_expression_match() - whether a filter takes a row
 * @expression: the filter, after tpr_expression_bind()
 * @fields: of a row of that table
 *
 * Return: whether it does.
 */
bool tpr_expression_match(const struct tpr_expression *expression, char *const *fields)
{
	return !expression->root || match(expression->root, fields);
}
