// SPDX-License-Identifier: GPL-2.0
/*
 * The cage is made below the cgroup that we are in, so that all limits that hold for us hold for
 * the command too. It has no controller of its own and changes nothing for what runs in it.
 */
#include "command/run/cage.h"

#include "lib/message.h"
#include "system/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROCS	"cgroup.procs"

/* What was left can fork while it is moved: then there is another round. */
#define ROUNDS_MAX	100

/* Our cgroup, relative to the root of the hierarchy: "." for the root. To be freed. */
static char *own_path(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char *line = NULL, *path = NULL;
	size_t bytes = 0;

	if (!file)
		return NULL;
	while (!path && getline(&line, &bytes, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0::/", 4))
			path = strdup(line[4] ? line + 4 : ".");
	}
	free(line);
	fclose(file);
	return path;
}

static int read_id(struct tpr_cage *cage)
{
	union {
		struct file_handle handle;
		char bytes[sizeof(struct file_handle) + sizeof(cage->id)];
	} handle = { .handle = { .handle_bytes = sizeof(cage->id) } };
	int mount_id;

	if (name_to_handle_at(cage->fd, "", &handle.handle, &mount_id, AT_EMPTY_PATH))
		return -errno;
	memcpy(&cage->id, handle.handle.f_handle, sizeof(cage->id));
	return 0;
}

static int open_parent(void)
{
	int mount_fd = tpr_cgroup_mount();
	char *path = own_path();
	int fd = -1;

	if (mount_fd >= 0 && path)
		fd = openat(mount_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount_fd >= 0)
		close(mount_fd);
	free(path);
	return fd;
}

/**
 * tpr_cage_create() - make an empty cage
 * @cage: filled in; for tpr_cage_destroy() if this returns 0
 *
 * Return: 0, or -errno after a message.
 */
int tpr_cage_create(struct tpr_cage *cage)
{
	int error = 0;

	snprintf(cage->name, sizeof(cage->name), "tuplewatch-run-%d", (int)getpid());
	cage->parent_fd = open_parent();
	if (cage->parent_fd < 0 || mkdirat(cage->parent_fd, cage->name, 0755))
		goto err_parent;
	cage->fd = openat(cage->parent_fd, cage->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (cage->fd < 0)
		goto err_remove;
	error = read_id(cage);
	if (!error)
		return 0;
	errno = -error;
	close(cage->fd);
err_remove:
	error = errno;
	unlinkat(cage->parent_fd, cage->name, AT_REMOVEDIR);
	errno = error;
err_parent:
	error = errno;
	tpr_message("run: cannot make a cgroup for the command: %s%s", strerror(error),
		    error == EPERM || error == EACCES ? "; try sudo" : "");
	if (cage->parent_fd >= 0)
		close(cage->parent_fd);
	return error ? -error : -EIO;
}

/* Move a process, "0" for ourselves. */
static int move(int fd, const char *pid)
{
	int procs_fd = openat(fd, PROCS, O_WRONLY | O_CLOEXEC);
	ssize_t bytes;
	int error;

	if (procs_fd < 0)
		return -errno;
	bytes = write(procs_fd, pid, strlen(pid));
	error = bytes < 0 ? -errno : 0;
	close(procs_fd);
	return error;
}

/**
 * tpr_cage_enter() - put this process into a cage
 * @cage: the cage
 *
 * Return: 0 or -errno.
 */
int tpr_cage_enter(const struct tpr_cage *cage)
{
	return move(cage->fd, "0");
}

/* Move all that is in there out of it. Returns how many there were. */
static size_t empty(const struct tpr_cage *cage)
{
	int fd = openat(cage->fd, PROCS, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t bytes = 0, nr = 0;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (getline(&line, &bytes, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!move(cage->parent_fd, line))
			nr++;
	}
	free(line);
	fclose(file);
	return nr;
}

/**
 * tpr_cage_destroy() - remove a cage; what still runs in it goes on outside
 * @cage: from tpr_cage_create()
 * @left_nr: set to the number of processes that still ran in it
 *
 * Return: 0, or -errno after a message.
 */
int tpr_cage_destroy(struct tpr_cage *cage, size_t *left_nr)
{
	int error, round;

	*left_nr = 0;
	for (round = 0; round < ROUNDS_MAX; round++) {
		*left_nr += empty(cage);
		error = unlinkat(cage->parent_fd, cage->name, AT_REMOVEDIR) ? -errno : 0;
		if (error != -EBUSY)
			break;
	}
	if (error)
		tpr_message("run: cannot remove the cgroup %s: %s", cage->name, strerror(-error));
	close(cage->fd);
	close(cage->parent_fd);
	return error;
}
