// SPDX-License-Identifier: GPL-2.0
/*
 * Marks. A row is known again by its cookie, which is never used twice; where we may not see
 * cookies, by what else stays the same. A row that was not there counts from 0: the kernel's
 * counts begin with the socket.
 */
#include "table/marks.h"

#include "lib/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/** struct tpr_mark_entry - one row */
struct tpr_mark_entry {
	/** @key: what it is known by */
	char *key;
	/** @numbers: one for each column */
	uint64_t numbers[TPR_MARK_COLUMNS];
};

static const char *const identity[] = {
	"cookie", "proto", "local", "foreign", "dev", "inode", "netns", "name",
};

static char *make_key(const struct tpr_rows *rows, size_t row)
{
	char *key = NULL;
	size_t bytes, i;
	FILE *out = open_memstream(&key, &bytes);

	if (!out)
		return NULL;
	for (i = 0; i < sizeof(identity) / sizeof(identity[0]); i++) {
		const char *field = tpr_rows_get(rows, row, identity[i]);

		fprintf(out, "%s ", field);
		if (!i && tpr_table_is_value(field))
			break;
	}
	return fclose(out) ? NULL : key;
}

static int compare(const void *left, const void *right)
{
	const struct tpr_mark_entry *a = left, *b = right;

	return strcmp(a->key, b->key);
}

/**
 * tpr_mark_take() - keep what the rows of a table count now
 * @mark: all 0, or a mark, which is freed first
 * @rows: the table
 * @columns: the columns to keep; must outlive the mark
 * @columns_nr: number of @columns, at most TPR_MARK_COLUMNS
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_mark_take(struct tpr_mark *mark, const struct tpr_rows *rows, const char *const *columns,
		  size_t columns_nr)
{
	size_t i, j;

	tpr_mark_free(mark);
	mark->entries = calloc(rows->nr + 1, sizeof(*mark->entries));
	if (!mark->entries)
		goto err_memory;
	mark->columns = columns;
	mark->columns_nr = columns_nr;
	for (i = 0; i < rows->nr; i++) {
		mark->entries[i].key = make_key(rows, i);
		if (!mark->entries[i].key)
			goto err_memory;
		mark->nr++;
		for (j = 0; j < columns_nr; j++)
			mark->entries[i].numbers[j] = tpr_rows_number(rows, i, columns[j]);
	}
	qsort(mark->entries, mark->nr, sizeof(*mark->entries), compare);
	return 0;

err_memory:
	tpr_mark_free(mark);
	tpr_message("out of memory");
	return -ENOMEM;
}

/**
 * tpr_mark_free() - free a mark
 * @mark: from tpr_mark_take(), or all 0
 */
void tpr_mark_free(struct tpr_mark *mark)
{
	size_t i;

	for (i = 0; i < mark->nr; i++)
		free(mark->entries[i].key);
	free(mark->entries);
	*mark = (struct tpr_mark){ 0 };
}

/**
 * tpr_mark_since() - what a row has counted since a mark
 * @mark: the mark
 * @rows: the table as it is now
 * @row: the row
 * @column: one of the mark's columns
 *
 * Return: the difference; all of it for a row that is new, or began anew.
 */
uint64_t tpr_mark_since(const struct tpr_mark *mark, const struct tpr_rows *rows, size_t row,
			const char *column)
{
	uint64_t now = tpr_rows_number(rows, row, column);
	struct tpr_mark_entry wanted = { .key = make_key(rows, row) };
	const struct tpr_mark_entry *entry = NULL;
	size_t i;

	if (wanted.key)
		entry = bsearch(&wanted, mark->entries, mark->nr, sizeof(*mark->entries), compare);
	free(wanted.key);
	for (i = 0; entry && i < mark->columns_nr; i++) {
		if (!strcmp(mark->columns[i], column))
			return now >= entry->numbers[i] ? now - entry->numbers[i] : now;
	}
	return now;
}

/**
 * tpr_rate_format() - a count over a time, per second
 * @text: where to
 * @size: room there
 * @count: what was counted
 * @seconds: the time
 */
void tpr_rate_format(char *text, size_t size, uint64_t count, double seconds)
{
	double rate = seconds > 0 ? (double)count / seconds : 0;

	/* whole numbers, but for the small ones */
	snprintf(text, size, rate > 0 && rate < 9.95 ? "%.1f" : "%.0f", rate);
}
