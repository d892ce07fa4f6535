// SPDX-License-Identifier: GPL-2.0
/*
 * The columns "share" and "expected" of listeners, in percent. A TCP listener is chosen once for
 * each SYN, an unconnected UDP socket for each datagram. "expected" is what the kernel's hash
 * gives to each of n in the long run; a BPF program may have other plans.
 */
#include "show/share.h"

#include "lib/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * tpr_share_members() - how many sockets share a port
 * @listeners: the table
 * @row: one of them
 *
 * Return: their number; 0 if it is no group.
 */
uint64_t tpr_share_members(const struct tpr_rows *listeners, size_t row)
{
	return tpr_rows_number(listeners, row, "group");
}

/**
 * tpr_share_group() - a reuseport group for people
 * @text: at least TPR_SHARE_BYTES; set to "4:hash", or "-" or another mark
 * @listeners: the table
 * @row: a member
 */
void tpr_share_group(char *text, const struct tpr_rows *listeners, size_t row)
{
	const char *group = tpr_rows_get(listeners, row, "group");
	bool is_group = tpr_table_is_value(group);

	snprintf(text, TPR_SHARE_BYTES, "%s%s%s", group, is_group ? ":" : "",
		 is_group ? tpr_rows_get(listeners, row, "chooser") : "");
}

/**
 * tpr_share_count() - how often a listener was chosen
 * @listeners: the table
 * @row: the listener
 *
 * Return: its SYNs, or datagrams.
 */
uint64_t tpr_share_count(const struct tpr_rows *listeners, size_t row)
{
	bool is_tcp = !strncmp(tpr_rows_get(listeners, row, "proto"), "tcp", 3);

	return tpr_rows_number(listeners, row, is_tcp ? "syns" : "segments");
}

/**
 * tpr_share_is_together() - whether two listeners share one port
 * @listeners: the table
 * @a: one of them
 * @b: the other
 *
 * Return: whether they are of one reuseport group.
 */
bool tpr_share_is_together(const struct tpr_rows *listeners, size_t a, size_t b)
{
	static const char *const columns[] = {
		"proto", "local", "dev", "netns", "group", "chooser",
	};
	size_t i;

	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (strcmp(tpr_rows_get(listeners, a, columns[i]),
			   tpr_rows_get(listeners, b, columns[i])))
			return false;
	}
	return tpr_share_members(listeners, a);
}

/* For each row, what its whole group got. */
static void sum_groups(const struct tpr_rows *listeners, uint64_t *totals)
{
	size_t begin, end, i;

	for (begin = 0; begin < listeners->nr; begin = end) {
		uint64_t total = tpr_share_count(listeners, begin);

		for (end = begin + 1; end < listeners->nr; end++) {
			if (!tpr_share_is_together(listeners, begin, end))
				break;
			total += tpr_share_count(listeners, end);
		}
		for (i = begin; i < end; i++)
			totals[i] = total;
	}
}

/* In percent, to the nearest whole one. */
static void write_percent(char *text, uint64_t part, uint64_t whole)
{
	snprintf(text, TPR_ROWS_FIELD_BYTES, "%" PRIu64, (part * 200 + whole) / (2 * whole));
}

/* What is hidden of a group is hidden of its shares too. */
static void write_mark(char *text, const struct tpr_rows *listeners, size_t row)
{
	const char *group = tpr_rows_get(listeners, row, "group");

	strcpy(text, tpr_table_is_hidden(group) ? TPW_HIDDEN : "-");
}

static void compute_share(const struct tpr_rows *listeners, size_t row, const void *data,
			  char *text)
{
	const uint64_t *totals = data;

	if (tpr_share_members(listeners, row) && totals[row])
		write_percent(text, tpr_share_count(listeners, row), totals[row]);
	else
		write_mark(text, listeners, row);
}

static void compute_expected(const struct tpr_rows *listeners, size_t row, const void *data,
			     char *text)
{
	uint64_t members = tpr_share_members(listeners, row);

	(void)data;
	if (members)
		write_percent(text, 1, members);
	else
		write_mark(text, listeners, row);
}

/**
 * tpr_share_add() - add the columns "share" and "expected"
 * @listeners: the table, sorted by tpr_rows_sort()
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_share_add(struct tpr_rows *listeners)
{
	uint64_t *totals = calloc(listeners->nr + 1, sizeof(*totals));
	int error;

	if (!totals) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	sum_groups(listeners, totals);
	error = tpr_rows_compute(listeners, "share", compute_share, totals);
	if (!error)
		error = tpr_rows_compute(listeners, "expected", compute_expected, NULL);
	free(totals);
	return error;
}
