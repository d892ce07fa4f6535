// SPDX-License-Identifier: GPL-2.0
/*
 * What time it is, to the tick.
 *
 * The kernel moves jiffies and CLOCK_MONOTONIC on at the same ticks, so one
 * difference between the two is enough.
 */
#include "base/clock.h"

#include <linux/cache.h>
#include <linux/ktime.h>
#include <linux/timekeeping.h>

u64 tpw_clock_start_ns __ro_after_init;

/**
 * tpw_clock_init() - find out how jiffies and CLOCK_MONOTONIC belong together
 *
 * Context: process, at load.
 */
void __init tpw_clock_init(void)
{
	u64 before, after, tick_ns;

	do {
		before = get_jiffies_64();
		tick_ns = ktime_get_coarse_ns();
		after = get_jiffies_64();
	} while (before != after);
	tpw_clock_start_ns = tick_ns - before * TICK_NSEC;
}
