// SPDX-License-Identifier: GPL-2.0
/*
 * The last rows of the log as JSON lines, with what is missing between them in its place. Rows that
 * a page has no room for are missing as well, and stand there as such before the others.
 */
#include "command/report/segments.h"

#include "lib/message.h"
#include "show/json.h"
#include "show/verdict_line.h"
#include "system/procfs.h"
#include "table/table.h"

#include <errno.h>
#include <stdlib.h>

/* What all rows of a file may come to: far more than the log of any kernel, and little enough to keep */
#define JSON_BYTES_MAX	(1024L * 1024 * 1024)

/** struct ring - where the last rows begin in the text */
struct ring {
	/** @starts: of row n, at n modulo TPR_SEGMENTS_MAX */
	long starts[TPR_SEGMENTS_MAX];
	/** @nr: rows so far */
	uint64_t nr;
	/** @choice: those that are wanted */
	const struct tpr_segments_choice *choice;
};

static int keep_row(struct ring *ring, FILE *text, const struct tpr_table *table)
{
	long start = ftell(text);

	if (ring->choice->is_wanted && !ring->choice->is_wanted(table, ring->choice->data))
		return 0;
	if (start < 0 || start > JSON_BYTES_MAX) {
		tpr_message("%s: more than a report can have: %lu MiB of rows", table->lines.path,
			    (unsigned long)(start / (1024 * 1024)));
		return -EFBIG;
	}
	ring->starts[ring->nr++ % TPR_SEGMENTS_MAX] = start;
	tpr_json_row(text, table, table->fields);
	return 0;
}

static int keep(struct ring *ring, FILE *out, FILE *text, const struct tpr_table *table,
		enum tpr_event event)
{
	switch (event) {
	case TPR_EVENT_HEAD:
		tpr_table_warn_blind(table);
		tpr_json_head(out, table);
		return 0;
	case TPR_EVENT_ROW:
		return keep_row(ring, text, table);
	case TPR_EVENT_LOST:
		tpr_json_lost(text, table->lost);
		return 0;
	case TPR_EVENT_ERROR:
		tpr_message("%s", tpr_table_error(table));
		return -EINVAL;
	default:
		return 0;
	}
}

static int read_table(struct ring *ring, FILE *out, FILE *text, struct tpr_table *table, int fd)
{
	enum tpr_event event;
	int error;

	do {
		event = tpr_table_read(table, fd);
		error = keep(ring, out, text, table, event);
	} while (!error && event != TPR_EVENT_END);
	return error;
}

static int read_file(struct ring *ring, FILE *out, FILE *text, const struct tpr_file *file)
{
	struct tpr_table *table = tpr_table_create(file->path, &tpr_verdict_shape);
	int error = -ENOMEM;

	if (table)
		error = read_table(ring, out, text, table, file->fd);
	else
		tpr_message("out of memory");
	tpr_table_destroy(table);
	return error;
}

static void write_last(FILE *out, const struct ring *ring, const char *text, size_t bytes)
{
	size_t start = 0;

	if (ring->nr > TPR_SEGMENTS_MAX) {
		tpr_json_lost(out, ring->nr - TPR_SEGMENTS_MAX);
		start = (size_t)ring->starts[ring->nr % TPR_SEGMENTS_MAX];
	}
	fwrite(text + start, 1, bytes - start, out);
}

/* The rows go into memory first, since only their end tells which are the last. */
static int write_file(FILE *out, struct ring *ring, const struct tpr_file *file)
{
	char *text = NULL;
	size_t bytes;
	FILE *rows = open_memstream(&text, &bytes);
	int error;

	if (!rows)
		return -ENOMEM;
	error = read_file(ring, out, rows, file);
	if (fclose(rows) && !error)
		error = -ENOMEM;
	if (!error)
		write_last(out, ring, text, bytes);
	if (!error && ring->nr > TPR_SEGMENTS_MAX)
		tpr_message("%s: the page has the last %d of %lu segments", file->path,
			    TPR_SEGMENTS_MAX, (unsigned long)ring->nr);
	free(text);
	return error;
}

/**
 * tpr_segments_write() - write the log
 * @out: where to
 * @options: --from and --net
 * @choice: which rows
 * @rows_nr: set to how many rows that are
 *
 * Return: 0, or -errno after a message.
 */
int tpr_segments_write(FILE *out, const struct tpr_options *options,
		       const struct tpr_segments_choice *choice, uint64_t *rows_nr)
{
	struct ring *ring = calloc(1, sizeof(*ring));
	struct tpr_file file;
	int error;

	if (!ring) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	ring->choice = choice;
	error = tpr_procfs_open(&file, options, "log", 0);
	if (!error) {
		error = write_file(out, ring, &file);
		*rows_nr = ring->nr < TPR_SEGMENTS_MAX ? ring->nr : TPR_SEGMENTS_MAX;
		tpr_procfs_close(&file);
	}
	free(ring);
	return error;
}
