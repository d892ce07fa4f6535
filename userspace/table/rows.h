/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A whole table in memory, for commands that sort it or join it with another one.
 */
#ifndef TPR_ROWS_H
#define TPR_ROWS_H

#include "lib/options.h"
#include "table/table.h"

/** struct tpr_rows - a table that has been read to its end; callers read the members */
struct tpr_rows {
	/** @table: the table; its line 1 and line 2 */
	struct tpr_table *table;
	/** @rows: one array of fields each, in the order of the file until someone sorts it */
	char ***rows;
	/** @nr: number of @rows */
	size_t nr;
	/** @max: number of @rows that there is room for; private */
	size_t max;
};

/* Room for a field that tpr_rows_compute() makes */
#define TPR_ROWS_FIELD_BYTES	32

int tpr_rows_load(struct tpr_rows *rows, const struct tpr_options *options, const char *name,
		  const struct tpr_shape *shape);
int tpr_rows_read(struct tpr_rows *rows, const char *path, int fd,
		  const struct tpr_shape *shape);
void tpr_rows_free(struct tpr_rows *rows);
int tpr_rows_compute(struct tpr_rows *rows, const char *name,
		     void (*compute)(const struct tpr_rows *rows, size_t row, const void *data,
				     char *text),
		     const void *data);
int tpr_rows_sort(struct tpr_rows *rows);
void tpr_rows_keep(struct tpr_rows *rows,
		   bool (*is_wanted)(const struct tpr_rows *rows, size_t row, void *data),
		   void *data);
const char *tpr_rows_get(const struct tpr_rows *rows, size_t row, const char *column);
uint64_t tpr_rows_number(const struct tpr_rows *rows, size_t row, const char *column);
uint64_t tpr_rows_fact(const struct tpr_rows *rows, const char *name);

#endif
