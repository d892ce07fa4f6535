// SPDX-License-Identifier: GPL-2.0
/*
 * The files of the module, whatever their names are: a newer module may have more. All are opened
 * before one is read, which fixes where the log ends, and then nothing stands between one read and
 * the next. What would wait, or asks for a question, is not opened.
 */
#include "command/save/save.h"

#include "lib/message.h"
#include "system/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX	64
#define CHUNK_BYTES	(256 * 1024)

/** struct source - a file of the module */
struct source {
	/** @name: where it goes, in the directory */
	char *name;
	/** @file: the open file */
	struct tpr_file file;
};

/** struct sources - all of them */
struct sources {
	/** @list: those that could be opened */
	struct source list[FILES_MAX];
	/** @nr: used of @list */
	size_t nr;
};

static void close_all(struct sources *sources)
{
	size_t i;

	for (i = 0; i < sources->nr; i++) {
		tpr_procfs_close(&sources->list[i].file);
		free(sources->list[i].name);
	}
}

/* What may not be read is told, and noted; the rest is saved all the same. */
static int open_one(struct tpr_save *save, struct sources *sources,
		    const struct tpr_options *options, const char *name)
{
	struct source *source = &sources->list[sources->nr];
	int error;

	if (sources->nr == FILES_MAX)
		return -E2BIG;
	if (asprintf(&source->name, "%s%s", options->is_all ? "all/" : "", name) < 0)
		return -ENOMEM;
	error = tpr_procfs_open(&source->file, options, name, O_NONBLOCK);
	if (!error) {
		sources->nr++;
		return 0;
	}
	tpr_save_note(save, source->name, strerror(-error));
	free(source->name);
	return error == -EACCES || error == -EPERM ? 0 : -ECANCELED;
}

static int is_table(const struct dirent *entry)
{
	static const char *const others[] = {
		TPR_PROCFS_OVERVIEW, TPR_PROCFS_PIPE, TPR_PROCFS_EXPLAIN, "all",
	};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!strcmp(entry->d_name, others[i]))
			return false;
	}
	return strspn(entry->d_name, "abcdefghijklmnopqrstuvwxyz_") == strlen(entry->d_name);
}

/* Those of one directory; of one that is not there, none. */
static int open_directory(struct tpr_save *save, struct sources *sources,
			  const struct tpr_options *options)
{
	struct dirent **entries = NULL;
	char *path = NULL;
	int nr, i, error = 0;

	if (asprintf(&path, "%s/net/tuplewatch%s", tpr_procfs_root(),
		     options->is_all ? "/all" : "") < 0)
		return -ENOMEM;
	nr = scandir(path, &entries, is_table, alphasort);
	for (i = 0; i < nr; i++) {
		if (!error)
			error = open_one(save, sources, options, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	free(path);
	return error;
}

static int open_all(struct tpr_save *save, struct sources *sources)
{
	struct tpr_options all = *save->options;
	int error = open_one(save, sources, save->options, TPR_PROCFS_OVERVIEW);

	if (!error)
		error = open_directory(save, sources, save->options);
	all.is_all = true;
	if (!error && tpr_procfs_has(&all, "counters"))
		error = open_directory(save, sources, &all);
	return error;
}

static int write_whole(int fd, const char *data, size_t bytes)
{
	while (bytes) {
		ssize_t written = write(fd, data, bytes);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			data += written;
			bytes -= (size_t)written;
		}
	}
	return 0;
}

static int copy(const struct source *source, int to, uint64_t *copied)
{
	static char chunk[CHUNK_BYTES];
	int error = 0;

	while (!error) {
		ssize_t bytes = read(source->file.fd, chunk, sizeof(chunk));

		if (!bytes)
			return 0;
		if (tpr_save_is_stopped)
			return -EINTR;
		if (bytes > 0) {
			error = write_whole(to, chunk, (size_t)bytes);
			*copied += (uint64_t)bytes;
		} else if (errno != EINTR) {
			tpr_message("%s: %s", source->file.path, strerror(errno));
			error = -ECANCELED;
		}
	}
	return error;
}

static int save_one(struct tpr_save *save, const struct source *source)
{
	int fd = tpr_save_create(save, source->name), error;
	uint64_t copied = 0;
	char text[32];

	if (fd < 0)
		return fd;
	error = copy(source, fd, &copied);
	if (close(fd) && !error)
		error = -errno;
	snprintf(text, sizeof(text), "%" PRIu64 " bytes", copied);
	tpr_save_note(save, source->name, text);
	return error;
}

/**
 * tpr_save_tables() - save the files of the module
 * @save: the run; the times are filled in
 *
 * Return: 0 or -errno; -ECANCELED after a message.
 */
int tpr_save_tables(struct tpr_save *save)
{
	struct sources sources = { .nr = 0 };
	int error;
	size_t i;

	save->began_ns = tpr_save_clock(CLOCK_MONOTONIC);
	save->offset_ns = (int64_t)(tpr_save_clock(CLOCK_REALTIME) - save->began_ns);
	error = open_all(save, &sources);
	/* one message for each of them came before */
	if (!error && !sources.nr)
		error = -ECANCELED;
	for (i = 0; !error && i < sources.nr; i++) {
		if (strchr(sources.list[i].name, '/') && mkdirat(save->fd, "all", 0700) &&
		    errno != EEXIST)
			error = -errno;
		else
			error = save_one(save, &sources.list[i]);
	}
	save->ended_ns = tpr_save_clock(CLOCK_MONOTONIC);
	save->files_nr = sources.nr;
	close_all(&sources);
	return error;
}
