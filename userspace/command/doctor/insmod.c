// SPDX-License-Identifier: GPL-2.0
/*
 * Why the last insmod failed. The kernel's own message names errors by a number, for which insmod
 * has words of its own ("Unknown symbol in module"): the reason stands in the kernel log.
 */
#include "command/doctor/examine.h"

#include "lib/file.h"
#include "table/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* More than the kernel ever has in a record, and than its log has of them */
#define RECORD_BYTES	8192
#define RECORDS_MAX	1000000
#define PREFIX		"tuplewatch: "

/* What the module or the kernel says of it: a line that contains both, and what to do */
static const struct {
	const char *words;
	const char *more;
	const char *advice;
} causes[] = {
	{ "Unknown symbol ", "6_", "modprobe ipv6, then insmod again; modprobe tuplewatch does both" },
	{ "Unknown symbol ", "", "build it for this kernel: make clean; make modules" },
	{ "disagrees about version of symbol ", "", "build it for this kernel: make clean; make modules" },
	{ "version magic ", "", "build it for this kernel: make clean; make modules" },
	{ ", and cannot do without", "", "use another kernel, or make demo" },
	{ " cannot arm the hooks ", "", "insmod tuplewatch.ko backend=kprobe" },
	{ " is out of range: ", "", "modinfo -p tuplewatch.ko" },
	{ " is not known: use ", "", "modinfo -p tuplewatch.ko" },
};

/** struct failure - the last one */
struct failure {
	/** @text: what the log says, without the name of the module; to be freed, or NULL */
	char *text;
	/** @advice: what to do */
	const char *advice;
	/** @us: when, microseconds since boot */
	uint64_t us;
};

/* A record: "6,1234,56789012,-;text", then lines of a blank and a key. */
static void look(struct failure *failure, char *record)
{
	char *text = strchr(record, ';'), *at = record;
	size_t i;

	if (!text)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (strncmp(++text, PREFIX, strlen(PREFIX)))
		return;
	text += strlen(PREFIX);
	for (i = 0; i < 2 && at; i++)
		at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL;
	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (!strstr(text, causes[i].words) || !strstr(text, causes[i].more))
			continue;
		free(failure->text);
		failure->text = strdup(text);
		failure->advice = causes[i].advice;
		failure->us = at ? strtoull(at, NULL, 10) : 0;
		return;
	}
}

/* Each read() gives one record; of a file that stands for it in tests, many. */
static void look_at_all(struct failure *failure, int fd)
{
	char record[RECORD_BYTES + 1], *at, *end;
	size_t nr;

	for (nr = 0; nr < RECORDS_MAX; nr++) {
		ssize_t bytes = read(fd, record, RECORD_BYTES);

		/* some were overwritten before they were read */
		if (bytes < 0 && errno == EPIPE)
			continue;
		if (bytes <= 0)
			return;
		record[bytes] = '\0';
		for (at = record; at && *at; at = end) {
			end = strchr(at, '\n');
			if (end)
				*end++ = '\0';
			look(failure, at);
		}
	}
}

static void tell(struct tpr_findings *findings, const struct failure *failure)
{
	struct timespec now;
	char span[TPR_CLOCK_BYTES];
	uint64_t now_us;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	tpr_clock_span(span, now_us > failure->us ? (now_us - failure->us) * 1000 : 0);
	tpr_finding(findings, TPR_HEALTH_WARN, "insmod", failure->advice, "%s ago it failed: %s",
		    span, failure->text);
}

/**
 * tpr_examine_insmod() - why the module could not be loaded, if that was tried
 * @findings: where the findings go
 */
void tpr_examine_insmod(struct tpr_findings *findings)
{
	struct failure failure = { 0 };
	char *path = NULL;
	int fd = -1;

	if (asprintf(&path, "%s/dev/kmsg", tpr_file_root()) >= 0)
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	free(path);
	if (fd < 0) {
		tpr_finding(findings, TPR_HEALTH_NOTE, "insmod", "sudo tuplewatch doctor",
			    "the kernel log cannot be read: whether it failed, and why, is not known");
		return;
	}
	look_at_all(&failure, fd);
	close(fd);
	if (failure.text)
		tell(findings, &failure);
	free(failure.text);
}
