/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tree that filter words become, between the parser that makes it and the matcher.
 */
#ifndef TPW_NODE_H
#define TPW_NODE_H

#include "column.h"
#include "endpoint.h"

/**
 * enum tpw_node_kind - what a node asks
 * @TPW_NODE_AND: both of its nodes
 * @TPW_NODE_OR: one of its nodes
 * @TPW_NODE_NOT: its left node does not match
 * @TPW_NODE_STATE: the state is in its set
 * @TPW_NODE_HOST: an endpoint is in its prefix
 * @TPW_NODE_PORT: the port of an endpoint
 * @TPW_NODE_COLUMN: a field and a value
 */
enum tpw_node_kind {
	TPW_NODE_AND,
	TPW_NODE_OR,
	TPW_NODE_NOT,
	TPW_NODE_STATE,
	TPW_NODE_HOST,
	TPW_NODE_PORT,
	TPW_NODE_COLUMN,
};

/**
 * enum tpw_op - how a field is to compare with a value
 * @TPW_OP_EQ: equal
 * @TPW_OP_NE: not equal
 * @TPW_OP_LT: less
 * @TPW_OP_LE: less or equal
 * @TPW_OP_GT: greater
 * @TPW_OP_GE: greater or equal
 */
enum tpw_op {
	TPW_OP_EQ,
	TPW_OP_NE,
	TPW_OP_LT,
	TPW_OP_LE,
	TPW_OP_GT,
	TPW_OP_GE,
};

/** struct tpw_node - a question about a row */
struct tpw_node {
	/** @kind: what it asks; says which members count */
	enum tpw_node_kind kind;
	/** @left: the first of its nodes, or the only one */
	struct tpw_node *left;
	/** @right: the second of its nodes */
	struct tpw_node *right;
	/** @op: how the field is to compare */
	enum tpw_op op;
	/** @column: name of the column */
	char *column;
	/** @index: of @column in the table */
	int index;
	/** @column_kind: what stands in @column */
	enum tpw_kind column_kind;
	/** @value: as it was written */
	char *value;
	/** @number: @value, where @column_kind is a number */
	uint64_t number;
	/** @states: a set of states */
	unsigned int states;
	/** @prefix: for an address */
	struct tpw_prefix prefix;
	/** @port: host byte order */
	uint16_t port;
};

/** struct tpw_expression - a filter */
struct tpw_expression {
	/** @root: its tree, or NULL if all rows match */
	struct tpw_node *root;
	/** @has_state: it says something about states */
	bool has_state;
};

void tpw_node_destroy(struct tpw_node *node);

#endif
