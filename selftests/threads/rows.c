// SPDX-License-Identifier: GPL-2.0
/*
 * The table of listeners: two CPUs count segments, a third makes rows and closes them, in a table
 * with room for few, and a fourth reads.
 *
 * A segment is counted in its own listener's row or lost with that row, never in another's: no
 * row has more than was counted for its cookie. Of a listener whose row never gives way nothing
 * is lost. Rows that only the third CPU counts for have what it counted, exactly.
 */
#include "threads.h"

#include "store/listeners.h"

#include <linux/in.h>

#define ROWS	8	/* of which LASTING never give way */
#define LASTING	3
#define LIVE	3	/* that segments come for now */

static const struct tpw_netid net = { .cookie = 77, .inum = 7, .account = 7 };

static u32 *tried;		/* by cookie, counted before the segment is */
static u32 lasting[2][LASTING];	/* counted by each CPU */
static u64 live[LIVE];
static u64 last_cookie;
static unsigned int counters_left;
static u64 quiet_checked, rows_read;

static u64 cookies_nr(void)
{
	return LASTING + LIVE + rounds + 1;
}

static struct tpw_endpoint bound_of(u64 cookie)
{
	return (struct tpw_endpoint){
		.addr.word = { cookie, ~cookie },
		.port = cookie,
		.family = AF_INET,
		.proto = cookie <= LASTING ? IPPROTO_TCP : IPPROTO_UDP,
	};
}

static void count_verdict(u64 cookie, const struct tpw_endpoint *bound)
{
	const struct tpw_verdict v = {
		.cookie = cookie,
		.match = TPW_MATCH_BOUND,
		.outcome = TPW_OUTCOME_HANDED,
	};

	tpw_listeners_hit(&net, &v, bound, ktime_get_ns());
}

/* A segment, in one of the ways that lead to a row; all but the last may make it. */
static void count_one(u64 cookie, unsigned int way)
{
	const struct tpw_endpoint bound = bound_of(cookie);

	grow(tried[cookie]);
	rcu_read_lock();
	switch (way) {
	case 0:
		count_verdict(cookie, &bound);
		break;
	case 1:
		tpw_listeners_copy(&net, 0, cookie, &bound, ktime_get_ns());
		break;
	case 2:
		tpw_listeners_count(cookie, TPW_EVENT_CHILD);
		break;
	default:
		if (!tpw_listeners_count_plain(cookie))
			tpw_listeners_hit_plain(&net, 0, cookie, &bound, ktime_get_ns());
	}
	rcu_read_unlock();
}

static void count_all(void)
{
	unsigned long i;
	u64 cookie;

	for (i = 0; i < rounds; i++) {
		if (!random_below(4)) {
			cookie = 1 + random_below(LASTING);
			lasting[shim_cpu][cookie - 1]++;
		} else {
			cookie = get(live[random_below(LIVE)]);
		}
		count_one(cookie, random_below(8));
	}
	__atomic_fetch_sub(&counters_left, 1, __ATOMIC_SEQ_CST);
}

static u64 total(const struct tpw_listener_counts *c)
{
	return c->segments + c->copies + c->children;
}

static void open_one(u64 cookie)
{
	const struct tpw_endpoint bound = bound_of(cookie);
	const struct tpw_actor actor = { .pid = cookie };

	tpw_listeners_opened(&net, cookie, &bound, &actor, 1, ktime_get_ns());
}

/* One that nobody else knows of: it has what was counted here since its row was made. */
static void check_quiet(u64 cookie)
{
	struct tpw_listener_counts c;
	struct tpw_listener l;
	unsigned int i, n = 0;
	u64 stamp = 0;

	for (i = 0; i < 3; i++) {
		count_one(cookie, 3);
		if (!tpw_listeners_get(cookie, &l, &c, NULL))
			return;
		n = l.stamp == stamp ? n + 1 : 1;
		if (l.e.key != cookie || total(&c) != n)
			die("row %llu: %llu counted, not %u", cookie, total(&c), n);
		stamp = l.stamp;
		quiet_checked++;
	}
}

static void end_one(u64 cookie)
{
	switch (random_below(3)) {
	case 0:
		tpw_listeners_close(cookie, NULL, ktime_get_ns());
		break;
	case 1:
		tpw_listeners_forget_unused(cookie);
		break;
	}
}

static void change_all(void)
{
	unsigned long i;
	u64 cookie, old;
	u32 at;

	for (i = 0; i < rounds && get(counters_left); i++) {
		cookie = ++last_cookie;
		open_one(cookie);
		if (i % 2) {
			check_quiet(cookie);
			end_one(cookie);
			continue;
		}
		/* What nothing has come for would make no room among those. */
		if (random_below(2))
			count_one(cookie, 3);
		at = random_below(LIVE);
		old = live[at];
		put(live[at], cookie);
		end_one(old);
	}
}

static void check_row(const struct tpw_listener *l, const struct tpw_listener_counts *c,
		      u64 counted, u64 at_most)
{
	const struct tpw_endpoint bound = bound_of(l->e.key);

	if (counted > at_most)
		die("row %llu: %llu counted of %llu", l->e.key, counted, at_most);
	if (l->e.key >= cookies_nr() || !l->stamp || l->net.cookie != net.cookie ||
	    memcmp(&l->bound, &bound, sizeof(bound)) ||
	    (l->actor.pid && l->actor.pid != l->e.key))
		die("row %llu is not whole: stamp %llu, net %llu, port %u, pid %u, segments %llu",
		    l->e.key, l->stamp, l->net.cookie, l->bound.port, l->actor.pid, c->segments);
}

static void read_all(void)
{
	u64 before[LASTING] = {}, sum;
	struct tpw_listener_counts c;
	struct tpw_listener l;
	u32 at;

	while (get(counters_left)) {
		for (at = 0; at < ROWS; at++) {
			if (!tpw_listeners_at(at, &l, &c))
				continue;
			sum = total(&c);
			check_row(&l, &c, sum, get(tried[l.e.key]));
			if (l.e.key <= LASTING) {
				if (sum < before[l.e.key - 1])
					die("row %llu: %llu after %llu", l.e.key, sum,
					    before[l.e.key - 1]);
				before[l.e.key - 1] = sum;
			}
			rows_read++;
		}
	}
}

static u64 check_lasting(void)
{
	struct tpw_listener_counts c;
	struct tpw_listener l;
	u64 cookie, all = 0;

	for (cookie = 1; cookie <= LASTING; cookie++) {
		u64 want = (u64)lasting[0][cookie - 1] + lasting[1][cookie - 1];

		if (!tpw_listeners_get(cookie, &l, &c, NULL))
			die("row %llu has given way", cookie);
		if (total(&c) != want)
			die("row %llu: %llu counted, not %llu", cookie, total(&c), want);
		all += want;
	}
	return all;
}

void rows_main(void)
{
	static const struct thread threads[] = {
		{ count_all, 0 }, { count_all, 1 }, { change_all, 2 }, { read_all, 3 },
	};
	struct tpw_tallies *tallies;
	unsigned int i;
	u64 all;

	tpw_clock_init();
	tallies = tpw_tallies_create(net.cookie);
	tried = calloc(cookies_nr(), sizeof(*tried));
	if (!tallies || !tried || tpw_listeners_init(ROWS))
		die("no table");
	while (last_cookie < LASTING)
		open_one(++last_cookie);
	for (i = 0; i < LIVE; i++)
		open_one(live[i] = ++last_cookie);
	counters_left = 2;
	run_all(threads, ARRAY_SIZE(threads));
	all = check_lasting();
	printf("%lu segments on each of 2 CPUs, %llu rows made, %llu + %llu gave way, %llu read, %llu exact; %llu = %llu in those that last\n",
	       rounds, last_cookie, tallies->t[TPW_TALLY_LISTENERS].evicted,
	       tallies->t[TPW_TALLY_LISTENERS].forgotten, rows_read, quiet_checked, all, all);
	tpw_listeners_exit();
	tpw_tallies_remove(tallies);
	free(tried);
}
