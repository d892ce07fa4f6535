// SPDX-License-Identifier: GPL-2.0
/*
 * A listener is stuck if connections wait in its queue and nobody accepts: since the first of them
 * came, or since the last one was accepted that had stood before it. A queue that is long, and
 * served, is not.
 */
#include "show/stuck.h"

#include "lib/text.h"

#include <string.h>

/* Less is a moment, as there is between any connection and its accept(). */
#define LEAST_NS	1000000000ULL

/**
 * tpr_stuck_ns() - for how long nobody has accepted what waits
 * @listeners: the table
 * @row: the listener
 *
 * Return: nanoseconds; 0 if it is not stuck, or if that is not known.
 */
uint64_t tpr_stuck_ns(const struct tpr_rows *listeners, size_t row)
{
	uint64_t since_ns = tpr_rows_number(listeners, row, "oldest_ns");
	uint64_t accepted_ns = tpr_rows_number(listeners, row, "accepted_ns");
	const char *now = tpr_table_fact(listeners->table, "now_ns");
	uint64_t now_ns;

	/* who accepts may not be watched */
	if (!strcmp(tpr_rows_get(listeners, row, "accepted_ns"), "?"))
		return 0;
	if (!since_ns || !now || !tpr_text_u64(now, &now_ns))
		return 0;
	if (accepted_ns > since_ns)
		since_ns = accepted_ns;
	return now_ns < since_ns + LEAST_NS ? 0 : now_ns - since_ns;
}
