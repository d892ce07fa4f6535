// SPDX-License-Identifier: GPL-2.0
/*
 * The module, and the kernel's own numbers.
 */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define OPEN_FILES	600000

bool is_long_run;
unsigned int patience = 1;

/*
 * On one CPU: all segments then pass through one queue, see fence(). With as
 * many open files as any topic needs.
 */
void kernel_init(void)
{
	struct rlimit limit = { OPEN_FILES, OPEN_FILES };
	const char *slower = getenv("TPW_PATIENCE");
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		bail("sched_setaffinity");
	is_long_run = getenv("TPW_LONG") != NULL;
	if (slower && atoi(slower) > 0)
		patience = atoi(slower);
	if (setrlimit(RLIMIT_NOFILE, &limit))
		bail("cannot have %d open files", OPEN_FILES);
}

/* By its release: what a distribution has taken over is not known. */
bool kernel_is_since(unsigned int major, unsigned int minor)
{
	unsigned int its_major, its_minor;
	struct utsname uts;

	uname(&uts);
	if (sscanf(uts.release, "%u.%u", &its_major, &its_minor) != 2)
		bail("%s is no release", uts.release);
	return its_major > major || (its_major == major && its_minor >= minor);
}

/* Afresh, all counters at 0. */
void module_load(const char *parameters)
{
	const char *backend = getenv("TPW_BACKEND");
	const char *path = getenv("TPW_KO");
	char text[256];
	int fd;

	module_unload();
	snprintf(text, sizeof(text), "%s%s %s", backend && *backend ? "backend=" : "",
		 backend ? backend : "", parameters);
	fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		bail("TPW_KO=%s", path ? path : "");
	if (syscall(SYS_finit_module, fd, text, 0))
		bail("insmod %s %s", path, text);
	close(fd);
}

void module_unload(void)
{
	if (syscall(SYS_delete_module, "tuplewatch", O_NONBLOCK) && errno != ENOENT)
		bail("rmmod");
}

/* Of the namespace that we are in, or of the kernel. False: there is none. */
bool sysctl_set(const char *path, const char *value)
{
	char full[128];
	bool ok;
	int fd;

	snprintf(full, sizeof(full), "/proc/sys/%s", path);
	fd = open(full, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	close(fd);
	return ok;
}

/* In a text with lines of names and lines of numbers by turns. */
static bool mib_find(char *text, const char *group, const char *name, uint64_t *value)
{
	char *lines = NULL, *line = strtok_r(text, "\n", &lines);
	char *values, *words, *numbers, *word, *number;

	for (; line; line = strtok_r(NULL, "\n", &lines)) {
		values = strtok_r(NULL, "\n", &lines);
		word = strtok_r(line, " ", &words);
		number = strtok_r(values, " ", &numbers);
		if (!word || !number || strncmp(word, group, strlen(group)) ||
		    word[strlen(group)] != ':')
			continue;
		while ((word = strtok_r(NULL, " ", &words)) &&
		       (number = strtok_r(NULL, " ", &numbers)))
			if (!strcmp(word, name)) {
				*value = strtoull(number, NULL, 10);
				return true;
			}
	}
	return false;
}

/* One of the kernel's counters of the namespace that we are in. */
uint64_t mib(const char *group, const char *name)
{
	static const char *const paths[] = { "/proc/net/snmp", "/proc/net/netstat" };
	uint64_t value = 0;
	bool found = false;
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths) && !found; i++) {
		text = file_read(paths[i], NULL);
		found = mib_find(text, group, name, &value);
		free(text);
	}
	if (!found)
		bail("no %s: %s", group, name);
	return value;
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* For a process that is to run beside the others. */
void use_all_cpus(void)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	if (sched_setaffinity(0, sizeof(set), &set))
		bail("sched_setaffinity");
}

/*
 * Wait until all that was sent on lo has been received, and the answers to
 * that, and the answers to those: a busy kernel leaves that to ksoftirqd. What
 * stands before a datagram in the queue is received before it.
 */
void fence(void)
{
	union address a;
	socklen_t len = address_set(&a, "127.0.0.1", 0);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), i;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char c;

	if (fd < 0 || bind(fd, &a.sa, len) || getsockname(fd, &a.sa, &len) ||
	    connect(fd, &a.sa, len))
		bail("fence");
	for (i = 0; i < 3; i++)
		if (send(fd, "", 1, 0) != 1 || poll(&pfd, 1, STEP_MS) != 1 ||
		    recv(fd, &c, 1, 0) != 1)
			bail("a datagram to oneself did not come");
	close(fd);
}

/* For waiting with a deadline, between two looks. */
void pause_ms(unsigned int ms)
{
	poll(NULL, 0, ms);
}
