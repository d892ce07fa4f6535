/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log: one ring a CPU of records of fixed size, the oldest overwritten.
 *
 * Writers never wait and never look at readers.  A reader has its own position
 * in each ring and can tell when a writer has overtaken it.
 */
#ifndef _TPW_LOG_H
#define _TPW_LOG_H

#include "verdict.h"

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include <linux/wait.h>

#define TPW_LOG_DEFAULT	8192
#define TPW_LOG_MAX	(1 << 22)

/**
 * struct tpw_log_record - one verdict in the log
 * @position: its position in the ring
 * @published: 1 + its position in the ring; 0 while it is written.  Pairs the
 *	release of the writer with the acquire of readers.
 * @time_ns: when the verdict was known, CLOCK_MONOTONIC
 * @seq: its number among those of its namespace and CPU, from 1
 * @net: the namespace
 * @cpu: where it was written
 * @v: the verdict
 */
struct tpw_log_record {
	u64 position;
	u64 published;
	u64 time_ns;
	u64 seq;
	struct tpw_netid net;
	u32 cpu;
	struct tpw_verdict v;
};

/**
 * struct tpw_ring - the log of one CPU
 * @head: position of the next record; only ever grows
 * @slots: the records
 */
struct tpw_ring {
	u64 head;
	struct tpw_log_record *slots;
};

DECLARE_PER_CPU(struct tpw_ring, tpw_rings);
extern u32 tpw_log_slot_mask;
extern atomic_t tpw_log_waiting;
extern struct irq_work tpw_log_wake_work;

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

/**
 * tpw_log_begin() - take the next record of the ring of this CPU
 * @net: the namespace
 * @seq: its number in that namespace on this CPU
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: BH off until tpw_log_end(), so that the CPU stays the same.
 * Return: the record, its verdict to be filled in whole.
 */
static __always_inline struct tpw_log_record *
tpw_log_begin(const struct tpw_netid *net, u64 seq, u64 now_ns)
{
	u64 position = this_cpu_inc_return(tpw_rings.head) - 1;
	struct tpw_log_record *rec = raw_cpu_read(tpw_rings.slots);

	rec += position & tpw_log_slot_mask;
	WRITE_ONCE(rec->published, 0);
	smp_wmb();	/* pairs with smp_rmb() in copy_record() */
	rec->position = position;
	rec->time_ns = now_ns;
	rec->seq = seq;
	rec->net = *net;
	rec->cpu = raw_smp_processor_id();
	return rec;
}

/**
 * tpw_log_end() - the record is whole: let readers have it
 * @rec: what tpw_log_begin() returned
 *
 * Context: as the call that began it.
 */
static __always_inline void tpw_log_end(struct tpw_log_record *rec)
{
	smp_store_release(&rec->published, rec->position + 1);

	if (unlikely(atomic_read(&tpw_log_waiting))) {
		smp_mb();	/* the record before the look at the queue */
		if (waitqueue_active(&tpw_log_waitq))
			irq_work_queue(&tpw_log_wake_work);
	}
}

#endif /* _TPW_LOG_H */
