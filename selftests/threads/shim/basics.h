/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words, types and sums.
 */
#ifndef TPW_SHIM_BASICS_H
#define TPW_SHIM_BASICS_H

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define U8_MAX		UINT8_MAX
#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define S32_MAX		INT32_MAX

#undef __always_inline
#define __always_inline		inline __attribute__((__always_inline__))
#define noinline		__attribute__((__noinline__))
#define __aligned(n)		__attribute__((__aligned__(n)))
#define ____cacheline_aligned	__aligned(64)
#define ____cacheline_aligned_in_smp ____cacheline_aligned
#define __read_mostly
#define __ro_after_init
#define __init
#define __percpu
#define __rcu
#define __force
#define __acquire(lock)		((void)0)
#define __release(lock)		((void)0)
#define lockdep_assert_held(lock) ((void)(lock))

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define barrier()	__asm__ volatile("" : : : "memory")
#define static_assert	_Static_assert
#define IS_ENABLED(x)	0
#define BIT(n)		(1UL << (n))

#define __stringify_1(x)	#x
#define __stringify(x)		__stringify_1(x)
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))
#define struct_size(p, member, n) \
	(sizeof(*(p)) + sizeof((p)->member[0]) * (n))
#define memset_after(p, c, member) ({					\
	size_t at_ = offsetof(typeof(*(p)), member) + sizeof((p)->member); \
									\
	memset((char *)(p) + at_, c, sizeof(*(p)) - at_); })

#define min_t(type, a, b) ({ type a_ = (a), b_ = (b); a_ < b_ ? a_ : b_; })
#define max_t(type, a, b) ({ type a_ = (a), b_ = (b); a_ > b_ ? a_ : b_; })
#define min(a, b)		min_t(typeof((a) + (b)), a, b)
#define max(a, b)		max_t(typeof((a) + (b)), a, b)
#define clamp_t(type, x, lo, hi) min_t(type, max_t(type, x, lo), hi)

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

static inline u32 order_base_2(u32 n)
{
	return n > 1 ? fls64(n - 1) : 0;
}

static inline u32 roundup_pow_of_two(u32 n)
{
	return 1U << order_base_2(n);
}

#define div_u64(a, b)		((u64)(a) / (u32)(b))
#define be16_to_cpu(x)		ntohs(x)
#define cpu_to_be32(x)		htonl(x)

#define MAX_ERRNO		4095
#define ERR_PTR(err)		((void *)(long)(err))
#define PTR_ERR(p)		((long)(p))
#define IS_ERR(p)		((unsigned long)(p) >= (unsigned long)-MAX_ERRNO)

/* Any function will do that spreads keys; they need not be the kernel's. */
#define GOLDEN_RATIO_32	0x61C88647U
#define GOLDEN_RATIO_64		0x61C8864680B583EBull

static inline u32 hash_64(u64 key, unsigned int bits)
{
	return key * GOLDEN_RATIO_64 >> (64 - bits);
}

static inline u32 jhash2(const u32 *words, u32 nr, u32 seed)
{
	u64 sum = seed;

	while (nr--)
		sum = (sum ^ *words++) * GOLDEN_RATIO_64 + (sum >> 29);
	return sum >> 32;
}

static inline u32 hash_32(u32 key, unsigned int bits)
{
	return key * GOLDEN_RATIO_32 >> (32 - bits);
}

#define get_random_u32()	0x5a5a5a5au
#define sort(base, nr, bytes, compare, swap)	qsort(base, nr, bytes, compare)

static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	const char *end = memccpy(to, from, '\0', size);

	if (end)
		return end - to - 1;
	to[size - 1] = '\0';
	return -E2BIG;
}

/* A tick is short here: a test waits for many. */
#define NSEC_PER_USEC		1000L
#define NSEC_PER_SEC		1000000000L
#define TICK_NSEC		20000L

static inline u64 ktime_get_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NSEC_PER_SEC + t.tv_nsec;
}

#define ktime_get_mono_fast_ns()	ktime_get_ns()
#define ktime_get_coarse_ns()		ktime_get_ns()
#define get_jiffies_64()		(ktime_get_ns() / TICK_NSEC)
#define nsecs_to_jiffies(ns)		((ns) / TICK_NSEC)

static inline void msleep(unsigned int ms)
{
	const struct timespec t = { .tv_nsec = ms * 1000000L };

	nanosleep(&t, NULL);
}

#define cond_resched()		((void)0)
#define preempt_disable()	((void)0)
#define preempt_enable()	((void)0)
#define local_irq_save(flags)	((void)((flags) = 0))
#define local_irq_restore(flags) ((void)(flags))

#endif
