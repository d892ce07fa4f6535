// SPDX-License-Identifier: GPL-2.0
/*
 * Reads what the module tells: log_pipe from the moment it is opened, and
 * counters. Columns are found by name, as any reader must.
 */
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIRECTORY	"/proc/net/tuplewatch/"
#define COLUMNS_MAX	48

/* What is read of a line. */
enum column {
	C_NETNS, C_DEV, C_PROTO, C_FOREIGN, C_LOCAL, C_FLAGS, C_VIA, C_MATCH, C_STATE, C_MODS,
	C_RECEIVERS, C_MEMBER, C_GROUP, C_CHOOSER, C_RELOOKUP, C_COOKIE, C_LISTENER_COOKIE,
	C_OUTCOME, C_REASON, C_NR
};

static const char *const column_names[C_NR] = {
	[C_NETNS] = "netns",
	[C_DEV] = "dev",
	[C_PROTO] = "proto",
	[C_FOREIGN] = "foreign",
	[C_LOCAL] = "local",
	[C_FLAGS] = "flags",
	[C_VIA] = "via",
	[C_MATCH] = "match",
	[C_STATE] = "state",
	[C_MODS] = "mods",
	[C_RECEIVERS] = "receivers",
	[C_MEMBER] = "member",
	[C_GROUP] = "group",
	[C_CHOOSER] = "chooser",
	[C_RELOOKUP] = "relookup",
	[C_COOKIE] = "cookie",
	[C_LISTENER_COOKIE] = "listener_cookie",
	[C_OUTCOME] = "outcome",
	[C_REASON] = "reason",
};

static struct {
	char text[65536];
	size_t len;
	int column[C_NR];
	bool has_columns;
} in;

static size_t split(char *line, char **word, size_t max)
{
	char *save = NULL;
	size_t n = 0;
	char *w;

	for (w = strtok_r(line, " \t", &save); w && n < max; w = strtok_r(NULL, " \t", &save))
		word[n++] = w;
	return n;
}

static int log_open(void)
{
	int fd = open(DIRECTORY "log_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	in.len = 0;
	in.has_columns = false;
	return fd;
}

/* Return: 0, or -1 if a column is missing */
static int read_columns(char *line)
{
	char *word[COLUMNS_MAX];
	size_t n = split(line, word, COLUMNS_MAX);
	size_t c, i;

	for (c = 0; c < C_NR; c++) {
		for (i = 0; i < n && strcmp(word[i], column_names[c]); i++)
			;
		if (i == n) {
			printf("# the log has no column %s\n", column_names[c]);
			return -1;
		}
		in.column[c] = i;
	}
	in.has_columns = true;
	return 0;
}

/* 10.0.0.1:80 or [::1]:80 */
static uint16_t split_address(const char *text, char *address, size_t size)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);

	if (len > 1 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	snprintf(address, size, "%.*s", (int)len, text);
	return colon ? strtoul(colon + 1, NULL, 10) : 0;
}

static bool is_none(const char *cell)
{
	return !strcmp(cell, "-");
}

/*
 * In the words of truth.table: "dropped:REASON", "MEMBER/GROUP:CHOOSER". A reason without a drop,
 * or a part of a group, shows.
 */
static void put_verdict(struct segment *g, char *const cell[C_NR])
{
	static const enum column of_field[F_NR] = {
		[F_VIA] = C_VIA,
		[F_MATCH] = C_MATCH,
		[F_STATE] = C_STATE,
		[F_OUTCOME] = C_OUTCOME,
		[F_COOKIE] = C_COOKIE,
		[F_LISTENER] = C_LISTENER_COOKIE,
		[F_MODS] = C_MODS,
		[F_RECEIVERS] = C_RECEIVERS,
		[F_REUSEPORT] = C_MEMBER,
		[F_RELOOKUP] = C_RELOOKUP,
	};
	int f;

	for (f = 0; f < F_NR; f++)
		snprintf(g->field[f], sizeof(g->field[f]), "%s", cell[of_field[f]]);
	if (!is_none(cell[C_REASON]))
		snprintf(g->field[F_OUTCOME], sizeof(g->field[F_OUTCOME]), "%s:%s",
			 cell[C_OUTCOME], cell[C_REASON]);
	if (!is_none(cell[C_GROUP]) || !is_none(cell[C_CHOOSER]))
		snprintf(g->field[F_REUSEPORT], sizeof(g->field[F_REUSEPORT]), "%s/%s:%s",
			 cell[C_MEMBER], cell[C_GROUP], cell[C_CHOOSER]);
	g->has_verdict = true;
}

/* Return: 0, or -1 if it is not a line of the log */
static int read_segment(char *line, struct segments *s)
{
	struct segment *g = segments_add(s);
	char *word[COLUMNS_MAX], *cell[C_NR];
	size_t c, n = split(line, word, COLUMNS_MAX);
	char local[48];

	if (!g)
		return -1;
	for (c = 0; c < C_NR; c++) {
		if ((size_t)in.column[c] >= n)
			return -1;
		cell[c] = word[in.column[c]];
	}
	put_verdict(g, cell);
	g->netns = strtoull(cell[C_NETNS], NULL, 10);
	snprintf(g->dev, sizeof(g->dev), "%s", cell[C_DEV]);
	snprintf(g->proto, sizeof(g->proto), "%s", cell[C_PROTO]);
	snprintf(g->flags, sizeof(g->flags), "%s", cell[C_FLAGS]);
	g->foreign_port = split_address(cell[C_FOREIGN], g->foreign, sizeof(g->foreign));
	g->local_port = split_address(cell[C_LOCAL], local, sizeof(local));
	return 0;
}

/* Return: 1 once the fence has come, 0 before, -1 on a malformed line */
static int read_line(char *line, struct segments *s, uint16_t fence)
{
	char copy[512];

	snprintf(copy, sizeof(copy), "%s", line);
	if (!strncmp(line, "# lost ", 7)) {
		s->lost += strtoul(line + 7, NULL, 10);
		return 0;
	}
	if (line[0] == '#')
		return 0;
	if (!in.has_columns)
		return read_columns(line);
	if (read_segment(line, s)) {
		printf("# malformed line of the log: %s\n", copy);
		return -1;
	}
	return s->list[s->nr - 1].foreign_port == fence;
}

static int read_lines(struct segments *s, uint16_t fence)
{
	char *line = in.text;
	char *end;
	int ret = 0;

	while (!ret && (end = memchr(line, '\n', in.len - (line - in.text)))) {
		*end = '\0';
		ret = read_line(line, s, fence);
		line = end + 1;
	}
	in.len -= line - in.text;
	memmove(in.text, line, in.len);
	return ret;
}

/* Read until the fence has come. Return: 0, or -1 */
static int log_read_until(int fd, struct segments *s, uint16_t fence)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;
	int ret;

	for (;;) {
		n = read(fd, in.text + in.len, sizeof(in.text) - in.len);
		if (n < 0 && errno != EAGAIN) {
			printf("# reading the log: %s\n", strerror(errno));
			return -1;
		}
		if (n > 0) {
			in.len += n;
			ret = read_lines(s, fence);
			if (ret)
				return ret < 0 ? -1 : 0;
		} else if (poll(&pfd, 1, STEP_MS) != 1) {
			printf("# the fence never came to the log\n");
			return -1;
		}
	}
}

const struct source log_source = {
	.open = log_open,
	.read_until = log_read_until,
};

struct counters {
	char *text;
};

/* A snapshot of counters. Return: it, or NULL */
struct counters *counters_read(void)
{
	size_t room = 65536, len = 0;
	struct counters *c = calloc(1, sizeof(*c));
	int fd = open(DIRECTORY "counters", O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (c)
		c->text = calloc(1, room);
	if (fd >= 0 && c && c->text)
		while ((n = read(fd, c->text + len, room - 1 - len)) > 0)
			len += n;
	if (fd >= 0)
		close(fd);
	if (n < 0) {
		counters_free(c);
		return NULL;
	}
	return c;
}

void counters_free(struct counters *c)
{
	if (c)
		free(c->text);
	free(c);
}

/* Reasons have no row before they occur: those are 0. */
static long value_of(const struct counters *c, const char *name, const char *column)
{
	char *text = strdup(c->text);
	char *word[COLUMNS_MAX];
	char *save = NULL;
	size_t n, at = 0;
	long value = 0;
	char *line;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '#')
			continue;
		n = split(line, word, COLUMNS_MAX);
		if (!at) {
			for (at = 0; at < n && strcmp(word[at], column); at++)
				;
		} else if (at < n && !strcmp(word[0], name)) {
			value = strtol(word[at], NULL, 10);
		}
	}
	free(text);
	return value;
}

/* How much a counter grew between two snapshots. */
long counters_growth(const struct counters *before, const struct counters *after,
		     const char *name, const char *column)
{
	return value_of(after, name, column) - value_of(before, name, column);
}
