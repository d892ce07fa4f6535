// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever finds the file finds all of it, and only its owner does. What is there and no regular file, as
 * /dev/stdout, cannot be replaced by one.
 */
#include "lib/replace.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_special(const char *path)
{
	struct stat status;

	return !stat(path, &status) && !S_ISREG(status.st_mode);
}

static int open_beside(struct tpr_replace *replace)
{
	int fd, error;

	if (asprintf(&replace->beside, "%s.XXXXXX", replace->path) < 0) {
		replace->beside = NULL;
		return -ENOMEM;
	}
	fd = mkstemp(replace->beside);
	replace->out = fd < 0 ? NULL : fdopen(fd, "w");
	if (replace->out)
		return 0;
	error = -errno;
	if (fd >= 0) {
		close(fd);
		unlink(replace->beside);
	}
	free(replace->beside);
	return error;
}

/**
 * tpr_replace_begin() - begin to make a file
 * @replace: filled in; for tpr_replace_end() if this returns 0
 * @path: where it goes; it must stay
 *
 * Return: 0 or -errno.
 */
int tpr_replace_begin(struct tpr_replace *replace, const char *path)
{
	*replace = (struct tpr_replace){ .path = path };
	if (!is_special(path))
		return open_beside(replace);
	replace->out = fopen(path, "we");
	return replace->out ? 0 : -errno;
}

/**
 * tpr_replace_end() - put the file where it goes, in place of what is there
 * @replace: from tpr_replace_begin()
 * @error: 0, or -errno: then there is no file, and what is there stays
 *
 * Return: @error, or -errno of what went wrong since tpr_replace_begin().
 */
int tpr_replace_end(struct tpr_replace *replace, int error)
{
	errno = 0;
	if ((fflush(replace->out) || ferror(replace->out)) && !error)
		error = errno ? -errno : -EIO;
	if (fclose(replace->out) && !error)
		error = -errno;
	if (!replace->beside)
		return error;
	if (!error && rename(replace->beside, replace->path))
		error = -errno;
	if (error)
		unlink(replace->beside);
	free(replace->beside);
	return error;
}
