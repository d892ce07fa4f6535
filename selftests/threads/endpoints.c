// SPDX-License-Identifier: GPL-2.0
/*
 * Endpoints without a socket: two CPUs count, a third reads. Rows are whole at any time; and once
 * both are done, those of endpoints that had room in all that time have what was counted.
 */
#include "threads.h"

#include "store/endpoints.h"

#define WRITERS		2
#define FEW		12	/* endpoints, for which there is room */
#define MANY		400	/* for which there is not */

static struct tpw_endpoints table;
static unsigned int endpoints;
static u32 counted[WRITERS][MANY];
static unsigned int writers_left;
static u64 rows_read;

/* All that a row has follows from its endpoint and the number of its last segment. */
static struct tpw_tuple tuple_of(u32 endpoint, u64 now_ns)
{
	return (struct tpw_tuple){
		.local.word = { endpoint, endpoint },
		.foreign.word = { now_ns, ~now_ns },
		.lport = endpoint,
		.fport = now_ns,
		.family = AF_INET6,
		.proto = IPPROTO_TCP,
	};
}

static void write_all(void)
{
	unsigned long i;

	for (i = 1; i <= rounds; i++) {
		u32 endpoint = random_below(endpoints);
		u64 now_ns = i * WRITERS + shim_cpu;
		struct tpw_tuple tuple = tuple_of(endpoint, now_ns);

		__atomic_fetch_add(&counted[shim_cpu][endpoint], 1, __ATOMIC_RELEASE);
		rcu_read_lock();
		tpw_endpoints_hit(&table, &tuple, 0, endpoint % 2, now_ns);
		rcu_read_unlock();
	}
	__atomic_fetch_sub(&writers_left, 1, __ATOMIC_SEQ_CST);
}

static u64 counted_for(u32 endpoint)
{
	return get(counted[0][endpoint]) + get(counted[1][endpoint]);
}

static void check_row(const struct tpw_endpoint_row *r)
{
	u32 endpoint = r->last.local.word[0];
	struct tpw_tuple tuple = tuple_of(endpoint, r->last_ns);

	if (endpoint >= endpoints || memcmp(&r->last, &tuple, sizeof(tuple)) ||
	    r->marked[0] != (endpoint % 2 ? r->count : 0))
		die("endpoint %u is not whole: port %u, from %llx %llx, time %llx, %llu of %llu marked",
		    endpoint, r->last.lport, r->last.foreign.word[0], ~r->last.foreign.word[1],
		    r->last_ns, r->marked[0], r->count);
	if (r->count > counted_for(endpoint))
		die("endpoint %u: %llu counted of %llu", endpoint, r->count, counted_for(endpoint));
}

static int copy(struct tpw_endpoint_row *rows)
{
	int i, nr = tpw_endpoints_copy(&table, rows);

	for (i = 0; i < nr; i++) {
		check_row(&rows[i]);
		if (i && rows[i - 1].last_ns < rows[i].last_ns)
			die("row %d is older than row %d", i - 1, i);
	}
	return nr;
}

static void read_all(void)
{
	struct tpw_endpoint_row rows[TPW_ENDPOINTS_NR];

	while (get(writers_left))
		rows_read += copy(rows);
}

static u64 check_sums(void)
{
	struct tpw_endpoint_row rows[TPW_ENDPOINTS_NR];
	int i, nr = copy(rows);
	u64 all = 0;

	if (nr != FEW)
		die("%d endpoints, not %d", nr, FEW);
	for (i = 0; i < nr; i++) {
		u32 endpoint = rows[i].last.local.word[0];

		if (rows[i].count != counted_for(endpoint))
			die("endpoint %u: %llu counted, not %llu", endpoint, rows[i].count,
			    counted_for(endpoint));
		all += rows[i].count;
	}
	return all;
}

static void run(unsigned int nr)
{
	static const struct thread threads[] = { { write_all, 0 }, { write_all, 1 }, { read_all, 2 } };

	if (tpw_endpoints_init(&table))
		die("no rows");
	endpoints = nr;
	memset(counted, 0, sizeof(counted));
	writers_left = WRITERS;
	run_all(threads, ARRAY_SIZE(threads));
}

void endpoints_main(void)
{
	u64 all;

	run(FEW);
	all = check_sums();
	tpw_endpoints_exit(&table);
	run(MANY);
	tpw_endpoints_exit(&table);
	printf("%lu segments on each of %d CPUs: sum %llu = %lu; the same with too many endpoints; %llu rows read\n",
	       rounds, WRITERS, all, rounds * WRITERS, rows_read);
}
