// SPDX-License-Identifier: GPL-2.0
/*
 * The counters of listeners.
 */
#include "store/listener_counts.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#define NR_COUNTS	(sizeof(struct tpw_listener_counts) / sizeof(u64))

/* An array of its own a CPU: the per-CPU allocator has no pieces of this size. */
struct tpw_listener_counts **tpw_listener_counts;

static size_t bytes_of(u32 nr)
{
	return (size_t)nr * sizeof(struct tpw_listener_counts);
}

/**
 * tpw_listener_counts_init() - allocate them
 * @nr: rows
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM: then tpw_listener_counts_exit() is still to be called.
 */
int tpw_listener_counts_init(u32 nr)
{
	int cpu;

	tpw_listener_counts = kcalloc(nr_cpu_ids, sizeof(*tpw_listener_counts),
				      GFP_KERNEL);
	if (!tpw_listener_counts)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		tpw_listener_counts[cpu] = vzalloc_node(bytes_of(nr),
							cpu_to_node(cpu));
		if (!tpw_listener_counts[cpu])
			return -ENOMEM;
	}
	return 0;
}

/**
 * tpw_listener_counts_exit() - free them
 *
 * Context: process, may sleep; no handler and no reader is left.
 */
void tpw_listener_counts_exit(void)
{
	int cpu;

	if (tpw_listener_counts)
		for_each_possible_cpu(cpu)
			vfree(tpw_listener_counts[cpu]);
	kfree(tpw_listener_counts);
	tpw_listener_counts = NULL;
}

/**
 * tpw_listener_counts_bytes() - how much memory they take
 * @nr: rows
 *
 * Context: any.
 * Return: bytes.
 */
size_t tpw_listener_counts_bytes(u32 nr)
{
	return PAGE_ALIGN(bytes_of(nr)) * num_possible_cpus();
}

/**
 * tpw_listener_counts_reset() - the counters of this CPU get another row
 * @c: the counters
 * @stamp: of that row
 *
 * Context: as tpw_listeners_enter().
 */
void tpw_listener_counts_reset(struct tpw_listener_counts *c, u64 stamp)
{
	u64 *n = (u64 *)c;
	unsigned int i;

	WRITE_ONCE(c->stamp, 0);
	smp_wmb();	/* nobody takes zeros for the old row's */
	for (i = 1; i < NR_COUNTS; i++)
		WRITE_ONCE(n[i], 0);
	/* Pairs with the acquire in add_up(): all are zero. */
	smp_store_release(&c->stamp, stamp);
}

/* Those of one CPU, if they are of the row with that stamp. */
static void add_up(const struct tpw_listener_counts *from, u64 stamp,
		   struct tpw_listener_counts *sum)
{
	struct tpw_listener_counts copy;
	u64 *n = (u64 *)&copy, *to = (u64 *)sum;
	unsigned int i;

	/* Both pair with tpw_listener_counts_reset(). */
	if (smp_load_acquire(&from->stamp) != stamp)
		return;
	for (i = 0; i < NR_COUNTS; i++)
		n[i] = READ_ONCE(((const u64 *)from)[i]);
	smp_rmb();	/* likewise */
	if (READ_ONCE(from->stamp) != stamp)
		return;
	for (i = 0; i < NR_COUNTS; i++)
		to[i] += n[i];
}

/**
 * tpw_listener_counts_sum() - those of one row, all CPUs together
 * @index: of the row
 * @stamp: of the row
 * @sum: where to
 *
 * Context: any.
 */
void tpw_listener_counts_sum(u32 index, u64 stamp,
			     struct tpw_listener_counts *sum)
{
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu)
		add_up(&tpw_listener_counts[cpu][index], stamp, sum);
}
