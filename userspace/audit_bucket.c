// SPDX-License-Identifier: GPL-2.0
/*
 * The longest buckets. A search looks at each socket of a bucket, whatever its port and address, so
 * one that is long makes each segment for any of them dear.
 *
 * An answer lists all sockets of the buckets that it is about: none of these needs a question of
 * its own any more.
 */
#include "audit.h"

#include "message.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(struct tpw_audit *audit, size_t step, bool is_udp)
{
	const struct tpw_explained *explained = &audit->explained;
	struct tpw_bucket *moved, *b;

	moved = realloc(audit->buckets, (audit->buckets_nr + 1) * sizeof(*moved));
	if (!moved) {
		tpw_message("out of memory");
		return -ENOMEM;
	}
	audit->buckets = moved;
	b = &moved[audit->buckets_nr++];
	*b = (struct tpw_bucket){ .is_udp = is_udp };
	snprintf(b->number, sizeof(b->number), "%s", tpw_explain_get(explained, step, "bucket"));
	tpw_text_u64(tpw_explain_get(explained, step, "sockets"), &b->sockets);
	tpw_text_u64(tpw_explain_get(explained, step, "others"), &b->others);
	snprintf(b->example, sizeof(b->example), "%s", tpw_explain_get(explained, step + 1, "local"));
	return 0;
}

/* The sockets behind a step are those of its bucket. */
static int take(struct tpw_audit *audit, size_t step, bool is_udp)
{
	bool is_new = false;
	size_t found, row;

	for (found = step + 1; found < audit->explained.rows.nr &&
	     tpw_explain_is(&audit->explained, found, "row", "socket"); found++) {
		row = tpw_audit_find(audit, found);
		if (row == audit->listeners.nr || audit->audited[row].is_seen)
			continue;
		audit->audited[row].is_seen = true;
		is_new = true;
	}
	return is_new ? add(audit, step, is_udp) : 0;
}

/* With an address that leads to its bucket. */
static int ask(struct tpw_audit *audit, size_t row)
{
	const struct tpw_audited *one = &audit->audited[row];
	const char *any = *one->address == '[' ? "[::1]" : "127.0.0.1";

	return tpw_audit_ask(audit, row, one->is_any ? any : one->address, "lo");
}

static int compare(const void *left, const void *right)
{
	const struct tpw_bucket *a = left, *b = right;
	uint64_t of_a = a->sockets + a->others, of_b = b->sockets + b->others;

	return of_a < of_b ? 1 : of_a > of_b ? -1 : 0;
}

/**
 * tpw_audit_buckets() - find the buckets of all listeners
 * @audit: the audit; fills tpw_audit.buckets, the longest first
 *
 * Return: 0, or -errno after a message.
 */
int tpw_audit_buckets(struct tpw_audit *audit)
{
	int error = 0;
	size_t row, step;

	for (row = 0; !error && row < audit->listeners.nr; row++) {
		if (audit->audited[row].is_seen)
			continue;
		error = ask(audit, row);
		step = 0;
		while (!error && (step = tpw_explain_find(&audit->explained, step, "step")) !=
		       TPW_EXPLAIN_NONE) {
			error = take(audit, step, audit->audited[row].is_udp);
			step++;
		}
		audit->audited[row].is_seen = true;	/* it may be gone */
	}
	if (!error && audit->buckets_nr)
		qsort(audit->buckets, audit->buckets_nr, sizeof(*audit->buckets), compare);
	return error;
}
