// SPDX-License-Identifier: GPL-2.0
/*
 * Reading of files that the kernel and the distribution keep. What cannot be read is simply not
 * there: whoever asks knows what to make of that.
 */
#include "lib/file.h"

#include "lib/apart.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_BYTES	4096
/* Of a file that others write; theirs have some kilobytes */
#define THEIRS_BYTES	(4U << 20)
/* Users whose files may let us wait, each once for a second */
#define LATE_NR		4

static char *make_path(const char *fmt, va_list args)
{
	char *path = NULL;

	return vasprintf(&path, fmt, args) < 0 ? NULL : path;
}

/* What has more than @most is not taken at all. */
static char *read_all(FILE *file, size_t *bytes, size_t most)
{
	char *text = NULL;
	size_t max = 0;

	*bytes = 0;
	do {
		size_t room = max ? 2 * max : STEP_BYTES;
		char *moved = *bytes > most ? NULL : realloc(text, room + 1);

		if (!moved) {
			free(text);
			return NULL;
		}
		text = moved;
		max = room;
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
		text = read_all(file, bytes ? bytes : &unused, SIZE_MAX);
		fclose(file);
	}
	free(path);
	return text;
}

static bool is_of(int fd, uid_t owner)
{
	struct stat status;

	return !fstat(fd, &status) && S_ISREG(status.st_mode) && status.st_size <= THEIRS_BYTES &&
	       (status.st_uid == owner || !status.st_uid || status.st_uid == geteuid());
}

/* No FIFO and no lease keeps us waiting, no link leads elsewhere. */
static FILE *open_theirs(const char *path, uid_t owner)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	FILE *file = fd >= 0 && is_of(fd, owner) ? fdopen(fd, "r") : NULL;

	if (fd >= 0 && !file)
		close(fd);
	return file;
}

/** struct theirs - a file that somebody else may have put there */
struct theirs {
	/** @path: of it */
	const char *path;
	/** @owner: who may */
	uid_t owner;
};

static char *read_theirs(const void *data)
{
	const struct theirs *theirs = data;
	FILE *file = open_theirs(theirs->path, theirs->owner);
	char *text = NULL;
	size_t unused;

	if (file) {
		text = read_all(file, &unused, THEIRS_BYTES);
		fclose(file);
	}
	return text;
}

/* Who let us wait once is not asked again, and after some of these nobody is. */
static char *read_patiently(const struct theirs *theirs)
{
	static uid_t late[LATE_NR];
	static size_t late_nr;
	bool is_late = false;
	char *text;
	size_t i;

	for (i = 0; i < late_nr; i++) {
		if (late[i] == theirs->owner)
			return NULL;
	}
	if (late_nr == LATE_NR)
		return NULL;
	text = tpr_apart_read(read_theirs, theirs, THEIRS_BYTES, &is_late);
	if (is_late)
		late[late_nr++] = theirs->owner;
	return text;
}

/**
 * tpr_file_read_theirs() - read a whole file that somebody else may have put there
 * @owner: who may, besides root and who runs this program
 * @fmt: printf format of its path
 *
 * Return: what is in it, with a NUL behind, to be freed; NULL if it cannot be read, is anything but a
 * file, is another user's, is larger than such files are, or on a file system that does not answer.
 */
char *tpr_file_read_theirs(uid_t owner, const char *fmt, ...)
{
	struct theirs theirs = { .owner = owner };
	char *path, *text = NULL;
	va_list args;

	va_start(args, fmt);
	path = make_path(fmt, args);
	va_end(args);
	theirs.path = path;
	if (path)
		text = owner ? read_patiently(&theirs) : read_theirs(&theirs);
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
