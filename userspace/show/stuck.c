// SPDX-License-Identifier: GPL-2.0
/*
 * A listener is stuck if a connection waits in its queue and none has been accepted since that one
 * came. A queue that is long, and served, is not.
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
	uint64_t oldest_ns = tpr_rows_number(listeners, row, "oldest_ns");
	const char *now = tpr_table_fact(listeners->table, "now_ns");
	uint64_t now_ns;

	/* who accepts may not be watched */
	if (!strcmp(tpr_rows_get(listeners, row, "accepted_ns"), "?"))
		return 0;
	if (!oldest_ns || !now || !tpr_text_u64(now, &now_ns) ||
	    tpr_rows_number(listeners, row, "accepted_ns") > oldest_ns ||
	    now_ns < oldest_ns + LEAST_NS)
		return 0;
	return now_ns - oldest_ns;
}
