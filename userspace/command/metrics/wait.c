// SPDX-License-Identifier: GPL-2.0
/*
 * How long connections wait to be accepted: the first that waits now, and all that did, as a
 * histogram. The module counts by powers of two; each fourth of these is a bound here, the same of
 * every listener. The module keeps no sum of the times, so that there is none.
 */
#include "command/metrics/wait.h"

#include "lib/text.h"
#include "command/metrics/member.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S	1000000000ULL
#define LABELS_NR	8

/* 256 us, 1 ms, 4.1 ms ... 1.05 s, 4.2 s, 16.8 s, 67 s */
#define FIRST_US	256
#define LAST_US		67108864

/**
 * tpr_wait_add_oldest() - how long the first in the queue has been waiting
 * @family: where to
 * @listeners: the table
 * @row: of the listener
 * @labels: that tell it from others
 * @nr: number of @labels
 *
 * In whole seconds; 0 if nothing waits, and none if it is not known since when.
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_wait_add_oldest(struct tpr_family *family, const struct tpr_rows *listeners, size_t row,
			const struct tpr_label *labels, size_t nr)
{
	uint64_t oldest_ns = tpr_rows_number(listeners, row, "oldest_ns"), now_ns;
	const char *now = tpr_table_fact(listeners->table, "now_ns");

	if (!tpr_member_value(listeners, row, "accepted") || !now || !tpr_text_u64(now, &now_ns))
		return 0;
	if (!oldest_ns)
		return strcmp(tpr_rows_get(listeners, row, "oldest_ns"), "-") ? 0 :
		       tpr_family_add(family, labels, nr, 0);
	return tpr_family_add(family, labels, nr,
			      now_ns > oldest_ns ? (now_ns - oldest_ns) / NS_PER_S : 0);
}

/* How many waited no longer, of "8192:3,16384:1"; of all if that is 0 */
static uint64_t count(const char *map, uint64_t limit_us)
{
	uint64_t sum = 0, us, nr;
	char *end;

	while (*map >= '0' && *map <= '9') {
		us = strtoull(map, &end, 10);
		nr = *end == ':' ? strtoull(end + 1, &end, 10) : 0;
		if (!limit_us || us <= limit_us)
			sum += nr;
		map = *end == ',' ? end + 1 : "";
	}
	return sum;
}

/**
 * tpr_wait_add_accepted() - how long those waited that were accepted
 * @family: where to, a histogram
 * @listeners: the table
 * @row: of the listener
 * @labels: that tell it from others
 * @nr: number of @labels
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_wait_add_accepted(struct tpr_family *family, const struct tpr_rows *listeners, size_t row,
			  const struct tpr_label *labels, size_t nr)
{
	const char *map = tpr_rows_get(listeners, row, "waits_us");
	struct tpr_label all[LABELS_NR];
	uint64_t us;
	char le[32];
	int error = 0;

	if (!tpr_member_value(listeners, row, "accepted") || nr >= LABELS_NR)
		return 0;
	memcpy(all, labels, nr * sizeof(*labels));
	all[nr] = (struct tpr_label){ "le", le };
	for (us = FIRST_US; us <= LAST_US && !error; us *= 4) {
		snprintf(le, sizeof(le), "%" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
		error = tpr_family_add(family, all, nr + 1, count(map, us));
	}
	if (error)
		return error;
	snprintf(le, sizeof(le), "+Inf");
	return tpr_family_add(family, all, nr + 1, count(map, 0));
}
