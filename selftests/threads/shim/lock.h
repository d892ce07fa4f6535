/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Locks. One that spins gives its core away: the other thread may have none.
 */
#ifndef TPW_SHIM_LOCK_H
#define TPW_SHIM_LOCK_H

#include <pthread.h>

#define cpu_relax()	sched_yield()

typedef struct { u8 taken; } raw_spinlock_t;

#define raw_spin_lock_init(l)	__atomic_store_n(&(l)->taken, 0, __ATOMIC_RELAXED)

static inline bool raw_spin_trylock(raw_spinlock_t *l)
{
	shim_may_hold_up();
	return !__atomic_exchange_n(&l->taken, 1, __ATOMIC_ACQUIRE);
}

static inline void raw_spin_lock(raw_spinlock_t *l)
{
	while (!raw_spin_trylock(l))
		cpu_relax();
}

static inline void raw_spin_unlock(raw_spinlock_t *l)
{
	__atomic_store_n(&l->taken, 0, __ATOMIC_RELEASE);
}

#define raw_spin_lock_irq(l)	raw_spin_lock(l)
#define raw_spin_unlock_irq(l)	raw_spin_unlock(l)
#define raw_spin_lock_irqsave(l, flags) do {				\
	(flags) = 0;							\
	raw_spin_lock(l);						\
} while (0)
#define raw_spin_unlock_irqrestore(l, flags) do {			\
	(void)(flags);							\
	raw_spin_unlock(l);						\
} while (0)

struct mutex { pthread_mutex_t m; };

#define DEFINE_MUTEX(name)	struct mutex name = { PTHREAD_MUTEX_INITIALIZER }
#define mutex_lock(l)		pthread_mutex_lock(&(l)->m)
#define mutex_unlock(l)		pthread_mutex_unlock(&(l)->m)

#endif
