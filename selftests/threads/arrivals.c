// SPDX-License-Identifier: GPL-2.0
/*
 * Arrivals: two CPUs deliver segments, of which some are taken on the way, while counting begins and
 * ends again and again, as watch/netfilter.c does it. What was taken of those that were counted is
 * told to the segment.
 */
#include "threads.h"

#include "store/arrivals.h"

static struct tpw_counters counters;
static struct tpw_arrivals arrivals;
static bool is_hooked;
static bool is_over;
static u64 delivered[2], counted[2], taken[2];

static void linger(u32 most)
{
	u32 n;

	for (n = random_below(most); n; n--)
		barrier();
}

static void deliver(void)
{
	const u64 *nr = &per_cpu_ptr(arrivals.cpu, shim_cpu)->ip[TPW_IPV4].nr;
	u64 before = *nr;

	rcu_read_lock();
	if (get(is_hooked))
		tpw_arrivals_count(&arrivals, TPW_IPV4);
	linger(64);
	if (random_below(4))
		this_cpu_inc(counters.counts->family[TPW_TCP4].seen);
	else
		taken[shim_cpu] += *nr - before;
	rcu_read_unlock();
	counted[shim_cpu] += *nr - before;
	delivered[shim_cpu]++;
}

static void deliver_all(void)
{
	while (!get(is_over)) {
		deliver();
		/* A CPU may have none for a while, and then others see to it. */
		if (!random_below(100))
			linger(100000);
	}
}

static void change(void)
{
	tpw_arrivals_begin(&arrivals, TPW_IPV4, 0);
	put(is_hooked, true);
	synchronize_rcu();
	tpw_arrivals_turn_all(&arrivals, TPW_IPV4, 0);
	linger(20000);
	tpw_arrivals_end(&arrivals, TPW_IPV4);
	synchronize_rcu();
	tpw_arrivals_turn_all(&arrivals, TPW_IPV4, 0);
	put(is_hooked, false);
	linger(20000);
}

static void change_all(void)
{
	unsigned long i;

	for (i = 0; i < rounds; i++)
		change();
	put(is_over, true);
}

void arrivals_main(void)
{
	static const struct thread threads[] = {
		{ deliver_all, 0 }, { deliver_all, 1 }, { change_all, 2 },
	};
	u64 told;

	counters.counts = alloc_percpu_gfp(struct tpw_counts, GFP_KERNEL);
	counters.drops = kzalloc(sizeof(*counters.drops), GFP_KERNEL);
	if (!counters.counts || !counters.drops || tpw_arrivals_init(&arrivals, &counters))
		die("no memory");
	run_all(threads, ARRAY_SIZE(threads));
	told = tpw_arrivals_taken(&arrivals, 0);
	if (told != taken[0] + taken[1])
		die("taken %llu, not %llu", told, taken[0] + taken[1]);
	if (!counted[0] || counted[0] + counted[1] == delivered[0] + delivered[1])
		die("counted %llu of %llu", counted[0] + counted[1], delivered[0] + delivered[1]);
	printf("%lu times counted, %llu of %llu segments, %llu taken\n", rounds,
	       counted[0] + counted[1], delivered[0] + delivered[1], told);
	tpw_arrivals_exit(&arrivals);
	kfree(counters.drops);
	free_percpu(counters.counts);
}
