// SPDX-License-Identifier: GPL-2.0
/*
 * A file may be on a file system that a user answers for (FUSE) or a server that is gone (NFS): who opens
 * it waits, whatever it asks for, but can be killed. So a child opens it, which has a second.
 */
#include "lib/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS	1000
/* For its end once it was killed; what does not end is left to whoever inherits it */
#define END_TURNS	20
#define END_TURN_MS	10
#define STEP_BYTES	4096

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void __attribute__((noreturn)) be_child(char *(*read)(const void *), const void *data, int out)
{
	const char *text = read(data), *at = text;
	ssize_t bytes;

	/* the first byte tells an empty text from none */
	if (!text || write(out, "+", 1) != 1)
		_exit(1);
	while (*at && (bytes = write(out, at, strlen(at))) > 0)
		at += bytes;
	_exit(0);
}

/* Whether there is something to read, or the end, before that time */
static bool await(int fd, int64_t end_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int64_t left_ms;
	int ready;

	do {
		left_ms = end_ms - now_ms();
		ready = poll(&poll_fd, 1, left_ms > 0 ? (int)left_ms : 0);
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* What comes, without its first byte; NULL if nothing comes, or more than @most, or it is late. */
static char *take(int fd, size_t most, bool *is_late)
{
	int64_t end_ms = now_ms() + PATIENCE_MS;
	size_t bytes = 0, room = 0;
	char *text = NULL, *moved;
	ssize_t got;

	do {
		moved = bytes > most ? NULL : realloc(text, room + STEP_BYTES + 1);
		*is_late = moved && !await(fd, end_ms);
		if (!moved || *is_late)
			break;
		text = moved;
		room = bytes + STEP_BYTES;
		got = read(fd, text + bytes, room - bytes);
		bytes += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	if (!moved || *is_late || !bytes) {
		free(moved ? moved : text);
		return NULL;
	}
	memmove(text, text + 1, bytes - 1);
	text[bytes - 1] = '\0';
	return text;
}

static void end(pid_t pid)
{
	int turn;

	kill(pid, SIGKILL);
	for (turn = 0; turn < END_TURNS && !waitpid(pid, NULL, WNOHANG); turn++)
		poll(NULL, 0, END_TURN_MS);
}

/**
 * tpr_apart_read() - get a text in a process of its own
 * @read: gets it there; returns NULL if there is none
 * @data: its argument
 * @most: more bytes are none
 * @is_late: set to whether that took too long
 *
 * Return: the text, to be freed, or NULL.
 */
char *tpr_apart_read(char *(*read)(const void *data), const void *data, size_t most, bool *is_late)
{
	char *text = NULL;
	int fds[2];
	pid_t pid;

	*is_late = false;
	if (pipe2(fds, O_CLOEXEC))
		return NULL;
	pid = fork();
	if (!pid)
		be_child(read, data, fds[1]);
	close(fds[1]);
	if (pid > 0) {
		text = take(fds[0], most, is_late);
		end(pid);
	}
	close(fds[0]);
	return text;
}
