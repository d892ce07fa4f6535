/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The last local endpoints that were asked for and not there, one set a
 * namespace.
 */
#ifndef _TPW_REFUSED_H
#define _TPW_REFUSED_H

#include "tuple.h"

#include <linux/spinlock.h>
#include <linux/types.h>

#define TPW_REFUSED_NR	64

/**
 * struct tpw_refused_row - one local endpoint that had no socket
 * @last: the tuple of the last segment to it
 * @count: segments to it
 * @refused: how many of them were answered with RST or ICMP
 * @last_ns: time of the last one, CLOCK_MONOTONIC
 * @next: 1 + index of the next row of the same hash chain, 0 at its end
 */
struct tpw_refused_row {
	struct tpw_tuple last;
	u64 count;
	u64 refused;
	u64 last_ns;
	u8 next;
};

/**
 * struct tpw_refused - the last TPW_REFUSED_NR of them
 * @lock: guards all below; raw, as hooks take it with BH off
 * @nr: rows in use
 * @evicted: endpoints that had to give way
 * @head: 1 + index of the first row of each hash chain, 0 for none
 * @row: the rows
 */
struct tpw_refused {
	raw_spinlock_t lock;
	unsigned int nr;
	u64 evicted;
	u8 head[TPW_REFUSED_NR];
	struct tpw_refused_row row[TPW_REFUSED_NR];
};

void tpw_refused_init(struct tpw_refused *tr);
void tpw_refused_hit(struct tpw_refused *tr, const struct tpw_tuple *tuple,
		     bool is_refused, u64 now_ns);
unsigned int tpw_refused_copy(struct tpw_refused *tr,
			      struct tpw_refused_row *to);

#endif /* _TPW_REFUSED_H */
