/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marked accesses and barriers.
 *
 * ThreadSanitizer knows of C11's atomics, and not of fences: what only a fence orders is no
 * report of its, and who reads it without order says so by data_race(), as in the kernel. The
 * programs look at the values of that instead.
 *
 * Like the kernel's KCSAN by default, this takes a plain write of a word for atomic where a marked
 * access meets it. So marked reads are not told to ThreadSanitizer; TPW_STRICT tells it.
 *
 * At each of them a thread may be held up for a moment: what is between two of them is short, and
 * who comes in between would else come seldom.
 */
#ifndef TPW_SHIM_ATOMIC_H
#define TPW_SHIM_ATOMIC_H

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
#define shim_ignore_begin()	AnnotateIgnoreReadsBegin(__FILE__, __LINE__)
#define shim_ignore_end()	AnnotateIgnoreReadsEnd(__FILE__, __LINE__)
#ifndef TPW_STRICT
#define shim_untold		__attribute__((__no_sanitize_thread__, __noinline__, __unused__))
#define shim_acquired(p)	__tsan_acquire((void *)(p))
#define shim_released(p)	__tsan_release((void *)(p))
#endif
#else
#define shim_ignore_begin()	barrier()
#define shim_ignore_end()	barrier()
#endif
#ifndef shim_untold
#define shim_untold		__always_inline
#define shim_acquired(p)	((void)(p))
#define shim_released(p)	((void)(p))
#endif

/* One of so many marked accesses holds its thread up; 0 for none. */
extern unsigned int shim_holdups;
extern __thread u64 shim_random_state;

void shim_hold_up(void);

static inline __attribute__((__no_sanitize_thread__)) void shim_may_hold_up(void)
{
	u64 x = shim_random_state;

	if (!shim_holdups || !x)
		return;
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	shim_random_state = x;
	if (x >> 32 < UINT32_MAX / shim_holdups)
		shim_hold_up();
}

static shim_untold void shim_load(const volatile void *from, void *to, size_t size, bool acquire)
{
	const int order = acquire ? __ATOMIC_ACQUIRE : __ATOMIC_RELAXED;

	switch (size) {
	case 1:
		*(u8 *)to = __atomic_load_n((const volatile u8 *)from, order);
		break;
	case 2:
		*(u16 *)to = __atomic_load_n((const volatile u16 *)from, order);
		break;
	case 4:
		*(u32 *)to = __atomic_load_n((const volatile u32 *)from, order);
		break;
	default:
		*(u64 *)to = __atomic_load_n((const volatile u64 *)from, order);
	}
}

#define READ_ONCE(x) ({							\
	union { typeof(x) value; char bytes[sizeof(x)]; } u_;		\
									\
	static_assert(sizeof(x) <= 8, "a word at most");		\
	shim_may_hold_up();						\
	shim_load(&(x), u_.bytes, sizeof(x), false);			\
	u_.value; })

#define smp_load_acquire(p) ({						\
	union { typeof(*(p)) value; char bytes[sizeof(*(p))]; } u_;	\
									\
	shim_may_hold_up();						\
	shim_load(p, u_.bytes, sizeof(*(p)), true);			\
	shim_acquired(p);						\
	u_.value; })

#define shim_store(p, new, order) do {					\
	typeof(*(p)) new_ = (new);					\
									\
	shim_may_hold_up();						\
	__atomic_store(p, &new_, order);				\
} while (0)

#define WRITE_ONCE(x, new)		shim_store(&(x), new, __ATOMIC_RELAXED)
#define smp_store_release(p, new)	shim_store(p, new, __ATOMIC_RELEASE)

#define xchg(p, new) ({							\
	typeof(*(p)) new_ = (new), old_;				\
									\
	shim_may_hold_up();						\
	__atomic_exchange(p, &new_, &old_, __ATOMIC_SEQ_CST);		\
	old_; })

static shim_untold bool shim_cmpxchg(void *p, u64 *old, u64 new)
{
	return __atomic_compare_exchange_n((u64 *)p, old, new, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

/* Of pointers, as the module has no other. */
#define cmpxchg(p, old, new) ({						\
	u64 old_ = (u64)(old);						\
									\
	shim_may_hold_up();						\
	shim_released(p);						\
	shim_cmpxchg(p, &old_, (u64)(new));				\
	shim_acquired(p);						\
	(typeof(*(p)))old_; })

#define shim_fence(order) do {						\
	shim_may_hold_up();						\
	__atomic_thread_fence(order);					\
} while (0)

#define smp_mb()	shim_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()	shim_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()	shim_fence(__ATOMIC_RELEASE)

/* Reads only: a write is never meant to race. */
#define data_race(x) ({							\
	shim_may_hold_up();						\
	shim_ignore_begin();						\
	typeof(x) value_ = (x);						\
	shim_ignore_end();						\
	value_; })

typedef struct { s64 counter; } atomic64_t;
typedef struct { long counter; } atomic_long_t;
typedef struct { int refs; } refcount_t;

#define ATOMIC64_INIT(n)	{ (n) }
#define atomic64_read(a)	__atomic_load_n(&(a)->counter, __ATOMIC_RELAXED)
#define atomic64_inc(a)	((void)__atomic_add_fetch(&(a)->counter, 1, __ATOMIC_RELAXED))
#define atomic64_inc_return(a)	__atomic_add_fetch(&(a)->counter, 1, __ATOMIC_SEQ_CST)
#define atomic_long_fetch_inc(a) __atomic_fetch_add(&(a)->counter, 1, __ATOMIC_SEQ_CST)
#define refcount_set(r, n)	__atomic_store_n(&(r)->refs, n, __ATOMIC_RELAXED)
#define refcount_inc(r)		__atomic_fetch_add(&(r)->refs, 1, __ATOMIC_RELAXED)
#define refcount_dec_and_test(r) (__atomic_sub_fetch(&(r)->refs, 1, __ATOMIC_ACQ_REL) == 0)

struct static_key_false { u32 on; };

#define DECLARE_STATIC_KEY_FALSE(name)	extern struct static_key_false name
#define DEFINE_STATIC_KEY_FALSE(name)	struct static_key_false name
#define static_branch_unlikely(key)	unlikely(READ_ONCE((key)->on))
#define static_branch_enable(key)	WRITE_ONCE((key)->on, 1)
#define static_branch_disable(key)	WRITE_ONCE((key)->on, 0)

#endif
