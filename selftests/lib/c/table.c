// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a table. Columns are found by name, as any reader must.
 */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How each table begins. */
#define MARK	"# tuplewatch 2 "

/* All of a file, with a 0 behind. */
char *file_read(const char *path, size_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t room = 1 << 16, at = 0;
	char *text = malloc(room);
	ssize_t n;

	if (fd < 0 || !text)
		bail("open %s", path);
	while ((n = read(fd, text + at, room - at - 1)) > 0) {
		at += n;
		if (room - at < 1 << 14)
			text = realloc(text, room *= 2);
		if (!text)
			bail("no memory for %s", path);
	}
	if (n < 0)
		bail("read %s", path);
	close(fd);
	text[at] = '\0';
	if (bytes)
		*bytes = at;
	return text;
}

static char *cut_line(char **rest)
{
	char *line = *rest;
	char *end = strchr(line, '\n');

	if (!end)
		return NULL;
	*end = '\0';
	*rest = end + 1;
	return line;
}

static void cut_names(struct table *t, char *line)
{
	char *save = NULL, *name = strtok_r(line, " ", &save);

	for (t->columns = 0; name; name = strtok_r(NULL, " ", &save)) {
		if (t->columns == ARRAY_SIZE(t->names))
			bail("too many columns");
		t->names[t->columns++] = name;
	}
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

static void cut_row(struct table *t, char *line)
{
	uint32_t *cells = t->cells + t->rows * t->columns;
	unsigned int i;

	for (i = 0; i < t->columns; i++) {
		if (!*line)
			bail("a row of %u fields, not %u, after %zu", i, t->columns, t->rows);
		cells[i] = line - t->text;
		line += strcspn(line, " ");
		while (*line == ' ')
			*line++ = '\0';
	}
	if (*line)
		bail("a row of more than %u fields, after %zu", t->columns, t->rows);
	t->rows++;
}

/* Take over @text. */
void table_parse(struct table *t, char *text, size_t bytes)
{
	char *rest = text, *line;

	errno = 0;
	t->text = text;
	t->bytes = bytes;
	t->rows = 0;
	t->facts = cut_line(&rest);
	line = cut_line(&rest);
	if (!t->facts || !line || strncmp(t->facts, MARK, strlen(MARK)))
		bail("not a table: %.80s", text);
	cut_names(t, line);
	t->cells = malloc((count_lines(rest) + 1) * t->columns * sizeof(*t->cells));
	if (!t->cells)
		bail("no memory");
	while ((line = cut_line(&rest)))
		cut_row(t, line);
	if (*rest)
		bail("a line without end: %.80s", rest);
}

void table_read(struct table *t, const char *path)
{
	size_t bytes;
	char *text;

	t->before_ns = now_ns();
	text = file_read(path, &bytes);
	t->after_ns = now_ns();
	table_parse(t, text, bytes);
}

void table_free(struct table *t)
{
	free(t->cells);
	free(t->text);
}

unsigned int table_column(const struct table *t, const char *name)
{
	unsigned int i;

	for (i = 0; i < t->columns; i++)
		if (!strcmp(t->names[i], name))
			return i;
	errno = 0;
	bail("no column %s in %s", name, t->facts);
}

static const char *cell(const struct table *t, size_t row, unsigned int column)
{
	return t->text + t->cells[row * t->columns + column];
}

const char *table_cell(const struct table *t, size_t row, const char *name)
{
	return cell(t, row, table_column(t, name));
}

/* 0 for "-", "?" and "hidden". */
uint64_t table_number(const struct table *t, size_t row, const char *name)
{
	return strtoull(table_cell(t, row, name), NULL, 10);
}

bool table_is(const struct table *t, size_t row, const char *name, const char *want)
{
	return !strcmp(table_cell(t, row, name), want);
}

/* Of a list, with commas between its words: is this one of them? */
bool table_has(const struct table *t, size_t row, const char *name, const char *word)
{
	const char *at = table_cell(t, row, name);
	size_t len = strlen(word);

	for (; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, word, len) && (at[len] == ',' || !at[len]))
			return true;
	}
	return false;
}

uint64_t table_sum(const struct table *t, const char *name)
{
	unsigned int column = table_column(t, name);
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < t->rows; i++)
		sum += strtoull(cell(t, i, column), NULL, 10);
	return sum;
}

/* What stands behind "key=" in line 1, to its end; NULL without it. */
static const char *fact(const struct table *t, const char *key)
{
	const char *at = t->facts;
	size_t len = strlen(key);

	while ((at = strchr(at, ' '))) {
		at++;
		if (!strncmp(at, key, len) && at[len] == '=')
			return at + len + 1;
	}
	return NULL;
}

/* A number of line 1. */
uint64_t table_fact(const struct table *t, const char *key)
{
	const char *value = fact(t, key);

	if (value)
		return strtoull(value, NULL, 10);
	errno = 0;
	bail("no %s= in %s", key, t->facts);
}

/* Is this said in line 1? */
bool table_fact_is(const struct table *t, const char *key, const char *want)
{
	const char *value = fact(t, key);
	size_t len = strlen(want);

	return value && !strncmp(value, want, len) && (value[len] == ' ' || !value[len]);
}

/* How many rows have this there. */
size_t table_count(const struct table *t, const char *name, const char *want)
{
	unsigned int column = table_column(t, name);
	size_t i, n = 0;

	for (i = 0; i < t->rows; i++)
		n += !strcmp(cell(t, i, column), want);
	return n;
}

size_t table_find(const struct table *t, const char *name, const char *want)
{
	unsigned int column = table_column(t, name);
	size_t i;

	for (i = 0; i < t->rows; i++)
		if (!strcmp(cell(t, i, column), want))
			return i;
	return NO_ROW;
}

size_t table_find_cookie(const struct table *t, uint64_t cookie)
{
	char text[20];

	snprintf(text, sizeof(text), "%llx", (unsigned long long)cookie);
	return table_find(t, "cookie", text);
}

size_t table_find_tuple(const struct table *t, const char *local, const char *foreign)
{
	return table_find_tuple_from(t, 0, local, foreign);
}

size_t table_find_tuple_from(const struct table *t, size_t from, const char *local,
			     const char *foreign)
{
	unsigned int l = table_column(t, "local"), f = table_column(t, "foreign");
	size_t i;

	for (i = from; i < t->rows; i++)
		if (!strcmp(cell(t, i, l), local) && !strcmp(cell(t, i, f), foreign))
			return i;
	return NO_ROW;
}

static size_t slot_of(const struct by_cookie *index, uint64_t cookie)
{
	return (cookie * 0x9e3779b97f4a7c15ULL >> 20) & index->mask;
}

static uint64_t cookie_at(const struct by_cookie *index, size_t row)
{
	return strtoull(cell(index->t, row, index->column), NULL, 16);
}

void by_cookie_make(struct by_cookie *index, const struct table *t)
{
	size_t i, at;

	index->t = t;
	index->column = table_column(t, "cookie");
	index->doubles = 0;
	for (index->mask = 1023; index->mask < 2 * t->rows;)
		index->mask = index->mask * 2 + 1;
	index->slots = calloc(index->mask + 1, sizeof(*index->slots));
	if (!index->slots)
		bail("no memory");
	for (i = 0; i < t->rows; i++) {
		at = slot_of(index, cookie_at(index, i));
		while (index->slots[at] &&
		       cookie_at(index, index->slots[at] - 1) != cookie_at(index, i))
			at = (at + 1) & index->mask;
		if (index->slots[at])
			index->doubles++;
		else
			index->slots[at] = i + 1;
	}
}

size_t by_cookie_find(const struct by_cookie *index, uint64_t cookie)
{
	size_t at = slot_of(index, cookie);

	for (; index->slots[at]; at = (at + 1) & index->mask)
		if (cookie_at(index, index->slots[at] - 1) == cookie)
			return index->slots[at] - 1;
	return NO_ROW;
}

void by_cookie_free(struct by_cookie *index)
{
	free(index->slots);
}

/* A row of the counters, over all families. */
uint64_t counter(const char *name)
{
	static const char *const families[] = { "tcp4", "tcp6", "udp4", "udp6" };
	uint64_t sum = 0;
	struct table t;
	size_t row, i;

	table_read(&t, DIRECTORY "counters");
	row = table_find(&t, "name", name);
	for (i = 0; row != NO_ROW && i < ARRAY_SIZE(families); i++)
		sum += table_number(&t, row, families[i]);
	table_free(&t);
	return sum;
}

uint64_t tcp_seen(void)
{
	struct table t;
	uint64_t seen;
	size_t row;

	table_read(&t, DIRECTORY "counters");
	row = table_find(&t, "name", "seen");
	if (row == NO_ROW)
		bail("no counter seen");
	seen = table_number(&t, row, "tcp4") + table_number(&t, row, "tcp6");
	table_free(&t);
	return seen;
}
