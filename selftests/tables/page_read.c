// SPDX-License-Identifier: GPL-2.0
/*
 * The page for people, line by line: what has a row, what is folded into one, and what is
 * said to be more.
 */
#define _GNU_SOURCE
#include "page_read.h"

#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "N what" or "N+ what", wherever it stands in the line; 0 if it does not. */
uint64_t page_number(const char *line, const char *what)
{
	const char *at = strstr(line, what);

	if (at && at > line && at[-1] == '+')
		at--;
	while (at && at > line && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return at ? strtoull(at, NULL, 10) : 0;
}

static uint64_t number_at_end(const char *line, size_t end, bool *is_there)
{
	size_t at = end;

	if (strlen(line) < end)
		return 0;
	while (at && line[at - 1] >= '0' && line[at - 1] <= '9')
		at--;
	*is_there = at < end || !strncmp(line + end - 6, HIDDEN, 6);
	return at < end ? strtoull(line + at, NULL, 10) : 0;
}

static void count_row(struct page *p, const char *line)
{
	if (line[0] == '(')
		return;
	if (!strncmp(line, "and ", 4)) {
		p->listening += page_number(line, " more listener");
		p->bound += page_number(line, " more UDP");
		p->connections += page_number(line, " more connection");
		if (strstr(line, " not looked at"))
			p->unlooked += page_number(line, " socket");
	} else if (strstr(line, " connection") && !strstr(line, " CLOSED ")) {
		p->connections += page_number(line, " connection");
	} else if (strstr(line, " LISTEN ")) {
		p->listening++;
		p->listening_rows++;
	} else if (!strncmp(line, "udp", 3) && strstr(line, ":* ")) {
		p->bound++;
	} else if (!strstr(line, " CLOSED ") && !strstr(line, " connection")) {
		p->connections++;
	}
}

static void read_row(struct page *p, const char *line, size_t end)
{
	bool is_there = false;

	p->segments += number_at_end(line, end, &is_there);
	p->crooked += !is_there;
	count_row(p, line);
}

static uint64_t sum_of(const char *line)
{
	uint64_t sum = 0;
	char *end;

	for (line += strcspn(line, "0123456789"); *line; line = end) {
		sum += strtoull(line, &end, 10);
		if (end == line)
			break;
	}
	return sum;
}

static void read_line(struct page *p, const char *line, size_t *end)
{
	const char *segs = strstr(line, " Segs ");

	p->lines++;
	if (strlen(line) > p->columns)
		p->columns = strlen(line);
	if (!strncmp(line, "seen ", 5))
		p->seen = sum_of(line);
	if (!strncmp(line, "Proto ", 6) && segs)
		*end = segs - line + 5;
	else if (!*line)
		*end = 0;
	else if (*end)
		read_row(p, line, *end);
}

void page_read(struct page *p)
{
	char *line, *copy, *rest;
	size_t end = 0;

	memset(p, 0, sizeof(*p));
	p->text = file_read(OVERVIEW, NULL);
	copy = strdup(p->text);
	rest = copy;
	while ((line = strsep(&rest, "\n")) && (rest || *line))
		read_line(p, line, &end);
	free(copy);
}

bool page_has(const struct page *p, const char *what)
{
	return strstr(p->text, what);
}

/* The line that begins with one and has the other. */
const char *page_row(const struct page *p, const char *begin, const char *what)
{
	const char *line = p->text, *end, *at;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		at = strstr(line, what);
		if (!strncmp(line, begin, strlen(begin)) && at && at < end)
			return line;
	}
	return NULL;
}

static void count_file(struct kernels *k, const char *path, bool is_udp)
{
	char *text = file_read(path, NULL), *line, *save = NULL;
	unsigned int state;

	strtok_r(text, "\n", &save);
	while ((line = strtok_r(NULL, "\n", &save))) {
		if (sscanf(line, " %*[0-9]: %*[0-9A-F]:%*x %*[0-9A-F]:%*x %x", &state) != 1)
			bail("%s: %s", path, line);
		if (state == 0x0a)
			k->listening++;
		else if (is_udp && state == 0x07)
			k->bound++;
		else
			k->connections++;
	}
	free(text);
}

void kernels_count(struct kernels *k)
{
	memset(k, 0, sizeof(*k));
	count_file(k, "/proc/net/tcp", false);
	count_file(k, "/proc/net/tcp6", false);
	count_file(k, "/proc/net/udp", true);
	count_file(k, "/proc/net/udp6", true);
}

void page_free(struct page *p)
{
	free(p->text);
}

void page_show(const struct page *p)
{
	char *copy = strdup(p->text), *line, *rest = copy;

	while ((line = strsep(&rest, "\n")))
		diag("%s", line);
	free(copy);
}
