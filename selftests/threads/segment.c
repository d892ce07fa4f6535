// SPDX-License-Identifier: GPL-2.0
/*
 * The open segment: two CPUs open segments of namespaces that come and go, and close them or
 * leave them open for the next one to close. Whoever ends a namespace has it forgotten and frees
 * it; a verdict goes to the namespace of its segment, or nowhere once that is gone.
 */
#include "threads.h"

#include "watch/segment.h"

#define CPUS	2
#define MAGIC	0x7ea5e1f00dULL

/**
 * struct space - a namespace
 * @net: to its devices
 * @gen: what @net has of each module
 * @dev: a device of it
 * @tn: what the module has of it
 * @number: of its own
 */
struct space {
	struct net net;
	struct net_generic gen;
	struct net_device dev;
	struct tpw_net tn;
	u64 number;
};

unsigned int tpw_pernet_id = 1;

static struct space *current_space;
static struct tpw_counts __percpu *counts;
static unsigned int openers_left;
static u64 opened[CPUS], closed[CPUS], lost[CPUS];
static __thread u64 expected, recorded;	/* number of the namespace of a segment */

u64 tpw_socket_new_cookie(struct sock *sk)
{
	return 0;
}

/* What record.c does: it writes what belongs to the namespace. */
void tpw_record(struct tpw_net *tn, struct tpw_verdict *v, const struct tpw_endpoint *bound,
		bool is_resolved)
{
	shim_may_hold_up();
	if (READ_ONCE(tn->armed_seen) != MAGIC)
		die("a verdict for a namespace that is gone: %llx", tn->armed_seen);
	if (tn->id.cookie != expected)
		die("a verdict for namespace %llu of a segment of %llu", tn->id.cookie, expected);
	recorded++;
}

static struct space *make_space(u64 number)
{
	struct space *s = shim_zalloc(sizeof(*s));

	s->net.gen = &s->gen;
	s->gen.ptr[tpw_pernet_id] = &s->tn;
	s->dev.net = &s->net;
	s->tn.counters.counts = counts;
	s->tn.id.cookie = number;
	s->tn.armed_seen = MAGIC;
	s->number = number;
	return s;
}

static void free_space(struct space *s)
{
	WRITE_ONCE(s->tn.armed_seen, 0);
	kfree(s);
}

static void demuxed(struct sk_buff *skb)
{
}

/* One segment; whatever was open before it has been recorded by then, or its namespace is gone. */
static void open_one(const struct space *s, struct sk_buff *skb, bool had_open)
{
	recorded = 0;
	skb->dev = (struct net_device *)&s->dev;
	tpw_segment_open(skb, TPW_TCP4, demuxed);
	opened[shim_cpu]++;
	closed[shim_cpu] += recorded;
	if (recorded > had_open)
		die("CPU %d: %llu verdicts for %d segment", shim_cpu, recorded, had_open);
	lost[shim_cpu] += had_open - recorded;
}

/* Nobody can have ended its namespace, which is in the same read-side section. */
static void close_one(const struct space *s)
{
	expected = s->number;
	recorded = 0;
	tpw_segment_close(tpw_segment_current(), TPW_OUTCOME_HANDED);
	if (recorded != 1)
		die("CPU %d: %llu verdicts for a segment that was closed", shim_cpu, recorded);
	closed[shim_cpu]++;
}

static void open_all(void)
{
	struct sk_buff skb[2] = {};
	bool had_open = false;
	unsigned long i;

	for (i = 0; i < rounds; i++) {
		struct space *s;

		rcu_read_lock();
		s = rcu_dereference(current_space);
		open_one(s, &skb[i % 2], had_open);
		had_open = random_below(2);
		if (!had_open)
			close_one(s);
		expected = s->number;
		rcu_read_unlock();
		if (!random_below(16))
			sched_yield();
	}
	__atomic_fetch_sub(&openers_left, 1, __ATOMIC_SEQ_CST);
	if (had_open)
		opened[shim_cpu]--;
}

static u64 ended;

static void end_all(void)
{
	while (get(openers_left)) {
		struct space *old = current_space;

		rcu_assign_pointer(current_space, make_space(++ended));
		synchronize_rcu();	/* no segment of it opens any more */
		tpw_segment_forget(&old->tn);
		free_space(old);
	}
}

void segment_main(void)
{
	static const struct thread threads[] = { { open_all, 0 }, { open_all, 1 }, { end_all, 2 } };
	u64 seen = 0;
	int cpu;

	counts = alloc_percpu(struct tpw_counts);
	current_space = make_space(0);
	openers_left = CPUS;
	run_all(threads, ARRAY_SIZE(threads));
	for (cpu = 0; cpu < CPUS; cpu++) {
		if (opened[cpu] != closed[cpu] + lost[cpu])
			die("CPU %d: %llu opened, %llu closed, %llu lost", cpu, opened[cpu],
			    closed[cpu], lost[cpu]);
		seen += per_cpu_ptr(counts, cpu)->family[TPW_TCP4].seen;
	}
	if (seen != rounds * CPUS)
		die("%llu seen, not %lu", seen, rounds * CPUS);
	printf("%llu segments seen = %lu, %llu namespaces ended; %llu verdicts, %llu of namespaces that were gone\n",
	       seen, rounds * CPUS, ended, closed[0] + closed[1], lost[0] + lost[1]);
	free_space(current_space);
	free_percpu(counts);
}
