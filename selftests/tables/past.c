// SPDX-License-Identifier: GPL-2.0
/*
 * What the tables remember of what is gone: closed sockets with their time, as
 * far back as line 1 says, and the endpoints that were refused last.
 */
#include "past.h"
#include "tables.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORT		7600
#define FIRST_CLOSED	7700
#define REFUSED_NR	64
#define MANY		100
#define TABLE		64	/* entries, for MANY connections of two rows */

/* A connection that lived: its cookies, and when it was closed. */
struct gone {
	uint64_t client;
	uint64_t server;
	uint64_t before_ns;
	uint64_t after_ns;
};

static void live_and_die(int listener, struct gone *g)
{
	int client = sock_connect("127.0.0.1", PORT, 0);
	int server = sock_accept(listener);

	g->client = sock_cookie(client);
	g->server = sock_cookie(server);
	g->before_ns = now_ns();
	close(client);
	close(server);
	g->after_ns = now_ns();
}

static bool is_closed_row(const struct table *t, uint64_t cookie, const struct gone *g)
{
	size_t row = table_find_cookie(t, cookie);
	uint64_t closed_ns;

	if (row == NO_ROW || !table_is(t, row, "state", "CLOSED"))
		return false;
	closed_ns = table_number(t, row, "closed_ns");
	return closed_ns >= g->before_ns && closed_ns <= g->after_ns;
}

static void check_closed(void)
{
	uint64_t cookie, before_ns, closed_ns;
	struct gone g;
	struct netns ns;
	struct table t;
	size_t row;
	int listener;

	netns_new(&ns);
	listener = sock_listen("127.0.0.1", PORT, 0, 4);
	cookie = sock_cookie(listener);
	live_and_die(listener, &g);
	before_ns = now_ns();
	close(listener);
	table_read(&t, CONNECTIONS);
	result(is_closed_row(&t, g.client, &g) && is_closed_row(&t, g.server, &g),
	       "closed: both ends of a connection, with the time");
	result(table_fact(&t, "forgotten_ns") == 0, "closed: nothing is forgotten, forgotten_ns=%llu",
	       (unsigned long long)table_fact(&t, "forgotten_ns"));
	table_free(&t);
	table_read(&t, LISTENERS);
	row = table_find_cookie(&t, cookie);
	closed_ns = row == NO_ROW ? 0 : table_number(&t, row, "closed_ns");
	result(row != NO_ROW && table_is(&t, row, "state", "CLOSED") &&
	       table_is(&t, row, "local", "127.0.0.1:7600") && table_number(&t, row, "syns") == 1 &&
	       table_number(&t, row, "pid") == (uint64_t)getpid() && closed_ns >= before_ns &&
	       closed_ns <= t.before_ns,
	       "closed: a listener, with address, counts, process and the time");
	table_free(&t);
}

/* With fewer entries than connections: what line 1 promises is there. */
static void check_forgotten(void)
{
	size_t i, promised = 0, kept = 0, rows;
	struct gone gone[MANY];
	uint64_t forgotten_ns;
	struct netns ns;
	struct table t;
	int listener;

	module_load("max_connections=64");
	netns_new(&ns);
	listener = sock_listen("127.0.0.1", PORT, 0, 4);
	for (i = 0; i < MANY; i++)
		live_and_die(listener, &gone[i]);
	close(listener);
	table_read(&t, CONNECTIONS);
	forgotten_ns = table_fact(&t, "forgotten_ns");
	for (i = 0; i < MANY; i++) {
		if (gone[i].before_ns <= forgotten_ns)
			continue;
		promised += 2;
		kept += is_closed_row(&t, gone[i].client, &gone[i]);
		kept += is_closed_row(&t, gone[i].server, &gone[i]);
	}
	rows = t.rows;
	result(forgotten_ns >= gone[MANY - TABLE / 2 - 2].before_ns &&
	       forgotten_ns <= gone[MANY - TABLE / 2].after_ns,
	       "forgotten: forgotten_ns is the time of connection %d of %d", MANY - TABLE / 2, MANY);
	result(kept == promised && kept >= TABLE - 4 && rows == TABLE && !table_fact(&t, "evicted"),
	       "forgotten: %zu of %zu rows closed since are there, %zu in all, evicted %llu", kept,
	       promised, rows, (unsigned long long)table_fact(&t, "evicted"));
	table_free(&t);
}

static void ask(unsigned int i, unsigned int times)
{
	while (times--)
		sock_refused("127.0.0.1", FIRST_CLOSED + i);
}

static size_t refused_row(const struct table *t, unsigned int i)
{
	char local[ENDPOINT_LEN];

	snprintf(local, sizeof(local), "127.0.0.1:%u", FIRST_CLOSED + i);
	return table_find(t, "local", local);
}

static void check_refused(void)
{
	unsigned int i, right = 0, times = 0;
	struct netns ns;
	struct table t;

	module_load("");
	netns_new(&ns);
	for (i = 0; i < REFUSED_NR; i++) {
		ask(i, i % 3 + 1);
		times += i % 3 + 1;
	}
	table_read(&t, REFUSED);
	for (i = 0; i < REFUSED_NR; i++) {
		size_t row = refused_row(&t, i);

		right += row != NO_ROW && table_number(&t, row, "count") == i % 3 + 1 &&
			 table_number(&t, row, "refused") == i % 3 + 1;
	}
	result(right == REFUSED_NR && t.rows == REFUSED_NR && table_sum(&t, "count") == times &&
	       counter("outcome:refused") == times,
	       "refused: %u of %d endpoints right, sum of counts %llu, outcome:refused %llu, wanted %u",
	       right, REFUSED_NR, (unsigned long long)table_sum(&t, "count"),
	       (unsigned long long)counter("outcome:refused"), times);
	table_free(&t);

	/* The first is asked for again, so the second is the one that goes. */
	ask(0, 1);
	ask(REFUSED_NR, 1);
	table_read(&t, REFUSED);
	result(t.rows == REFUSED_NR && refused_row(&t, 0) != NO_ROW &&
	       refused_row(&t, 1) == NO_ROW && refused_row(&t, 2) != NO_ROW &&
	       refused_row(&t, REFUSED_NR) != NO_ROW,
	       "refused: the 65th takes the place of the one asked for longest ago, %zu rows", t.rows);
	/* The second had a count of 2. */
	result_is("refused: sum of counts, less that of the one that went",
		  table_sum(&t, "count"), times + 2 - 2);
	table_free(&t);
}

/* The rest of the topic "views". */
void past_run(void)
{
	check_closed();
	check_forgotten();
	check_refused();
}
