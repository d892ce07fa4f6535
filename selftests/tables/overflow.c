// SPDX-License-Identifier: GPL-2.0
/*
 * Full accept queues. A listener with a backlog of n holds n + 1 connections;
 * whatever would be one more is counted as an overflow, at its listener by the
 * module and for all together by the kernel.
 */
#include "tables.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTENERS_NR	20
#define CLIENTS		6	/* of each listener */
#define BACKLOG		1
#define ROOM		(BACKLOG + 1)
#define FIRST_PORT	7200

/* Who listens and who comes, by turns. */
static const struct {
	const char *listener;
	const char *client;
} families[] = {
	{ "127.0.0.1", "127.0.0.1" }, { "::1", "::1" }, { "::", "127.0.0.1" },
	{ "::", "::ffff:127.0.0.1" }, { "0.0.0.0", "127.0.0.9" },
	{ "::ffff:127.0.0.1", "127.0.0.1" },
};

/**
 * struct way - what finds the queue full
 * @name: for people
 * @cookies: value of tcp_syncookies
 * @fast_open: value of tcp_fastopen
 * @by_ack: the last ACK of the handshake, not the SYN
 */
struct way {
	const char *name;
	const char *cookies;
	const char *fast_open;
	bool by_ack;
};

static const struct way ways[] = {
	{ "SYNs", "0", "0", false },
	{ "SYNs, with cookies", "2", "0", false },
	{ "final ACKs", "0", "0", true },
	{ "ACKs with cookies", "2", "0", true },
	{ "Fast Open", "1", "0x607", false },
};

#define RESULTS_PER_WAY	2

static int listeners[LISTENERS_NR];
static int clients[LISTENERS_NR][CLIENTS];

static const char *client_of(int i)
{
	return families[i % ARRAY_SIZE(families)].client;
}

static void open_all(void)
{
	int i;

	for (i = 0; i < LISTENERS_NR; i++)
		listeners[i] = sock_listen(families[i % ARRAY_SIZE(families)].listener,
					   FIRST_PORT + i, 0, BACKLOG);
}

/* The queue is full after two; all others find it so, and try again later. */
static void overflow_by_syns(const struct way *way)
{
	bool is_fast = way->fast_open[1];
	int i, c;

	for (i = 0; i < LISTENERS_NR; i++)
		for (c = 0; c < CLIENTS; c++)
			clients[i][c] = is_fast ?
				sock_fast_open(client_of(i), FIRST_PORT + i, 0) :
				sock_try_connect(client_of(i), FIRST_PORT + i, 0);
}

/*
 * The listener loses the ACKs that end the handshakes, so that all clients
 * believe to be connected and none is. Then its queue is made small, and each
 * client's first data ends its handshake once more: the first two find room.
 */
static void overflow_by_acks(void)
{
	int i, c;

	for (i = 0; i < LISTENERS_NR; i++) {
		listen(listeners[i], 64);
		sock_drop_all_but_syns(listeners[i]);
		for (c = 0; c < CLIENTS; c++)
			clients[i][c] = sock_connect(client_of(i), FIRST_PORT + i, 0);
		if (listen(listeners[i], BACKLOG))
			bail("listen");
		fence();
		sock_undrop(listeners[i]);
		for (c = 0; c < CLIENTS; c++)
			if (send(clients[i][c], "x", 1, MSG_NOSIGNAL) != 1)
				bail("send");
	}
}

static void close_all(void)
{
	int i, c;

	for (i = 0; i < LISTENERS_NR; i++) {
		for (c = 0; c < CLIENTS; c++)
			close(clients[i][c]);
		close(listeners[i]);
	}
}

/* Listeners with a full queue, so many children, and an overflow for each client more. */
static unsigned int count_right(const struct table *t)
{
	unsigned int right = 0;
	int i;

	for (i = 0; i < LISTENERS_NR; i++) {
		size_t row = table_find_cookie(t, sock_cookie(listeners[i]));

		if (row != NO_ROW && table_number(t, row, "overflows") >= CLIENTS - ROOM &&
		    table_number(t, row, "children") == ROOM &&
		    table_number(t, row, "queue") == ROOM &&
		    table_number(t, row, "backlog") == BACKLOG)
			right++;
		else if (row == NO_ROW)
			diag("listener %d has no row", i);
		else
			diag("%s: overflows %s, children %s, queue %s, backlog %s",
			     table_cell(t, row, "local"), table_cell(t, row, "overflows"),
			     table_cell(t, row, "children"), table_cell(t, row, "queue"),
			     table_cell(t, row, "backlog"));
	}
	return right;
}

/* Until the kernel's number was the same before and after: clients go on trying. */
static uint64_t read_quiet(struct table *t)
{
	uint64_t until_ns = now_ns() + STEP_MS * 1000000ULL, before, after;

	for (;;) {
		before = mib("TcpExt", "ListenOverflows");
		table_read(t, LISTENERS);
		after = mib("TcpExt", "ListenOverflows");
		if (before == after)
			return after;
		table_free(t);
		if (now_ns() > until_ns)
			bail("overflows do not end");
	}
}

static void try_way(const struct way *way)
{
	uint64_t kernel, sum, full;
	struct netns ns;
	struct table t;

	module_load("");
	netns_new(&ns);
	if (!sysctl_set("net/ipv4/tcp_syncookies", way->cookies) ||
	    !sysctl_set("net/ipv4/tcp_fastopen", way->fast_open))
		bail("sysctl");
	open_all();
	if (way->by_ack)
		overflow_by_acks();
	else
		overflow_by_syns(way);
	fence();
	kernel = read_quiet(&t);
	sum = table_sum(&t, "overflows");
	result_is(way->name, count_right(&t), LISTENERS_NR);
	table_free(&t);
	close_all();
	fence();
	full = counter("outcome:queue-full");
	result(sum == kernel && full == mib("TcpExt", "ListenOverflows") &&
	       sum >= LISTENERS_NR * (CLIENTS - ROOM),
	       "%s: sum of overflows %llu, outcome:queue-full %llu, ListenOverflows %llu",
	       way->name, (unsigned long long)sum, (unsigned long long)full,
	       (unsigned long long)kernel);
}

/* Where the connection from this client is: its waited_ns, 0 if that is not told. */
static uint64_t waited(const struct table *t, int client)
{
	char foreign[ENDPOINT_LEN];
	size_t row;

	sock_name(client, foreign);
	row = table_find_tuple(t, "127.0.0.1:7200", foreign);
	if (row == NO_ROW || !table_is(t, row, "accepted_ns", "-") ||
	    !table_is(t, row, "pid", "-") || !table_is(t, row, "inode", "0"))
		return 0;
	return table_number(t, row, "waited_ns");
}

static bool is_accepted(const struct table *t, int client)
{
	char foreign[ENDPOINT_LEN];
	size_t row;

	sock_name(client, foreign);
	row = table_find_tuple(t, "127.0.0.1:7200", foreign);
	return row != NO_ROW && table_number(t, row, "accepted_ns") &&
	       table_number(t, row, "pid") == (uint64_t)getpid();
}

/* Ages differ by at least so much. */
static void age_ms(unsigned int ms)
{
	uint64_t until_ns = now_ns() + ms * 1000000ULL;

	while (now_ns() < until_ns)
		pause_ms(ms);
}

/* A server that serves one client at a time, and four that come. */
static void one_at_a_time(void)
{
	uint64_t first[2], second[2], overflows;
	int listener, four[4], child, i;
	struct table t, again, of_listeners;
	struct netns ns;

	module_load("");
	netns_new(&ns);
	listener = sock_listen("0.0.0.0", FIRST_PORT, 0, BACKLOG);
	four[0] = sock_connect("127.0.0.1", FIRST_PORT, 0);
	child = sock_accept(listener);
	for (i = 1; i < 4; i++) {
		four[i] = sock_try_connect("127.0.0.1", FIRST_PORT, 0);
		/* Rows are printed one after the other, and each is as old as it is then. */
		age_ms(20);
	}
	fence();
	table_read(&t, CONNECTIONS);
	overflows = read_quiet(&of_listeners);
	table_read(&again, CONNECTIONS);
	result(is_accepted(&t, four[0]) && waited(&t, four[3]) == 0 &&
	       table_count(&t, "local", "127.0.0.1:7200") == 3,
	       "four clients: %zu connections, the first is accepted",
	       table_count(&t, "local", "127.0.0.1:7200"));
	for (i = 0; i < 2; i++) {
		first[i] = waited(&t, four[i + 1]);
		second[i] = waited(&again, four[i + 1]);
	}
	result(first[0] > first[1] && first[1] && second[0] > first[0] && second[1] > first[1],
	       "two wait, for %llu and %llu us, then for %llu and %llu us",
	       (unsigned long long)first[0] / 1000, (unsigned long long)first[1] / 1000,
	       (unsigned long long)second[0] / 1000, (unsigned long long)second[1] / 1000);
	result(table_sum(&of_listeners, "overflows") == overflows && overflows &&
	       counter("outcome:queue-full") >= overflows,
	       "the fourth finds the queue full: overflows %llu, ListenOverflows %llu",
	       (unsigned long long)table_sum(&of_listeners, "overflows"),
	       (unsigned long long)overflows);
	for (i = 0; i < 4; i++)
		close(four[i]);
	close(child);
	close(listener);
	table_free(&of_listeners);
	table_free(&again);
	table_free(&t);
}

static void run(void)
{
	size_t i;

	one_at_a_time();
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		try_way(&ways[i]);
}

const struct topic overflow_topic = {
	.name = "overflow",
	.results = 3 + RESULTS_PER_WAY * ARRAY_SIZE(ways),
	.run = run,
};
