// SPDX-License-Identifier: GPL-2.0
/*
 * Questions and answers, on one open file a namespace.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The one that was opened first stays open: it is about that namespace. */
static int file = -1;

static void open_file(void)
{
	if (file >= 0)
		return;
	file = open(EXPLAIN, O_RDWR | O_CLOEXEC);
	if (file < 0)
		bail("open %s", EXPLAIN);
}

/* Remarks stand between the lines of a table, as "# error: ..." does. */
static size_t drop_remarks(char *text)
{
	char *from = strchr(text, '\n'), *to;
	size_t len;

	for (to = from ? ++from : NULL; from && *from; from += len) {
		len = strcspn(from, "\n") + 1;
		if (*from == '#')
			continue;
		memmove(to, from, len);
		to += len;
	}
	if (to)
		*to = '\0';
	return strlen(text);
}

static void read_answer(struct answer *a)
{
	size_t room = 1 << 15, at = 0;
	char *text = malloc(room);
	ssize_t n;

	while (text && (n = read(file, text + at, room - at - 1)) > 0) {
		at += n;
		if (room - at < 1 << 13)
			text = realloc(text, room *= 2);
	}
	if (!text || n < 0)
		bail("read %s", EXPLAIN);
	text[at] = '\0';
	table_parse(&a->t, text, drop_remarks(text));
}

/* The first row of that kind. */
size_t answer_row(const struct answer *a, const char *kind)
{
	return table_find(&a->t, "row", kind);
}

static void count(struct answer *a)
{
	size_t i;

	a->sockets = 0;
	a->groups = 0;
	for (i = 0; i < a->t.rows; i++) {
		if (!table_is(&a->t, i, "row", "socket") ||
		    table_is(&a->t, i, "fate", "other-port"))
			continue;
		a->sockets++;
		a->groups += !table_is(&a->t, i, "group", "-");
	}
}

void ask(struct answer *a, const char *question)
{
	size_t row;

	open_file();
	if (write(file, question, strlen(question)) != (ssize_t)strlen(question))
		bail("asking: %s", question);
	read_answer(a);
	row = answer_row(a, "result");
	if (row == NO_ROW)
		bail("no result: %s", question);
	if (table_is(&a->t, row, "fate", "?"))
		a->cookie = NOT_KNOWN;
	else
		a->cookie = strtoull(table_cell(&a->t, row, "cookie"), NULL, 16);
	row = answer_row(a, "kernel");
	a->is_agreed = row != NO_ROW && table_is(&a->t, row, "fate", "agrees");
	count(a);
}

/* A question that is to be refused. Returns the error, 0 if it was not. */
int ask_wrong(struct answer *a, const char *question)
{
	ssize_t n;
	int err;

	open_file();
	n = write(file, question, strlen(question));
	err = n < 0 ? errno : 0;
	read_answer(a);
	return err;
}

void answer_free(struct answer *a)
{
	table_free(&a->t);
}

/* Is this said in line 1? */
bool answer_fact_is(const struct answer *a, const char *key, const char *want)
{
	return table_fact_is(&a->t, key, want);
}

/* For a person who looks for what went wrong. */
void answer_show(const struct answer *a, const char *question)
{
	char line[1024];
	size_t i, n;
	unsigned int c;

	diag("%s", question);
	diag("%s", a->t.facts);
	for (i = 0; i < a->t.rows; i++) {
		for (c = 0, n = 0; c < a->t.columns && n < sizeof(line) - 80; c++)
			n += snprintf(line + n, sizeof(line) - n, "%s ",
				      table_cell(&a->t, i, a->t.names[c]));
		diag("%s", line);
	}
}

/* A number of line 1 that is about all questions since the module was loaded. */
uint64_t questions_fact(const char *key)
{
	struct answer a;
	uint64_t nr;

	open_file();
	if (lseek(file, 0, SEEK_SET))
		bail("lseek %s", EXPLAIN);
	read_answer(&a);
	nr = table_fact(&a.t, key);
	answer_free(&a);
	return nr;
}

uint64_t disagreements(void)
{
	return questions_fact("disagreements");
}

/* Enough of what was tried has been of a kind: a test that tries nothing of it proves nothing. */
void result_at_least(const char *what, unsigned int nr, unsigned int of, unsigned int percent)
{
	result(nr * 100 >= of * percent, "%s: %u of %u, at least %u %%", what, nr, of, percent);
}
