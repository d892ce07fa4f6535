/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log of a network namespace: one ring a CPU of records of fixed size, the
 * oldest overwritten.
 *
 * Each namespace has rings of its own: however much one writes, nobody else's
 * records give way.  Writers never wait and never look at readers.  A reader
 * has its own position in each ring and can tell when a writer has overtaken
 * it.
 *
 * A reader of all namespaces holds a log that may outlive its namespace.
 */
#ifndef _TPW_LOG_H
#define _TPW_LOG_H

#include "base/cpu.h"
#include "base/tuple.h"
#include "verdict/verdict.h"
#include "kernel/raw_verdict.h"
#include "store/waiters.h"

#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/string.h>
#include <linux/types.h>

#define TPW_LOG_DEFAULT	8192
#define TPW_LOG_MAX	4194304

/**
 * struct tpw_log_record - one verdict in the log, as readers get it
 * @time_ns: when the verdict was known, CLOCK_MONOTONIC
 * @seq: its number among those of its namespace and CPU, from 1
 * @cpu: where it was written
 * @v: the verdict
 */
struct tpw_log_record {
	u64 time_ns;
	u64 seq;
	u32 cpu;
	struct tpw_verdict v;
};

/**
 * struct tpw_log_slot - one verdict in a ring, as writers leave it
 * @published: 1 + its position in the ring, which is its number; 0 while it is
 *	written.  Pairs the release of the writer with the acquire of readers.
 * @time_ns: as in struct tpw_log_record
 * @g: what a verdict can be made of, if @is_raw
 * @v: else the first bytes of the verdict
 * @is_raw: which of the two it holds
 */
struct tpw_log_slot {
	u64 published;
	u64 time_ns;
	union {
		struct tpw_raw_verdict g;
		struct {
			u8 v[TPW_VERDICT_LOGGED];
			bool is_raw;
		};
	};
} __aligned(64);	/* a shift finds a slot */

static_assert(sizeof(struct tpw_raw_verdict) <= TPW_VERDICT_LOGGED);
static_assert(sizeof(struct tpw_log_slot) == 128);

/**
 * struct tpw_ring - the log of one namespace on one CPU
 * @head: position of the next record; only ever grows
 * @slots: the records
 * @mask: one less than their number, a power of two
 * @is_followed: somebody may wait for records
 * @log: the whole
 */
struct tpw_ring {
	u64 head;
	struct tpw_log_slot *slots;
	u32 mask;
	bool is_followed;
	struct tpw_log *log;
};

/**
 * struct tpw_log - the log of one namespace
 * @rings: by CPU
 * @id: names the namespace
 * @serial: in the order in which logs were made, from 1
 * @waiters: who waits for records of this namespace
 * @followers: open files that may wait for them; guarded by the lock of log.c
 * @is_share: of another namespace than the initial one
 * @was_followed: of a share: its writers look for followers ever since
 * @is_dead: its namespace has ended
 * @users: its namespace, and readers of all namespaces
 * @list: all logs of namespaces, in the order in which they were made
 */
struct tpw_log {
	struct tpw_ring __percpu *rings;
	struct tpw_netid id;
	u64 serial;
	struct tpw_waiters waiters;
	unsigned int followers;
	bool is_share;
	bool was_followed;
	bool is_dead;
	refcount_t users;
	struct list_head list;
};

extern struct tpw_waiters tpw_log_all_waiters;

int tpw_log_init(u32 nr_records);
void tpw_log_exit(void);
struct tpw_log *tpw_log_create(const struct tpw_netid *id, bool is_share);
void tpw_log_end_namespace(struct tpw_log *log);
void tpw_log_put(struct tpw_log *log);
struct tpw_log *tpw_log_after(u64 serial);
u64 tpw_log_newest(void);
size_t tpw_log_bytes(const struct tpw_log *log);
u64 tpw_log_nr(const struct tpw_log *log);
u64 tpw_log_held(const struct tpw_log *log);

u64 tpw_log_head(const struct tpw_log *log, int cpu);
u64 tpw_log_oldest(const struct tpw_log *log, int cpu);
bool tpw_log_peek(const struct tpw_log *log, int cpu, u64 *position,
		  u64 *overtaken, u64 *time_ns);
bool tpw_log_read(const struct tpw_log *log, int cpu, u64 position,
		  struct tpw_log_record *to);

void tpw_log_follow(struct tpw_log *log);
void tpw_log_unfollow(struct tpw_log *log);
void tpw_log_notify(struct tpw_log *log);

/**
 * tpw_log_begin() - take the next slot of the ring of this CPU
 * @rings: those of the namespace
 * @now_ns: the time, CLOCK_MONOTONIC
 * @published: to be given to tpw_log_end()
 *
 * Nobody else may write to this ring before tpw_log_end(): on PREEMPT_RT, where
 * tasks with BH off give way to each other, preemption is off until then.
 *
 * Context: BH off.
 * Return: the slot, of which @is_raw and what it tells of are to be filled.
 */
static __always_inline struct tpw_log_slot *
tpw_log_begin(struct tpw_ring __percpu *rings, u64 now_ns, u64 *published)
{
	struct tpw_log_slot *slot;

	tpw_own_cpu();
	raw_cpu_inc(rings->head);
	*published = raw_cpu_read(rings->head);
	slot = raw_cpu_read(rings->slots);
	slot += *published & raw_cpu_read(rings->mask);
	WRITE_ONCE(slot->published, 0);
	smp_wmb();	/* pairs with smp_rmb() in tpw_log_read() */
	WRITE_ONCE(slot->time_ns, now_ns);
	return slot;
}

/**
 * tpw_log_fill() - put a verdict into a slot
 * @slot: what tpw_log_begin() returned
 * @v: the verdict
 *
 * Context: as the call that began it.
 */
static __always_inline void tpw_log_fill(struct tpw_log_slot *slot,
					 const struct tpw_verdict *v)
{
	slot->is_raw = false;
	memcpy(slot->v, v, sizeof(slot->v));
}

/**
 * tpw_log_end() - the slot is whole: let readers have it
 * @rings: as for tpw_log_begin()
 * @slot: what that returned
 * @published: what it gave
 *
 * Context: as the call that began it.
 */
static __always_inline void tpw_log_end(struct tpw_ring __percpu *rings,
					struct tpw_log_slot *slot,
					u64 published)
{
	struct tpw_log *followed = NULL;

	/* Pairs with the loads of readers: all of the slot before its number. */
	smp_store_release(&slot->published, published);
	if (unlikely(raw_cpu_read(rings->is_followed)))
		followed = raw_cpu_read(rings->log);
	tpw_share_cpu();
	if (unlikely(followed))
		tpw_log_notify(followed);
}

#endif /* _TPW_LOG_H */
