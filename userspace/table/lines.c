// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes into lines. The buffer grows with the line in it and never past TPR_LINE_BYTES plus what
 * is pushed at once. What the kernel writes has no control character but the newline, so any
 * other is an error here, and nothing above needs to think of a NUL inside a string.
 */
#include "table/lines.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * tpr_lines_init() - prepare a stream without bytes
 * @lines: the stream
 * @path: name of the file, for messages; copied
 *
 * Return: 0, or -1 without memory.
 */
int tpr_lines_init(struct tpr_lines *lines, const char *path)
{
	memset(lines, 0, sizeof(*lines));
	lines->path = strdup(path);
	return lines->path ? 0 : -1;
}

/**
 * tpr_lines_exit() - free what a stream holds
 * @lines: the stream
 */
void tpr_lines_exit(struct tpr_lines *lines)
{
	free(lines->path);
	free(lines->error);
	free(lines->buf);
}

/**
 * tpr_lines_fail() - end the stream with an error about its current line
 * @lines: the stream
 * @fmt: printf format of what is wrong; file and line are put before it
 */
void tpr_lines_fail(struct tpr_lines *lines, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	if (lines->has_failed)
		return;
	lines->has_failed = true;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text && asprintf(&lines->error, "%s:%" PRIu64 ": %s", lines->path,
			     lines->line_nr ? lines->line_nr : 1, text) < 0)
		lines->error = NULL;
	free(text);
}

/**
 * tpr_lines_push() - add bytes
 * @lines: the stream
 * @data: the bytes; copied
 * @bytes: how many
 *
 * Take all lines between two calls, else the buffer grows with each. Lines that were taken
 * before become invalid. Without memory the next tpr_lines_take() gives an error.
 */
void tpr_lines_push(struct tpr_lines *lines, const void *data, size_t bytes)
{
	if (!bytes)
		return;
	if (lines->start) {
		memmove(lines->buf, lines->buf + lines->start, lines->end - lines->start);
		lines->scanned -= lines->start;
		lines->end -= lines->start;
		lines->start = 0;
	}
	if (bytes > lines->buf_bytes - lines->end) {
		size_t wanted = lines->end + bytes;
		char *buf;

		wanted += wanted / 2;
		buf = realloc(lines->buf, wanted);
		if (!buf) {
			tpr_lines_fail(lines, "out of memory");
			return;
		}
		lines->buf = buf;
		lines->buf_bytes = wanted;
	}
	memcpy(lines->buf + lines->end, data, bytes);
	lines->end += bytes;
}

/**
 * tpr_lines_finish() - no more bytes will come
 * @lines: the stream
 */
void tpr_lines_finish(struct tpr_lines *lines)
{
	lines->has_ended = true;
}

/* Eight bytes at a time: is none of them below ' ', nor 0x7f? High bytes are text. */
static bool are_clean(const char *text)
{
	const uint64_t ones = UINT64_MAX / 0xff;
	uint64_t word, not_delete;

	memcpy(&word, text, sizeof(word));
	not_delete = word ^ ones * 0x7f;
	return !((((word - ones * ' ') & ~word) | ((not_delete - ones) & ~not_delete)) &
		 ones * 0x80);
}

static void check_bytes(struct tpr_lines *lines, const char *line, size_t bytes)
{
	size_t i;

	if (bytes > TPR_LINE_BYTES) {
		tpr_lines_fail(lines, "the line is longer than %d bytes", TPR_LINE_BYTES);
		return;
	}
	if (bytes && line[bytes - 1] == '\r') {
		tpr_lines_fail(lines, "the line ends in CR LF: save the file again, unconverted");
		return;
	}
	for (i = 0; i + sizeof(uint64_t) <= bytes && are_clean(line + i); i += sizeof(uint64_t))
		;
	for (; i < bytes; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < ' ' && c != '\t') || c == 0x7f) {
			tpr_lines_fail(lines, "byte %zu is a control character, 0x%02x", i + 1, c);
			return;
		}
	}
}

/* What is left holds no newline: wait for one, or the stream has ended, well or badly. */
static enum tpr_line take_rest(struct tpr_lines *lines)
{
	size_t bytes = lines->end - lines->start;

	lines->scanned = lines->end;
	if (bytes <= TPR_LINE_BYTES && !lines->has_ended)
		return TPR_LINE_WAIT;
	if (!bytes)
		return TPR_LINE_END;
	lines->line_nr++;
	if (bytes > TPR_LINE_BYTES)
		tpr_lines_fail(lines, "the line is longer than %d bytes", TPR_LINE_BYTES);
	else
		tpr_lines_fail(lines, "the line has no end: the file was cut short");
	return TPR_LINE_ERROR;
}

/**
 * tpr_lines_take() - take the next line
 * @lines: the stream
 * @line: set to the line, without its newline, for TPR_LINE_TEXT; the caller may change it, and
 *	it is valid until the next push
 *
 * Return: what there is.
 */
enum tpr_line tpr_lines_take(struct tpr_lines *lines, char **line)
{
	char *newline = NULL;
	size_t bytes;

	if (lines->has_failed)
		return TPR_LINE_ERROR;
	if (lines->scanned < lines->end)
		newline = memchr(lines->buf + lines->scanned, '\n', lines->end - lines->scanned);
	if (!newline)
		return take_rest(lines);
	*newline = '\0';
	*line = lines->buf + lines->start;
	bytes = (size_t)(newline - *line);
	lines->start += bytes + 1;
	lines->scanned = lines->start;
	lines->line_nr++;
	check_bytes(lines, *line, bytes);
	return lines->has_failed ? TPR_LINE_ERROR : TPR_LINE_TEXT;
}
