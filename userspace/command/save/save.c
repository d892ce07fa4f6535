// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch save: all that the module shows, as it is now, for --from. It is written beside the
 * place that it is for and gets its name when it is whole, so that nobody ever finds a part of it;
 * and it takes nobody's name away. What is in it is for its owner only.
 */
#include "command/save/save.h"

#include "command.h"
#include "lib/message.h"
#include "lib/stop.h"
#include "lib/text.h"
#include "system/archive.h"
#include "table/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S	1000000000
#define NAMES_MAX	64
#define WALK_FDS	8

volatile int tpr_save_is_stopped;

/** struct target - where it goes */
struct target {
	/** @path: as it was given, without slashes at its end */
	char *path;
	/** @directory: what is filled */
	char *directory;
	/** @archive: what is made of that, or NULL */
	char *archive;
};

static void stop(uint64_t now_ns)
{
	(void)now_ns;
	tpr_save_is_stopped = 1;
}

/**
 * tpr_save_clock() - the time
 * @clock: on which clock
 *
 * Return: nanoseconds.
 */
uint64_t tpr_save_clock(int clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/**
 * tpr_save_create() - make a file
 * @save: the run
 * @name: of the file
 *
 * Return: a descriptor or -errno.
 */
int tpr_save_create(const struct tpr_save *save, const char *name)
{
	int fd = openat(save->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : fd;
}

/**
 * tpr_save_note() - add a row to the file "saved"
 * @save: the run
 * @name: what it is about
 * @value: what there is to say; blanks are written as tables do it
 */
void tpr_save_note(struct tpr_save *save, const char *name, const char *value)
{
	fprintf(save->notes, "%s ", name);
	for (; *value; value++) {
		if ((unsigned char)*value > ' ' && *value != '\\' && *value != 0x7f)
			fputc(*value, save->notes);
		else
			fprintf(save->notes, "\\%03o", (unsigned char)*value);
	}
	fputc('\n', save->notes);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static void target_exit(struct target *target)
{
	if (target->directory)
		nftw(target->directory, remove_one, WALK_FDS, FTW_DEPTH | FTW_PHYS);
	if (target->archive)
		unlink(target->archive);
	free(target->archive);
	free(target->directory);
	free(target->path);
}

static bool is_archive(const char *path)
{
	size_t bytes = strlen(path);

	return bytes > 4 && !strcmp(path + bytes - 4, ".tar");
}

/* Returns 0 or -errno; for target_exit(). */
static int target_init(struct target *target, const char *path)
{
	struct stat status;
	size_t bytes = strlen(path);

	while (bytes > 1 && path[bytes - 1] == '/')
		bytes--;
	target->path = strndup(path, bytes);
	if (!target->path)
		return -ENOMEM;
	if (!lstat(target->path, &status))
		return -EEXIST;
	if (asprintf(&target->directory, "%s.XXXXXX", target->path) < 0)
		target->directory = NULL;
	if (!target->directory)
		return -ENOMEM;
	if (mkdtemp(target->directory))
		return 0;
	free(target->directory);
	target->directory = NULL;
	return -errno;
}

/* The names in the directory, in their order. Returns 0 or -errno. */
static int is_named(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int write_archive(const struct target *target, int fd)
{
	const char *names[NAMES_MAX + 1] = { NULL };
	struct dirent **entries = NULL;
	int nr = scandir(target->directory, &entries, is_named, alphasort), i, error;
	char *why = NULL;

	if (nr < 0)
		return -errno;
	for (i = 0; i < nr && i < NAMES_MAX; i++)
		names[i] = entries[i]->d_name;
	error = nr > NAMES_MAX ? -E2BIG : tpr_archive_write(fd, target->directory, names, &why);
	for (i = 0; i < nr; i++)
		free(entries[i]);
	free(entries);
	if (why) {
		tpr_message("%s: %s", target->path, why);
		error = -ECANCELED;
	}
	free(why);
	return error;
}

/* The directory as an archive beside it */
static int make_archive(struct target *target)
{
	int fd, error;

	if (asprintf(&target->archive, "%s.tar", target->directory) < 0) {
		target->archive = NULL;
		return -ENOMEM;
	}
	fd = open(target->archive, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		error = -errno;
		free(target->archive);
		target->archive = NULL;
		return error;
	}
	error = write_archive(target, fd);
	if (close(fd) && !error)
		error = -errno;
	return error;
}

/*
 * As a name that nobody has. Where the file system cannot tell, as NFS, a directory may take the
 * place of one that is empty.
 */
static int rename_new(const char *from, const char *to)
{
	struct stat status;

	if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL)
		return -errno;
	if (!lstat(to, &status))
		return -EEXIST;
	return rename(from, to) ? -errno : 0;
}

/* Give it its name, unless somebody else has that now. */
static int publish(struct target *target)
{
	char **from = &target->directory;
	int error = 0;

	if (is_archive(target->path)) {
		error = make_archive(target);
		from = &target->archive;
	}
	if (!error && tpr_save_is_stopped)
		error = -EINTR;
	if (!error)
		error = rename_new(*from, target->path);
	if (error)
		return error;
	free(*from);
	*from = NULL;
	return 0;
}

static int fill(struct tpr_save *save)
{
	char *notes = NULL;
	size_t bytes;
	int error;

	save->notes = open_memstream(&notes, &bytes);
	if (!save->notes)
		return -ENOMEM;
	tpr_save_versions(save);
	error = tpr_save_tables(save);
	if (!error)
		error = tpr_save_system(save);
	if (fclose(save->notes) && !error)
		error = -ENOMEM;
	if (!error)
		error = tpr_save_saved(save, notes);
	free(notes);
	return error;
}

static void explain(const char *path, int error)
{
	if (error == -EEXIST)
		tpr_message("%s: is there already, and is not overwritten", path);
	else if (error == -EINTR)
		tpr_message("%s: not written: a signal came", path);
	else if (error != -ECANCELED)
		tpr_message("%s: %s", path, strerror(-error));
}

static void report(const struct tpr_save *save, const char *path)
{
	char time[TPR_CLOCK_BYTES], span[TPR_CLOCK_BYTES];

	tpr_clock_local(time, (int64_t)save->began_ns + save->offset_ns);
	tpr_clock_span(span, save->ended_ns - save->began_ns);
	tpr_text_show(stdout, path);
	printf(": %zu file%s of %s, read within %s\n", save->files_nr,
	       tpr_text_plural(save->files_nr, "", "s"), time, span);
}

static int save_to(struct tpr_save *save, struct target *target, const char *path)
{
	int error = target_init(target, path);

	if (error)
		return error;
	save->fd = open(target->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (save->fd < 0)
		return -errno;
	error = fill(save);
	close(save->fd);
	return error ? error : publish(target);
}

/**
 * tpr_save_main() - the command "save"
 * @options: of the command line
 * @argc: 1
 * @argv: where to
 *
 * Return: exit status.
 */
enum tpr_exit tpr_save_main(const struct tpr_options *options, int argc, char **argv)
{
	struct tpr_save save = { .options = options };
	struct target target = { .path = NULL };
	int error;

	if (argc != 1 || !*argv[0]) {
		tpr_message("save: where to? One name, of a directory or, ending in .tar, an "
			    "archive");
		return TPR_EXIT_USAGE;
	}
	/* all that would leave a part behind */
	tpr_stop_catch(stop, true);
	error = save_to(&save, &target, argv[0]);
	if (error)
		explain(argv[0], error);
	else
		report(&save, argv[0]);
	target_exit(&target);
	return error ? TPR_EXIT_FAILED : TPR_EXIT_DONE;
}
