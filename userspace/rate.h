/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks on a table: what its rows counted at some moment, to tell later what has come since.
 */
#ifndef TPW_RATE_H
#define TPW_RATE_H

#include "rows.h"

/* Columns that one mark can hold */
#define TPW_MARK_COLUMNS	4

/** struct tpw_mark - the counts of one moment */
struct tpw_mark {
	/** @entries: one for each row, sorted by key; private */
	struct tpw_mark_entry *entries;
	/** @nr: number of @entries */
	size_t nr;
	/** @columns: names of the columns that are kept */
	const char *const *columns;
	/** @columns_nr: number of @columns */
	size_t columns_nr;
};

int tpw_mark_take(struct tpw_mark *mark, const struct tpw_rows *rows, const char *const *columns,
		  size_t columns_nr);
void tpw_rate_format(char *text, size_t size, uint64_t count, double seconds);
void tpw_mark_free(struct tpw_mark *mark);
uint64_t tpw_mark_since(const struct tpw_mark *mark, const struct tpw_rows *rows, size_t row,
			const char *column);

#endif
