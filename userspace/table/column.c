// SPDX-License-Identifier: GPL-2.0
/*
 * The kinds of the columns. A type follows the names of table and column and never the value: a
 * cookie that happens to have no letter in it stays a string in JSON, row after row. The same name
 * may be of one kind in one table and of another in the next. What a newer module added is text
 * until it is entered in the header.
 */
#include "table/column.h"

#include "module/uapi/columns.h"

#include <string.h>

/** struct name - a column, or a fact of line 1 */
struct name {
	/** @name: as it is written; NULL ends a list */
	const char *name;
	/** @kind: what stands under it */
	enum tpr_kind kind;
	/** @meaning: in words */
	const char *meaning;
};

#define TPR_NAME(name, kind, meaning)	{ name, TPR_KIND_##kind, meaning },

static const struct name counters[] = { TPW_COUNTERS_COLUMNS(TPR_NAME) { NULL, 0, NULL } };
static const struct name listeners[] = {
	TPW_LISTENERS_COLUMNS(TPR_NAME) TPW_LISTENERS_READER_COLUMNS(TPR_NAME) { NULL, 0, NULL }
};
static const struct name connections[] = { TPW_CONNECTIONS_COLUMNS(TPR_NAME) { NULL, 0, NULL } };
static const struct name refused[] = { TPW_REFUSED_COLUMNS(TPR_NAME) { NULL, 0, NULL } };
static const struct name taken[] = { TPW_TAKEN_COLUMNS(TPR_NAME) { NULL, 0, NULL } };
static const struct name records[] = { TPW_LOG_COLUMNS(TPR_NAME) { NULL, 0, NULL } };
static const struct name filters[] = { TPW_FILTERS_COLUMNS(TPR_NAME) { NULL, 0, NULL } };
static const struct name hooks[] = { TPW_HOOKS_COLUMNS(TPR_NAME) { NULL, 0, NULL } };
static const struct name explain[] = { TPW_EXPLAIN_COLUMNS(TPR_NAME) { NULL, 0, NULL } };

static const struct name facts[] = { TPW_FACTS(TPR_NAME) { NULL, 0, NULL } };
static const struct name explain_facts[] = {
	TPW_FACTS(TPR_NAME) TPW_EXPLAIN_FACTS(TPR_NAME) { NULL, 0, NULL }
};

/** struct table - the names of a table */
struct table {
	/** @name: of the table */
	const char *name;
	/** @columns: what line 2 may name */
	const struct name *columns;
	/** @facts: what line 1 may name */
	const struct name *facts;
};

static const struct table tables[] = {
	{ "counters", counters, facts },
	{ "listeners", listeners, facts },
	{ "connections", connections, facts },
	{ "refused", refused, facts },
	{ "taken", taken, facts },
	{ "log", records, facts },
	{ "log_pipe", records, facts },
	{ "filter", filters, facts },
	{ "hooks", hooks, facts },
	{ "explain", explain, explain_facts },
};

static const struct table *find_table(const char *name)
{
	static const struct name none[] = { { NULL, 0, NULL } };
	static const struct table unknown = { NULL, none, none };
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (!strcmp(tables[i].name, name))
			return &tables[i];
	}
	return &unknown;
}

static const struct name *find(const struct name *list, const char *name)
{
	for (; list->name; list++) {
		if (!strcmp(list->name, name))
			return list;
	}
	return NULL;
}

/**
 * tpr_column_kind() - what kind of value stands in a column
 * @table: name of the table
 * @name: of the column
 *
 * Return: its kind; text for a name that is not known.
 */
enum tpr_kind tpr_column_kind(const char *table, const char *name)
{
	const struct name *found = find(find_table(table)->columns, name);

	return found ? found->kind : TPR_KIND_TEXT;
}

/**
 * tpr_column_is_known() - whether a table of this format has a column
 * @table: name of the table
 * @name: of the column
 *
 * Return: whether it has, or the reader adds it.
 */
bool tpr_column_is_known(const char *table, const char *name)
{
	return find(find_table(table)->columns, name);
}

/**
 * tpr_column_name() - the columns that a table of this format has
 * @table: name of the table
 * @index: from 0
 *
 * Return: the name of one, in the order of the header; NULL behind the last.
 */
const char *tpr_column_name(const char *table, size_t index)
{
	const struct name *name = find_table(table)->columns;

	while (name->name && index--)
		name++;
	return name->name;
}

/**
 * tpr_column_meaning() - what a column says
 * @table: name of the table
 * @name: of the column
 *
 * Return: that in words; NULL for a name that is not known.
 */
const char *tpr_column_meaning(const char *table, const char *name)
{
	const struct name *found = find(find_table(table)->columns, name);

	return found ? found->meaning : NULL;
}

/**
 * tpr_fact_kind() - what kind of value a fact of line 1 has
 * @table: name of the table
 * @key: of the fact
 *
 * Return: its kind; text for a key that is not known.
 */
enum tpr_kind tpr_fact_kind(const char *table, const char *key)
{
	const struct name *found = find(find_table(table)->facts, key);

	return found ? found->kind : TPR_KIND_TEXT;
}

/**
 * tpr_fact_is_known() - whether line 1 of a table can have a fact
 * @table: name of the table
 * @key: of the fact
 *
 * Return: whether it can.
 */
bool tpr_fact_is_known(const char *table, const char *key)
{
	return find(find_table(table)->facts, key);
}

/**
 * tpr_kind_is_number() - whether a value is an unsigned decimal number
 * @kind: its kind
 *
 * Return: whether it is.
 */
bool tpr_kind_is_number(enum tpr_kind kind)
{
	switch (kind) {
	case TPR_KIND_COUNT:
	case TPR_KIND_BYTES:
	case TPR_KIND_TIME:
	case TPR_KIND_DURATION:
	case TPR_KIND_PERCENT:
	case TPR_KIND_NUMBER:
		return true;
	default:
		return false;
	}
}

/**
 * tpr_kind_is_counted() - whether a value is a sum, so that two can be subtracted
 * @kind: its kind
 *
 * Return: whether it is; what is not tells rows apart.
 */
bool tpr_kind_is_counted(enum tpr_kind kind)
{
	return kind == TPR_KIND_COUNT || kind == TPR_KIND_BYTES;
}
