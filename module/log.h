/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log: one ring a CPU of records of fixed size, the oldest overwritten.
 *
 * Writers never wait and never look at readers.  A reader has its own position
 * in each ring and can tell when a writer has overtaken it.
 */
#ifndef _TPW_LOG_H
#define _TPW_LOG_H

#include "glimpse.h"
#include "verdict.h"

#include <linux/jump_label.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>
#include <linux/wait.h>

#define TPW_LOG_DEFAULT	8192
#define TPW_LOG_MAX	4194304

/**
 * struct tpw_log_record - one verdict in the log, as readers get it
 * @time_ns: when the verdict was known, CLOCK_MONOTONIC
 * @seq: its number among those of its namespace and CPU, from 1
 * @net: the namespace
 * @cpu: where it was written
 * @v: the verdict
 */
struct tpw_log_record {
	u64 time_ns;
	u64 seq;
	struct tpw_netid net;
	u32 cpu;
	struct tpw_verdict v;
};

/**
 * struct tpw_log_slot - one verdict in a ring, as writers leave it
 * @published: 1 + its position in the ring; 0 while it is written.  Pairs the
 *	release of the writer with the acquire of readers.
 * @time_ns: as in struct tpw_log_record
 * @seq: likewise
 * @net_cookie: likewise, of the namespace
 * @net_inum: likewise
 * @is_glimpse: which of the two that follow it holds
 * @v: the verdict
 * @g: what it can be made of
 */
struct tpw_log_slot {
	u64 published;
	u64 time_ns;
	u64 seq;
	u64 net_cookie;
	u32 net_inum;
	bool is_glimpse;
	union {
		struct tpw_verdict v;
		struct tpw_glimpse g;
	};
} __aligned(16);	/* 9 * 16 bytes: two instructions find a slot */

/**
 * struct tpw_ring - the log of one CPU
 * @head: position of the next record; only ever grows
 * @slots: the records
 */
struct tpw_ring {
	u64 head;
	struct tpw_log_slot *slots;
};

DECLARE_PER_CPU(struct tpw_ring, tpw_rings);
extern u32 tpw_log_slot_mask;
DECLARE_STATIC_KEY_FALSE(tpw_log_is_followed);

int tpw_log_init(u32 nr_records);
void tpw_log_exit(void);
size_t tpw_log_bytes(void);
u32 tpw_log_nr(void);
u32 tpw_log_held(void);

u64 tpw_log_head(int cpu);
u64 tpw_log_oldest(int cpu);
bool tpw_log_is_ready(int cpu, u64 position);
bool tpw_log_read(int cpu, u64 *position, u64 *overtaken,
		  struct tpw_log_record *to);

void tpw_log_wait_begin(void);
void tpw_log_wait_end(void);
void tpw_log_wake(void);
extern wait_queue_head_t tpw_log_waitq;

/* Macros, as the mere mention of the real ones costs a frame pointer. */
#ifdef CONFIG_PREEMPT_RT
#define tpw_log_own_cpu()	preempt_disable()
#define tpw_log_share_cpu()	preempt_enable()
#else
#define tpw_log_own_cpu()	do { } while (0)
#define tpw_log_share_cpu()	do { } while (0)
#endif

/**
 * tpw_log_begin() - take the next slot of the ring of this CPU
 * @net: the namespace
 * @seq: the last number in that namespace on this CPU; moved on
 * @now_ns: the time, CLOCK_MONOTONIC
 * @published: to be given to tpw_log_end()
 *
 * Nobody else may write to this ring before tpw_log_end(): on PREEMPT_RT, where
 * tasks with BH off give way to each other, preemption is off until then.
 *
 * Context: BH off.
 * Return: the slot, of which @is_glimpse and what it tells of are to be filled.
 */
static __always_inline struct tpw_log_slot *
tpw_log_begin(const struct tpw_netid *net, u64 __percpu *seq, u64 now_ns,
	      u64 *published)
{
	struct tpw_log_slot *slot;

	tpw_log_own_cpu();
	raw_cpu_inc(tpw_rings.head);
	*published = raw_cpu_read(tpw_rings.head);
	slot = raw_cpu_read(tpw_rings.slots);
	slot += *published & tpw_log_slot_mask;
	WRITE_ONCE(slot->published, 0);
	smp_wmb();	/* pairs with smp_rmb() in copy_record() */
	slot->time_ns = now_ns;
	raw_cpu_inc(*seq);
	slot->seq = raw_cpu_read(*seq);
	slot->net_cookie = net->cookie;
	slot->net_inum = net->inum;
	return slot;
}

void tpw_log_wake_waiters(void);

/**
 * tpw_log_end() - the slot is whole: let readers have it
 * @slot: what tpw_log_begin() returned
 * @published: what it gave
 *
 * Context: as the call that began it.
 */
static __always_inline void tpw_log_end(struct tpw_log_slot *slot,
					u64 published)
{
	/* Pairs with the loads of readers: all of the slot before its number. */
	smp_store_release(&slot->published, published);
	tpw_log_share_cpu();
	if (static_branch_unlikely(&tpw_log_is_followed))
		tpw_log_wake_waiters();
}

#endif /* _TPW_LOG_H */
