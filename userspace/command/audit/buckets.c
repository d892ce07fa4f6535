// SPDX-License-Identifier: GPL-2.0
/*
 * The longest buckets. A search looks at each socket of a bucket, whatever its port and address, so
 * one that is long makes each segment for any of them dear.
 *
 * An answer lists all sockets of the buckets that it is about: none of these needs a question of
 * its own any more.
 */
#include "command/audit/audit.h"

#include "lib/message.h"
#include "lib/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(struct tpr_audit *audit, size_t step, bool is_udp)
{
	const struct tpr_explained *explained = &audit->explained;
	struct tpr_bucket *moved, *b;

	moved = realloc(audit->buckets, (audit->buckets_nr + 1) * sizeof(*moved));
	if (!moved) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	audit->buckets = moved;
	b = &moved[audit->buckets_nr++];
	*b = (struct tpr_bucket){ .is_udp = is_udp };
	snprintf(b->number, sizeof(b->number), "%s", tpr_explain_get(explained, step, "bucket"));
	tpr_text_u64(tpr_explain_get(explained, step, "sockets"), &b->sockets);
	tpr_text_u64(tpr_explain_get(explained, step, "other_netns"), &b->others);
	snprintf(b->example, sizeof(b->example), "%s", tpr_explain_get(explained, step + 1, "local"));
	return 0;
}

/* The sockets behind a step are those of its bucket. */
static int take(struct tpr_audit *audit, size_t step, bool is_udp)
{
	bool is_new = false;
	size_t found, row;

	for (found = step + 1; found < audit->explained.rows.nr &&
	     tpr_explain_is(&audit->explained, found, "row", "socket"); found++) {
		row = tpr_audit_find(audit, found);
		if (row == audit->listeners.nr || audit->audited[row].is_seen)
			continue;
		audit->audited[row].is_seen = true;
		is_new = true;
	}
	return is_new ? add(audit, step, is_udp) : 0;
}

/* With an address that leads to its bucket. */
static int ask(struct tpr_audit *audit, size_t row)
{
	const struct tpr_audited *one = &audit->audited[row];
	const char *any = *one->address == '[' ? "[::1]" : "127.0.0.1";

	return tpr_audit_ask(audit, row, one->is_any ? any : one->address, "lo");
}

static int compare(const void *left, const void *right)
{
	const struct tpr_bucket *a = left, *b = right;
	uint64_t of_a = a->sockets + a->others, of_b = b->sockets + b->others;

	return of_a < of_b ? 1 : of_a > of_b ? -1 : 0;
}

/**
 * tpr_audit_buckets() - find the buckets of all listeners
 * @audit: the audit; fills tpr_audit.buckets, the longest first
 *
 * Return: 0, or -errno after a message.
 */
int tpr_audit_buckets(struct tpr_audit *audit)
{
	int error = 0;
	size_t row, step;

	for (row = 0; !error && row < audit->listeners.nr; row++) {
		if (audit->audited[row].is_seen)
			continue;
		error = ask(audit, row);
		step = 0;
		while (!error && (step = tpr_explain_find(&audit->explained, step, "step")) !=
		       TPR_EXPLAIN_NONE) {
			error = take(audit, step, audit->audited[row].is_udp);
			step++;
		}
		audit->audited[row].is_seen = true;	/* it may be gone */
	}
	if (!error && audit->buckets_nr)
		qsort(audit->buckets, audit->buckets_nr, sizeof(*audit->buckets), compare);
	return error;
}
