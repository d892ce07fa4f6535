// SPDX-License-Identifier: GPL-2.0
/*
 * A reader for each file, again and again for as long as there is one: opens
 * it, reads some of it, closes it, also where there is nothing for the moment.
 *
 * Ends at SIGTERM. Pipes are read without waiting and left alone for longer,
 * since the module cannot be removed while one is open.
 */
#define _GNU_SOURCE
#include "faults.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define READS		64
#define PIPE_READS	4
#define READ_LEN	8192
#define PAUSE_MS	20
#define PIPE_PAUSE_MS	500

static void *read_for_ever(void *path)
{
	const char *suffix = "_pipe";
	size_t len = strlen(path), tail = strlen(suffix);
	int is_pipe = len > tail && !strcmp((char *)path + len - tail, suffix);
	const struct timespec pause = { .tv_nsec = (is_pipe ? PIPE_PAUSE_MS : PAUSE_MS) * 1000000L };
	char data[READ_LEN];
	int fd, i;

	for (;;) {
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		for (i = 0; fd >= 0 && i < (is_pipe ? PIPE_READS : READS); i++)
			if (read(fd, data, sizeof(data)) <= 0)
				break;
		if (fd >= 0)
			close(fd);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

int readers_main(int argc, char **argv)
{
	pthread_t thread;
	int i;

	if (argc < 2)
		return 2;
	for (i = 1; i < argc; i++)
		if (pthread_create(&thread, NULL, read_for_ever, argv[i]))
			die("pthread_create");
	pause();
	return 0;
}
