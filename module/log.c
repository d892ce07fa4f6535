// SPDX-License-Identifier: GPL-2.0
/*
 * The log: one ring a CPU.
 *
 * A writer has its CPU's ring to itself (see tpw_log_begin()): it takes a
 * position with one increment and publishes the record with a release store,
 * without a lock.  A reader that copied a record looks at @published again: if
 * that has changed, the record was overwritten under its hands.
 */
#include "log.h"

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/irq_work.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#define MIN_PER_CPU	64

DECLARE_WAIT_QUEUE_HEAD(tpw_log_waitq);

DEFINE_PER_CPU(struct tpw_ring, tpw_rings);
u32 tpw_log_slot_mask __read_mostly;
DEFINE_STATIC_KEY_FALSE(tpw_log_is_followed);

static u32 slots_per_cpu;	/* a power of two */

static void wake_waiters(struct irq_work *work)
{
	wake_up_interruptible_all(&tpw_log_waitq);
}

static DEFINE_IRQ_WORK(wake_work, wake_waiters);

static int alloc_slots(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct tpw_ring *r = per_cpu_ptr(&tpw_rings, cpu);

		r->slots = vzalloc_node(slots_per_cpu * sizeof(*r->slots),
					cpu_to_node(cpu));
		if (!r->slots)
			return -ENOMEM;
	}
	return 0;
}

/**
 * tpw_log_init() - allocate the rings
 * @nr_records: how many records all rings together should hold at least
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_log_init(u32 nr_records)
{
	int err;

	slots_per_cpu = max_t(u32, nr_records / num_possible_cpus(), MIN_PER_CPU);
	slots_per_cpu = roundup_pow_of_two(slots_per_cpu);
	tpw_log_slot_mask = slots_per_cpu - 1;
	err = alloc_slots();
	if (err)
		tpw_log_exit();
	return err;
}

/*
 * Who polls a file keeps an entry in our queue even after that file was taken
 * away; it must not outlive the module.
 */
static void release_pollers(void)
{
	/* Nobody new can poll: the files are gone. */
	while (waitqueue_active(&tpw_log_waitq)) {
		__wake_up(&tpw_log_waitq, TASK_NORMAL, 0,
			  poll_to_key(EPOLLHUP | POLLFREE));
		msleep(20);
	}
	synchronize_rcu();
}

/**
 * tpw_log_exit() - free the rings
 *
 * Context: process, may sleep; no handler and no reader is left.
 */
void tpw_log_exit(void)
{
	int cpu;

	irq_work_sync(&wake_work);
	release_pollers();
	for_each_possible_cpu(cpu) {
		vfree(per_cpu(tpw_rings, cpu).slots);
		per_cpu(tpw_rings, cpu).slots = NULL;
	}
}

/** tpw_log_bytes() - Return: bytes of memory the rings take. */
size_t tpw_log_bytes(void)
{
	return PAGE_ALIGN(slots_per_cpu * sizeof(struct tpw_log_slot)) *
	       num_possible_cpus();
}

/** tpw_log_nr() - Return: how many records the rings can hold. */
u32 tpw_log_nr(void)
{
	return slots_per_cpu * num_possible_cpus();
}

/** tpw_log_held() - Return: how many records the rings hold now. */
u32 tpw_log_held(void)
{
	u32 held = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		held += min_t(u64, tpw_log_head(cpu), slots_per_cpu);
	return held;
}

/**
 * tpw_log_head() - position that the next record of a CPU will have
 * @cpu: which
 *
 * Return: the position, counted from 0 since the module was loaded.
 */
u64 tpw_log_head(int cpu)
{
	return READ_ONCE(per_cpu(tpw_rings, cpu).head);
}

/**
 * tpw_log_oldest() - position of the oldest record that a CPU still has
 * @cpu: which
 *
 * Return: the position.
 */
u64 tpw_log_oldest(int cpu)
{
	u64 head = tpw_log_head(cpu);

	return head > slots_per_cpu ? head - slots_per_cpu : 0;
}

/* Where tpw_log_begin() puts it: by what will be published with it. */
static const struct tpw_log_slot *slot_at(const struct tpw_ring *r, u64 position)
{
	return &r->slots[(position + 1) & tpw_log_slot_mask];
}

static bool copy_record(int cpu, u64 position, struct tpw_log_record *to)
{
	struct tpw_ring *r = per_cpu_ptr(&tpw_rings, cpu);
	const struct tpw_log_slot *slot = slot_at(r, position);
	struct tpw_glimpse g;

	/* Pairs with tpw_log_end(): what it published is whole. */
	if (smp_load_acquire(&slot->published) != position + 1)
		return false;
	to->time_ns = slot->time_ns;
	to->seq = slot->seq;
	to->net.cookie = slot->net_cookie;
	to->net.inum = slot->net_inum;
	to->cpu = cpu;
	if (slot->is_glimpse) {
		g = slot->g;
		tpw_glimpse_expand(&g, &to->v);
	} else {
		to->v = slot->v;
	}
	smp_rmb();	/* pairs with smp_wmb() in tpw_log_begin() */
	return READ_ONCE(slot->published) == position + 1;
}

/**
 * tpw_log_is_ready() - is there anything to read from this position on?
 * @cpu: of which CPU
 * @position: where
 *
 * A record that is being written is not ready: its writer may be a task that
 * the reader keeps from running.
 *
 * Context: any.
 * Return: true if tpw_log_read() would move on.
 */
bool tpw_log_is_ready(int cpu, u64 position)
{
	const struct tpw_ring *r = per_cpu_ptr(&tpw_rings, cpu);
	const struct tpw_log_slot *slot;

	if (position >= tpw_log_head(cpu))
		return false;
	slot = slot_at(r, position);
	/* Pairs with tpw_log_end(), as what we say makes others read. */
	return smp_load_acquire(&slot->published) > position;
}

/**
 * tpw_log_read() - copy the next record of a CPU
 * @cpu: which
 * @position: where to read; moved behind what was read or overtaken
 * @overtaken: grows by the records that were overwritten before they were read
 * @to: where to
 *
 * Context: process.
 * Return: true if there was a record; false if all that is published was read.
 */
bool tpw_log_read(int cpu, u64 *position, u64 *overtaken,
		  struct tpw_log_record *to)
{
	for (;;) {
		u64 oldest = tpw_log_oldest(cpu);

		if (*position < oldest) {
			/* Leave room, or the writer is here again at once. */
			oldest += slots_per_cpu / 8;
			oldest = min(oldest, tpw_log_head(cpu));
			*overtaken += oldest - *position;
			*position = oldest;
		}
		if (*position >= tpw_log_head(cpu))
			return false;
		if (copy_record(cpu, *position, to)) {
			++*position;
			return true;
		}
		/* Overwritten meanwhile, or still being written? */
		if (*position >= tpw_log_oldest(cpu))
			return false;
	}
}

/**
 * tpw_log_wait_begin() - from now on writers look for waiting readers
 *
 * Context: process, may sleep.
 */
void tpw_log_wait_begin(void)
{
	static_branch_inc(&tpw_log_is_followed);
	synchronize_rcu();	/* no handler that saw the old value is left */
}

/**
 * tpw_log_wake_waiters() - a record was published, and somebody may wait for it
 *
 * Context: any, also with interrupts off or a lock of the scheduler held.
 */
void tpw_log_wake_waiters(void)
{
	smp_mb();	/* the record before the look at the queue */
	if (waitqueue_active(&tpw_log_waitq))
		irq_work_queue(&wake_work);
}

/** tpw_log_wait_end() - undo one tpw_log_wait_begin() */
void tpw_log_wait_end(void)
{
	static_branch_dec(&tpw_log_is_followed);
}

/** tpw_log_wake() - wake all waiting readers, as when a namespace ends */
void tpw_log_wake(void)
{
	wake_up_interruptible_all(&tpw_log_waitq);
}
