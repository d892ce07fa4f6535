// SPDX-License-Identifier: GPL-2.0
/*
 * The number of a cgroup (v2) is the inode of its directory and, as a file handle, the way to
 * open it. A machine that has not mounted the hierarchy has it all the same: a mount of our own
 * that stands nowhere in the file system shows it.
 */
#include "system/cgroup.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* linux/exportfs.h: a handle that is the number of a kernfs node */
#define FILEID_KERNFS	0xfe

static int open_mounted(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd >= 0 && (fstatfs(fd, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int open_unmounted(void)
{
	int fs_fd = (int)syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC);
	int fd = -1;

	if (fs_fd < 0)
		return -1;
	if (!syscall(SYS_fsconfig, fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = (int)syscall(SYS_fsmount, fs_fd, FSMOUNT_CLOEXEC, 0);
	close(fs_fd);
	return fd;
}

/**
 * tpr_cgroup_mount() - open the root of the cgroup hierarchy
 *
 * Return: a descriptor of it, to be closed, or -1 if we may not.
 */
int tpr_cgroup_mount(void)
{
	int fd = open_mounted("/sys/fs/cgroup");

	if (fd < 0)
		fd = open_mounted("/sys/fs/cgroup/unified");
	return fd < 0 ? open_unmounted() : fd;
}

/* The path of an open directory, to be freed. */
static char *path_of(int fd)
{
	char link[64], path[4096];
	ssize_t bytes;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	bytes = readlink(link, path, sizeof(path) - 1);
	if (bytes < 0)
		return NULL;
	path[bytes] = '\0';
	return strdup(path);
}

/**
 * tpr_cgroup_path() - find a cgroup by its number
 * @mount_fd: from tpr_cgroup_mount()
 * @id: number of the cgroup
 *
 * Return: its path below the root, "/" for the root itself, to be freed; NULL if it is gone or
 * we may not look.
 */
char *tpr_cgroup_path(int mount_fd, uint64_t id)
{
	union {
		struct file_handle handle;
		char bytes[sizeof(struct file_handle) + sizeof(id)];
	} handle = {
		.handle = { .handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS },
	};
	char *root = NULL, *path = NULL;
	size_t bytes;
	int fd;

	memcpy(handle.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(mount_fd, &handle.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	root = path_of(mount_fd);
	path = path_of(fd);
	close(fd);
	bytes = root && strcmp(root, "/") ? strlen(root) : 0;
	if (path && bytes && !strncmp(path, root, bytes))
		memmove(path, path + bytes, strlen(path + bytes) + 1);
	free(root);
	if (path && !*path) {
		free(path);
		path = strdup("/");
	}
	return path;
}
