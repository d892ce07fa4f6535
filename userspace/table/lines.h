/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole, clean lines out of a stream of bytes, and errors that name file and line. This is the
 * lower half of the table parser.
 */
#ifndef TPR_LINES_H
#define TPR_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No honest line comes near this. It bounds what a bad file can make us allocate. */
#define TPR_LINE_BYTES	(1024 * 1024)

/**
 * enum tpr_line - what tpr_lines_take() found
 * @TPR_LINE_WAIT: no whole line yet: more bytes are needed
 * @TPR_LINE_TEXT: a line
 * @TPR_LINE_END: no more bytes will come and all lines were taken
 * @TPR_LINE_ERROR: the bytes are not lines of text; nothing follows
 */
enum tpr_line {
	TPR_LINE_WAIT,
	TPR_LINE_TEXT,
	TPR_LINE_END,
	TPR_LINE_ERROR,
};

/** struct tpr_lines - a stream that is cut into lines; all members are its own */
struct tpr_lines {
	/** @path: name of the file, for messages */
	char *path;
	/** @line_nr: the line that was taken last, from 1 */
	uint64_t line_nr;
	/** @has_ended: no more bytes will come */
	bool has_ended;
	/** @has_failed: after an error nothing else is ever returned */
	bool has_failed;
	/** @error: the error, or NULL when there was no memory for its text */
	char *error;
	/** @buf: bytes from @start to @end are not taken yet, those before @scanned hold no '\n' */
	char *buf;
	/** @buf_bytes: size of @buf */
	size_t buf_bytes;
	/** @start: see @buf */
	size_t start;
	/** @scanned: see @buf */
	size_t scanned;
	/** @end: see @buf */
	size_t end;
};

int tpr_lines_init(struct tpr_lines *lines, const char *path);
void tpr_lines_exit(struct tpr_lines *lines);
void tpr_lines_push(struct tpr_lines *lines, const void *data, size_t bytes);
void tpr_lines_finish(struct tpr_lines *lines);
enum tpr_line tpr_lines_take(struct tpr_lines *lines, char **line);
__attribute__((format(printf, 2, 3)))
void tpr_lines_fail(struct tpr_lines *lines, const char *fmt, ...);

#endif
