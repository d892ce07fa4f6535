/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The last local endpoints that segments were for and did not get to, of one
 * namespace.
 *
 * Each CPU has rows of its own, which it writes without a lock: a scan of ports
 * may come in on all of them.  Who reads adds up what the CPUs have.
 */
#ifndef _TPW_ENDPOINTS_H
#define _TPW_ENDPOINTS_H

#include "base/tuple.h"

#include <linux/percpu.h>
#include <linux/types.h>

#define TPW_ENDPOINTS_NR	64
#define TPW_ENDPOINT_MARKS	2

/**
 * struct tpw_endpoint_row - one local endpoint
 * @last: the tuple of the last segment to it
 * @kind: tells several rows of the endpoint apart, as who has the rows wishes
 * @count: segments to it
 * @marked: how many of them had each mark
 * @last_ns: time of the last one, CLOCK_MONOTONIC
 */
struct tpw_endpoint_row {
	struct tpw_tuple last;
	u32 kind;
	u64 count;
	u64 marked[TPW_ENDPOINT_MARKS];
	u64 last_ns;
};

/**
 * struct tpw_endpoint_cell - a row of one CPU
 * @changes: odd while it is being written
 * @row: the row
 * @next: 1 + index of the next cell of the same hash chain, 0 at its end
 * @older: 1 + index of the cell that was asked for before it, or 0
 * @newer: 1 + index of the cell that was asked for after it, or 0
 */
struct tpw_endpoint_cell {
	u32 changes;
	u8 next;
	u8 older;
	u8 newer;
	struct tpw_endpoint_row row;
};

/**
 * struct tpw_endpoint_set - the rows of one CPU
 * @nr: cells in use
 * @oldest: 1 + index of the one that will give way, 0 if there is none
 * @newest: 1 + index of the one that was asked for last
 * @head: 1 + index of the first cell of each hash chain, 0 for none
 * @cell: the cells
 */
struct tpw_endpoint_set {
	u8 nr;
	u8 oldest;
	u8 newest;
	u8 head[TPW_ENDPOINTS_NR];
	struct tpw_endpoint_cell cell[];
};

/**
 * struct tpw_endpoints - all of them
 * @sets: by CPU
 */
struct tpw_endpoints {
	struct tpw_endpoint_set __percpu *sets;
};

int tpw_endpoints_init(struct tpw_endpoints *te);
void tpw_endpoints_exit(struct tpw_endpoints *te);
size_t tpw_endpoints_bytes(void);
void tpw_endpoints_hit(struct tpw_endpoints *te, const struct tpw_tuple *tuple,
		       u32 kind, unsigned long marks, u64 now_ns);
int tpw_endpoints_copy(const struct tpw_endpoints *te,
		       struct tpw_endpoint_row *to);

#endif /* _TPW_ENDPOINTS_H */
