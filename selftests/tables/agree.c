// SPDX-License-Identifier: GPL-2.0
/*
 * Random sockets in two namespaces, half of them older than the module: our
 * tables have each of them once, and say of it what the kernel's files say and
 * what ss says. Both are read before and after; only lines that have not
 * changed can be compared.
 *
 * TPW_SEED repeats a run.
 */
#define _GNU_SOURCE
#include "agree.h"
#include "tables.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMESPACES	2
#define SOCKETS_NR	500	/* of each half in each namespace */
#define FIRST_PORT	20000
#define BACKLOG		64

static const struct {
	const char *bound;
	const char *to;
} ends[] = {
	{ "127.0.0.1", "127.0.0.1" }, { "0.0.0.0", "127.0.0.9" }, { "::1", "::1" },
	{ "::", "::1" }, { "::", "127.0.0.1" }, { "::", "::ffff:127.0.0.1" },
	{ "::ffff:127.0.0.1", "127.0.0.1" },
};

static const uid_t uids[] = { 0, 0, 1000, 1001, 65534 };

/**
 * struct waiting - a connection that is older than the module and not accepted
 * @ns: in which namespace
 * @local: its ends
 * @foreign: of the client
 * @listener: SO_COOKIE of its listener
 */
struct waiting {
	unsigned int ns;
	char local[ENDPOINT_LEN];
	char foreign[ENDPOINT_LEN];
	uint64_t listener;
};

static struct waiting waiting[NAMESPACES * SOCKETS_NR];
static size_t waiting_nr;
static struct netns namespaces[NAMESPACES];
static unsigned int here;
static uint16_t next_port;
static bool is_old;

static unsigned int any(unsigned int below)
{
	return random() % below;
}

/* Who makes the next sockets. */
static void become(uid_t uid)
{
	if (seteuid(0) || seteuid(uid))
		bail("seteuid");
}

static void become_any(void)
{
	become(uids[any(ARRAY_SIZE(uids))]);
}

static int listen_somewhere(unsigned int *end, uint16_t *port)
{
	*end = any(ARRAY_SIZE(ends));
	*port = next_port++;
	become_any();
	return sock_listen(ends[*end].bound, *port, OPT_NO_ABORT, BACKLOG);
}

/* A connection, its ends with owners of their own; its listener is gone. */
static void make_pair(int pair[2])
{
	unsigned int end;
	uint16_t port;
	int listener = listen_somewhere(&end, &port);

	become_any();
	pair[0] = sock_connect(ends[end].to, port, OPT_NO_ABORT);
	become_any();
	pair[1] = sock_accept(listener);
	close(listener);
}

static void wait_end(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLRDHUP };

	if (poll(&pfd, 1, STEP_MS) != 1)
		bail("a FIN does not come");
}

/* A client's name, as an IPv6 socket has it. */
static void map(char text[ENDPOINT_LEN])
{
	char plain[ENDPOINT_LEN];
	char *port;

	if (text[0] == '[')
		return;
	memcpy(plain, text, sizeof(plain));
	port = strchr(plain, ':');
	*port++ = '\0';
	snprintf(text, ENDPOINT_LEN, "[::ffff:%.20s]:%.5s", plain, port);
}

static void note_waiting(int client, int listener, bool is6)
{
	struct waiting *w = &waiting[waiting_nr++];

	w->ns = here;
	sock_name(client, w->foreign);
	sock_peer(client, w->local);
	w->listener = sock_cookie(listener);
	if (is6) {
		map(w->foreign);
		map(w->local);
	}
}

/* Each makes some sockets and returns how many lines they are. */

static unsigned int make_listener(void)
{
	unsigned int end, queue = any(4), i;
	uint16_t port;
	int fd = listen_somewhere(&end, &port), client;

	for (i = 0; i < queue; i++) {
		become_any();
		client = sock_connect(ends[end].to, port, OPT_NO_ABORT);
		if (is_old)
			note_waiting(client, fd, strchr(ends[end].bound, ':'));
	}
	return 1 + 2 * queue;
}

static unsigned int make_established(void)
{
	int pair[2];

	make_pair(pair);
	if (any(2) && send(pair[any(2)], "some bytes", any(10) + 1, 0) < 1)
		bail("send");
	return 2;
}

static unsigned int make_fin_wait2(void)
{
	int pair[2];

	make_pair(pair);
	shutdown(pair[0], SHUT_WR);
	wait_end(pair[1]);
	return 2;
}

static unsigned int make_time_wait(void)
{
	int pair[2];

	make_pair(pair);
	close(pair[0]);
	wait_end(pair[1]);
	close(pair[1]);
	return 1;
}

static unsigned int make_fin_wait1(void)
{
	int pair[2];

	make_pair(pair);
	become(0);
	sock_drop_all(pair[1]);
	if (any(2))
		close(pair[0]);
	else
		shutdown(pair[0], SHUT_WR);
	return 2;
}

static unsigned int make_last_ack(void)
{
	int pair[2];

	make_pair(pair);
	shutdown(pair[0], SHUT_WR);
	wait_end(pair[1]);
	become(0);
	sock_drop_all(pair[0]);
	close(pair[1]);
	return 2;
}

static unsigned int make_request(void)
{
	unsigned int end;
	uint16_t port;
	int fd = listen_somewhere(&end, &port);

	become(0);
	sock_drop_all_but_syns(fd);
	become_any();
	sock_connect(ends[end].to, port, OPT_NO_ABORT);
	return 3;
}

static unsigned int make_syn_sent(void)
{
	unsigned int end;
	uint16_t port;
	int fd = listen_somewhere(&end, &port);

	become(0);
	sock_drop_all(fd);
	become_any();
	sock_try_connect(ends[end].to, port, 0);
	return 2;
}

static void send_datagrams(const char *to, uint16_t port, unsigned int nr)
{
	union address a;
	socklen_t len = address_set(&a, to, port);
	int fd = sock_new(a.sa.sa_family, SOCK_DGRAM, 0);
	static const char data[600];

	while (nr--)
		if (sendto(fd, data, 1 + any(sizeof(data)), 0, &a.sa, len) < 1)
			bail("sendto");
	close(fd);
}

/* A machine that is busy may bring it a little later. */
static void take_datagram(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char data[600];

	if (poll(&pfd, 1, STEP_MS) != 1 || recv(fd, data, sizeof(data), 0) < 0)
		bail("recv");
}

/* With some datagrams that wait, and some that were read before. */
static unsigned int make_udp_bound(void)
{
	unsigned int end = any(ARRAY_SIZE(ends)), queue = any(4);
	uint16_t port = next_port++;
	int fd;

	become_any();
	fd = sock_bound(ends[end].bound, port, SOCK_DGRAM, OPT_NONBLOCK);
	send_datagrams(ends[end].to, port, queue + 2);
	if (any(2)) {
		take_datagram(fd);
		take_datagram(fd);
	}
	return 1;
}

static unsigned int make_udp_connected(void)
{
	unsigned int end = any(ARRAY_SIZE(ends));
	union address a;
	socklen_t len = address_set(&a, ends[end].to, next_port++);
	int fd;

	become_any();
	if (any(2))
		fd = sock_bound(a.sa.sa_family == AF_INET ? "127.0.0.1" : ends[end].to,
				next_port++, SOCK_DGRAM, 0);
	else
		fd = sock_new(a.sa.sa_family, SOCK_DGRAM, 0);
	if (connect(fd, &a.sa, len))
		bail("connect");
	return 1;
}

static unsigned int (*const makers[])(void) = {
	make_listener, make_established, make_fin_wait2, make_time_wait, make_fin_wait1,
	make_last_ack, make_request, make_syn_sent, make_udp_bound, make_udp_bound,
	make_udp_connected, make_udp_connected,
};

static void make_sockets(void)
{
	unsigned int made = 0;

	while (made < SOCKETS_NR)
		made += makers[any(ARRAY_SIZE(makers))]();
	become(0);
}

/**
 * struct agreement - two tellers compared
 * @lines: lines of the one that is believed
 * @stable: of these, the same before and after
 * @right: of these, there once in ours
 * @extra: lines of ours that the other does not have
 * @twice: lines of ours that are there more than once
 */
struct agreement {
	size_t lines;
	size_t stable;
	size_t right;
	size_t extra;
	size_t twice;
};

static size_t count_in(const struct lines *l, const char *line)
{
	size_t low = 0, high = l->nr, n = 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(l->line[middle], line) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < l->nr && !strcmp(l->line[low + n], line))
		n++;
	return n;
}

static void tell(const char *what, const char *line)
{
	static unsigned int told;

	if (told++ < 12)
		diag("%s: %s", what, line);
}

static void compare(struct agreement *a, const struct lines *before, const struct lines *after,
		    const struct lines *ours)
{
	size_t i, n;

	a->lines += before->nr;
	for (i = 0; i < before->nr; i++) {
		if (!count_in(after, before->line[i]))
			continue;
		a->stable++;
		n = count_in(ours, before->line[i]);
		a->right += n == count_in(before, before->line[i]);
		if (n != count_in(before, before->line[i]))
			tell("not in our tables", before->line[i]);
	}
	for (i = 0; i < ours->nr; i++) {
		if (i && !strcmp(ours->line[i], ours->line[i - 1]))
			a->twice++;
		if (count_in(before, ours->line[i]) || count_in(after, ours->line[i]))
			continue;
		a->extra++;
		tell("only in our tables", ours->line[i]);
	}
}

static void check_namespace(struct agreement *with_proc, struct agreement *with_ss)
{
	struct lines proc[2] = { 0 }, ss[2] = { 0 }, ours = { 0 }, by_cookie = { 0 };

	fence();
	lines_read_ss(&ss[0]);
	lines_read_proc(&proc[0]);
	lines_read_ours(&ours, &by_cookie);
	lines_read_proc(&proc[1]);
	lines_read_ss(&ss[1]);
	compare(with_proc, &proc[0], &proc[1], &ours);
	compare(with_ss, &ss[0], &ss[1], &by_cookie);
	lines_free(&proc[0]);
	lines_free(&proc[1]);
	lines_free(&ss[0]);
	lines_free(&ss[1]);
	lines_free(&ours);
	lines_free(&by_cookie);
}

static void report(const char *name, const struct agreement *a)
{
	result(a->stable * 100 >= a->lines * 95 && a->lines >= 4 * SOCKETS_NR,
	       "%s: %zu of %zu lines did not change, wanted 95 %% of at least %d", name, a->stable,
	       a->lines, 4 * SOCKETS_NR);
	result(a->right == a->stable, "%s: %zu of %zu agree", name, a->right, a->stable);
	result(!a->extra && !a->twice, "%s: %zu sockets only in our tables, %zu twice", name,
	       a->extra, a->twice);
}

/* The kernel knows whose they are only while they wait. */
static void check_old(void)
{
	size_t i, right = 0, row;
	struct table t[NAMESPACES];
	char cookie[20];

	for (here = 0; here < NAMESPACES; here++) {
		netns_enter(&namespaces[here]);
		table_read(&t[here], CONNECTIONS);
	}
	for (i = 0; i < waiting_nr; i++) {
		const struct waiting *w = &waiting[i];

		row = table_find_tuple(&t[w->ns], w->local, w->foreign);
		if (row == NO_ROW)
			continue;
		snprintf(cookie, sizeof(cookie), "%llx", (unsigned long long)w->listener);
		right += table_is(&t[w->ns], row, "listener_cookie", cookie) &&
			 table_is(&t[w->ns], row, "segments", "0");
	}
	result(right == waiting_nr && right,
	       "older than the module and not accepted: lineage right for %zu of %zu", right,
	       waiting_nr);
	for (here = 0; here < NAMESPACES; here++)
		table_free(&t[here]);
}

static void make_half(void)
{
	for (here = 0; here < NAMESPACES; here++) {
		netns_enter(&namespaces[here]);
		make_sockets();
	}
}

/* With a RST each, which also ends those at the other end that have no descriptor any more. */
static void abort_all(void)
{
	const struct linger abort_it = { .l_onoff = 1 };
	int fd;

	for (fd = 3; fd < 4 * NAMESPACES * SOCKETS_NR; fd++)
		if (!setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_it, sizeof(abort_it)))
			close(fd);
}

static void run(void)
{
	struct agreement with_proc = { 0 }, with_ss = { 0 };
	const char *seed = getenv("TPW_SEED");
	unsigned int number = seed ? strtoul(seed, NULL, 0) : now_ns() / 1000;

	diag("TPW_SEED=%u", number);
	srandom(number);
	next_port = FIRST_PORT;
	for (here = 0; here < NAMESPACES; here++) {
		netns_new(&namespaces[here]);
		sysctl_set("net/ipv4/ip_local_port_range", "40000 65000");
	}
	is_old = true;
	make_half();
	module_load("");
	is_old = false;
	make_half();
	for (here = 0; here < NAMESPACES; here++) {
		netns_enter(&namespaces[here]);
		check_namespace(&with_proc, &with_ss);
	}
	report("/proc/net", &with_proc);
	report("ss", &with_ss);
	check_old();
	abort_all();
}

const struct topic agree_topic = {
	.name = "agree",
	.results = 7,
	.run = run,
};
