// SPDX-License-Identifier: GPL-2.0
/*
 * Reads truth.table; its head explains the format. A line that names several
 * places becomes as many rows.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX	16

/* exchange, on, segment; then via to listener; then name=value */
#define FIXED_WORDS	(3 + F_MODS)

static unsigned int kernel;

/* Version 6.12 as 6012, so that versions compare as numbers. */
static unsigned int version_of(const char *text, char **end)
{
	unsigned int version = strtoul(text, end, 10) * 1000;

	if (**end == '.')
		version += strtoul(*end + 1, end, 10);
	return version;
}

/* FROM-, -TO or FROM-TO. Return: 0, or -1 */
static int set_kernels(struct row *row, const char *value)
{
	char *end = (char *)value;

	row->from = 0;
	row->to = UINT_MAX;
	if (*value != '-')
		row->from = version_of(value, &end);
	if (*end++ != '-')
		return -1;
	if (*end)
		row->to = version_of(end, &end);
	return *end ? -1 : 0;
}

static int set_other(struct row *row, char *word)
{
	char *value = strchr(word, '=');
	int f;

	if (!value)
		return -1;
	*value++ = '\0';
	if (!strcmp(word, "dev")) {
		row->dev = value;
		return 0;
	}
	if (!strcmp(word, "kernel"))
		return set_kernels(row, value);
	for (f = F_MODS; f < F_NR; f++)
		if (!strcmp(word, field_names[f])) {
			row->want[f] = value;
			return 0;
		}
	return -1;
}

static int set_row(struct row *row, char **word, size_t n)
{
	size_t i;

	row->exchange = word[0];
	row->on = word[1];
	row->selector = word[2];
	if (!strcmp(word[2], "total")) {
		row->amount = word[3];
		i = 4;
	} else if (!strcmp(word[2], "mib")) {
		row->mib = word[3];
		row->amount = n < 5 ? NULL : word[4];
		i = 5;
	} else if (!strcmp(word[2], "counter")) {
		row->column = word[3];
		row->counter = n < 6 ? NULL : word[4];
		row->amount = n < 6 ? NULL : word[5];
		i = 6;
	} else {
		for (i = 0; i < F_NR; i++)
			row->want[i] = i < F_MODS && 3 + i < n ? word[3 + i] : "-";
		i = FIXED_WORDS;
	}
	if (n < i)
		return -1;
	for (; i < n; i++)
		if (set_other(row, word[i]))
			return -1;
	return 0;
}

/* A row for each place of the list in its second column. */
static int add_rows(struct table *t, const struct row *row)
{
	char *save = NULL;
	char *places = strdup(row->on);
	struct row *rows;
	char *on;

	if (!places)
		return -1;
	for (on = strtok_r(places, ",", &save); on; on = strtok_r(NULL, ",", &save)) {
		rows = realloc(t->rows, (t->nr + 1) * sizeof(*rows));
		if (!rows)
			return -1;
		t->rows = rows;
		t->rows[t->nr] = *row;
		t->rows[t->nr++].on = on;
	}
	return 0;
}

static int read_line(struct table *t, char *line, unsigned int number)
{
	struct row row = { .line = number, .to = UINT_MAX };
	char *word[WORDS_MAX];
	char *save = NULL;
	size_t n = 0;
	char *w;

	line[strcspn(line, "#\n")] = '\0';
	for (w = strtok_r(line, " \t", &save); w && n < WORDS_MAX;
	     w = strtok_r(NULL, " \t", &save))
		word[n++] = w;
	if (!n)
		return 0;
	if (n < 4 || set_row(&row, word, n))
		return -1;
	if (kernel < row.from || kernel > row.to)
		return 0;
	return add_rows(t, &row);
}

/*
 * Read the rows that are for a kernel of this release; they live as long as
 * we do. Return: 0, or -1 with a message on stderr
 */
int table_read(struct table *t, const char *path, const char *release)
{
	FILE *f = fopen(path, "re");
	unsigned int number = 0;
	char *line = NULL, *end;
	size_t room = 0;

	kernel = version_of(release, &end);
	if (!f) {
		perror(path);
		return -1;
	}
	while (getline(&line, &room, f) > 0) {
		if (read_line(t, line, ++number)) {
			fprintf(stderr, "truth: %s:%u: not a row\n", path, number);
			fclose(f);
			return -1;
		}
		/* The row's words are parts of it. */
		line = NULL;
		room = 0;
	}
	fclose(f);
	return 0;
}
