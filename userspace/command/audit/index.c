// SPDX-License-Identifier: GPL-2.0
/*
 * Finding listeners by their port, and by their identity.
 */
#include "command/audit/audit.h"

#include "lib/message.h"
#include "lib/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/**
 * tpr_audit_get() - a field of a listener
 * @audit: the audit
 * @row: which listener
 * @column: which column
 *
 * Return: the field.
 */
const char *tpr_audit_get(const struct tpr_audit *audit, size_t row, const char *column)
{
	return tpr_rows_get(&audit->listeners, row, column);
}

/* A mapped address is searched for as what it is. */
static char *make_address(const char *local)
{
	const char *colon = strrchr(local, ':');
	size_t bytes = colon ? (size_t)(colon - local) : strlen(local);

	if (!strncmp(local, "[::ffff:", 8) && strchr(local, '.') && local[bytes - 1] == ']')
		return strndup(local + 8, bytes - 9);
	return strndup(local, bytes);
}

static uint64_t id_of(const char *cookie, const char *inode, bool has_cookies)
{
	uint64_t id = 0;

	if (has_cookies)
		return strtoull(cookie, NULL, 16);
	tpr_text_u64(inode, &id);
	return id;
}

static int fill(struct tpr_audit *audit, size_t row)
{
	struct tpr_audited *one = &audit->audited[row];
	const char *local = tpr_audit_get(audit, row, "local");
	const char *colon = strrchr(local, ':');

	one->address = make_address(local);
	if (!one->address)
		return -ENOMEM;
	one->port = colon ? colon + 1 : "";
	one->is_udp = !strncmp(tpr_audit_get(audit, row, "proto"), "udp", 3);
	one->is_any = !strcmp(one->address, "0.0.0.0") || !strcmp(one->address, "[::]");
	one->id = id_of(tpr_audit_get(audit, row, "cookie"), tpr_audit_get(audit, row, "inode"),
			audit->has_cookies);
	return 0;
}

static int compare_ports(const struct tpr_audited *a, const struct tpr_audited *b)
{
	if (a->is_udp != b->is_udp)
		return (int)a->is_udp - (int)b->is_udp;
	return strcmp(a->port, b->port);
}

static int by_port(const void *left, const void *right, void *audited)
{
	const struct tpr_audited *all = audited;

	return compare_ports(&all[*(const size_t *)left], &all[*(const size_t *)right]);
}

static int by_id(const void *left, const void *right, void *audited)
{
	const struct tpr_audited *all = audited;
	uint64_t a = all[*(const size_t *)left].id, b = all[*(const size_t *)right].id;

	return a < b ? -1 : a > b;
}

/**
 * tpr_audit_index() - get ready to find listeners
 * @audit: the audit, with its listeners
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_audit_index(struct tpr_audit *audit)
{
	size_t nr = audit->listeners.nr, row;
	int error = 0;

	audit->audited = calloc(nr + 1, sizeof(*audit->audited));
	audit->by_port = calloc(nr + 1, sizeof(*audit->by_port));
	audit->by_id = calloc(nr + 1, sizeof(*audit->by_id));
	if (!audit->audited || !audit->by_port || !audit->by_id)
		error = -ENOMEM;
	audit->has_cookies = nr && tpr_table_is_value(tpr_audit_get(audit, 0, "cookie"));
	for (row = 0; !error && row < nr; row++) {
		audit->by_port[row] = row;
		audit->by_id[row] = row;
		error = fill(audit, row);
	}
	if (error) {
		tpr_message("out of memory");
		return error;
	}
	qsort_r(audit->by_port, nr, sizeof(*audit->by_port), by_port, audit->audited);
	qsort_r(audit->by_id, nr, sizeof(*audit->by_id), by_id, audit->audited);
	return 0;
}

/**
 * tpr_audit_with_port() - those with the same table and port as a listener, itself among them
 * @audit: the audit
 * @row: which listener
 * @nr: set to their number
 *
 * Return: where they begin in tpr_audit.by_port.
 */
size_t tpr_audit_with_port(const struct tpr_audit *audit, size_t row, size_t *nr)
{
	size_t low = 0, high = audit->listeners.nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_ports(&audit->audited[audit->by_port[middle]],
				  &audit->audited[row]) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*nr = 0; low + *nr < audit->listeners.nr; ++*nr) {
		if (compare_ports(&audit->audited[audit->by_port[low + *nr]], &audit->audited[row]))
			break;
	}
	return low;
}

/**
 * tpr_audit_find() - the listener that a row of the answer is about
 * @audit: the audit
 * @found: the row
 *
 * Return: its row of tpr_audit.listeners; their number if it is none of them.
 */
size_t tpr_audit_find(const struct tpr_audit *audit, size_t found)
{
	uint64_t id = id_of(tpr_explain_get(&audit->explained, found, "cookie"),
			    tpr_explain_get(&audit->explained, found, "inode"), audit->has_cookies);
	size_t low = 0, high = audit->listeners.nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (audit->audited[audit->by_id[middle]].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (!id || low == audit->listeners.nr || audit->audited[audit->by_id[low]].id != id)
		return audit->listeners.nr;
	return audit->by_id[low];
}
