/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tree that filter words become, between the parser that makes it and the matcher.
 */
#ifndef TPR_TREE_H
#define TPR_TREE_H

#include "lib/endpoint.h"
#include "table/column.h"

/**
 * enum tpr_node_kind - what a node asks
 * @TPR_NODE_AND: both of its nodes
 * @TPR_NODE_OR: one of its nodes
 * @TPR_NODE_NOT: its left node does not match
 * @TPR_NODE_STATE: the state is in its set
 * @TPR_NODE_HOST: an endpoint is in its prefix
 * @TPR_NODE_PORT: the port of an endpoint
 * @TPR_NODE_COLUMN: a field and a value
 */
enum tpr_node_kind {
	TPR_NODE_AND,
	TPR_NODE_OR,
	TPR_NODE_NOT,
	TPR_NODE_STATE,
	TPR_NODE_HOST,
	TPR_NODE_PORT,
	TPR_NODE_COLUMN,
};

/**
 * enum tpr_op - how a field is to compare with a value
 * @TPR_OP_EQ: equal
 * @TPR_OP_NE: not equal
 * @TPR_OP_LT: less
 * @TPR_OP_LE: less or equal
 * @TPR_OP_GT: greater
 * @TPR_OP_GE: greater or equal
 */
enum tpr_op {
	TPR_OP_EQ,
	TPR_OP_NE,
	TPR_OP_LT,
	TPR_OP_LE,
	TPR_OP_GT,
	TPR_OP_GE,
};

/** struct tpr_node - a question about a row */
struct tpr_node {
	/** @kind: what it asks; says which members count */
	enum tpr_node_kind kind;
	/** @left: the first of its nodes, or the only one */
	struct tpr_node *left;
	/** @right: the second of its nodes */
	struct tpr_node *right;
	/** @op: how the field is to compare */
	enum tpr_op op;
	/** @column: name of the column */
	char *column;
	/** @index: of @column in the table */
	int index;
	/** @column_kind: what stands in @column */
	enum tpr_kind column_kind;
	/** @value: as it was written */
	char *value;
	/** @number: @value, where @column_kind is a number */
	uint64_t number;
	/** @states: a set of states */
	unsigned int states;
	/** @prefix: for an address */
	struct tpr_prefix prefix;
	/** @port: host byte order */
	uint16_t port;
};

/** struct tpr_expression - a filter */
struct tpr_expression {
	/** @root: its tree, or NULL if all rows match */
	struct tpr_node *root;
	/** @has_state: it says something about states */
	bool has_state;
};

void tpr_node_destroy(struct tpr_node *node);

#endif
