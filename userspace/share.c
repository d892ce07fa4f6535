// SPDX-License-Identifier: GPL-2.0
/*
 * The columns "share" and "expected" of listeners, in percent. A TCP listener is chosen once for
 * each SYN, an unconnected UDP socket for each datagram. "expected" is what the kernel's hash
 * gives to each of n in the long run; a BPF program may have other plans.
 */
#include "share.h"

#include "message.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * tpw_share_members() - how many sockets share a port
 * @group: field "group", like 4:hash
 *
 * Return: their number; 0 if it is no group.
 */
uint64_t tpw_share_members(const char *group)
{
	char text[TPW_ROWS_FIELD_BYTES];
	uint64_t number;

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(group, ":"), group);
	return tpw_text_u64(text, &number) ? number : 0;
}

/**
 * tpw_share_count() - how often a listener was chosen
 * @listeners: the table
 * @row: the listener
 *
 * Return: its SYNs, or datagrams.
 */
uint64_t tpw_share_count(const struct tpw_rows *listeners, size_t row)
{
	bool is_tcp = !strncmp(tpw_rows_get(listeners, row, "proto"), "tcp", 3);

	return tpw_rows_number(listeners, row, is_tcp ? "syns" : "segments");
}

/**
 * tpw_share_is_together() - whether two listeners share one port
 * @listeners: the table
 * @a: one of them
 * @b: the other
 *
 * Return: whether they are of one reuseport group.
 */
bool tpw_share_is_together(const struct tpw_rows *listeners, size_t a, size_t b)
{
	static const char *const columns[] = { "proto", "local", "dev", "netns", "group" };
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (strcmp(tpw_rows_get(listeners, a, columns[i]),
			   tpw_rows_get(listeners, b, columns[i])))
			return false;
	}
	return tpw_share_members(tpw_rows_get(listeners, a, "group"));
}

/* For each row, what its whole group got. */
static void sum_groups(const struct tpw_rows *listeners, uint64_t *totals)
{
	size_t begin, end, i;

	for (begin = 0; begin < listeners->nr; begin = end) {
		uint64_t total = tpw_share_count(listeners, begin);

		for (end = begin + 1; end < listeners->nr; end++) {
			if (!tpw_share_is_together(listeners, begin, end))
				break;
			total += tpw_share_count(listeners, end);
		}
		for (i = begin; i < end; i++)
			totals[i] = total;
	}
}

/* In percent, to the nearest whole one. */
static void write_percent(char *text, uint64_t part, uint64_t whole)
{
	snprintf(text, TPW_ROWS_FIELD_BYTES, "%" PRIu64, (part * 200 + whole) / (2 * whole));
}

static void compute_share(const struct tpw_rows *listeners, size_t row, const void *data,
			  char *text)
{
	const uint64_t *totals = data;

	if (tpw_share_members(tpw_rows_get(listeners, row, "group")) && totals[row])
		write_percent(text, tpw_share_count(listeners, row), totals[row]);
	else
		strcpy(text, "-");
}

static void compute_expected(const struct tpw_rows *listeners, size_t row, const void *data,
			     char *text)
{
	uint64_t members = tpw_share_members(tpw_rows_get(listeners, row, "group"));

	(void)data;
	if (members)
		write_percent(text, 1, members);
	else
		strcpy(text, "-");
}

/**
 * tpw_share_add() - add the columns "share" and "expected"
 * @listeners: the table, sorted by tpw_rows_sort()
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpw_share_add(struct tpw_rows *listeners)
{
	uint64_t *totals = calloc(listeners->nr + 1, sizeof(*totals));
	int error;

	if (!totals) {
		tpw_message("out of memory");
		return -ENOMEM;
	}
	sum_groups(listeners, totals);
	error = tpw_rows_compute(listeners, "share", compute_share, totals);
	if (!error)
		error = tpw_rows_compute(listeners, "expected", compute_expected, NULL);
	free(totals);
	return error;
}
