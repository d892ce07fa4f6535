/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lock-free parts of the module with real threads: one program, told which part. Each part
 * looks at values that must belong together, and ThreadSanitizer at the order of accesses.
 */
#ifndef THREADS_H
#define THREADS_H

#include "shim/kernel.h"

/**
 * struct thread - one that takes part
 * @body: what it does
 * @cpu: on which CPU
 */
struct thread {
	void (*body)(void);
	int cpu;
};

extern unsigned long rounds;

void die(const char *format, ...) __attribute__((__format__(printf, 1, 2), __noreturn__));
void thread_begin(int cpu);
u64 random_next(void);
u32 random_below(u32 limit);
void run_all(const struct thread *threads, unsigned int nr);
bool shim_work_is_idle(void);

/* Between threads of a test, which the module knows nothing of. */
#define get(x)		__atomic_load_n(&(x), __ATOMIC_ACQUIRE)
#define put(x, value)	__atomic_store_n(&(x), value, __ATOMIC_RELEASE)
#define grow(x)		__atomic_fetch_add(&(x), 1, __ATOMIC_SEQ_CST)

void ring_main(void);
void rows_main(void);
void endpoints_main(void);
void segment_main(void);
void filter_main(void);
void look_main(void);
void wake_main(void);
void arrivals_main(void);

#endif
