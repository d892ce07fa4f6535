// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: stopwatch COMMAND [ARG...]: runs it and reads its output through a pipe, then prints the nanoseconds
 * of CPU time that it took, start and end included, and how many lines there were.
 *
 * CPU time: an emulated machine's files are slow to come, and its clock races while it waits.
 */
#define _GNU_SOURCE
#include "net.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static unsigned long count_lines(int fd)
{
	static char buf[65536];
	unsigned long lines = 0;
	ssize_t n;
	char *at;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (at = buf; (at = memchr(at, '\n', buf + n - at)); at++)
			lines++;
	return lines;
}

int main(int argc, char *argv[])
{
	posix_spawn_file_actions_t actions;
	struct rusage used;
	unsigned long lines;
	uint64_t us;
	int status, fds[2];
	pid_t pid;

	if (argc < 2)
		return 2;
	if (pipe2(fds, O_CLOEXEC))
		fail("pipe");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	errno = posix_spawnp(&pid, argv[1], &actions, NULL, &argv[1], environ);
	if (errno)
		fail(argv[1]);
	close(fds[1]);
	lines = count_lines(fds[0]);
	if (wait4(pid, &status, 0, &used) != pid)
		fail(argv[1]);
	us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000ULL +
	     used.ru_utime.tv_usec + used.ru_stime.tv_usec;
	printf("%llu %lu\n", (unsigned long long)us * 1000, lines);
	return status ? 1 : 0;
}
