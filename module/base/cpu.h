/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Having this CPU to oneself, with BH off: what is per CPU is then written by
 * one at a time.  On PREEMPT_RT tasks with BH off may give way to each other.
 *
 * Macros, as the mere mention of the real ones costs a frame pointer.
 */
#ifndef _TPW_CPU_H
#define _TPW_CPU_H

#include <linux/preempt.h>

#ifdef CONFIG_PREEMPT_RT
#define tpw_own_cpu()	preempt_disable()
#define tpw_share_cpu()	preempt_enable()
#else
#define tpw_own_cpu()	do { } while (0)
#define tpw_share_cpu()	do { } while (0)
#endif

#endif /* _TPW_CPU_H */
