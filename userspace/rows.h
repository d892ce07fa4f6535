/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A whole table in memory, for commands that sort it or join it with another one.
 */
#ifndef TPW_ROWS_H
#define TPW_ROWS_H

#include "options.h"
#include "table.h"

/** struct tpw_rows - a table that has been read to its end; callers read the members */
struct tpw_rows {
	/** @table: the table; its line 1 and line 2 */
	struct tpw_table *table;
	/** @rows: one array of fields each, in the order of the file until someone sorts it */
	char ***rows;
	/** @nr: number of @rows */
	size_t nr;
	/** @max: number of @rows that there is room for; private */
	size_t max;
};

/* Room for a field that tpw_rows_compute() makes */
#define TPW_ROWS_FIELD_BYTES	32

int tpw_rows_load(struct tpw_rows *rows, const struct tpw_options *options, const char *name,
		  const struct tpw_shape *shape);
int tpw_rows_read(struct tpw_rows *rows, const char *path, int fd,
		  const struct tpw_shape *shape);
void tpw_rows_free(struct tpw_rows *rows);
int tpw_rows_compute(struct tpw_rows *rows, const char *name,
		     void (*compute)(const struct tpw_rows *rows, size_t row, const void *data,
				     char *text),
		     const void *data);
int tpw_rows_sort(struct tpw_rows *rows);
void tpw_rows_keep(struct tpw_rows *rows,
		   bool (*is_wanted)(const struct tpw_rows *rows, size_t row, void *data),
		   void *data);
const char *tpw_rows_get(const struct tpw_rows *rows, size_t row, const char *column);
uint64_t tpw_rows_number(const struct tpw_rows *rows, size_t row, const char *column);

#endif
