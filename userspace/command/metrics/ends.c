// SPDX-License-Identifier: GPL-2.0
/*
 * What was refused, and what was taken, by local end. Who scans ports asks for thousands of ends;
 * so it is those with most of the ones that the module remembers.
 */
#include "command/metrics/ends.h"

#include "command.h"
#include "lib/message.h"
#include "system/procfs.h"
#include "table/rows.h"
#include "command/metrics/member.h"

#include <errno.h>
#include <stdlib.h>

/* As many get a series. */
#define ENDS_NR	20

/** struct kind - one of the two */
struct kind {
	/** @table: its table */
	const char *table;
	/** @shape: of the table */
	const struct tpr_shape *shape;
	/** @column: what is counted */
	const char *column;
};

static int compare(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a > *b ? -1 : *a < *b;
}

/* What an end must have to be among those with most */
static int find_least(const struct tpr_rows *rows, const char *column, uint64_t *least)
{
	uint64_t *numbers = calloc(rows->nr + 1, sizeof(*numbers));
	size_t i;

	if (!numbers)
		return -ENOMEM;
	for (i = 0; i < rows->nr; i++)
		numbers[i] = tpr_rows_number(rows, i, column);
	qsort(numbers, rows->nr, sizeof(*numbers), compare);
	*least = rows->nr > ENDS_NR ? numbers[ENDS_NR - 1] : 1;
	free(numbers);
	return 0;
}

static int add_row(struct tpr_family *family, const struct tpr_options *options,
		   const struct tpr_rows *rows, size_t row, uint64_t number)
{
	const struct tpr_label labels[] = {
		{ "proto", tpr_member_value(rows, row, "proto") },
		{ "local", tpr_member_value(rows, row, "local") },
		{ "by", tpr_member_value(rows, row, "by") },
		{ "reason", tpr_member_value(rows, row, "reason") },
		{ "netns", options->is_all ? tpr_rows_get(rows, row, "netns") : NULL },
	};

	return tpr_family_add(family, labels, sizeof(labels) / sizeof(labels[0]), number);
}

/* Of those that are as many as the last one, the first. */
static int add_rows(struct tpr_family *family, const struct tpr_options *options,
		    const struct kind *kind)
{
	uint64_t least = 1, number;
	struct tpr_rows rows;
	size_t i, nr = 0;
	int error = tpr_rows_load(&rows, options, kind->table, kind->shape);

	error = error ? error : find_least(&rows, kind->column, &least);
	for (i = 0; i < rows.nr && nr < ENDS_NR && !error; i++) {
		number = tpr_rows_number(&rows, i, kind->column);
		if (!number || number < least)
			continue;
		error = add_row(family, options, &rows, i, number);
		nr++;
	}
	tpr_rows_free(&rows);
	return error;
}

/* Older modules, and what was saved of them, have not all of these tables. */
static int add(struct tpr_family *family, const struct tpr_options *options,
	       const struct kind *kind)
{
	if (tpr_procfs_has(options, kind->table))
		return add_rows(family, options, kind);
	tpr_message("metrics: there is no table %s, and it is left out", kind->table);
	return 0;
}

/**
 * tpr_ends_add() - segments that were refused, and packets that were taken
 * @refused: where to
 * @taken: where to
 * @options: of the command line
 *
 * Return: 0 or -errno.
 */
int tpr_ends_add(struct tpr_family *refused, struct tpr_family *taken,
		 const struct tpr_options *options)
{
	static const struct kind of_refused = { "refused", &tpr_refused_shape, "refused" };
	static const struct kind of_taken = { "taken", &tpr_taken_shape, "count" };
	int error = add(refused, options, &of_refused);

	return error ? error : add(taken, options, &of_taken);
}
