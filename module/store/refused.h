/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The last local endpoints that were asked for and not there, of one namespace.
 *
 * Each CPU has rows of its own, which it writes without a lock: a scan of ports
 * may come in on all of them.  Who reads adds up what the CPUs have.
 */
#ifndef _TPW_REFUSED_H
#define _TPW_REFUSED_H

#include "base/tuple.h"

#include <linux/percpu.h>
#include <linux/types.h>

#define TPW_REFUSED_NR	64

/**
 * struct tpw_refused_row - one local endpoint that had no socket
 * @last: the tuple of the last segment to it
 * @count: segments to it
 * @refused: how many of them were answered with RST or ICMP
 * @last_ns: time of the last one, CLOCK_MONOTONIC
 */
struct tpw_refused_row {
	struct tpw_tuple last;
	u64 count;
	u64 refused;
	u64 last_ns;
};

/**
 * struct tpw_refused_cell - a row of one CPU
 * @changes: odd while it is being written
 * @row: the row
 * @next: 1 + index of the next cell of the same hash chain, 0 at its end
 * @older: 1 + index of the cell that was asked for before it, or 0
 * @newer: 1 + index of the cell that was asked for after it, or 0
 */
struct tpw_refused_cell {
	u32 changes;
	u8 next;
	u8 older;
	u8 newer;
	struct tpw_refused_row row;
};

/**
 * struct tpw_refused_set - the rows of one CPU
 * @nr: cells in use
 * @oldest: 1 + index of the one that will give way, 0 if there is none
 * @newest: 1 + index of the one that was asked for last
 * @head: 1 + index of the first cell of each hash chain, 0 for none
 * @cell: the cells
 */
struct tpw_refused_set {
	u8 nr;
	u8 oldest;
	u8 newest;
	u8 head[TPW_REFUSED_NR];
	struct tpw_refused_cell cell[];
};

/**
 * struct tpw_refused - all of them
 * @sets: by CPU
 */
struct tpw_refused {
	struct tpw_refused_set __percpu *sets;
};

int tpw_refused_init(struct tpw_refused *tr);
void tpw_refused_exit(struct tpw_refused *tr);
size_t tpw_refused_bytes(void);
void tpw_refused_hit(struct tpw_refused *tr, const struct tpw_tuple *tuple,
		     bool is_refused, u64 now_ns);
int tpw_refused_copy(const struct tpw_refused *tr, struct tpw_refused_row *to);

#endif /* _TPW_REFUSED_H */
