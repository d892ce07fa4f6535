/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments that arrived at LOCAL_IN of one network namespace, while somebody
 * counted them there, and how many of these the transport layer did not get.
 *
 * Counting begins and ends while segments flow.  A CPU has its own beginning
 * and end: between two segments of its, where all that arrived on it have been
 * seen, or never will be.  So what is left is exact, however often that happens.
 */
#ifndef _TPW_ARRIVALS_H
#define _TPW_ARRIVALS_H

#include "store/counters.h"

#include <linux/compiler.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/types.h>

enum tpw_ip_version { TPW_IPV4, TPW_IPV6, TPW_IP_NR };

/**
 * struct tpw_portion - how much a number grew while something went on
 * @apart: by how much it grew while that did not
 * @end: what it was when that ended last
 */
struct tpw_portion {
	u64 apart;
	u64 end;
};

/**
 * struct tpw_cpu_arrivals - those of one IP version, on one CPU
 * @nr: segments that arrived while they were counted
 * @span: which time of counting it is in, 0 if in none
 * @seen: segments that the transport layer got meanwhile
 */
struct tpw_cpu_arrivals {
	u64 nr;
	u32 span;
	struct tpw_portion seen;
};

/**
 * struct tpw_arrivals_by_version - those of one CPU
 * @ip: by enum tpw_ip_version
 */
struct tpw_arrivals_by_version {
	struct tpw_cpu_arrivals ip[TPW_IP_NR];
};

/**
 * struct tpw_arrivals - those of one namespace
 * @cpu: by CPU
 * @span: by version, grows when counting begins and ends: odd while it goes on
 * @is_late: by version: somebody else is at LOCAL_IN, and we could not be
 * @counters: the namespace's
 * @lock: guards all but what tpw_arrivals_count() does
 * @is_open: @dropped and @unwatched go on
 * @dropped: packets that netfilter dropped while counting went on
 * @unwatched: segments that no hook saw meanwhile, see tpw_pernet_unwatched()
 */
struct tpw_arrivals {
	struct tpw_arrivals_by_version __percpu *cpu;
	u32 span[TPW_IP_NR];
	bool is_late[TPW_IP_NR];
	const struct tpw_counters *counters;
	raw_spinlock_t lock;
	bool is_open;
	struct tpw_portion dropped;
	struct tpw_portion unwatched;
};

int tpw_arrivals_init(struct tpw_arrivals *a, const struct tpw_counters *tc);
void tpw_arrivals_exit(struct tpw_arrivals *a);
void tpw_arrivals_reset(struct tpw_arrivals *a, u64 unwatched);
void tpw_arrivals_begin(struct tpw_arrivals *a, enum tpw_ip_version ip, u64 unwatched);
void tpw_arrivals_end(struct tpw_arrivals *a, enum tpw_ip_version ip);
void tpw_arrivals_count_turning(struct tpw_arrivals *a, enum tpw_ip_version ip);
void tpw_arrivals_turn_all(struct tpw_arrivals *a, enum tpw_ip_version ip, u64 unwatched);
u64 tpw_arrivals_taken(struct tpw_arrivals *a, u64 unwatched);
u64 tpw_arrivals_others(struct tpw_arrivals *a, u64 unwatched);
size_t tpw_arrivals_bytes(void);

/** tpw_arrivals_are_counted() - Return: true between begin and end. */
static inline bool tpw_arrivals_are_counted(const struct tpw_arrivals *a,
					    enum tpw_ip_version ip)
{
	return READ_ONCE(a->span[ip]) & 1;
}

/** tpw_arrivals_are_late() - Return: true if some are not counted that should be. */
static inline bool tpw_arrivals_are_late(const struct tpw_arrivals *a)
{
	return READ_ONCE(a->is_late[TPW_IPV4]) || READ_ONCE(a->is_late[TPW_IPV6]);
}

/**
 * tpw_arrivals_count() - a segment arrives
 * @a: those of its namespace
 * @ip: its version
 *
 * Context: BH off, before the segment can be seen.
 */
static __always_inline void tpw_arrivals_count(struct tpw_arrivals *a,
					       enum tpw_ip_version ip)
{
	if (likely(this_cpu_read(a->cpu->ip[ip].span) == READ_ONCE(a->span[ip])))
		this_cpu_inc(a->cpu->ip[ip].nr);
	else
		tpw_arrivals_count_turning(a, ip);
}

#endif /* _TPW_ARRIVALS_H */
