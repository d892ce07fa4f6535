// SPDX-License-Identifier: GPL-2.0
/*
 * Many who wait for a row: threads in read(), and epoll instances that watch
 * one open file, behind which there need not be a thread at all.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STACK_SIZE	(64 << 10)

static int file;

static void open_behind_head(const char *path)
{
	char head[4096];

	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || read(file, head, sizeof(head)) <= 0)
		die("%s", path);
}

static void *wait_for_row(void *unused)
{
	char row[4096];

	(void)unused;
	while (read(file, row, sizeof(row)) > 0)
		;
	return NULL;
}

int wait_main(int argc, char **argv)
{
	unsigned long i, nr;
	pthread_attr_t attr;
	pthread_t thread;

	if (argc != 3)
		return 2;
	nr = number(argv[2]);
	open_behind_head(argv[1]);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	for (i = 0; i < nr; i++)
		if (pthread_create(&thread, &attr, wait_for_row, NULL))
			die("pthread_create");
	ready();
}

/* Edge-triggered: nobody ever asks the file again. */
static void watch(unsigned long nr)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	unsigned long i;
	int epoll;

	for (i = 0; i < nr; i++) {
		epoll = epoll_create1(EPOLL_CLOEXEC);
		if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, file, &event))
			die("epoll %lu", i);
	}
}

/* A process of everybody's limit of open files has so many and no more. */
static void watch_in_child(unsigned long nr)
{
	char byte = 0;
	int fd[2];
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC))
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		close(fd[0]);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		watch(nr);
		if (write(fd[1], &byte, 1) != 1)
			die("pipe");
		for (;;)
			pause();
	}
	close(fd[1]);
	if (read(fd[0], &byte, 1) != 1)
		die("epoll in a child");
	close(fd[0]);
}

int watch_main(int argc, char **argv)
{
	unsigned long i, processes, nr;

	if (argc != 4)
		return 2;
	processes = number(argv[2]);
	nr = number(argv[3]);
	raise_files();
	open_behind_head(argv[1]);
	for (i = 0; i < processes; i++)
		watch_in_child(nr);
	ready();
}
