// SPDX-License-Identifier: GPL-2.0
/*
 * Inserts a module while the kernel lets the nth of its allocations fail, for
 * one n after the other, until there is no nth any more; removes it where it
 * was inserted all the same. Which allocations count is set by the filter on
 * the stack in debugfs, see Documentation/fault-injection.
 *
 * Prints "last=N refused=N worked=N": last is the first n that was not there,
 * refused are those that ended in ENOMEM, worked those it did without. Ends at
 * once if it ends in any other way, or leaves anything.
 */
#define _GNU_SOURCE
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NAME		"tuplewatch"
#define TRACES		"/sys/kernel/tracing/enabled_functions"
#define PROBES		"/sys/kernel/debug/kprobes/list"
#define TRACES_MAX	65536
#define REMOVE_MS	30000

static int fail_nth;

static void set_nth(unsigned long nth)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%lu", nth);

	if (pwrite(fail_nth, text, len, 0) != len)
		die("fail-nth");
}

/* How many allocations are left until the one that fails; 0: it was there. */
static unsigned long left(void)
{
	char text[32];
	ssize_t n = pread(fail_nth, text, sizeof(text) - 1, 0);

	if (n <= 0)
		die("fail-nth");
	text[n] = '\0';
	return strtoul(text, NULL, 10);
}

static void remove_module(void)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int ms;

	for (ms = 0; syscall(SYS_delete_module, NAME, O_NONBLOCK); ms += 10) {
		if (errno != EAGAIN || ms > REMOVE_MS)
			die("rmmod");
		nanosleep(&pause, NULL);
	}
}

/* What the file has, which may be nothing. */
static void read_all(const char *path, char text[TRACES_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		die("%s", path);
	while ((n = read(fd, text + len, TRACES_MAX - 1 - len)) > 0)
		len += n;
	text[len] = '\0';
	close(fd);
}

static void must_not_be(const char *path)
{
	if (!access(path, F_OK)) {
		errno = EEXIST;
		die("%s", path);
	}
}

static void must_be_as_before(const char *path, char before[TRACES_MAX])
{
	static char now[TRACES_MAX];

	read_all(path, now);
	if (strcmp(before, now)) {
		fputs(now, stderr);
		errno = EBUSY;
		die("%s has changed", path);
	}
}

static char traces[TRACES_MAX], probes[TRACES_MAX];

static void must_be_gone(void)
{
	must_not_be("/sys/module/" NAME);
	must_not_be("/proc/" NAME);
	must_not_be("/proc/net/" NAME);
	must_be_as_before(TRACES, traces);
	must_be_as_before(PROBES, probes);
}

/**
 * struct outcome - what came of it
 * @err: errno of insmod, or 0
 * @has_failed: there was an nth allocation
 */
struct outcome {
	int err;
	bool has_failed;
};

static struct outcome insert(int module, const char *parameters, unsigned long nth)
{
	struct outcome o;

	set_nth(nth);
	o.err = syscall(SYS_finit_module, module, parameters, 0) ? errno : 0;
	o.has_failed = !left();
	set_nth(0);
	if (!o.err)
		remove_module();
	return o;
}

int load_main(int argc, char **argv)
{
	unsigned long nth, step, refused = 0, worked = 0;
	struct outcome o;
	int module;

	if (argc != 5)
		return 2;
	module = open(argv[1], O_RDONLY | O_CLOEXEC);
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (module < 0 || fail_nth < 0)
		die("%s, fail-nth", argv[1]);
	read_all(TRACES, traces);
	read_all(PROBES, probes);
	step = number(argv[3]);
	for (nth = number(argv[2]); ; nth += step) {
		o = insert(module, argv[4], nth);
		fprintf(stderr, "%lu: %s\n", nth, o.err ? strerror(o.err) : "inserted");
		must_be_gone();
		if (!o.has_failed && !o.err)
			break;
		errno = o.err;
		if (o.err && (!o.has_failed || o.err != ENOMEM))
			die("allocation %lu%s", nth, o.has_failed ? "" : ", which there was not");
		refused += !!o.err;
		worked += !o.err;
	}
	printf("last=%lu refused=%lu worked=%lu\n", nth, refused, worked);
	return 0;
}
