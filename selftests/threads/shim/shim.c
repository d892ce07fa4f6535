// SPDX-License-Identifier: GPL-2.0
/*
 * What of the shims is no macro: holding threads up, RCU, waiting, work.
 */
#include "../threads.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

unsigned int shim_holdups;
__thread u64 shim_random_state;
__thread int shim_cpu;

/* Mostly as long as others need for a few accesses, sometimes for a turn of theirs. */
void shim_hold_up(void)
{
	unsigned int i, n = shim_random_state >> 8 & 0xff;

	if (n < 64) {
		sched_yield();
		return;
	}
	for (i = 0; i < n; i++)
		barrier();
}

/* ---- RCU */

#define READERS_MAX	16

static struct reader {
	u64 since;
} __aligned(64) readers[READERS_MAX];
static unsigned int readers_nr;
static u64 period = 1;
static __thread struct reader *me;
static __thread unsigned int depth;

void rcu_read_lock(void)
{
	if (!me)
		me = &readers[__atomic_fetch_add(&readers_nr, 1, __ATOMIC_SEQ_CST) % READERS_MAX];
	/* The store before all that the section reads. */
	if (!depth++)
		__atomic_store_n(&me->since, __atomic_load_n(&period, __ATOMIC_SEQ_CST),
				 __ATOMIC_SEQ_CST);
}

void rcu_read_unlock(void)
{
	if (!--depth)
		__atomic_store_n(&me->since, 0, __ATOMIC_RELEASE);
}

void synchronize_rcu(void)
{
	u64 now = __atomic_add_fetch(&period, 1, __ATOMIC_SEQ_CST);
	unsigned int i;

	for (i = 0; i < READERS_MAX; i++) {
		u64 since;

		do {
			since = __atomic_load_n(&readers[i].since, __ATOMIC_SEQ_CST);
		} while (since && since < now && !sched_yield());
	}
}

/* ---- who waits */

static void futex(u32 *word, int op, u32 value, const struct timespec *timeout)
{
	syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, timeout, NULL, 0);
}

void init_waitqueue_head(wait_queue_head_t *q)
{
	raw_spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->head);
}

void add_wait_queue(wait_queue_head_t *q, struct wait_queue_entry *entry)
{
	raw_spin_lock(&q->lock);
	list_add_tail(&entry->entry, &q->head);
	raw_spin_unlock(&q->lock);
}

void remove_wait_queue(wait_queue_head_t *q, struct wait_queue_entry *entry)
{
	raw_spin_lock(&q->lock);
	list_del(&entry->entry);
	raw_spin_unlock(&q->lock);
}

void wake_up_interruptible_all(wait_queue_head_t *q)
{
	struct wait_queue_entry *entry;

	raw_spin_lock(&q->lock);
	list_for_each_entry(entry, &q->head, entry) {
		__atomic_store_n(&entry->woken, 1, __ATOMIC_SEQ_CST);
		futex(&entry->woken, FUTEX_WAKE, 1, NULL);
	}
	raw_spin_unlock(&q->lock);
}

/* False if nobody has woken it for so long. */
bool wait_woken_ns(struct wait_queue_entry *entry, u64 timeout_ns)
{
	const struct timespec timeout = {
		.tv_sec = timeout_ns / NSEC_PER_SEC,
		.tv_nsec = timeout_ns % NSEC_PER_SEC,
	};

	if (!__atomic_load_n(&entry->woken, __ATOMIC_SEQ_CST))
		futex(&entry->woken, FUTEX_WAIT, 0, &timeout);
	return __atomic_exchange_n(&entry->woken, 0, __ATOMIC_SEQ_CST);
}

/* ---- work */

static pthread_mutex_t work_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work_changed = PTHREAD_COND_INITIALIZER;
static LIST_HEAD(work_pending);
static struct delayed_work *work_running;
static bool work_is_over;
static pthread_t worker;

static void run_one(struct delayed_work *w)
{
	list_del(&w->list);
	w->is_pending = false;
	work_running = w;
	pthread_mutex_unlock(&work_lock);
	w->work.func(&w->work);
	pthread_mutex_lock(&work_lock);
	work_running = NULL;
	pthread_cond_broadcast(&work_changed);
}

/* That which is due first, once it is. */
static struct delayed_work *next_due(void)
{
	struct delayed_work *w, *first = NULL;

	list_for_each_entry(w, &work_pending, list)
		if (!first || w->due_ns < first->due_ns)
			first = w;
	return first && first->due_ns <= ktime_get_ns() ? first : NULL;
}

static void *work(void *unused)
{
	struct delayed_work *w;

	thread_begin(0);
	pthread_mutex_lock(&work_lock);
	while (!work_is_over) {
		w = next_due();
		if (w) {
			run_one(w);
		} else if (list_empty(&work_pending)) {
			pthread_cond_wait(&work_changed, &work_lock);
		} else {
			pthread_mutex_unlock(&work_lock);
			sched_yield();
			pthread_mutex_lock(&work_lock);
		}
	}
	pthread_mutex_unlock(&work_lock);
	return NULL;
}

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int active)
{
	work_is_over = false;
	return pthread_create(&worker, NULL, work, NULL) ? NULL : (void *)&worker;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	pthread_mutex_lock(&work_lock);
	work_is_over = true;
	pthread_cond_broadcast(&work_changed);
	pthread_mutex_unlock(&work_lock);
	pthread_join(worker, NULL);
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *w, unsigned long delay)
{
	bool is_new;

	pthread_mutex_lock(&work_lock);
	is_new = !w->is_pending;
	if (is_new) {
		w->is_pending = true;
		w->due_ns = ktime_get_ns() + delay * TICK_NSEC;
		list_add_tail(&w->list, &work_pending);
		pthread_cond_broadcast(&work_changed);
	}
	pthread_mutex_unlock(&work_lock);
	return is_new;
}

void cancel_delayed_work_sync(struct delayed_work *w)
{
	pthread_mutex_lock(&work_lock);
	if (w->is_pending)
		list_del(&w->list);
	w->is_pending = false;
	while (work_running == w)
		pthread_cond_wait(&work_changed, &work_lock);
	pthread_mutex_unlock(&work_lock);
}

/* Nothing is queued and nothing runs. */
bool shim_work_is_idle(void)
{
	bool is_idle;

	pthread_mutex_lock(&work_lock);
	is_idle = list_empty(&work_pending) && !work_running;
	pthread_mutex_unlock(&work_lock);
	return is_idle;
}
