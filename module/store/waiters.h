/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who waits for something that handlers make, and waking them: seldom enough
 * that it costs little however many they are, and at the expense of nobody who
 * makes something else.
 */
#ifndef _TPW_WAITERS_H
#define _TPW_WAITERS_H

#include <linux/irq_work.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/**
 * struct tpw_waiters - a queue of tasks and pollers
 * @queue: they
 * @is_due: they are about to be woken
 * @is_over: nothing will come any more
 * @not_before_ns: when they may be woken next, CLOCK_MONOTONIC
 * @poke: from a handler to process context
 * @wake: wakes them there
 */
struct tpw_waiters {
	wait_queue_head_t queue;
	bool is_due;
	bool is_over;
	u64 not_before_ns;
	struct irq_work poke;
	struct delayed_work wake;
};

int tpw_waiters_setup(void);
void tpw_waiters_teardown(void);
void tpw_waiters_init(struct tpw_waiters *w);
void tpw_waiters_exit(struct tpw_waiters *w);
void tpw_waiters_poke(struct tpw_waiters *w);
void tpw_waiters_finish(struct tpw_waiters *w);
void tpw_waiters_add(struct tpw_waiters *w, struct wait_queue_entry *entry);

#endif /* _TPW_WAITERS_H */
