// SPDX-License-Identifier: GPL-2.0
/*
 * Columns that are rarely anything but 0, against the module's counters and
 * against what was played.
 */
#include "tables.h"

#include <inttypes.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TCP_PORT	7000
#define UDP_PORT	7100
#define GROUP		"239.7.7.7"
#define DATAGRAMS	5
#define CONNECTIONS_MIN	3
#define CONNECTIONS_MAX	100
#define WAIT_MS		40	/* until a connection is accepted */
#define SLOTS		64	/* powers of 2 */
#define RESET_PORT	7200
#define RESETS		3
#define LAST_PORT	7300
#define LAST_MS		300	/* from the last datagram to the close */
#define TICK_NS		4000000	/* times may be those of the last tick */

static uint64_t sum(const char *path, const char *column)
{
	struct table t;
	uint64_t n;

	table_read(&t, path);
	n = table_sum(&t, column);
	table_free(&t);
	return n;
}

/*
 * The server closes first, so that the client's FIN comes to a TIME_WAIT; unless
 * close() was not done yet when the FIN before was acknowledged. Return: how
 * many connections it took until one did
 */
static int play_tcp(void)
{
	int listener = sock_listen("127.0.0.1", TCP_PORT, OPT_NO_ABORT, 8);
	int i, client, server;

	for (i = 0; i < CONNECTIONS_MIN ||
	     (i < CONNECTIONS_MAX && !counter("match:time-wait")); i++) {
		client = sock_connect("127.0.0.1", TCP_PORT, OPT_NO_ABORT);
		pause_ms(WAIT_MS);
		server = sock_accept(listener);
		close(server);
		fence();
		close(client);
		fence();
	}
	return i;
}

/* In which member of "waits_us" a connection is: 2^n microseconds are more than it waited. */
static unsigned int slot_of(uint64_t waited_ns)
{
	unsigned int n = 0;

	while (waited_ns / 1000 >> n)
		n++;
	return n;
}

/*
 * Takes what "waits_us" has from what it is to have: 8192:3 are three in member 13. False if it
 * has anything else.
 */
static bool take_waits(const char *text, unsigned int want[SLOTS])
{
	unsigned int slot, nr;
	uint64_t bound_us;
	int n;

	for (; sscanf(text, "%" SCNu64 ":%u%n", &bound_us, &nr, &n) == 2;
	     text += n + (text[n] == ',')) {
		for (slot = 0; slot < SLOTS - 1 && 1ULL << slot < bound_us; slot++)
			;
		if (1ULL << slot != bound_us || want[slot] != nr)
			return false;
		want[slot] = 0;
	}
	return !*text;
}

static bool is_wait_right(void)
{
	struct table listeners, connections;
	unsigned int want[SLOTS] = { 0 };
	size_t row = 0, i;
	const char *text;
	bool ok;

	table_read(&listeners, LISTENERS);
	table_read(&connections, CONNECTIONS);
	for (i = 0; i < connections.rows; i++)
		if (table_is(&connections, i, "role", "server"))
			want[slot_of(table_number(&connections, i, "waited_ns"))]++;
	while (row < listeners.rows && !table_is(&listeners, row, "proto", "tcp"))
		row++;
	text = row < listeners.rows ? table_cell(&listeners, row, "waits_us") : "none";
	diag("waits_us: %s", text);
	ok = take_waits(text, want);
	for (i = 0; i < SLOTS; i++)
		ok &= !want[i];
	table_free(&listeners);
	table_free(&connections);
	return ok;
}

static int join(void)
{
	int fd = sock_bound("0.0.0.0", UDP_PORT, SOCK_DGRAM, OPT_NONBLOCK);
	struct ip_mreqn m = { .imr_ifindex = if_nametoindex("lo") };
	union address a;

	address_set(&a, GROUP, 0);
	m.imr_multiaddr = a.in.sin_addr;
	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)))
		bail("IP_ADD_MEMBERSHIP");
	return fd;
}

/* Two receivers of each. */
static void play_multicast(void)
{
	struct ip_mreqn m = { .imr_ifindex = if_nametoindex("lo") };
	int sender = sock_new(AF_INET, SOCK_DGRAM, 0), i;
	union address a;
	socklen_t len = address_set(&a, GROUP, UDP_PORT);

	join();
	join();
	if (setsockopt(sender, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof(m)))
		bail("IP_MULTICAST_IF");
	for (i = 0; i < DATAGRAMS; i++)
		if (sendto(sender, "x", 1, 0, &a.sa, len) != 1)
			bail("sendto %s", GROUP);
	fence();
}

/* Its server has closed, and waits for the other end longer than a TIME_WAIT would: data is answered with RST. */
static void play_reset(void)
{
	int listener = sock_listen("127.0.0.1", RESET_PORT, OPT_NO_ABORT, 8);
	int i, client, server, seconds = 100;

	for (i = 0; i < RESETS; i++) {
		client = sock_connect("127.0.0.1", RESET_PORT, OPT_NO_ABORT);
		server = sock_accept(listener);
		if (setsockopt(server, IPPROTO_TCP, TCP_LINGER2, &seconds, sizeof(seconds)))
			bail("TCP_LINGER2");
		close(server);
		fence();
		if (send(client, "x", 1, MSG_NOSIGNAL) != 1)
			bail("send");
		fence();
		close(client);
	}
	close(listener);
}

static void check_reset(void)
{
	uint64_t told, rsts = mib("Tcp", "OutRsts");

	play_reset();
	rsts = mib("Tcp", "OutRsts") - rsts;
	told = counter("outcome:refused") + counter("outcome:reset") + counter("reset-later");
	result(rsts == RESETS && counter("reset-later") == RESETS && told == rsts,
	       "reset-later: %llu, all that was told %llu, RSTs that the kernel sent %llu of %d",
	       (unsigned long long)counter("reset-later"), (unsigned long long)told,
	       (unsigned long long)rsts, RESETS);
}

/* Of a connected UDP socket that was closed long after its last datagram. */
static void check_last(void)
{
	int fd = sock_bound("127.0.0.1", LAST_PORT, SOCK_DGRAM, OPT_NONBLOCK);
	int peer = sock_bound("127.0.0.1", LAST_PORT + 1, SOCK_DGRAM, OPT_NONBLOCK);
	uint64_t last = 0, closed = 0, sent_ns, until_ns;
	struct table t;
	union address a;
	socklen_t len = address_set(&a, "127.0.0.1", LAST_PORT + 1);
	size_t row;

	if (connect(fd, &a.sa, len))
		bail("connect");
	len = address_set(&a, "127.0.0.1", LAST_PORT);
	sent_ns = now_ns();
	if (sendto(peer, "x", 1, 0, &a.sa, len) != 1)
		bail("sendto");
	fence();
	until_ns = now_ns();
	pause_ms(LAST_MS);
	close(fd);
	fence();
	table_read(&t, CONNECTIONS);
	row = table_find(&t, "local", "127.0.0.1:7300");
	if (row != NO_ROW) {
		last = table_number(&t, row, "last_ns");
		closed = table_number(&t, row, "closed_ns");
	}
	table_free(&t);
	close(peer);
	result(last + TICK_NS >= sent_ns && last <= until_ns && closed >= until_ns + LAST_MS * 1000000ULL,
	       "last_ns of a closed one: %lld us after the datagram, closed %lld us after it",
	       (long long)(last - sent_ns) / 1000, (long long)(closed - sent_ns) / 1000);
}

static void run(void)
{
	struct netns ns;
	uint64_t seen;
	int nr;

	module_load("");
	netns_new(&ns);
	nr = play_tcp();
	seen = counter("match:time-wait");
	result(seen && sum(CONNECTIONS, "time_wait") == seen,
	       "time_wait: %llu of connections, match:time-wait %llu, not 0",
	       (unsigned long long)sum(CONNECTIONS, "time_wait"), (unsigned long long)seen);
	result_is("assigned, of listeners", sum(LISTENERS, "assigned"), 0);
	result_is("sk_lookup, of listeners", sum(LISTENERS, "sk_lookup"), 0);
	result_is("syns of listeners", sum(LISTENERS, "syns"), nr);
	result(is_wait_right(), "waits_us of the listener are those of its connections");
	play_multicast();
	seen = counter("via:multicast");
	result(seen >= DATAGRAMS && sum(LISTENERS, "multicast_copies") == seen,
	       "multicast_copies: %llu, multicast datagrams with two receivers %llu",
	       (unsigned long long)sum(LISTENERS, "multicast_copies"), (unsigned long long)seen);
	check_reset();
	check_last();
}

const struct topic columns_topic = {
	.name = "columns",
	.results = 8,
	.run = run,
};
