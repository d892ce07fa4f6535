// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that arrived: when counting begins and ends, and what is left of
 * them.
 */
#include "store/arrivals.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/smp.h>
#include <linux/string.h>

static void portion_begin(struct tpw_portion *p, u64 now)
{
	p->apart += now - p->end;
}

static void portion_end(struct tpw_portion *p, u64 now)
{
	p->end = now;
}

static u64 portion_of(const struct tpw_portion *p, u64 now, bool goes_on)
{
	return (goes_on ? now : p->end) - p->apart;
}

/**
 * tpw_arrivals_init() - make those of a new namespace
 * @a: zeroed memory
 * @tc: its counters, which live longer
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_arrivals_init(struct tpw_arrivals *a, const struct tpw_counters *tc)
{
	raw_spin_lock_init(&a->lock);
	a->counters = tc;
	a->cpu = alloc_percpu_gfp(struct tpw_arrivals_by_version, GFP_KERNEL_ACCOUNT);
	return a->cpu ? 0 : -ENOMEM;
}

/**
 * tpw_arrivals_exit() - free what tpw_arrivals_init() made
 * @a: no handler may use them any more
 *
 * Context: process, may sleep.
 */
void tpw_arrivals_exit(struct tpw_arrivals *a)
{
	free_percpu(a->cpu);
	a->cpu = NULL;
}

/** tpw_arrivals_bytes() - Return: memory of those of a namespace, besides itself. */
size_t tpw_arrivals_bytes(void)
{
	return sizeof(struct tpw_arrivals_by_version) * num_possible_cpus();
}

static struct tpw_cpu_arrivals *on_cpu(const struct tpw_arrivals *a,
				       enum tpw_ip_version ip, int cpu)
{
	return &per_cpu_ptr(a->cpu, cpu)->ip[ip];
}

static u64 seen_on(const struct tpw_arrivals *a, enum tpw_ip_version ip, int cpu)
{
	const struct tpw_counts *counts = per_cpu_ptr(a->counters->counts, cpu);
	bool is_ipv6 = ip == TPW_IPV6;

	return READ_ONCE(counts->family[tpw_family_of(true, is_ipv6)].seen) +
	       READ_ONCE(counts->family[tpw_family_of(false, is_ipv6)].seen);
}

/* What netfilter may have dropped after its arrival. */
static u64 dropped(const struct tpw_arrivals *a)
{
	return tpw_counters_taken_by(a->counters, TPW_TAKER_INPUT) +
	       tpw_counters_taken_by(a->counters, TPW_TAKER_NETFILTER);
}

static bool are_any_counted(const struct tpw_arrivals *a)
{
	return tpw_arrivals_are_counted(a, TPW_IPV4) ||
	       tpw_arrivals_are_counted(a, TPW_IPV6);
}

/**
 * tpw_arrivals_reset() - begin anew
 * @a: those of a namespace; none is counted, and no handler runs
 * @unwatched: segments that no hook saw so far
 *
 * Context: process.
 */
void tpw_arrivals_reset(struct tpw_arrivals *a, u64 unwatched)
{
	int cpu;

	raw_spin_lock_irq(&a->lock);
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(a->cpu, cpu), 0, sizeof(*a->cpu));
	memset(a->is_late, 0, sizeof(a->is_late));
	a->is_open = false;
	a->dropped = (struct tpw_portion){ dropped(a), dropped(a) };
	a->unwatched = (struct tpw_portion){ unwatched, unwatched };
	raw_spin_unlock_irq(&a->lock);
}

/**
 * tpw_arrivals_begin() - count from now on; then the hook is to be armed
 * @a: those of a namespace
 * @ip: of which version
 * @unwatched: segments that no hook saw so far
 *
 * Each CPU begins with the first segment that arrives on it; when none is on its
 * way any more that arrived before, tpw_arrivals_turn_all() sees to the others.
 *
 * Context: process.
 */
void tpw_arrivals_begin(struct tpw_arrivals *a, enum tpw_ip_version ip, u64 unwatched)
{
	raw_spin_lock_irq(&a->lock);
	if (!a->is_open) {
		portion_begin(&a->dropped, dropped(a));
		portion_begin(&a->unwatched, unwatched);
	}
	a->is_open = true;
	WRITE_ONCE(a->span[ip], a->span[ip] + 1);
	raw_spin_unlock_irq(&a->lock);
}

/**
 * tpw_arrivals_end() - cease to count, with the hook still armed
 * @a: those of a namespace
 * @ip: of which version
 *
 * As above, each CPU ends with the next segment that arrives on it.
 *
 * Context: process.
 */
void tpw_arrivals_end(struct tpw_arrivals *a, enum tpw_ip_version ip)
{
	raw_spin_lock_irq(&a->lock);
	WRITE_ONCE(a->span[ip], a->span[ip] + 1);
	raw_spin_unlock_irq(&a->lock);
}

/* No segment is on its way on that CPU that has arrived and was not seen. */
static bool turn(struct tpw_arrivals *a, enum tpw_ip_version ip, int cpu)
{
	struct tpw_cpu_arrivals *c = on_cpu(a, ip, cpu);
	u32 span = tpw_arrivals_are_counted(a, ip) ? a->span[ip] : 0;

	if (span && !c->span)
		portion_begin(&c->seen, seen_on(a, ip, cpu));
	else if (!span && c->span)
		portion_end(&c->seen, seen_on(a, ip, cpu));
	WRITE_ONCE(c->span, span);
	return span;
}

/**
 * tpw_arrivals_count_turning() - a segment arrives, with which this CPU begins
 *	or ends
 * @a: those of its namespace
 * @ip: its version
 *
 * Context: BH off, before the segment can be seen.
 */
void tpw_arrivals_count_turning(struct tpw_arrivals *a, enum tpw_ip_version ip)
{
	unsigned long flags;

	/* It has ended here, and the hook is about to go: no lock for all that still come. */
	if (!tpw_arrivals_are_counted(a, ip) && !this_cpu_read(a->cpu->ip[ip].span))
		return;
	raw_spin_lock_irqsave(&a->lock, flags);
	if (turn(a, ip, raw_smp_processor_id()))
		this_cpu_inc(a->cpu->ip[ip].nr);
	raw_spin_unlock_irqrestore(&a->lock, flags);
}

/**
 * tpw_arrivals_turn_all() - begin or end on all CPUs where no segment has come
 * @a: those of a namespace
 * @ip: of which version
 * @unwatched: segments that no hook saw so far
 *
 * Context: process; all segments have gone that were on their way when it was
 *	to begin (and the hook had been armed) or to end.
 */
void tpw_arrivals_turn_all(struct tpw_arrivals *a, enum tpw_ip_version ip, u64 unwatched)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		raw_spin_lock_irq(&a->lock);
		turn(a, ip, cpu);
		raw_spin_unlock_irq(&a->lock);
	}
	raw_spin_lock_irq(&a->lock);
	if (a->is_open && !are_any_counted(a)) {
		portion_end(&a->dropped, dropped(a));
		portion_end(&a->unwatched, unwatched);
		a->is_open = false;
	}
	raw_spin_unlock_irq(&a->lock);
}

/*
 * What arrived is read first, so that who comes meanwhile never makes it more.  One
 * that is on its way does, for as long as it is.
 */
static s64 left_on(struct tpw_arrivals *a, enum tpw_ip_version ip, int cpu)
{
	struct tpw_cpu_arrivals *c = on_cpu(a, ip, cpu);
	s64 left;

	raw_spin_lock_irq(&a->lock);
	left = READ_ONCE(c->nr);
	smp_rmb();	/* the hook counts it before it is seen */
	left -= portion_of(&c->seen, seen_on(a, ip, cpu), c->span);
	raw_spin_unlock_irq(&a->lock);
	return left;
}

/**
 * tpw_arrivals_taken() - segments that arrived, and the transport layer did not
 *	get them
 * @a: those of a namespace
 * @unwatched: segments that no hook saw so far: these it got
 *
 * Those that are on their way to it at this moment may be among them.
 *
 * Context: process.
 * Return: their number, never below 0.
 */
u64 tpw_arrivals_taken(struct tpw_arrivals *a, u64 unwatched)
{
	s64 left = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		left += left_on(a, TPW_IPV4, cpu) + left_on(a, TPW_IPV6, cpu);
	raw_spin_lock_irq(&a->lock);
	left -= portion_of(&a->unwatched, unwatched, a->is_open);
	raw_spin_unlock_irq(&a->lock);
	return max_t(s64, left, 0);
}

/**
 * tpw_arrivals_others() - those of them that netfilter did not drop
 * @a: those of a namespace
 * @unwatched: segments that no hook saw so far
 *
 * Context: process.
 * Return: their number, never below 0.
 */
u64 tpw_arrivals_others(struct tpw_arrivals *a, u64 unwatched)
{
	s64 left = tpw_arrivals_taken(a, unwatched);

	raw_spin_lock_irq(&a->lock);
	left -= portion_of(&a->dropped, dropped(a), a->is_open);
	raw_spin_unlock_irq(&a->lock);
	return max_t(s64, left, 0);
}
