/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is per CPU: what belongs to CPU n begins so many strides behind that of CPU 0.
 */
#ifndef TPW_SHIM_PERCPU_H
#define TPW_SHIM_PERCPU_H

#define SHIM_CPUS	4
#define SHIM_STRIDE	16384

extern __thread int shim_cpu;

#define raw_smp_processor_id()	shim_cpu
#define nr_cpu_ids		((unsigned int)SHIM_CPUS)
#define num_possible_cpus()	((unsigned int)SHIM_CPUS)
#define cpu_possible_mask	0
#define cpumask_first(mask)	(mask)
#define cpu_to_node(cpu)	(cpu)
#define for_each_possible_cpu(cpu) \
	for ((cpu) = 0; (cpu) < SHIM_CPUS; (cpu)++)

#define per_cpu_ptr(p, cpu) ({						\
	char *p_ = (char *)(p);						\
									\
	__asm__("" : "+r"(p_));						\
	(typeof(p))(p_ + (size_t)(cpu) * SHIM_STRIDE); })
#define raw_cpu_ptr(p)		per_cpu_ptr(p, raw_smp_processor_id())
#define raw_cpu_read(x)		(*raw_cpu_ptr(&(x)))

/* One instruction in the kernel, which readers on other CPUs may meet. */
#define raw_cpu_inc(x) do {						\
	typeof(&(x)) at_ = raw_cpu_ptr(&(x));				\
									\
	WRITE_ONCE(*at_, *at_ + 1);					\
} while (0)
#define this_cpu_inc(x)		raw_cpu_inc(x)
#define this_cpu_read(x)		READ_ONCE(*raw_cpu_ptr(&(x)))

#define DECLARE_PER_CPU(type, name)	extern type name
/* Of which @name is the beginning. */
#define DEFINE_PER_CPU(type, name)					\
	static_assert(sizeof(type) <= SHIM_STRIDE, "a stride at most");	\
	char name##_area[SHIM_CPUS * SHIM_STRIDE] __asm__(#name) __aligned(64)

static inline void *shim_alloc_percpu(size_t bytes)
{
	void *p = bytes <= SHIM_STRIDE ? aligned_alloc(64, SHIM_CPUS * SHIM_STRIDE) : NULL;

	return p ? memset(p, 0, SHIM_CPUS * SHIM_STRIDE) : NULL;
}

#define alloc_percpu_gfp(type, gfp)	((type *)shim_alloc_percpu(sizeof(type)))
#define __alloc_percpu_gfp(bytes, align, gfp) shim_alloc_percpu(bytes)
#define alloc_percpu(type)		alloc_percpu_gfp(type, 0)
#define free_percpu(p)			free(p)

#endif
