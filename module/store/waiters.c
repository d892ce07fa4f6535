// SPDX-License-Identifier: GPL-2.0
/*
 * Who waits, and waking them.
 *
 * A handler only says that there is something, once until they have been woken.
 * They are woken by a worker, in process context, at most once a tick and never
 * for more than a share of the time: however many wait, whoever has the CPU
 * loses no more than that.
 */
#include "store/waiters.h"

#include <linux/kernel.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>

#define SHARE	32	/* waking them takes at most one part in so many */

static struct workqueue_struct *wakers;

/**
 * tpw_waiters_setup() - make what all queues share
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_waiters_setup(void)
{
	wakers = alloc_workqueue("tuplewatch", WQ_UNBOUND, 0);
	return wakers ? 0 : -ENOMEM;
}

/**
 * tpw_waiters_teardown() - undo tpw_waiters_setup()
 *
 * Context: process, may sleep; all queues have been ended.
 */
void tpw_waiters_teardown(void)
{
	if (wakers)
		destroy_workqueue(wakers);
	wakers = NULL;
}

static void wake(struct work_struct *work)
{
	struct tpw_waiters *w = container_of(to_delayed_work(work),
					     struct tpw_waiters, wake);
	u64 began_ns = ktime_get_ns(), ended_ns;

	WRITE_ONCE(w->is_due, false);
	smp_mb();	/* pairs with that of tpw_waiters_poke() */
	wake_up_interruptible_all(&w->queue);
	ended_ns = ktime_get_ns();
	WRITE_ONCE(w->not_before_ns,
		   ended_ns + max_t(u64, TICK_NSEC, SHARE * (ended_ns - began_ns)));
}

static void poke(struct irq_work *work)
{
	struct tpw_waiters *w = container_of(work, struct tpw_waiters, poke);
	u64 now_ns = ktime_get_mono_fast_ns();
	u64 not_before_ns = READ_ONCE(w->not_before_ns);
	unsigned long delay = 0;

	if (not_before_ns > now_ns)
		delay = nsecs_to_jiffies(not_before_ns - now_ns) + 1;
	queue_delayed_work(wakers, &w->wake, delay);
}

/**
 * tpw_waiters_init() - make an empty queue
 * @w: where
 *
 * Context: process.
 */
void tpw_waiters_init(struct tpw_waiters *w)
{
	init_waitqueue_head(&w->queue);
	w->is_due = false;
	w->is_over = false;
	w->not_before_ns = 0;
	init_irq_work(&w->poke, poke);
	INIT_DELAYED_WORK(&w->wake, wake);
}

/**
 * tpw_waiters_poke() - there is something
 * @w: the queue
 *
 * Context: any, also with interrupts off or a lock of the scheduler held.
 */
void tpw_waiters_poke(struct tpw_waiters *w)
{
	smp_mb();	/* what there is, before the look at queue and @is_due */
	/* Who adds himself after this look finds what there is. */
	if (!waitqueue_active(&w->queue) || READ_ONCE(w->is_due))
		return;
	if (!xchg(&w->is_due, true))
		irq_work_queue(&w->poke);
}

/**
 * tpw_waiters_add() - wait, whoever looks for what there is after this
 * @w: the queue
 * @entry: as for add_wait_queue(); remove_wait_queue() is due
 *
 * Context: process.
 */
void tpw_waiters_add(struct tpw_waiters *w, struct wait_queue_entry *entry)
{
	add_wait_queue(&w->queue, entry);
	smp_mb();	/* pairs with that of tpw_waiters_poke() */
}

/**
 * tpw_waiters_finish() - nothing will come any more: wake all
 * @w: the queue
 *
 * Context: process.
 */
void tpw_waiters_finish(struct tpw_waiters *w)
{
	WRITE_ONCE(w->is_over, true);
	smp_mb();	/* as one who waits adds himself, then looks at it */
	wake_up_interruptible_all(&w->queue);
}

/**
 * tpw_waiters_exit() - end a queue
 * @w: the queue; its files are gone, and no handler names it any more
 *
 * Who polls a file keeps an entry in our queue even after that file was taken
 * away; it must not outlive the queue.
 *
 * Context: process, may sleep.
 */
void tpw_waiters_exit(struct tpw_waiters *w)
{
	bool had_pollers = false;

	irq_work_sync(&w->poke);
	cancel_delayed_work_sync(&w->wake);
	/* Nobody new comes: the files are gone. */
	while (waitqueue_active(&w->queue)) {
		__wake_up(&w->queue, TASK_NORMAL, 0,
			  poll_to_key(EPOLLHUP | POLLFREE));
		had_pollers = true;
		msleep(20);
	}
	if (had_pollers)
		synchronize_rcu();
}
