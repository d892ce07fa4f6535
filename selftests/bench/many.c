// SPDX-License-Identifier: GPL-2.0
/*
 * Many sockets at once: holds connections or listeners on loopback, and does on its standard input's word:
 *
 *   connections N   have N ends of connections open: N / 2 connections
 *   listeners N     have N listeners
 *   touch           a byte each way through each connection
 *   hot TURNS       requests and replies on one connection
 *   spread TURNS    the same, on some hundred connections in turn
 *   short TURNS     connections that come, pass a byte each way, and go
 *
 * Each is answered by a line with the nanoseconds that it took and the segments that the kernel counted
 * meanwhile.
 */
#include "net.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define ENDS_MAX	200000
#define LISTENERS_MAX	32000
#define LISTENER_PORT	20000	/* the first */
#define HOSTS		16	/* 127.0.1.1 ...: tuples enough for all */
/* So few that each is used again before its delayed ACK is due. */
#define SPREAD		400

static struct place here = { .address = "127.0.0.1" };
static struct place hosts[HOSTS];
static char host_names[HOSTS][16];
static int ends[ENDS_MAX];	/* client and server by turns */
static int listeners[LISTENERS_MAX];
static unsigned int ends_nr, listeners_nr;
static int acceptor;

static void connect_pair(unsigned int i, int pair[2])
{
	pair[0] = socket_new(&here, SOCK_STREAM, 0);
	if (socket_connect(pair[0], &hosts[i % HOSTS], SERVER_PORT))
		fail("connect");
	pair[1] = accept(acceptor, NULL, NULL);
	if (pair[1] < 0)
		fail("accept");
	socket_set(pair[1], IPPROTO_TCP, TCP_NODELAY, 1);
	socket_abort_at_close(pair[0]);
}

static void have_connections(unsigned int nr)
{
	for (; ends_nr < nr && ends_nr < ENDS_MAX; ends_nr += 2)
		connect_pair(ends_nr / 2, &ends[ends_nr]);
}

static void have_listeners(unsigned int nr)
{
	/* Of any others before, none is left: a new one may have their number. */
	while (listeners_nr)
		close(listeners[--listeners_nr]);
	for (; listeners_nr < nr && listeners_nr < LISTENERS_MAX; listeners_nr++) {
		listeners[listeners_nr] = socket_new(&here, SOCK_STREAM, LISTENER_PORT + listeners_nr);
		if (listen(listeners[listeners_nr], 1))
			fail("listen");
	}
}

static void exchange(const int pair[2])
{
	pass(pair[0], pair[1]);
	pass(pair[1], pair[0]);
}

static void touch(unsigned int nr)
{
	unsigned int i;

	(void)nr;
	for (i = 0; i < ends_nr; i += 2)
		exchange(&ends[i]);
}

static void hot(unsigned int turns)
{
	while (turns--)
		exchange(&ends[0]);
}

/* Evenly over all there are. */
static void spread(unsigned int turns)
{
	unsigned int pairs = ends_nr / 2, used = pairs < SPREAD ? pairs : SPREAD, i;

	for (i = 0; i < turns; i++)
		exchange(&ends[2 * ((i % used) * (size_t)pairs / used)]);
}

static void short_lived(unsigned int turns)
{
	int pair[2];

	while (turns--) {
		connect_pair(0, pair);
		exchange(pair);
		close(pair[0]);
		close(pair[1]);
	}
}

static const struct command {
	const char *name;
	void (*run)(unsigned int nr);
} commands[] = {
	{ "connections", have_connections },
	{ "listeners", have_listeners },
	{ "touch", touch },
	{ "hot", hot },
	{ "spread", spread },
	{ "short", short_lived },
};

static void run(const char *name, unsigned int nr)
{
	uint64_t start_ns, end_ns, segments = place_count(&here, &tcp_segments);
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(commands[i].name, name))
			break;
	errno = EINVAL;
	if (i == sizeof(commands) / sizeof(*commands))
		fail(name);
	start_ns = now_ns();
	commands[i].run(nr);
	end_ns = now_ns();
	printf("%llu %llu\n", (unsigned long long)(end_ns - start_ns),
	       (unsigned long long)(place_count(&here, &tcp_segments) - segments));
	fflush(stdout);
}

int main(void)
{
	const struct rlimit limit = { ENDS_MAX + LISTENERS_MAX + 100, ENDS_MAX + LISTENERS_MAX + 100 };
	struct place any = { .address = "0.0.0.0" };
	char name[32];
	unsigned int i, nr;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("limit of open files");
	place_find(&here);
	for (i = 0; i < HOSTS; i++) {
		snprintf(host_names[i], sizeof(host_names[i]), "127.0.1.%u", i + 1);
		hosts[i].address = host_names[i];
	}
	acceptor = socket_new(&any, SOCK_STREAM, SERVER_PORT);
	if (listen(acceptor, 16))
		fail("listen");
	while (scanf("%31s %u", name, &nr) == 2)
		run(name, nr);
	return 0;
}
