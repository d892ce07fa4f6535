// SPDX-License-Identifier: GPL-2.0
/*
 * The log: a writer on each of two CPUs, and two readers of both who are overtaken all the time.
 * What a reader gets is whole and in order, nothing comes twice, and what it read and what it
 * lost is what was written.
 */
#include "threads.h"

#include "store/log.h"

#define WRITERS	2

static struct tpw_log *the_log;
static unsigned int writers_left;
static u64 all_read, all_lost;

static u64 time_of(int cpu, u64 seq)
{
	return seq * WRITERS + cpu;
}

/* All bytes of a record follow from its place. */
static bool is_raw(u64 seq)
{
	return seq * GOLDEN_RATIO_64 >> 63;
}

static void make_raw_verdict(struct tpw_raw_verdict *g, int cpu, u64 seq)
{
	memset(g, 0, sizeof(*g));
	g->cookie = time_of(cpu, seq);
	g->listener = ~g->cookie;
	memset(g->addrs, seq, sizeof(g->addrs));
	memset(g->dev.name, 'a' + seq % 26, sizeof(g->dev.name));
	g->ports[0] = seq;
	g->ports[1] = ~seq;
	g->len = 1000 + (u32)seq;
	g->kind.family = seq % TPW_FAMILY_NR;
	g->tcp[0] = 0x50;
	g->tcp[1] = seq;
	g->via = seq % TPW_VIA_NR;
	g->sock.state = seq % 13;
}

static void make_verdict(struct tpw_verdict *v, int cpu, u64 seq)
{
	struct tpw_raw_verdict g;

	if (is_raw(seq)) {
		make_raw_verdict(&g, cpu, seq);
		tpw_raw_verdict_expand(&g, v);
		return;
	}
	memset(v, 0, sizeof(*v));
	memset(&v->tuple, seq, sizeof(v->tuple));
	memset(v->dev, 'A' + seq % 26, sizeof(v->dev));
	v->cookie = time_of(cpu, seq);
	v->listener = ~v->cookie;
	v->len = ~seq;
	v->member = seq;
	v->members = ~seq;
	v->family = seq % TPW_FAMILY_NR;
	v->relookup = seq;
	memset(&v->asked, seq, sizeof(v->asked));
}

static void write_all(void)
{
	struct tpw_log_slot *slot;
	struct tpw_verdict v;
	struct tpw_raw_verdict g;
	u64 seq, published;

	for (seq = 1; seq <= rounds; seq++) {
		make_verdict(&v, shim_cpu, seq);
		make_raw_verdict(&g, shim_cpu, seq);
		slot = tpw_log_begin(the_log->rings, time_of(shim_cpu, seq), &published);
		if (is_raw(seq)) {
			slot->g = g;
			slot->is_raw = true;
		} else {
			tpw_log_fill(slot, &v);
		}
		tpw_log_end(the_log->rings, slot, published);
		if (published != seq)
			die("CPU %d: record %llu has number %llu", shim_cpu, seq, published);
		if (!random_below(8))
			sched_yield();
	}
	__atomic_fetch_sub(&writers_left, 1, __ATOMIC_SEQ_CST);
}

/**
 * struct cursor - where a reader is in one ring
 * @position: of the next record
 * @lost: records that were overwritten before it
 * @read: records that it got
 */
struct cursor {
	u64 position;
	u64 lost;
	u64 read;
};

static void check(int cpu, u64 position, const struct tpw_log_record *r)
{
	u64 seq = position + 1;
	struct tpw_verdict v;

	make_verdict(&v, cpu, seq);
	if (r->seq != seq || r->cpu != (u32)cpu || r->time_ns != time_of(cpu, seq))
		die("CPU %d: record %llu is %llu of CPU %u, time %llu", cpu, seq, r->seq, r->cpu,
		    r->time_ns);
	if (memcmp(&r->v, &v, sizeof(v)))
		die("CPU %d: record %llu is not whole: cookies %llx %llx of %llx, family %u", cpu,
		    seq, r->v.cookie, ~r->v.listener, v.cookie, r->v.family);
}

/* As add_line() in file_log.c. False if there is nothing now. */
static bool read_one(int cpu, struct cursor *c)
{
	struct tpw_log_record r;
	u64 time_ns;

	memset(&r, 0, sizeof(r));	/* gaps too, which check() compares */
	if (!tpw_log_peek(the_log, cpu, &c->position, &c->lost, &time_ns))
		return false;
	if (time_ns != time_of(cpu, c->position + 1))
		die("CPU %d: record %llu was written at %llu", cpu, c->position + 1, time_ns);
	if (!tpw_log_read(the_log, cpu, c->position, &r))
		return true;
	check(cpu, c->position, &r);
	c->position++;
	c->read++;
	if (c->read + c->lost != c->position)
		die("CPU %d: %llu read and %llu lost before %llu", cpu, c->read, c->lost,
		    c->position);
	return true;
}

static void read_all(void)
{
	struct cursor c[WRITERS] = {};
	bool is_over, has_more;
	int cpu;

	do {
		is_over = !get(writers_left);
		has_more = false;
		for (cpu = 0; cpu < WRITERS; cpu++)
			has_more |= read_one(cpu, &c[cpu]);
	} while (!is_over || has_more);
	for (cpu = 0; cpu < WRITERS; cpu++) {
		if (c[cpu].position != rounds)
			die("CPU %d: the end is at %llu, not %lu", cpu, c[cpu].position, rounds);
		__atomic_fetch_add(&all_read, c[cpu].read, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&all_lost, c[cpu].lost, __ATOMIC_SEQ_CST);
	}
}

void ring_main(void)
{
	static const struct thread threads[] = {
		{ write_all, 0 }, { write_all, 1 }, { read_all, 2 }, { read_all, 3 },
	};
	const struct tpw_netid id = { .cookie = 1 };

	if (tpw_log_init(0))
		die("no log");
	the_log = tpw_log_create(&id, true);
	writers_left = WRITERS;
	run_all(threads, ARRAY_SIZE(threads));
	if (!all_read || !all_lost)
		die("%llu read and %llu lost: nobody was overtaken", all_read, all_lost);
	printf("%lu records on each of %d CPUs; two readers: %llu read + %llu lost = %llu\n",
	       rounds, WRITERS, all_read, all_lost, all_read + all_lost);
	tpw_log_end_namespace(the_log);
	tpw_log_exit();
}
