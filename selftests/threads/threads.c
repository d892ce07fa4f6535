// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: threads PART ROUNDS [HOLDUPS]: one part, of which so many rounds. One of HOLDUPS marked
 * accesses holds its thread up. Exits with 1 at the first value that must not be.
 */
#include "threads.h"

#include <stdarg.h>
#include <unistd.h>

#define THREADS_MAX	8

unsigned long rounds;
static __thread u64 state;

/* At once: what another thread sees afterwards tells nothing. */
void die(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	fflush(stderr);
	_exit(1);
}

void thread_begin(int cpu)
{
	static u64 seeds;

	shim_cpu = cpu;
	state = (grow(seeds) + 1) * GOLDEN_RATIO_64 ^ ktime_get_ns();
	shim_random_state = random_next() | 1;
}

/* The first two CPUs are two cores, if there are: the scheduler may think that one is enough. */
static void go_to_core(int cpu)
{
	cpu_set_t all, one;
	int core, skip;

	CPU_ZERO(&one);
	if (sched_getaffinity(getpid(), sizeof(all), &all))
		return;
	skip = cpu % CPU_COUNT(&all);
	for (core = 0; !CPU_ISSET(core, &all) || skip--; core++)
		;
	CPU_SET(core, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* splitmix64 */
u64 random_next(void)
{
	u64 z = state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

u32 random_below(u32 limit)
{
	return (random_next() >> 32) * limit >> 32;
}

static unsigned int waiting;

static void *begin(void *data)
{
	const struct thread *t = data;

	thread_begin(t->cpu);
	go_to_core(t->cpu);
	/* All at the same time. */
	__atomic_fetch_sub(&waiting, 1, __ATOMIC_SEQ_CST);
	while (get(waiting))
		sched_yield();
	t->body();
	return NULL;
}

void run_all(const struct thread *threads, unsigned int nr)
{
	pthread_t id[THREADS_MAX];
	unsigned int i;

	if (nr > THREADS_MAX)
		die("%u threads", nr);
	put(waiting, nr);
	for (i = 0; i < nr; i++)
		if (pthread_create(&id[i], NULL, begin, (void *)&threads[i]))
			die("no thread");
	for (i = 0; i < nr; i++)
		pthread_join(id[i], NULL);
}

static const struct {
	const char *name;
	void (*main)(void);
} parts[] = {
	{ "ring", ring_main },
	{ "rows", rows_main },
	{ "endpoints", endpoints_main },
	{ "segment", segment_main },
	{ "filter", filter_main },
	{ "look", look_main },
	{ "wake", wake_main },
	{ "arrivals", arrivals_main },
};

int main(int argc, char **argv)
{
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 2) {
		rounds = strtoul(argv[2], NULL, 0);
		shim_holdups = argc > 3 ? strtoul(argv[3], NULL, 0) : 0;
		thread_begin(0);
		for (i = 0; i < ARRAY_SIZE(parts); i++) {
			if (strcmp(argv[1], parts[i].name))
				continue;
			parts[i].main();
			return 0;
		}
	}
	fputs("Usage: threads ring|rows|endpoints|segment|filter|look|wake|arrivals ROUNDS [HOLDUPS]\n", stderr);
	return 2;
}
