// SPDX-License-Identifier: GPL-2.0
/*
 * Waking: two wait for records, one of a namespace and one of all, as readers of log_pipe do. The
 * writer publishes the next record when both have the last, just as they may be going to sleep:
 * nobody sleeps while there is something that he has not read.
 */
#include "threads.h"

#include "store/log.h"

#define READERS		2
#define PATIENCE_NS	(NSEC_PER_SEC / 4)	/* then one looks why he sleeps */

static struct tpw_log *the_log;
static u64 written;		/* and the call that told it has returned */
static u64 seen[READERS];
static u64 slept[READERS];
static bool is_over;

/* Until who has read all may be anywhere between his look and his sleep. */
static void linger(void)
{
	unsigned int i, n = random_below(4000);

	for (i = 0; i < n; i++)
		barrier();
}

static void write_all(void)
{
	struct tpw_verdict v = { 0 };
	struct tpw_log_slot *slot;
	u64 i, published;

	for (i = 1; i <= rounds; i++) {
		while (get(seen[0]) < i - 1 || get(seen[1]) < i - 1)
			sched_yield();
		linger();
		rcu_read_lock();
		slot = tpw_log_begin(the_log->rings, i, &published);
		v.cookie = i;
		tpw_log_fill(slot, &v);
		tpw_log_end(the_log->rings, slot, published);
		rcu_read_unlock();
		put(written, i);
	}
	while (get(seen[0]) < rounds || get(seen[1]) < rounds)
		sched_yield();
	put(is_over, true);
	tpw_waiters_finish(&the_log->waiters);
	tpw_waiters_finish(&tpw_log_all_waiters);
}

static bool has_more(u64 *position)
{
	u64 time_ns, lost = 0;
	bool has = tpw_log_peek(the_log, 0, position, &lost, &time_ns);

	if (lost)
		die("%llu lost before %llu", lost, *position);
	return has;
}

/* Nothing is on its way that could wake him. */
static bool is_lost(const struct wait_queue_entry *wait, u64 position)
{
	return get(written) > position && shim_work_is_idle() && !get(wait->woken);
}

/* As wait_for_more() in file_log.c. */
static void wait_for_more(struct tpw_waiters *w, int who, u64 *position)
{
	struct wait_queue_entry wait = {};

	tpw_waiters_add(w, &wait);
	while (!READ_ONCE(w->is_over) && !has_more(position)) {
		slept[who]++;
		while (!wait_woken_ns(&wait, PATIENCE_NS)) {
			if (is_lost(&wait, *position))
				die("reader %d sleeps, and record %llu is there", who, *position);
			if (get(is_over) && READ_ONCE(w->is_over) && !get(wait.woken))
				die("reader %d sleeps, and all is over", who);
		}
	}
	remove_wait_queue(&w->queue, &wait);
}

static void read_all(struct tpw_waiters *w, int who)
{
	struct tpw_log_record r;
	u64 position = 0;

	while (!READ_ONCE(w->is_over)) {
		if (!has_more(&position)) {
			wait_for_more(w, who, &position);
			continue;
		}
		if (!tpw_log_read(the_log, 0, position, &r) || r.v.cookie != position + 1)
			die("reader %d: record %llu is not there", who, position);
		position++;
		put(seen[who], position);
	}
	if (position != rounds)
		die("reader %d: the end is at %llu, not %lu", who, position, rounds);
}

static void read_one(void)
{
	read_all(&the_log->waiters, 0);
}

static void read_of_all(void)
{
	read_all(&tpw_log_all_waiters, 1);
}

void wake_main(void)
{
	static const struct thread threads[] = {
		{ write_all, 0 }, { read_one, 1 }, { read_of_all, 2 },
	};
	const struct tpw_netid id = { .cookie = 1 };

	if (tpw_log_init(0))
		die("no log");
	the_log = tpw_log_create(&id, true);
	tpw_log_follow(the_log);
	tpw_log_follow(NULL);
	run_all(threads, ARRAY_SIZE(threads));
	tpw_log_unfollow(NULL);
	tpw_log_unfollow(the_log);
	printf("%lu records, two readers: slept %llu and %llu times, were woken each time\n",
	       rounds, slept[0], slept[1]);
	tpw_log_end_namespace(the_log);
	tpw_log_exit();
}
