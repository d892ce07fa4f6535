// SPDX-License-Identifier: GPL-2.0
/*
 * tar(1) knows the format, and we need not. It reads the archive from its standard input and writes
 * one file of it to memory, so that no name in the archive ever becomes one of the file system, and
 * none of the archive is taken for that of another machine. What is compressed it does not unpack
 * there, and how much may come out is bounded: an archive may come from anywhere.
 */
#include "system/archive.h"

#include "system/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Far more than any file of the module has */
#define FILE_BYTES	(1024L * 1024 * 1024)
#define SECONDS		60

/* Words of tar before the names */
#define WORDS_NR	6
#define NAMES_MAX	64

/**
 * tpr_archive_is() - whether a path is that of an archive
 * @path: the path
 *
 * Return: true if it is there, and a regular file.
 */
bool tpr_archive_is(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISREG(status.st_mode);
}

static int run(struct tpr_program *tar, char **why)
{
	int error = tpr_program_run(tar);

	if (error && strstr(tar->said, "Not found in archive"))
		return -ENOENT;
	if (error)
		*why = strdup(tar->said);
	return error;
}

static int extract(int archive, const char *name, char **why)
{
	const char *const argv[] = { "tar", "-x", "-O", "-f", "-", "--", name, NULL };
	struct tpr_program tar = {
		.argv = argv, .in = archive, .bytes_max = FILE_BYTES, .seconds = SECONDS,
	};
	int fd = memfd_create(name, MFD_CLOEXEC), error;

	if (fd < 0)
		return -errno;
	tar.out = fd;
	error = run(&tar, why);
	if (!error && lseek(fd, 0, SEEK_SET) < 0)
		error = -errno;
	if (!error)
		return fd;
	close(fd);
	return error;
}

/**
 * tpr_archive_open() - open a file of an archive
 * @path: of the archive
 * @name: of the file in it
 * @why: set to what tar has against it, to be freed, or to NULL
 *
 * Return: a descriptor at the beginning of the file, or -errno; -ENOENT if it is not in there.
 */
int tpr_archive_open(const char *path, const char *name, char **why)
{
	int archive = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), fd;

	*why = NULL;
	if (archive < 0)
		return -errno;
	fd = extract(archive, name, why);
	close(archive);
	return fd;
}

/**
 * tpr_archive_write() - make an archive
 * @fd: where it goes
 * @directory: where the files are
 * @names: their names there, NULL behind the last; no more than 64
 * @why: set to what tar has against it, to be freed, or to NULL
 *
 * Return: 0 or -errno.
 */
int tpr_archive_write(int fd, const char *directory, const char *const *names, char **why)
{
	const char *argv[WORDS_NR + NAMES_MAX + 1] = { "tar", "-c", "-f", "-", "-C", directory };
	struct tpr_program tar = { .argv = argv, .in = -1, .out = fd, .seconds = SECONDS };
	size_t i;

	*why = NULL;
	for (i = 0; names[i] && i < NAMES_MAX; i++)
		argv[WORDS_NR + i] = names[i];
	return names[i] ? -E2BIG : run(&tar, why);
}
