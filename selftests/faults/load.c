// SPDX-License-Identifier: GPL-2.0
/*
 * Inserts a module while the kernel lets the nth of its allocations fail, see
 * Documentation/fault-injection. Which ones count is set by the filter on the
 * stack in debugfs.
 *
 * Prints "inserted=0|1 error=N failed=0|1": failed=0 says that there was no nth
 * allocation any more.
 */
#define _GNU_SOURCE
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail_nth;

static void set_nth(const char *text)
{
	if (pwrite(fail_nth, text, strlen(text), 0) != (ssize_t)strlen(text))
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

int load_main(int argc, char **argv)
{
	int module, err;
	unsigned long rest;

	if (argc < 3)
		return 2;
	number(argv[2]);
	module = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (module < 0)
		die("%s", argv[1]);
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		die("/proc/thread-self/fail-nth");
	set_nth(argv[2]);
	err = syscall(SYS_finit_module, module, argc > 3 ? argv[3] : "", 0) ? errno : 0;
	rest = left();
	set_nth("0");
	printf("inserted=%d error=%d failed=%d\n", !err, err, !rest);
	return 0;
}
