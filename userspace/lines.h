/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole, clean lines out of a stream of bytes, and errors that name file and line. This is the
 * lower half of the table parser.
 */
#ifndef TPW_LINES_H
#define TPW_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No honest line comes near this. It bounds what a bad file can make us allocate. */
#define TPW_LINE_BYTES	(1024 * 1024)

/**
 * enum tpw_line - what tpw_lines_take() found
 * @TPW_LINE_WAIT: no whole line yet: more bytes are needed
 * @TPW_LINE_TEXT: a line
 * @TPW_LINE_END: no more bytes will come and all lines were taken
 * @TPW_LINE_ERROR: the bytes are not lines of text; nothing follows
 */
enum tpw_line {
	TPW_LINE_WAIT,
	TPW_LINE_TEXT,
	TPW_LINE_END,
	TPW_LINE_ERROR,
};

/** struct tpw_lines - a stream that is cut into lines; all members are its own */
struct tpw_lines {
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

int tpw_lines_init(struct tpw_lines *lines, const char *path);
void tpw_lines_exit(struct tpw_lines *lines);
void tpw_lines_push(struct tpw_lines *lines, const void *data, size_t bytes);
void tpw_lines_finish(struct tpw_lines *lines);
enum tpw_line tpw_lines_take(struct tpw_lines *lines, char **line);
__attribute__((format(printf, 2, 3)))
void tpw_lines_fail(struct tpw_lines *lines, const char *fmt, ...);

#endif
