/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What time it is, to the tick: for what a segment marks and nobody orders by.
 * Reading the exact clock takes as long as all else that is done for a segment
 * that the log does not want.
 */
#ifndef _TPW_CLOCK_H
#define _TPW_CLOCK_H

#include <linux/jiffies.h>
#include <linux/types.h>

extern u64 tpw_clock_start_ns;

void tpw_clock_init(void);

/**
 * tpw_clock_tick_ns() - when the last timer tick was
 *
 * Context: any.
 * Return: CLOCK_MONOTONIC; at most a tick (4 ms at HZ=250) before the time.
 */
static __always_inline u64 tpw_clock_tick_ns(void)
{
	return tpw_clock_start_ns + get_jiffies_64() * TICK_NSEC;
}

#endif /* _TPW_CLOCK_H */
