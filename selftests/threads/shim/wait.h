/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting. Work runs in one thread of its own, and an irq_work at once, as an interrupt of the CPU
 * that queued it.
 */
#ifndef TPW_SHIM_WAIT_H
#define TPW_SHIM_WAIT_H

typedef struct {
	raw_spinlock_t lock;
	struct list_head head;
} wait_queue_head_t;

/** struct wait_queue_entry - who waits; @woken is what the kernel has WQ_FLAG_WOKEN for */
struct wait_queue_entry {
	u32 woken;
	struct list_head entry;
};

void init_waitqueue_head(wait_queue_head_t *q);
void add_wait_queue(wait_queue_head_t *q, struct wait_queue_entry *entry);
void remove_wait_queue(wait_queue_head_t *q, struct wait_queue_entry *entry);
void wake_up_interruptible_all(wait_queue_head_t *q);
bool wait_woken_ns(struct wait_queue_entry *entry, u64 timeout_ns);

#define waitqueue_active(q)	(!list_empty(&(q)->head))
#define __wake_up(q, mode, nr, key) wake_up_interruptible_all(q)
#define EPOLLHUP	0
#define POLLFREE	0

struct irq_work {
	void (*func)(struct irq_work *work);
};

#define init_irq_work(w, f)	((w)->func = (f))
#define irq_work_queue(w)	((w)->func(w))
#define irq_work_sync(w)	((void)(w))

struct work_struct {
	void (*func)(struct work_struct *work);
};

/** struct delayed_work - guarded by the lock of the thread that runs it */
struct delayed_work {
	struct work_struct work;
	bool is_pending;
	u64 due_ns;
	struct list_head list;
};

struct workqueue_struct;

#define WQ_UNBOUND	0
#define to_delayed_work(w)	container_of(w, struct delayed_work, work)
#define INIT_DELAYED_WORK(w, f)	(*(w) = (struct delayed_work){ .work = { f } })

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int active);
void destroy_workqueue(struct workqueue_struct *wq);
bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *w, unsigned long delay);
void cancel_delayed_work_sync(struct delayed_work *w);

#endif
