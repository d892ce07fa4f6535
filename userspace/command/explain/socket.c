// SPDX-License-Identifier: GPL-2.0
/*
 * How the sockets of an answer are named: cookie, address, process.
 */
#include "command/explain/explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "show/drawing.h"
#include "show/holder.h"
#include "show/print.h"

/* Where the text of a paragraph begins. */
#define INDENT	9
/* As many processes of one socket are named. */
#define PROCESSES_MAX	16

/**
 * tpr_explain_get() - a field
 * @explained: the answer
 * @row: which row
 * @column: which column
 *
 * Return: the field.
 */
const char *tpr_explain_get(const struct tpr_explained *explained, size_t row, const char *column)
{
	return tpr_rows_get(&explained->rows, row, column);
}

/**
 * tpr_explain_fact() - a fact of line 1
 * @explained: the answer
 * @key: which
 *
 * Return: its value, "?" if it is not there.
 */
const char *tpr_explain_fact(const struct tpr_explained *explained, const char *key)
{
	const char *value = tpr_table_fact(explained->rows.table, key);

	return value ? value : "?";
}

/**
 * tpr_explain_is() - compare a field
 * @explained: the answer
 * @row: which row
 * @column: which column
 * @value: with what
 *
 * Return: true if it is that.
 */
bool tpr_explain_is(const struct tpr_explained *explained, size_t row, const char *column,
		    const char *value)
{
	return !strcmp(tpr_explain_get(explained, row, column), value);
}

/**
 * tpr_explain_has_flag() - whether something was set on a socket
 * @explained: the answer
 * @row: of the socket
 * @flag: what
 *
 * Return: whether it was.
 */
bool tpr_explain_has_flag(const struct tpr_explained *explained, size_t row, const char *flag)
{
	return tpr_text_has_word(tpr_explain_get(explained, row, "flags"), flag);
}

/**
 * tpr_explain_find() - the next row of a kind
 * @explained: the answer
 * @from: the first row to look at
 * @kind: what stands in its column "row"
 *
 * Return: the row, or TPR_EXPLAIN_NONE.
 */
size_t tpr_explain_find(const struct tpr_explained *explained, size_t from, const char *kind)
{
	for (; from < explained->rows.nr; from++) {
		if (tpr_explain_is(explained, from, "row", kind))
			return from;
	}
	return TPR_EXPLAIN_NONE;
}

/**
 * tpr_explain_endpoint() - what a socket is bound to, as ss has it
 * @explained: the answer
 * @row: of the socket
 *
 * Return: address%device:port, and what it is connected to; to be freed; NULL without memory.
 */
char *tpr_explain_endpoint(const struct tpr_explained *explained, size_t row)
{
	const char *local = tpr_explain_get(explained, row, "local");
	const char *foreign = tpr_explain_get(explained, row, "foreign");
	const char *dev = tpr_explain_get(explained, row, "dev");
	const char *colon = strrchr(local, ':');
	bool has_dev = strcmp(dev, "-") && colon;
	bool has_peer = tpr_table_is_value(foreign);
	char *text = NULL;

	if (asprintf(&text, "%.*s%s%s%s%s%s", has_dev ? (int)(colon - local) : (int)strlen(local),
		     local, has_dev ? "%" : "", has_dev ? dev : "", has_dev ? colon : "",
		     has_peer ? " from " : "", has_peer ? foreign : "") < 0)
		return NULL;
	return text;
}

/**
 * tpr_explain_programs() - the BPF programs of a step or a group, for people
 * @explained: the answer
 * @row: of the step or of a member
 *
 * Return: their ids.
 */
const char *tpr_explain_programs(const struct tpr_explained *explained, size_t row)
{
	const char *ids = tpr_explain_get(explained, row, "progs");

	return tpr_text_has_word(ids, TPW_HIDDEN) ? "(hidden)" : ids;
}

/* The processes that hold a socket now; of saved answers, none. */
static const struct tpr_holder *find_holders(const struct tpr_explained *explained, size_t row,
					     size_t *nr)
{
	uint64_t inode;

	*nr = 0;
	if (!tpr_text_u64(tpr_explain_get(explained, row, "inode"), &inode) || !inode)
		return NULL;
	return tpr_processes_find(&explained->processes, inode, nr);
}

/**
 * tpr_explain_process() - who holds a socket
 * @explained: the answer
 * @row: of the socket
 *
 * Return: pid/name, "(gone)" if nobody does, "-" or "?" if nobody is known, "hidden"; of saved
 * answers and closed sockets, who opened it; to be freed; NULL without memory.
 */
char *tpr_explain_process(const struct tpr_explained *explained, size_t row)
{
	struct tpr_who who = tpr_holder_who(&explained->rows, row, explained->options->from);
	char text[TPR_HOLDER_BYTES], *process = NULL;
	size_t nr;

	find_holders(explained, row, &nr);
	tpr_holder_text(text, who);
	if (nr < 2)
		return strdup(text);
	return asprintf(&process, "%s +%zu", text, nr - 1) < 0 ? NULL : process;
}

/* Each after a comma. */
static void write_processes(FILE *out, const struct tpr_explained *explained, size_t row)
{
	const struct tpr_holder *holder;
	char *process;
	size_t nr, i;

	holder = find_holders(explained, row, &nr);
	for (i = 0; i < nr && i < PROCESSES_MAX; i++)
		fprintf(out, ", %llu/%s", (unsigned long long)holder[i].pid, holder[i].comm);
	if (i < nr)
		fprintf(out, " and %zu more", nr - i);
	if (nr)
		return;
	process = tpr_explain_process(explained, row);
	if (process && tpr_table_is_value(process))
		fprintf(out, ", %s", process);
	free(process);
}

/**
 * tpr_explain_socket() - a socket by all its names
 * @explained: the answer
 * @row: of the socket
 *
 * Return: "socket COOKIE, ENDPOINT, PROCESS, ..."; to be freed; NULL without memory.
 */
char *tpr_explain_socket(const struct tpr_explained *explained, size_t row)
{
	const char *cookie = tpr_explain_get(explained, row, "cookie");
	char *endpoint = tpr_explain_endpoint(explained, row);
	bool has_cookie = tpr_table_is_value(cookie);
	char *text = NULL;
	size_t bytes;
	FILE *out;

	out = endpoint ? open_memstream(&text, &bytes) : NULL;
	if (out) {
		fprintf(out, "socket %s%s%s", has_cookie ? cookie : "", has_cookie ? ", " : "",
			endpoint);
		write_processes(out, explained, row);
	}
	free(endpoint);
	return out && fclose(out) ? NULL : text;
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

static void fold_on(const struct tpr_drawing *drawing, const char *text, int indent)
{
	char *blanks = NULL;

	if (asprintf(&blanks, "%*s", indent, "") >= 0)
		tpr_drawing_say(drawing, "", blanks, text, TPR_COLOUR_NONE);
	free(blanks);
}

/**
 * tpr_explain_fold() - a text in as many lines as it needs
 * @text: the text
 * @indent: in front of all lines but the first, which stands there already
 */
void tpr_explain_fold(const char *text, int indent)
{
	struct tpr_drawing drawing = tpr_drawing_of_stdout();
	size_t room = TPR_EXPLAIN_WIDTH - indent;

	if (drawing.is_terminal) {
		fold_on(&drawing, text, indent);
		return;
	}

	while (*text) {
		size_t end = line_end(text, room);
		char *line = strndup(text, end);

		if (!line)
			return;
		tpr_text_show(stdout, line);
		putchar('\n');
		free(line);
		text += end + (text[end] == ' ');
		if (*text)
			printf("%*s", indent, "");
	}
}

/**
 * tpr_explain_say() - a paragraph with its label in the margin
 * @label: the label
 * @fmt: the text
 */
void tpr_explain_say(const char *label, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int bytes;

	va_start(ap, fmt);
	bytes = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (bytes < 0)
		return;
	tpr_grid_paint(stdout, label, tpr_print_has_colour() ? TPR_COLOUR_BOLD : TPR_COLOUR_NONE);
	printf("%*s", INDENT - (int)strlen(label), "");
	tpr_explain_fold(text, INDENT);
	free(text);
}
