/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one parser for every table in /proc/net/tuplewatch: bytes in, events out, a row at a
 * time, so that it reads a file that ends and a pipe that does not alike.
 *
 *	line 1	# tuplewatch 1 NAME key=value ...
 *	line 2	the names of the columns
 *	then	one row a line, or "# lost N" where N rows are missing
 */
#ifndef TPW_TABLE_H
#define TPW_TABLE_H

#include "column.h"
#include "lines.h"
#include "module/uapi/tuplewatch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Far more columns, or facts in line 1, than any table has. */
#define TPW_TABLE_COLUMNS_NR	256

/**
 * enum tpw_event - what tpw_table_next() found
 * @TPW_EVENT_WAIT: nothing yet: more bytes are needed
 * @TPW_EVENT_HEAD: lines 1 and 2 are read; comes once, before all rows
 * @TPW_EVENT_ROW: a row is in tpw_table.fields
 * @TPW_EVENT_LOST: tpw_table.lost rows are missing here
 * @TPW_EVENT_END: the table has ended as it should
 * @TPW_EVENT_ERROR: it is not a table; tpw_table_error() says why. Nothing follows.
 */
enum tpw_event {
	TPW_EVENT_WAIT,
	TPW_EVENT_HEAD,
	TPW_EVENT_ROW,
	TPW_EVENT_LOST,
	TPW_EVENT_END,
	TPW_EVENT_ERROR,
};

/** struct tpw_fact - one key=value of line 1 */
struct tpw_fact {
	/** @key: as written */
	char *key;
	/** @value: with its escapes decoded */
	char *value;
	/** @kind: what @value was checked to be, or "-" or "?" */
	enum tpw_kind kind;
};

/** struct tpw_column - one column of line 2 */
struct tpw_column {
	/** @name: as written */
	char *name;
	/** @kind: what every field under it was checked to be, or "-" or "?" */
	enum tpw_kind kind;
};

/** struct tpw_shape - what a command needs a table to have; each list ends with NULL */
struct tpw_shape {
	/** @names: NAME in line 1 must be one of these */
	const char *const *names;
	/** @columns: must all be in line 2, in any order, among others */
	const char *const *columns;
	/** @facts: keys that must all be in line 1 */
	const char *const *facts;
};

/** struct tpw_table - a table being read; callers read the members and write none */
struct tpw_table {
	/** @name: NAME of line 1 */
	char *name;
	/** @facts: of line 1, in its order */
	struct tpw_fact *facts;
	/** @facts_nr: number of @facts */
	size_t facts_nr;
	/** @columns: of line 2, in its order */
	struct tpw_column *columns;
	/** @columns_nr: number of @columns */
	size_t columns_nr;
	/** @fields: of this row, one for each column, decoded; valid until the next event */
	char **fields;
	/** @lost: number of rows that are missing here, at TPW_EVENT_LOST */
	uint64_t lost;

	/** @lines: where the lines come from; private */
	struct tpw_lines lines;
	/** @slots: index of a column plus 1 by the hash of its name, or 0; private */
	uint16_t slots[2 * TPW_TABLE_COLUMNS_NR];
	/** @shape: what the table must have; private */
	const struct tpw_shape *shape;
	/** @state: which line comes next; private */
	int state;
};

struct tpw_table *tpw_table_create(const char *path, const struct tpw_shape *shape);
void tpw_table_destroy(struct tpw_table *table);
void tpw_table_push(struct tpw_table *table, const void *data, size_t bytes);
void tpw_table_finish(struct tpw_table *table);
enum tpw_event tpw_table_next(struct tpw_table *table);
enum tpw_event tpw_table_read(struct tpw_table *table, int fd);
const char *tpw_table_error(const struct tpw_table *table);
const char *tpw_table_fact(const struct tpw_table *table, const char *key);
int tpw_table_set_fact(struct tpw_table *table, const char *key, const char *value);
int tpw_table_add_column(struct tpw_table *table, const char *name);
int tpw_table_column(const struct tpw_table *table, const char *name);
bool tpw_table_is_value(const char *field);

#endif
