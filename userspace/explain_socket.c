// SPDX-License-Identifier: GPL-2.0
/*
 * How the sockets of an answer are named: cookie, address, process.
 */
#include "explain.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* A paragraph is as wide as this, and its text begins there. */
#define WIDTH	100
#define INDENT	9

/**
 * tpw_explain_get() - a field
 * @explained: the answer
 * @row: which row
 * @column: which column
 *
 * Return: the field.
 */
const char *tpw_explain_get(const struct tpw_explained *explained, size_t row, const char *column)
{
	return tpw_rows_get(&explained->rows, row, column);
}

/**
 * tpw_explain_fact() - a fact of line 1
 * @explained: the answer
 * @key: which
 *
 * Return: its value, "?" if it is not there.
 */
const char *tpw_explain_fact(const struct tpw_explained *explained, const char *key)
{
	const char *value = tpw_table_fact(explained->rows.table, key);

	return value ? value : "?";
}

/**
 * tpw_explain_is() - compare a field
 * @explained: the answer
 * @row: which row
 * @column: which column
 * @value: with what
 *
 * Return: true if it is that.
 */
bool tpw_explain_is(const struct tpw_explained *explained, size_t row, const char *column,
		    const char *value)
{
	return !strcmp(tpw_explain_get(explained, row, column), value);
}

/**
 * tpw_explain_find() - the next row of a kind
 * @explained: the answer
 * @from: the first row to look at
 * @kind: what stands in its column "row"
 *
 * Return: the row, or TPW_EXPLAIN_NONE.
 */
size_t tpw_explain_find(const struct tpw_explained *explained, size_t from, const char *kind)
{
	for (; from < explained->rows.nr; from++) {
		if (tpw_explain_is(explained, from, "row", kind))
			return from;
	}
	return TPW_EXPLAIN_NONE;
}

/**
 * tpw_explain_endpoint() - what a socket is bound to, as ss has it
 * @explained: the answer
 * @row: of the socket
 *
 * Return: address%device:port, and what it is connected to; to be freed; NULL without memory.
 */
char *tpw_explain_endpoint(const struct tpw_explained *explained, size_t row)
{
	const char *local = tpw_explain_get(explained, row, "local");
	const char *foreign = tpw_explain_get(explained, row, "foreign");
	const char *dev = tpw_explain_get(explained, row, "dev");
	const char *colon = strrchr(local, ':');
	bool has_dev = strcmp(dev, "-") && colon;
	bool has_peer = tpw_table_is_value(foreign);
	char *text = NULL;

	if (asprintf(&text, "%.*s%s%s%s%s%s", has_dev ? (int)(colon - local) : (int)strlen(local),
		     local, has_dev ? "%" : "", has_dev ? dev : "", has_dev ? colon : "",
		     has_peer ? " from " : "", has_peer ? foreign : "") < 0)
		return NULL;
	return text;
}

/**
 * tpw_explain_process() - who holds a socket; if that cannot be seen, who opened it
 * @explained: the answer
 * @row: of the socket
 *
 * Return: pid/name, "-" if nobody is known; to be freed; NULL without memory.
 */
char *tpw_explain_process(const struct tpw_explained *explained, size_t row)
{
	const char *pid = tpw_explain_get(explained, row, "pid");
	const struct tpw_holder *holder = NULL;
	char *text = NULL;
	uint64_t inode;
	size_t nr = 0;
	int bytes;

	if (tpw_text_u64(tpw_explain_get(explained, row, "inode"), &inode) && inode)
		holder = tpw_processes_find(&explained->processes, inode, &nr);
	if (nr > 1)
		bytes = asprintf(&text, "%llu/%s +%zu", (unsigned long long)holder->pid,
				 holder->comm, nr - 1);
	else if (nr)
		bytes = asprintf(&text, "%llu/%s", (unsigned long long)holder->pid, holder->comm);
	else if (tpw_table_is_value(pid))
		bytes = asprintf(&text, "%s/%s", pid, tpw_explain_get(explained, row, "comm"));
	else
		bytes = asprintf(&text, "-");
	return bytes < 0 ? NULL : text;
}

/**
 * tpw_explain_socket() - all of these
 * @explained: the answer
 * @row: of the socket
 *
 * Return: "socket COOKIE, ENDPOINT, PROCESS"; to be freed; NULL without memory.
 */
char *tpw_explain_socket(const struct tpw_explained *explained, size_t row)
{
	const char *cookie = tpw_explain_get(explained, row, "cookie");
	char *endpoint = tpw_explain_endpoint(explained, row);
	char *process = tpw_explain_process(explained, row);
	bool has_cookie = tpw_table_is_value(cookie);
	char *text = NULL;

	if (endpoint && process &&
	    asprintf(&text, "socket %s%s%s%s%s", has_cookie ? cookie : "", has_cookie ? ", " : "",
		     endpoint, strcmp(process, "-") ? ", " : "",
		     strcmp(process, "-") ? process : "") < 0)
		text = NULL;
	free(endpoint);
	free(process);
	return text;
}

/* Up to the last blank that fits; a word that is too long for a line has it alone. */
static size_t line_end(const char *text, size_t room)
{
	size_t at, end = 0;

	for (at = 0; text[at]; at++) {
		if (text[at] == ' ' && (at <= room || !end))
			end = at;
		if (at >= room && end)
			return end;
	}
	return at <= room || !end ? at : end;
}

/**
 * tpw_explain_say() - a paragraph with its label in the margin
 * @label: the label
 * @fmt: the text
 */
void tpw_explain_say(const char *label, const char *fmt, ...)
{
	char *text, *line;
	va_list ap;
	int bytes;

	va_start(ap, fmt);
	bytes = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (bytes < 0)
		return;
	for (line = text; *line; label = "") {
		size_t end = line_end(line, WIDTH - INDENT);
		char behind = line[end];

		line[end] = '\0';
		printf("%-*s", INDENT, label);
		tpw_text_show(stdout, line);
		putchar('\n');
		line += end + (behind == ' ');
	}
	free(text);
}
