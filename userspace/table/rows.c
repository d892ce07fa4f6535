// SPDX-License-Identifier: GPL-2.0
/*
 * Tables in memory. A row is one block: its pointers, then their text. What one file can make us
 * keep is bounded by the module's own limits, since each of its rows stands for an entry there.
 */
#include "table/rows.h"

#include "lib/endpoint.h"
#include "lib/message.h"
#include "lib/text.h"
#include "system/procfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * A row of its own; one field more than there are columns yet if @more is not NULL. @fields stand
 * behind each other in one block, in a line as in a row.
 */
static char **copy_row(const struct tpr_table *table, char *const *fields, const char *more)
{
	size_t nr = table->columns_nr, bytes, i;
	char **row;
	char *text;

	if (!nr)
		return calloc(1, sizeof(*row));
	bytes = (size_t)(fields[nr - 1] - fields[0]) + strlen(fields[nr - 1]) + 1;
	row = malloc((nr + !!more) * sizeof(*row) + bytes + (more ? strlen(more) + 1 : 0));
	if (!row)
		return NULL;
	text = (char *)(row + nr + !!more);
	memcpy(text, fields[0], bytes);
	for (i = 0; i < nr; i++)
		row[i] = text + (fields[i] - fields[0]);
	if (more) {
		row[nr] = text + bytes;
		strcpy(row[nr], more);
	}
	return row;
}

static int add_row(struct tpr_rows *rows)
{
	if (rows->nr == rows->max) {
		size_t wanted = rows->max * 2 + 64;
		char ***moved = realloc(rows->rows, wanted * sizeof(*moved));

		if (!moved)
			return -ENOMEM;
		rows->rows = moved;
		rows->max = wanted;
	}
	rows->rows[rows->nr] = copy_row(rows->table, rows->table->fields, NULL);
	if (!rows->rows[rows->nr])
		return -ENOMEM;
	rows->nr++;
	return 0;
}

static int read_all(struct tpr_rows *rows, int fd)
{
	enum tpr_event event;

	while ((event = tpr_table_read(rows->table, fd)) != TPR_EVENT_END) {
		if (event == TPR_EVENT_ERROR) {
			tpr_message("%s", tpr_table_error(rows->table));
			return -EINVAL;
		}
		if (event == TPR_EVENT_ROW && add_row(rows)) {
			tpr_message("out of memory");
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * tpr_rows_read() - read a table to its end from an open file
 * @rows: all 0; filled in; for tpr_rows_free(), whatever is returned
 * @path: name of the file, for messages
 * @fd: the file
 * @shape: what its table must have
 *
 * Return: 0, or -errno after a message.
 */
int tpr_rows_read(struct tpr_rows *rows, const char *path, int fd,
		  const struct tpr_shape *shape)
{
	rows->table = tpr_table_create(path, shape);
	if (rows->table)
		return read_all(rows, fd);
	tpr_message("out of memory");
	return -ENOMEM;
}

/**
 * tpr_rows_load() - read a whole file of the module that ends
 * @rows: filled in; for tpr_rows_free(), whatever is returned
 * @options: --from and --net
 * @name: of the file
 * @shape: what its table must have
 *
 * Return: 0, or -errno after a message.
 */
int tpr_rows_load(struct tpr_rows *rows, const struct tpr_options *options, const char *name,
		  const struct tpr_shape *shape)
{
	struct tpr_file file;
	int error;

	*rows = (struct tpr_rows){ 0 };
	error = tpr_procfs_open(&file, options, name, 0);
	if (error)
		return error;
	error = tpr_rows_read(rows, file.path, file.fd, shape);
	tpr_procfs_close(&file);
	return error;
}

/**
 * tpr_rows_free() - free a table in memory
 * @rows: from tpr_rows_load(), or all 0
 */
void tpr_rows_free(struct tpr_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->nr; i++)
		free(rows->rows[i]);
	free(rows->rows);
	tpr_table_destroy(rows->table);
	*rows = (struct tpr_rows){ 0 };
}

/**
 * tpr_rows_get() - a field
 * @rows: the table
 * @row: below tpr_rows.nr
 * @column: its name
 *
 * Return: the field; "-" if there is no such column.
 */
const char *tpr_rows_get(const struct tpr_rows *rows, size_t row, const char *column)
{
	int index = tpr_table_column(rows->table, column);

	return index < 0 ? "-" : rows->rows[row][index];
}

/**
 * tpr_rows_number() - a field that counts something
 * @rows: the table
 * @row: below tpr_rows.nr
 * @column: its name
 *
 * Return: the number; 0 for "-" and "?" and if there is no such column.
 */
uint64_t tpr_rows_number(const struct tpr_rows *rows, size_t row, const char *column)
{
	uint64_t number;

	return tpr_text_u64(tpr_rows_get(rows, row, column), &number) ? number : 0;
}

/**
 * tpr_rows_fact() - a number of line 1
 * @rows: the table
 * @name: its name
 *
 * Return: the number; 0 for "-" and if there is none of that name.
 */
uint64_t tpr_rows_fact(const struct tpr_rows *rows, const char *name)
{
	const char *fact = tpr_table_fact(rows->table, name);
	uint64_t number;

	return fact && tpr_text_u64(fact, &number) ? number : 0;
}

/**
 * tpr_rows_compute() - add a column that is computed from the others
 * @rows: the table
 * @name: of the column; nothing happens if the module has it by now
 * @compute: writes the field of a row, at most TPR_ROWS_FIELD_BYTES
 * @data: passed on to it
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_rows_compute(struct tpr_rows *rows, const char *name,
		     void (*compute)(const struct tpr_rows *rows, size_t row, const void *data,
				     char *text),
		     const void *data)
{
	char text[TPR_ROWS_FIELD_BYTES];
	size_t i;

	if (tpr_table_column(rows->table, name) >= 0)
		return 0;
	for (i = 0; i < rows->nr; i++) {
		char **row;

		compute(rows, i, data, text);
		row = copy_row(rows->table, rows->rows[i], text);
		if (!row)
			goto err_memory;
		free(rows->rows[i]);
		rows->rows[i] = row;
	}
	if (!tpr_table_add_column(rows->table, name))
		return 0;
err_memory:
	tpr_message("out of memory");
	return -ENOMEM;
}

/** struct key - what a row of sockets is sorted by */
struct key {
	/** @row: the row */
	char **row;
	/** @proto: its protocol */
	const char *proto;
	/** @local: its local end, or 0 */
	struct tpr_endpoint local;
	/** @foreign: its foreign end, or 0 */
	struct tpr_endpoint foreign;
	/** @dev: the device it is bound to */
	const char *dev;
	/** @netns: its namespace */
	const char *netns;
	/** @is_closed: it is remembered only */
	bool is_closed;
	/** @index: where it stood in the file, for the rest */
	size_t index;
};

static int compare_texts(const char *a, const char *b)
{
	return a == b ? 0 : strcmp(a, b);
}

static int compare_keys(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int order = (int)a->is_closed - (int)b->is_closed;

	if (!order)
		order = compare_texts(a->netns, b->netns);
	if (!order)
		order = compare_texts(a->proto, b->proto);
	if (!order)
		order = tpr_endpoint_compare(&a->local, &b->local);
	if (!order)
		order = compare_texts(a->dev, b->dev);
	if (!order)
		order = tpr_endpoint_compare(&a->foreign, &b->foreign);
	if (!order)
		order = a->index < b->index ? -1 : 1;
	return order;
}

/* A text, or the same one of the row before, so that most comparisons end with two pointers. */
static const char *share(const char *text, const char *before)
{
	return before && !strcmp(text, before) ? before : text;
}

/* The key of a row; that of the row before it is the one before it. */
static void fill_key(struct key *key, const struct tpr_rows *rows, size_t row)
{
	static const struct key none;
	const struct key *before = row ? key - 1 : &none;

	*key = (struct key){
		.row = rows->rows[row],
		.proto = share(tpr_rows_get(rows, row, "proto"), before->proto),
		.dev = share(tpr_rows_get(rows, row, "dev"), before->dev),
		.netns = share(tpr_rows_get(rows, row, "netns"), before->netns),
		.is_closed = !strcmp(tpr_rows_get(rows, row, "state"), "CLOSED"),
		.index = row,
	};
	tpr_endpoint_parse(tpr_rows_get(rows, row, "local"), &key->local);
	tpr_endpoint_parse(tpr_rows_get(rows, row, "foreign"), &key->foreign);
}

/**
 * tpr_rows_sort() - put sockets in the order in which people look for them
 * @rows: a table of sockets: live before closed ones, by namespace, protocol and local port
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_rows_sort(struct tpr_rows *rows)
{
	struct key *keys = calloc(rows->nr + 1, sizeof(*keys));
	size_t i;

	if (!keys) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	for (i = 0; i < rows->nr; i++)
		fill_key(&keys[i], rows, i);
	qsort(keys, rows->nr, sizeof(*keys), compare_keys);
	for (i = 0; i < rows->nr; i++)
		rows->rows[i] = keys[i].row;
	free(keys);
	return 0;
}

/**
 * tpr_rows_keep() - drop rows that nobody wants
 * @rows: the table
 * @is_wanted: says of a row whether it is to be kept; called once for each, in their order
 * @data: passed on to it
 */
void tpr_rows_keep(struct tpr_rows *rows,
		   bool (*is_wanted)(const struct tpr_rows *rows, size_t row, void *data),
		   void *data)
{
	size_t i, kept = 0;

	for (i = 0; i < rows->nr; i++) {
		if (is_wanted(rows, i, data))
			rows->rows[kept++] = rows->rows[i];
		else
			free(rows->rows[i]);
	}
	rows->nr = kept;
}
