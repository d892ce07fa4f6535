// SPDX-License-Identifier: GPL-2.0
/*
 * The log of a network namespace: one ring a CPU.
 *
 * A writer has its CPU's ring to itself (see tpw_log_begin()): it takes a
 * position with one increment and publishes the record with a release store,
 * without a lock.  A reader that copied a record looks at @published again: if
 * that has changed, the record was overwritten under its hands.
 */
#include "store/log.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>

#define MIN_PER_CPU		64	/* of the initial namespace */
#define MIN_PER_CPU_SHARE	16	/* of any other */
#define SHARE			8	/* of what the initial namespace has */

struct tpw_waiters tpw_log_all_waiters;

static DEFINE_MUTEX(lock);		/* guards all below */
static LIST_HEAD(logs);
static u64 newest;
static unsigned int all_followers;
static u32 whole;			/* records of the initial namespace */

/**
 * tpw_log_init() - make what all logs share
 * @nr_records: how many records the log of the initial namespace should hold
 *	at least
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_log_init(u32 nr_records)
{
	whole = nr_records;
	tpw_waiters_init(&tpw_log_all_waiters);
	return tpw_waiters_setup();
}

/**
 * tpw_log_exit() - undo tpw_log_init()
 *
 * Context: process, may sleep; no log is left.
 */
void tpw_log_exit(void)
{
	tpw_waiters_exit(&tpw_log_all_waiters);
	tpw_waiters_teardown();
}

static u32 slots_per_cpu(bool is_share)
{
	u32 records = is_share ? whole / SHARE : whole;
	u32 least = is_share ? MIN_PER_CPU_SHARE : MIN_PER_CPU;

	return roundup_pow_of_two(max_t(u32, records / num_possible_cpus(),
					least));
}

static void free_rings(struct tpw_log *log)
{
	int cpu;

	if (!log->rings)
		return;
	for_each_possible_cpu(cpu)
		kvfree(per_cpu_ptr(log->rings, cpu)->slots);
	free_percpu(log->rings);
}

/* Whoever makes a namespace is charged for it. */
static int alloc_rings(struct tpw_log *log, u32 nr)
{
	int cpu;

	log->rings = alloc_percpu_gfp(struct tpw_ring, GFP_KERNEL_ACCOUNT);
	if (!log->rings)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct tpw_ring *r = per_cpu_ptr(log->rings, cpu);

		r->mask = nr - 1;
		r->log = log;
		r->slots = kvmalloc_node(nr * sizeof(*r->slots),
					 GFP_KERNEL_ACCOUNT | __GFP_ZERO,
					 cpu_to_node(cpu));
		if (!r->slots)
			return -ENOMEM;
	}
	return 0;
}

static bool may_be_followed(const struct tpw_log *log)
{
	return log->followers || log->was_followed || all_followers;
}

/* Somebody may wait for records of this one: let its writers look. */
static void mark_followed(struct tpw_log *log)
{
	bool is_followed = may_be_followed(log);
	int cpu;

	lockdep_assert_held(&lock);
	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(log->rings, cpu)->is_followed,
			   is_followed);
}

/**
 * tpw_log_create() - make the log of a namespace
 * @id: names it
 * @is_share: not the initial one
 *
 * Context: process, may sleep.
 * Return: the log, or NULL; tpw_log_end_namespace() is due.
 */
struct tpw_log *tpw_log_create(const struct tpw_netid *id, bool is_share)
{
	struct tpw_log *log = kzalloc(sizeof(*log), GFP_KERNEL_ACCOUNT);

	if (!log)
		return NULL;
	if (alloc_rings(log, slots_per_cpu(is_share))) {
		free_rings(log);
		kfree(log);
		return NULL;
	}
	log->id = *id;
	log->is_share = is_share;
	refcount_set(&log->users, 1);
	tpw_waiters_init(&log->waiters);
	mutex_lock(&lock);
	log->serial = ++newest;
	list_add_tail(&log->list, &logs);
	mark_followed(log);
	mutex_unlock(&lock);
	/* There is something new to read for who reads all. */
	if (READ_ONCE(all_followers))
		tpw_waiters_poke(&tpw_log_all_waiters);
	return log;
}

/**
 * tpw_log_end_namespace() - nothing is written any more
 * @log: the log of a namespace that ends
 *
 * Context: process, may sleep.
 */
void tpw_log_end_namespace(struct tpw_log *log)
{
	mutex_lock(&lock);
	list_del(&log->list);
	mutex_unlock(&lock);
	tpw_waiters_exit(&log->waiters);
	WRITE_ONCE(log->is_dead, true);
	tpw_log_put(log);
}

/**
 * tpw_log_put() - give back what tpw_log_after() returned
 * @log: it
 *
 * Context: process, may sleep.
 */
void tpw_log_put(struct tpw_log *log)
{
	if (!refcount_dec_and_test(&log->users))
		return;
	free_rings(log);
	kfree(log);
}

/**
 * tpw_log_after() - the first log that was made after another
 * @serial: of that; 0 for the first of all
 *
 * Context: process, may sleep.
 * Return: the log, to be given back with tpw_log_put(); NULL if there is none.
 */
struct tpw_log *tpw_log_after(u64 serial)
{
	struct tpw_log *log, *found = NULL;

	mutex_lock(&lock);
	list_for_each_entry(log, &logs, list) {
		if (log->serial <= serial)
			continue;
		refcount_inc(&log->users);
		found = log;
		break;
	}
	mutex_unlock(&lock);
	return found;
}

/** tpw_log_newest() - Return: serial number of the log that was made last. */
u64 tpw_log_newest(void)
{
	return READ_ONCE(newest);
}

/**
 * tpw_log_bytes() - memory that a log takes
 * @log: the log
 *
 * Return: bytes.
 */
size_t tpw_log_bytes(const struct tpw_log *log)
{
	return sizeof(*log) + sizeof(struct tpw_ring) * num_possible_cpus() +
	       tpw_log_nr(log) * sizeof(struct tpw_log_slot);
}

/**
 * tpw_log_nr() - how many records a log can hold
 * @log: the log
 *
 * Return: their number.
 */
u64 tpw_log_nr(const struct tpw_log *log)
{
	const struct tpw_ring *r = per_cpu_ptr(log->rings,
					       cpumask_first(cpu_possible_mask));

	return (u64)(r->mask + 1) * num_possible_cpus();
}

/**
 * tpw_log_held() - how many records a log holds now
 * @log: the log
 *
 * Return: their number.
 */
u64 tpw_log_held(const struct tpw_log *log)
{
	u64 held = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		held += tpw_log_head(log, cpu) - tpw_log_oldest(log, cpu);
	return held;
}

/**
 * tpw_log_head() - position that the next record of a CPU will have
 * @log: the log
 * @cpu: which
 *
 * Return: the position, counted from 0.
 */
u64 tpw_log_head(const struct tpw_log *log, int cpu)
{
	return READ_ONCE(per_cpu_ptr(log->rings, cpu)->head);
}

/**
 * tpw_log_oldest() - position of the oldest record that a CPU still has
 * @log: the log
 * @cpu: which
 *
 * Return: the position.
 */
u64 tpw_log_oldest(const struct tpw_log *log, int cpu)
{
	const struct tpw_ring *r = per_cpu_ptr(log->rings, cpu);
	u64 head = tpw_log_head(log, cpu);

	return head > r->mask + 1ULL ? head - r->mask - 1 : 0;
}

/* Where tpw_log_begin() puts it: by what will be published with it. */
static const struct tpw_log_slot *slot_at(const struct tpw_log *log, int cpu,
					  u64 position)
{
	const struct tpw_ring *r = per_cpu_ptr(log->rings, cpu);

	return &r->slots[(position + 1) & r->mask];
}

/*
 * A writer may be at it while this reads; who calls looks at @published again,
 * and throws away what is not whole.
 */
static void copy_racy(const struct tpw_log_slot *slot, struct tpw_log_record *to)
{
	struct tpw_raw_verdict g;

	/* data_race(): what was torn is not used, see above. */
	if (data_race(slot->is_raw)) {
		/* data_race(): likewise */
		data_race(g = slot->g);
		tpw_raw_verdict_expand(&g, &to->v);
	} else {
		to->v.uid = 0;
		/* data_race(): likewise */
		data_race(memcpy(&to->v, slot->v, sizeof(slot->v)));
	}
}

/**
 * tpw_log_read() - copy the record at a position
 * @log: the log
 * @cpu: of which CPU
 * @position: where; tpw_log_peek() has found it there
 * @to: where to
 *
 * Context: process.
 * Return: false if it was overwritten meanwhile.
 */
bool tpw_log_read(const struct tpw_log *log, int cpu, u64 position,
		  struct tpw_log_record *to)
{
	const struct tpw_log_slot *slot = slot_at(log, cpu, position);

	/* Pairs with tpw_log_end(): what it published is whole. */
	if (smp_load_acquire(&slot->published) != position + 1)
		return false;
	to->time_ns = READ_ONCE(slot->time_ns);
	to->seq = position + 1;
	to->cpu = cpu;
	copy_racy(slot, to);
	smp_rmb();	/* pairs with smp_wmb() in tpw_log_begin() */
	return READ_ONCE(slot->published) == position + 1;
}

/* When it was written; false if it is not there, not yet or not any more. */
static bool time_at(const struct tpw_log *log, int cpu, u64 position,
		    u64 *time_ns)
{
	const struct tpw_log_slot *slot = slot_at(log, cpu, position);

	/* Both as in tpw_log_read(). */
	if (smp_load_acquire(&slot->published) != position + 1)
		return false;
	*time_ns = READ_ONCE(slot->time_ns);
	smp_rmb();	/* likewise */
	return READ_ONCE(slot->published) == position + 1;
}

/**
 * tpw_log_peek() - is there a record?
 * @log: the log
 * @cpu: of which CPU
 * @position: where to look; moved on to what has not been overwritten
 * @overtaken: grows by the records that were
 * @time_ns: set to when the record was written
 *
 * A record that is being written is not there yet: its writer may be a task
 * that the reader keeps from running.
 *
 * Context: process.
 * Return: false if all that is published was read.
 */
bool tpw_log_peek(const struct tpw_log *log, int cpu, u64 *position,
		  u64 *overtaken, u64 *time_ns)
{
	const struct tpw_ring *r = per_cpu_ptr(log->rings, cpu);

	for (;;) {
		u64 oldest = tpw_log_oldest(log, cpu);

		if (*position < oldest) {
			/* Leave room, or the writer is here again at once. */
			oldest += (r->mask + 1) / 8;
			oldest = min(oldest, tpw_log_head(log, cpu));
			*overtaken += oldest - *position;
			*position = oldest;
		}
		if (*position >= tpw_log_head(log, cpu))
			return false;
		if (time_at(log, cpu, *position, time_ns))
			return true;
		/* Overwritten meanwhile, or still being written? */
		if (*position >= tpw_log_oldest(log, cpu))
			return false;
	}
}

static void follow_all(void)
{
	struct tpw_log *log;

	list_for_each_entry(log, &logs, list)
		mark_followed(log);
}

/**
 * tpw_log_follow() - somebody may wait for records from now on
 * @log: of which namespace, NULL for all
 *
 * In a container that costs others a grace period once, however often its root
 * opens and closes.
 *
 * Context: process, may sleep.
 */
void tpw_log_follow(struct tpw_log *log)
{
	bool is_first;

	mutex_lock(&lock);
	if (log) {
		is_first = !may_be_followed(log);
		log->followers++;
		log->was_followed = log->is_share;
		mark_followed(log);
	} else {
		is_first = !all_followers;
		all_followers++;
		follow_all();
	}
	mutex_unlock(&lock);
	/* No writer that saw the old flag, and would wake nobody, is left. */
	if (is_first)
		synchronize_rcu();
}

/**
 * tpw_log_unfollow() - undo one tpw_log_follow()
 * @log: what it was given
 *
 * Context: process, may sleep.
 */
void tpw_log_unfollow(struct tpw_log *log)
{
	mutex_lock(&lock);
	if (log) {
		log->followers--;
		mark_followed(log);
	} else {
		all_followers--;
		follow_all();
	}
	mutex_unlock(&lock);
}

/**
 * tpw_log_notify() - a record was published, and somebody may wait for it
 * @log: where
 *
 * Context: any, also with interrupts off or a lock of the scheduler held.
 */
void tpw_log_notify(struct tpw_log *log)
{
	tpw_waiters_poke(&log->waiters);
	if (READ_ONCE(all_followers))
		tpw_waiters_poke(&tpw_log_all_waiters);
}
