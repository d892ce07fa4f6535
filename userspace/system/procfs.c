// SPDX-License-Identifier: GPL-2.0
/*
 * The door to the module. When it is shut, the message says what to do about it: the module is
 * not loaded, it is older than this program, or a file is not for everyone. The environment
 * variable TUPLEWATCH_PROC names another place than /proc, for tests.
 *
 * Saved files are read through the same door, from a directory or an archive. They may come from
 * anywhere: what is not a regular file is not read, since it may have no end.
 */
#include "system/procfs.h"

#include "lib/message.h"
#include "system/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * tpr_procfs_root() - where /proc is
 *
 * Return: its path; TUPLEWATCH_PROC if that is set, for tests.
 */
const char *tpr_procfs_root(void)
{
	const char *root = getenv("TUPLEWATCH_PROC");

	return root && *root ? root : "/proc";
}

/* The path of a file, to be freed, or NULL without memory. */
static char *make_path(const struct tpr_options *options, const char *name)
{
	const char *all = options->is_all ? "all/" : "";
	char *path = NULL;
	int bytes;

	if (options->from)
		bytes = asprintf(&path, "%s/%s%s", options->from, all, name);
	else if (!strcmp(name, TPR_PROCFS_OVERVIEW))
		bytes = asprintf(&path, "%s/%s", tpr_procfs_root(), name);
	else
		bytes = asprintf(&path, "%s/net/tuplewatch/%s%s", tpr_procfs_root(), all, name);
	return bytes < 0 ? NULL : path;
}

static void explain_missing(const struct tpr_options *options, const char *name, const char *path)
{
	char *directory = NULL;

	if (!strcmp(name, TPR_PROCFS_OVERVIEW)) {
		tpr_message("%s: not there; load it with: insmod tuplewatch.ko", path);
		return;
	}
	if (asprintf(&directory, "%s/net/tuplewatch", tpr_procfs_root()) < 0)
		return;
	if (access(directory, F_OK))
		tpr_message("%s: not there; load it with: insmod tuplewatch.ko", directory);
	else if (options->is_all)
		tpr_message("%s: not there; only the initial network namespace has all/", path);
	else
		tpr_message("%s: not there; use the tuplewatch that came with the module", path);
	free(directory);
}

static void explain_forbidden(const struct tpr_options *options, const char *name,
			      const char *path)
{
	if (options->is_all)
		tpr_message("%s: all/ needs CAP_NET_ADMIN in the initial user namespace; "
			    "try sudo", path);
	else if (!strcmp(name, "log") || !strcmp(name, "log_pipe"))
		tpr_message("%s: the log needs CAP_NET_ADMIN; try sudo", path);
	else
		tpr_message("%s: permission denied; try sudo", path);
}

/* What save leaves out, and only a running kernel has. */
static void explain_unsaved(const char *name, const char *path, int error)
{
	if (error == ENOENT && !strcmp(name, TPR_PROCFS_PIPE))
		tpr_message("%s: %s; what is saved ends: see log", path, strerror(error));
	else if (error == ENOENT && !strcmp(name, TPR_PROCFS_EXPLAIN))
		tpr_message("%s: %s; questions are asked of the running kernel", path,
			    strerror(error));
	else
		tpr_message("%s: %s", path, strerror(error));
}

static void explain(const struct tpr_options *options, const char *name, const char *path,
		    int error)
{
	if (options->from)
		explain_unsaved(name, path, error);
	else if (error == ENOENT)
		explain_missing(options, name, path);
	else if (error == EACCES || error == EPERM)
		explain_forbidden(options, name, path);
	else
		tpr_message("%s: %s", path, strerror(error));
}

/* Of a directory. Returns a descriptor or -errno. */
static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &status) && S_ISREG(status.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

/* Returns a descriptor or -errno; @why is set to a better reason than that, or to NULL. */
static int open_saved(const struct tpr_options *options, const char *path, char **why)
{
	/* what the path has behind the archive's own */
	const char *name = path + strlen(options->from) + 1;
	int fd;

	*why = NULL;
	if (tpr_archive_is(options->from))
		return tpr_archive_open(options->from, name, why);
	fd = open_regular(path);
	if (fd == -EINVAL)
		*why = strdup("not a regular file");
	return fd;
}

/* The same, with a message. */
static int open_from(const struct tpr_options *options, const char *name, const char *path)
{
	char *why;
	int fd = open_saved(options, path, &why);

	if (fd < 0 && why)
		tpr_message("%s: %s", path, why);
	else if (fd < 0)
		explain(options, name, path, -fd);
	free(why);
	return fd;
}

static int open_live(const struct tpr_options *options, const char *name, const char *path,
		     int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags), error;

	if (fd >= 0)
		return fd;
	error = errno;
	explain(options, name, path, error);
	return -error;
}

/**
 * tpr_procfs_open() - open a file of the module for reading
 * @file: filled in; for tpr_procfs_close() if this returns 0
 * @options: --from and --net
 * @name: of a table, or TPR_PROCFS_OVERVIEW
 * @flags: for open(2), besides O_RDONLY
 *
 * Return: 0, or -errno after a message.
 */
int tpr_procfs_open(struct tpr_file *file, const struct tpr_options *options, const char *name,
		    int flags)
{
	file->path = make_path(options, name);
	if (!file->path) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	file->fd = options->from ? open_from(options, name, file->path) :
				   open_live(options, name, file->path, flags);
	if (file->fd >= 0)
		return 0;
	free(file->path);
	return file->fd;
}

/**
 * tpr_procfs_has() - whether a file of the module is there
 * @options: --from and --net
 * @name: of a table
 *
 * Return: whether it is, and we may read it; there is no message if not.
 */
bool tpr_procfs_has(const struct tpr_options *options, const char *name)
{
	char *path = make_path(options, name), *why = NULL;
	bool is_there = path && !options->from && !access(path, R_OK);
	int fd = path && options->from ? open_saved(options, path, &why) : -1;

	if (fd >= 0)
		close(fd);
	free(why);
	free(path);
	return is_there || fd >= 0;
}

/**
 * tpr_procfs_close() - close a file
 * @file: from tpr_procfs_open()
 */
void tpr_procfs_close(struct tpr_file *file)
{
	close(file->fd);
	free(file->path);
}
