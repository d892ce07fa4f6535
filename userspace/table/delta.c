// SPDX-License-Identifier: GPL-2.0
/*
 * Differences between two readings of one table. Rows belong together when all agrees in them that
 * counts nothing; a row that is new counts from 0, since rows appear with their first count. The
 * kernel's counters never go down, so one that did means another module instance.
 */
#include "table/delta.h"

#include "lib/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for any 64-bit number, with its NUL */
#define NUMBER_BYTES	24

struct kept {
	char *key;
	uint64_t *numbers;
};

struct tpr_delta {
	struct kept *rows;
	size_t rows_nr;
	size_t rows_max;
	/* rows mostly come back in the same order: where to look first */
	size_t hint;
	/* the row that was computed last */
	char *fields[TPR_TABLE_COLUMNS_NR];
	char numbers[TPR_TABLE_COLUMNS_NR][NUMBER_BYTES];
	bool is_zero;
};

/**
 * tpr_delta_create() - start with nothing kept
 *
 * Return: the delta, for tpr_delta_destroy(), or NULL without memory.
 */
struct tpr_delta *tpr_delta_create(void)
{
	return calloc(1, sizeof(struct tpr_delta));
}

/**
 * tpr_delta_destroy() - free a delta
 * @delta: from tpr_delta_create(), or NULL
 */
void tpr_delta_destroy(struct tpr_delta *delta)
{
	size_t i;

	if (!delta)
		return;
	for (i = 0; i < delta->rows_nr; i++) {
		free(delta->rows[i].key);
		free(delta->rows[i].numbers);
	}
	free(delta->rows);
	free(delta);
}

/* What tells a row from the others, to be freed; NULL without memory. */
static char *make_key(const struct tpr_table *table, char *const *fields)
{
	char *key = NULL;
	size_t bytes, i;
	FILE *out = open_memstream(&key, &bytes);

	if (!out)
		return NULL;
	for (i = 0; i < table->columns_nr; i++) {
		if (!tpr_kind_is_counted(table->columns[i].kind))
			fprintf(out, "%s\n", fields[i]);
	}
	return fclose(out) ? NULL : key;
}

static int add_row(struct tpr_delta *delta, char *key, uint64_t *numbers)
{
	if (delta->rows_nr == delta->rows_max) {
		size_t wanted = delta->rows_max * 2 + 64;
		struct kept *rows = realloc(delta->rows, wanted * sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		delta->rows = rows;
		delta->rows_max = wanted;
	}
	delta->rows[delta->rows_nr++] = (struct kept){ .key = key, .numbers = numbers };
	return 0;
}

/**
 * tpr_delta_keep() - remember a row of the first reading
 * @delta: the delta
 * @table: the table
 * @fields: of the row
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_delta_keep(struct tpr_delta *delta, const struct tpr_table *table, char *const *fields)
{
	uint64_t *numbers = calloc(table->columns_nr, sizeof(*numbers));
	char *key = make_key(table, fields);
	size_t i;

	if (!numbers || !key || add_row(delta, key, numbers)) {
		free(numbers);
		free(key);
		return -ENOMEM;
	}
	for (i = 0; i < table->columns_nr; i++) {
		/* what is not a number counts as 0, as if the row were new */
		if (tpr_kind_is_counted(table->columns[i].kind) && !tpr_text_u64(fields[i], &numbers[i]))
			numbers[i] = 0;
	}
	return 0;
}

static const uint64_t *find_numbers(struct tpr_delta *delta, const char *key)
{
	size_t i;

	for (i = 0; i < delta->rows_nr; i++) {
		size_t at = (delta->hint + i) % delta->rows_nr;

		if (!strcmp(delta->rows[at].key, key)) {
			delta->hint = at + 1;
			return delta->rows[at].numbers;
		}
	}
	return NULL;
}

/**
 * tpr_delta_row() - compute the change of a row of the second reading
 * @delta: the delta
 * @table: the table, which must have the columns of the first reading
 * @fields: of the row; tpr_delta_fields() refers to them
 *
 * Return: 0, -ENOMEM, or -ERANGE if a number went down.
 */
int tpr_delta_row(struct tpr_delta *delta, const struct tpr_table *table, char *const *fields)
{
	char *key = make_key(table, fields);
	const uint64_t *before;
	size_t i;

	if (!key)
		return -ENOMEM;
	before = find_numbers(delta, key);
	free(key);
	delta->is_zero = true;
	for (i = 0; i < table->columns_nr; i++) {
		uint64_t number, old = before ? before[i] : 0;

		delta->fields[i] = fields[i];
		if (!tpr_kind_is_counted(table->columns[i].kind) || !tpr_text_u64(fields[i], &number))
			continue;
		if (number < old)
			return -ERANGE;
		if (number > old)
			delta->is_zero = false;
		snprintf(delta->numbers[i], NUMBER_BYTES, "%" PRIu64, number - old);
		delta->fields[i] = delta->numbers[i];
	}
	return 0;
}

/**
 * tpr_delta_fields() - the row that tpr_delta_row() computed
 * @delta: the delta
 *
 * Return: one field for each column; valid until the next row.
 */
char *const *tpr_delta_fields(const struct tpr_delta *delta)
{
	return delta->fields;
}

/**
 * tpr_delta_is_zero() - whether nothing in that row has changed
 * @delta: the delta
 *
 * Return: true if all its numbers are 0.
 */
bool tpr_delta_is_zero(const struct tpr_delta *delta)
{
	return delta->is_zero;
}
