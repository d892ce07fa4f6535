// SPDX-License-Identifier: GPL-2.0
/*
 * The module shows everyone the namespace they are in, so to look at another one is to enter it
 * first. A namespace is named as people name it: by the name that "ip netns" gave it, by a
 * path, or by a process that is in it.
 */
#include "system/netns.h"

#include "lib/message.h"
#include "lib/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NETNS_DIRECTORY	"/run/netns"

static int open_format(const char *fmt, const char *word)
{
	char *path = NULL;
	int fd;

	if (asprintf(&path, fmt, word) < 0) {
		errno = ENOMEM;
		return -1;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	return fd;
}

/* A name comes before a pid: someone who calls a namespace "7" means that one. */
static int open_netns(const char *word)
{
	uint64_t pid;
	int fd;

	if (strchr(word, '/'))
		return open(word, O_RDONLY | O_CLOEXEC);
	fd = open_format(NETNS_DIRECTORY "/%s", word);
	if (fd < 0 && errno == ENOENT && tpr_text_u64(word, &pid))
		fd = open_format("/proc/%s/ns/net", word);
	return fd;
}

static void explain(const char *word, int error)
{
	if (error == EPERM || error == EACCES)
		tpr_message("--net %s: needs CAP_SYS_ADMIN; try sudo", word);
	else if (error == EINVAL)
		tpr_message("--net %s: not a network namespace", word);
	else if (error == ENOENT && strchr(word, '/'))
		tpr_message("--net %s: no such file", word);
	else if (error == ENOENT)
		tpr_message("--net %s: no such name in " NETNS_DIRECTORY " and no such pid", word);
	else
		tpr_message("--net %s: %s", word, strerror(error));
}

/**
 * tpr_netns_enter() - move this process to another network namespace
 * @word: name in /run/netns, path (anything with a slash), or pid
 *
 * Return: 0, or -errno after a message that names @word.
 */
int tpr_netns_enter(const char *word)
{
	int fd = open_netns(word);
	int error = 0;

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		error = errno;
	if (error)
		explain(word, error);
	if (fd >= 0)
		close(fd);
	return -error;
}
