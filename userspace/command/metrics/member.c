// SPDX-License-Identifier: GPL-2.0
/*
 * Which of the sockets that are bound to the same one is. A server that is started anew has other
 * processes, cookies and inodes, but as many sockets: they get the numbers that the old ones had.
 */
#include "command/metrics/member.h"

#include <stdlib.h>
#include <string.h>

/* Sockets that agree in all of these are bound to the same. */
static const char *const places[] = { "netns", "proto", "local", "dev" };

#define PLACES_NR	(sizeof(places) / sizeof(places[0]))

/* A socket on its way into order */
struct member {
	const char *place[PLACES_NR];
	const char *cookie;
	size_t row;
};

/**
 * tpr_member_value() - what a socket has in a column
 * @listeners: the table
 * @row: of the socket
 * @column: name of the column
 *
 * Return: the field; NULL for none, for one that is not known and for one that is hidden.
 */
const char *tpr_member_value(const struct tpr_rows *listeners, size_t row, const char *column)
{
	const char *field = tpr_rows_get(listeners, row, column);

	return tpr_table_is_value(field) ? field : NULL;
}

static const char *text_of(const struct tpr_rows *listeners, size_t row, const char *column)
{
	const char *value = tpr_member_value(listeners, row, column);

	return value ? value : "";
}

static int compare_places(const struct member *a, const struct member *b)
{
	int order = 0;
	size_t i;

	for (i = 0; i < PLACES_NR && !order; i++)
		order = strcmp(a->place[i], b->place[i]);
	return order;
}

/* Hexadecimal numbers without zeros before them: the longer one is the greater one. */
static int compare_cookies(const char *a, const char *b)
{
	size_t a_bytes = strlen(a), b_bytes = strlen(b);

	return a_bytes == b_bytes ? strcmp(a, b) : a_bytes < b_bytes ? -1 : 1;
}

/* The kernel gives cookies out about in the order in which sockets are opened. */
static int compare(const void *left, const void *right)
{
	const struct member *a = left, *b = right;
	int order = compare_places(a, b);

	if (!order)
		order = compare_cookies(a->cookie, b->cookie);
	return order ? order : a->row < b->row ? -1 : 1;
}

/* Open ones: one that was closed has no number, and takes none from others. */
static size_t fill(struct member *members, const struct tpr_rows *listeners)
{
	size_t nr = 0, row, i;

	for (row = 0; row < listeners->nr; row++) {
		if (!strcmp(tpr_rows_get(listeners, row, "state"), "CLOSED"))
			continue;
		for (i = 0; i < PLACES_NR; i++)
			members[nr].place[i] = text_of(listeners, row, places[i]);
		members[nr].cookie = text_of(listeners, row, "cookie");
		members[nr++].row = row;
	}
	return nr;
}

static void number(size_t *numbers, const struct member *members, size_t nr)
{
	size_t i;

	for (i = 1; i < nr; i++)
		if (!compare_places(&members[i - 1], &members[i]))
			numbers[members[i].row] = numbers[members[i - 1].row] + 1;
}

/**
 * tpr_member_numbers() - count the sockets that are bound to the same
 * @listeners: the table
 *
 * Return: a number for each row, from 0 on; NULL if there is no memory. The caller frees it.
 */
size_t *tpr_member_numbers(const struct tpr_rows *listeners)
{
	/* one more: an empty table is no error */
	size_t *numbers = calloc(listeners->nr + 1, sizeof(*numbers));
	struct member *members = calloc(listeners->nr + 1, sizeof(*members));
	size_t nr;

	if (numbers && members) {
		nr = fill(members, listeners);
		qsort(members, nr, sizeof(*members), compare);
		number(numbers, members, nr);
	} else {
		free(numbers);
		numbers = NULL;
	}
	free(members);
	return numbers;
}
