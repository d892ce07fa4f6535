/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks on a table: what its rows counted at some moment, to tell later what has come since.
 */
#ifndef TPR_MARKS_H
#define TPR_MARKS_H

#include "table/rows.h"

/* Columns that one mark can hold */
#define TPR_MARK_COLUMNS	4

/** struct tpr_mark - the counts of one moment */
struct tpr_mark {
	/** @entries: one for each row, sorted by key; private */
	struct tpr_mark_entry *entries;
	/** @nr: number of @entries */
	size_t nr;
	/** @columns: names of the columns that are kept */
	const char *const *columns;
	/** @columns_nr: number of @columns */
	size_t columns_nr;
};

int tpr_mark_take(struct tpr_mark *mark, const struct tpr_rows *rows, const char *const *columns,
		  size_t columns_nr);
void tpr_rate_format(char *text, size_t size, uint64_t count, double seconds);
void tpr_mark_free(struct tpr_mark *mark);
uint64_t tpr_mark_since(const struct tpr_mark *mark, const struct tpr_rows *rows, size_t row,
			const char *column);

#endif
