/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one parser for every table in /proc/net/tuplewatch: bytes in, events out, a row at a
 * time, so that it reads a file that ends and a pipe that does not alike.
 *
 *	line 1	# tuplewatch 2 NAME key=value ...
 *	line 2	the names of the columns
 *	then	one row a line, or "# lost N" where N rows are missing
 */
#ifndef TPR_TABLE_H
#define TPR_TABLE_H

#include "module/uapi/columns.h"
#include "module/uapi/tuplewatch.h"
#include "table/column.h"
#include "table/lines.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Far more columns, or facts in line 1, than any table has. */
#define TPR_TABLE_COLUMNS_NR	256

/**
 * enum tpr_event - what tpr_table_next() found
 * @TPR_EVENT_WAIT: nothing yet: more bytes are needed
 * @TPR_EVENT_HEAD: lines 1 and 2 are read; comes once, before all rows
 * @TPR_EVENT_ROW: a row is in tpr_table.fields
 * @TPR_EVENT_LOST: tpr_table.lost rows are missing here
 * @TPR_EVENT_END: the table has ended as it should
 * @TPR_EVENT_ERROR: it is not a table; tpr_table_error() says why. Nothing follows.
 */
enum tpr_event {
	TPR_EVENT_WAIT,
	TPR_EVENT_HEAD,
	TPR_EVENT_ROW,
	TPR_EVENT_LOST,
	TPR_EVENT_END,
	TPR_EVENT_ERROR,
};

/** struct tpr_fact - one key=value of line 1 */
struct tpr_fact {
	/** @key: as written */
	char *key;
	/** @value: with its escapes decoded */
	char *value;
	/** @kind: what @value was checked to be, if it is one */
	enum tpr_kind kind;
};

/** struct tpr_column - one column of line 2 */
struct tpr_column {
	/** @name: as written */
	char *name;
	/** @kind: what every field under it was checked to be, if it is a value */
	enum tpr_kind kind;
};

/** struct tpr_shape - what a command needs a table to have; each list ends with NULL */
struct tpr_shape {
	/** @names: NAME in line 1 must be one of these */
	const char *const *names;
	/** @columns: must all be in line 2, in any order, among others */
	const char *const *columns;
	/** @facts: keys that must all be in line 1 */
	const char *const *facts;
};

/** struct tpr_table - a table being read; callers read the members and write none */
struct tpr_table {
	/** @name: NAME of line 1 */
	char *name;
	/** @facts: of line 1, in its order */
	struct tpr_fact *facts;
	/** @facts_nr: number of @facts */
	size_t facts_nr;
	/** @columns: of line 2, in its order */
	struct tpr_column *columns;
	/** @columns_nr: number of @columns */
	size_t columns_nr;
	/** @fields: of this row, one for each column, decoded; valid until the next event */
	char **fields;
	/** @lost: number of rows that are missing here, at TPR_EVENT_LOST */
	uint64_t lost;

	/** @lines: where the lines come from; private */
	struct tpr_lines lines;
	/** @slots: index of a column plus 1 by the hash of its name, or 0; private */
	uint16_t slots[2 * TPR_TABLE_COLUMNS_NR];
	/** @shape: what the table must have; private */
	const struct tpr_shape *shape;
	/** @state: which line comes next; private */
	int state;
};

struct tpr_table *tpr_table_create(const char *path, const struct tpr_shape *shape);
void tpr_table_destroy(struct tpr_table *table);
void tpr_table_push(struct tpr_table *table, const void *data, size_t bytes);
void tpr_table_finish(struct tpr_table *table);
enum tpr_event tpr_table_next(struct tpr_table *table);
enum tpr_event tpr_table_read(struct tpr_table *table, int fd);
const char *tpr_table_error(const struct tpr_table *table);
const char *tpr_table_fact(const struct tpr_table *table, const char *key);
void tpr_table_warn_blind(const struct tpr_table *table);
int tpr_table_set_fact(struct tpr_table *table, const char *key, const char *value);
int tpr_table_add_column(struct tpr_table *table, const char *name);
int tpr_table_column(const struct tpr_table *table, const char *name);
bool tpr_table_is_value(const char *field);
bool tpr_table_is_hidden(const char *field);

#endif
