// SPDX-License-Identifier: GPL-2.0
/*
 * How often a thread has slept: each time somebody woke it, it counts one more.
 * Everybody may read that of his own threads.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int thread_id(void)
{
	return syscall(SYS_gettid);
}

unsigned long wakes_of(int tid)
{
	static const char key[] = "voluntary_ctxt_switches:";
	char path[64], line[256];
	unsigned long wakes = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	file = fopen(path, "re");
	if (!file)
		die("%s", path);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, sizeof(key) - 1))
			wakes = strtoul(line + sizeof(key) - 1, NULL, 10);
	fclose(file);
	return wakes;
}
