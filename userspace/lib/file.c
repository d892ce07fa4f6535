// SPDX-License-Identifier: GPL-2.0
/*
 * Reading of files that the kernel and the distribution keep. What cannot be read is simply not
 * there: whoever asks knows what to make of that.
 */
#include "lib/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STEP_BYTES	4096

static char *make_path(const char *fmt, va_list args)
{
	char *path = NULL;

	return vasprintf(&path, fmt, args) < 0 ? NULL : path;
}

static char *read_all(FILE *file, size_t *bytes)
{
	char *text = NULL;
	size_t max = 0;

	*bytes = 0;
	do {
		char *moved = realloc(text, max + STEP_BYTES + 1);

		if (!moved) {
			free(text);
			return NULL;
		}
		text = moved;
		max += STEP_BYTES;
		*bytes += fread(text + *bytes, 1, max - *bytes, file);
		text[*bytes] = '\0';
	} while (*bytes == max);
	return text;
}

/**
 * tpr_file_read() - read a whole file
 * @bytes: set to its size, or NULL
 * @fmt: printf format of its path
 *
 * Return: what is in it, with a NUL behind, to be freed; NULL if it cannot be read.
 */
char *tpr_file_read(size_t *bytes, const char *fmt, ...)
{
	char *path, *text = NULL;
	size_t unused;
	va_list args;
	FILE *file;

	va_start(args, fmt);
	path = make_path(fmt, args);
	va_end(args);
	file = path ? fopen(path, "re") : NULL;
	if (file) {
		text = read_all(file, bytes ? bytes : &unused);
		fclose(file);
	}
	free(path);
	return text;
}

/**
 * tpr_file_exists() - whether a file is there
 * @fmt: printf format of its path
 *
 * Return: whether it is.
 */
bool tpr_file_exists(const char *fmt, ...)
{
	bool is_there;
	va_list args;
	char *path;

	va_start(args, fmt);
	path = make_path(fmt, args);
	va_end(args);
	is_there = path && !access(path, F_OK);
	free(path);
	return is_there;
}

/**
 * tpr_file_root() - what stands before /sys, /boot and /lib
 *
 * Return: "", or TUPLEWATCH_ROOT if that is set, for tests.
 */
const char *tpr_file_root(void)
{
	const char *root = getenv("TUPLEWATCH_ROOT");

	return root ? root : "";
}
