// SPDX-License-Identifier: GPL-2.0
/*
 * What opening costs: how it ends, what it makes other CPUs do, and how many
 * questions one may ask.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Prints "opened=N eperm=N other=N". A file that is for writing too is opened so. */
int open_main(int argc, char **argv)
{
	int i, fd, opened = 0, eperm = 0, other = 0;

	for (i = 1; i < argc; i++) {
		fd = open(argv[i], (access(argv[i], W_OK) ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0)
			opened++;
		else if (errno == EPERM)
			eperm++;
		else
			other++;
		if (fd >= 0)
			close(fd);
	}
	say("opened=%d eperm=%d other=%d", opened, eperm, other);
	return 0;
}

/* Calls of functions that one CPU had another one make, all CPUs together. */
static unsigned long function_calls(void)
{
	static char line[16384];
	unsigned long sum = 0, nr;
	char *at, *end;
	FILE *file;

	file = fopen("/proc/interrupts", "re");
	if (!file)
		die("interrupts");
	while (fgets(line, sizeof(line), file)) {
		at = strstr(line, "CAL:");
		if (!at)
			continue;
		for (at += 4; nr = strtoul(at, &end, 10), end != at; at = end)
			sum += nr;
	}
	fclose(file);
	return sum;
}

static void reopen(const char *path, unsigned long nr)
{
	int fd;

	while (nr--) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die("%s", path);
		close(fd);
	}
}

/* Prints "opened=N calls=N idle=N ms=N". */
int reopen_main(int argc, char **argv)
{
	unsigned long nr, calls, idle;
	uint64_t start_us, us;

	if (argc != 3)
		return 2;
	nr = number(argv[2]);
	function_calls();
	start_us = now_us();
	calls = function_calls();
	reopen(argv[1], nr);
	calls = function_calls() - calls;
	us = now_us() - start_us;
	idle = function_calls();
	pause_ms(us / 1000);
	idle = function_calls() - idle;
	say("opened=%lu calls=%lu idle=%lu ms=%lu", nr, calls, idle, (unsigned long)us / 1000);
	return 0;
}

/**
 * struct answers - how questions ended
 * @answered: with an answer
 * @again: with EAGAIN
 * @refused: with another error
 * @slowest_us: the longest time that one took
 */
struct answers {
	unsigned long answered;
	unsigned long again;
	unsigned long refused;
	uint64_t slowest_us;
};

static void ask(int file, const char *question, struct answers *a)
{
	uint64_t start_us = now_us(), us;

	if (write(file, question, strlen(question)) == (ssize_t)strlen(question))
		a->answered++;
	else if (errno == EAGAIN)
		a->again++;
	else
		a->refused++;
	us = now_us() - start_us;
	if (us > a->slowest_us)
		a->slowest_us = us;
}

/* Prints "answered=N again=N refused=N slowest_ms=N". */
int explain_main(int argc, char **argv)
{
	int file = open(FILES "explain", O_RDWR | O_CLOEXEC);
	unsigned long left = -1UL;
	struct answers a = {};
	uint64_t end_us;

	if (file < 0)
		die("explain");
	if (argc < 3)
		return 2;
	if (argc > 3)
		left = number(argv[3]);
	end_us = now_us() + number(argv[1]) * 1000;
	while (left-- && now_us() < end_us)
		ask(file, argv[2], &a);
	say("answered=%lu again=%lu refused=%lu slowest_ms=%lu", a.answered, a.again, a.refused,
	    (unsigned long)a.slowest_us / 1000);
	return 0;
}
