// SPDX-License-Identifier: GPL-2.0
/*
 * Why a connection was closed: each way to end, over IPv4 and IPv6, and what
 * the row of that cookie says. What needs a timer goes on while the rest is
 * played.
 */
#include "tables.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT		7800	/* of a listener that accepts */
#define SILENT_PORT	7801	/* of one that loses all that comes */
#define CLOSED_PORT	7802	/* of one that is closed soon */
#define NO_PORT		7803	/* of nobody */
#define SELF_PORT	7804	/* of one that connects to itself */
#define CUT_PORT	7805	/* ICMP answers data */
#define KILLED_PORT	7806	/* of one that ss -K ends */
#define SYN_PORT	7807	/* ICMP answers a SYN */
#define PATIENCE_MS	300	/* of who gets no answer */
#define FIN_SECONDS	100	/* more than a TIME_WAIT takes: FIN_WAIT2 stays a socket */
#define WANTED_MAX	80
#define DATA_MS		100	/* until the ACK of a FIN has been sent */
#define EACH		30	/* that each family has */
#define BLIND		10	/* that are played without the tracepoint of RSTs */

/**
 * struct wanted - what a row is to say
 * @what: how its connection ends
 * @address: where
 * @reason: the word
 * @cookie: of the row
 */
struct wanted {
	const char *what;
	const char *address;
	const char *reason;
	uint64_t cookie;
};

static struct wanted wanted[WANTED_MAX];
static unsigned int wanted_nr;
static const char *address;
static int listener;
static bool is_blind;

static bool is_ipv6(void)
{
	return strchr(address, ':');
}

static void want_row(const char *what, uint64_t cookie, const char *reason)
{
	if (wanted_nr == WANTED_MAX)
		bail("too many are wanted");
	wanted[wanted_nr++] = (struct wanted){
		.what = what, .address = address, .reason = reason, .cookie = cookie,
	};
}

static void want(const char *what, int fd, const char *reason)
{
	want_row(what, sock_cookie(fd), reason);
}

/* What the tracepoint of RSTs tells, or that none was sent. */
static void want_seen(const char *what, int fd, const char *reason)
{
	want(what, fd, is_blind ? "?" : reason);
}

static void set(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		bail("setsockopt %d:%d", level, name);
}

static void abort_it(int fd)
{
	const struct linger at_once = { .l_onoff = 1 };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)))
		bail("SO_LINGER");
	close(fd);
	fence();
}

static void close_it(int fd)
{
	close(fd);
	fence();
}

static void say(int fd)
{
	if (send(fd, "x", 1, MSG_NOSIGNAL) != 1)
		bail("send");
	fence();
}

static int disconnect(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return connect(fd, &none, sizeof(none));
}

/* Both ends of a connection to @port, which @from listens at. */
static void pair(int from, uint16_t port, int end[2])
{
	end[0] = sock_connect(address, port, OPT_NO_ABORT);
	end[1] = sock_accept(from);
	fence();
}

static void play_fins(void)
{
	int end[2];

	pair(listener, PORT, end);
	want("FIN first", end[0], "closed-by-us");
	want("FIN second", end[1], "closed-by-peer");
	close_it(end[0]);
	close_it(end[1]);
	pair(listener, PORT, end);
	want("shutdown() first", end[1], "closed-by-us");
	want("shutdown() second", end[0], "closed-by-peer");
	shutdown(end[1], SHUT_WR);
	fence();
	shutdown(end[0], SHUT_WR);
	fence();
	close_it(end[0]);
	close_it(end[1]);
}

/* A connection to itself has the state of both ends. */
static void play_both(void)
{
	int fd = sock_bound(address, SELF_PORT, SOCK_STREAM, OPT_NO_ABORT);
	union address a;
	socklen_t len = address_set(&a, address, SELF_PORT);

	if (connect(fd, &a.sa, len))
		bail("a connection to itself");
	want("FINs that cross", fd, "closed-by-both");
	close_it(fd);
}

static void play_resets(void)
{
	int end[2];

	pair(listener, PORT, end);
	want_seen("SO_LINGER of 0", end[0], "reset-by-us");
	want("RST came", end[1], "reset-by-peer");
	abort_it(end[0]);
	close_it(end[1]);
	pair(listener, PORT, end);
	want_seen("close() with unread data", end[0], "reset-by-us");
	want("shutdown(), RST came", end[1], "reset-by-peer");
	say(end[1]);
	shutdown(end[1], SHUT_WR);
	fence();
	close_it(end[0]);
	pair(listener, PORT, end);
	want_seen("connect(AF_UNSPEC)", end[0], "reset-by-us");
	want("RST came after data", end[1], "reset-by-peer");
	say(end[1]);
	if (disconnect(end[0]))
		bail("connect(AF_UNSPEC)");
	fence();
}

/* A server that has closed, and does not forget. */
static void play_late(void)
{
	int end[2];

	pair(listener, PORT, end);
	set(end[1], IPPROTO_TCP, TCP_LINGER2, FIN_SECONDS);
	want_seen("close(), data came", end[1], "reset-by-us");
	want_seen("FIN came, data was sent", end[0], "reset-by-peer");
	close_it(end[1]);
	pause_ms(DATA_MS);
	say(end[0]);
	pair(listener, PORT, end);
	set(end[1], IPPROTO_TCP, TCP_LINGER2, FIN_SECONDS);
	want_seen("close(), RST came", end[1], "reset-by-peer");
	want_seen("FIN came, SO_LINGER of 0", end[0], "reset-by-us");
	close_it(end[1]);
	abort_it(end[0]);
}

/* What waits has a cookie in its row only. */
static uint64_t cookie_of_other(int client)
{
	char foreign[ENDPOINT_LEN], local[ENDPOINT_LEN];
	uint64_t cookie = 0;
	struct table t;
	size_t row;

	sock_peer(client, local);
	sock_name(client, foreign);
	table_read(&t, CONNECTIONS);
	row = table_find_tuple(&t, local, foreign);
	if (row != NO_ROW)
		cookie = strtoull(table_cell(&t, row, "cookie"), NULL, 16);
	table_free(&t);
	return cookie;
}

static void play_listener(void)
{
	int closed = sock_listen(address, CLOSED_PORT, OPT_NO_ABORT, 8);
	int client = sock_connect(address, CLOSED_PORT, OPT_NO_ABORT);

	fence();
	want_row("not accepted, the listener is closed", cookie_of_other(client),
		 "listener-closed");
	want("the listener of the other end is closed", client, "reset-by-peer");
	close_it(closed);
}

static void play_syns(void)
{
	int fd = sock_try_connect(address, NO_PORT, OPT_NO_ABORT);

	want("SYN, RST came", fd, "refused");
	fence();
	fd = sock_try_connect(address, SILENT_PORT, OPT_NO_ABORT);
	want("SYN, close()", fd, "closed-by-us");
	close_it(fd);
	fd = sock_try_connect(address, SILENT_PORT, OPT_NO_ABORT);
	want("SYN, connect(AF_UNSPEC)", fd, "?");
	if (disconnect(fd))
		bail("connect(AF_UNSPEC)");
}

static void connect_again(int fd)
{
	union address a;
	socklen_t len = address_set(&a, address, PORT);

	if (disconnect(fd) || connect(fd, &a.sa, len))
		bail("connect() again");
	fence();
}

/* One that was reset begins again, and is another one then. */
static void play_again(void)
{
	int end[2];

	pair(listener, PORT, end);
	want("connected again, open", end[0], "-");
	connect_again(end[0]);
	sock_accept(listener);
	pair(listener, PORT, end);
	want("connected again, RST came", end[0], "reset-by-peer");
	connect_again(end[0]);
	abort_it(sock_accept(listener));
}

static void play_udp(void)
{
	int fd = sock_new(is_ipv6() ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
	union address a;
	socklen_t len = address_set(&a, address, PORT);

	if (connect(fd, &a.sa, len) || getsockname(fd, &a.sa, &len) ||
	    connect(fd, &a.sa, len))
		bail("a UDP socket that is connected to itself");
	say(fd);
	want("UDP", fd, "-");
	close_it(fd);
}

static void __attribute__((format(printf, 1, 2))) run_command(const char *format, ...)
{
	char command[256];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command))
		bail("%s", command);
}

static void play_kill(void)
{
	int killed = sock_listen(address, KILLED_PORT, OPT_NO_ABORT, 8), end[2];

	pair(killed, KILLED_PORT, end);
	want("ss -K", end[1], "aborted");
	want("ss -K of the other end", end[0], "reset-by-peer");
	run_command("ss -Ktn state established sport = :%u >/dev/null", KILLED_PORT);
	fence();
	close(killed);
}

static void begin_syns(void)
{
	int fd = sock_new(is_ipv6() ? AF_INET6 : AF_INET, SOCK_STREAM,
			  OPT_NO_ABORT | OPT_NONBLOCK);
	union address a;
	socklen_t len = address_set(&a, address, SILENT_PORT);

	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, PATIENCE_MS);
	want("SYNs without an answer", fd, "timed-out");
	if (!connect(fd, &a.sa, len) || errno != EINPROGRESS)
		bail("connect %s %u", address, SILENT_PORT);
}

/* No answer comes to data, nor to probes of keepalive, nor to a SYN. */
static void begin_timers(void)
{
	int end[2];

	begin_syns();
	pair(listener, PORT, end);
	want("data without an answer", end[0], "timed-out");
	set(end[0], IPPROTO_TCP, TCP_USER_TIMEOUT, PATIENCE_MS);
	sock_drop_all(end[1]);
	say(end[0]);
	pair(listener, PORT, end);
	want("probes without an answer", end[0], "timed-out");
	set(end[0], IPPROTO_TCP, TCP_USER_TIMEOUT, PATIENCE_MS);
	set(end[0], IPPROTO_TCP, TCP_KEEPIDLE, 1);
	set(end[0], IPPROTO_TCP, TCP_KEEPINTVL, 1);
	set(end[0], SOL_SOCKET, SO_KEEPALIVE, 1);
	sock_drop_all(end[1]);
}

/* ICMP says that nothing gets there: to data, to a SYN. */
static void begin_icmp(void)
{
	int cut = sock_listen(address, CUT_PORT, OPT_NO_ABORT, 8), end[2];

	pair(cut, CUT_PORT, end);
	want("data, ICMP came, no answer", end[0], "unreachable");
	set(end[0], IPPROTO_TCP, TCP_USER_TIMEOUT, PATIENCE_MS);
	run_command("nft 'add table inet wall;"
		    "add chain inet wall out { type filter hook output priority 0; };"
		    "add rule inet wall out meta nfproto %s tcp dport { %u, %u } "
		    "reject with icmpx type host-unreachable'",
		    is_ipv6() ? "ipv6" : "ipv4", CUT_PORT, SYN_PORT);
	say(end[0]);
	want("SYN, ICMP came", sock_try_connect(address, SYN_PORT, OPT_NO_ABORT), "unreachable");
}

static void begin(const char *parameters)
{
	struct netns ns;

	module_load(parameters);
	netns_new(&ns);
	wanted_nr = 0;
}

static void go_to(const char *where)
{
	int silent;

	address = where;
	listener = sock_listen(address, PORT, OPT_NO_ABORT, 16);
	silent = sock_listen(address, SILENT_PORT, OPT_NO_ABORT, 16);
	sock_drop_all(silent);
}

static unsigned int right(const struct table *t)
{
	unsigned int i, n = 0;

	for (i = 0; i < wanted_nr; i++) {
		size_t row = table_find_cookie(t, wanted[i].cookie);

		n += row != NO_ROW && table_is(t, row, "close_reason", wanted[i].reason);
	}
	return n;
}

static void tell(const struct table *t, const struct wanted *w)
{
	size_t row = table_find_cookie(t, w->cookie);
	const char *is = row == NO_ROW ? "no row" : table_cell(t, row, "close_reason");

	result(!strcmp(is, w->reason), "%s%s, %s: %s", is_blind ? "RSTs are not seen, " : "",
	       w->what, w->address, is);
}

/* Timers take a while. */
static void compare(void)
{
	uint64_t until_ns = now_ns() + patience * STEP_MS * 1000000ULL;
	struct table t;
	unsigned int i;

	for (;;) {
		table_read(&t, CONNECTIONS);
		if (right(&t) == wanted_nr || now_ns() > until_ns)
			break;
		table_free(&t);
		pause_ms(100);
	}
	for (i = 0; i < wanted_nr; i++)
		tell(&t, &wanted[i]);
	table_free(&t);
}

/* "4711/tables, 0 s ago" at the end of a line */
static bool is_past_of(const char *line, const char *who)
{
	const char *note = strstr(line, who);
	unsigned int seconds;
	int end = 0;

	return note && note < line + strcspn(line, "\n") &&
	       sscanf(note + strlen(who), ", %u s ago%n", &seconds, &end) == 1 && end &&
	       note[strlen(who) + end] == '\n';
}

/* The page has who had it. */
static void check_page(void)
{
	char who[40], *page, *row;
	struct netns ns;
	size_t bytes;
	int end[2];

	netns_new(&ns);
	go_to("127.0.0.1");
	pair(listener, PORT, end);
	close_it(end[0]);
	close_it(end[1]);
	snprintf(who, sizeof(who), "%d/tables", getpid());
	page = file_read(OVERVIEW, &bytes);
	row = strstr(page, " CLOSED ");
	result(row && is_past_of(row, who), "page: the row of a closed one has %s and an age", who);
	free(page);
}

static void play(void)
{
	begin_timers();
	begin_icmp();
	play_fins();
	play_both();
	play_resets();
	play_late();
	play_listener();
	play_syns();
	play_again();
	play_udp();
	play_kill();
}

static void run(void)
{
	begin("");
	go_to("127.0.0.1");
	play();
	go_to("::1");
	play();
	compare();
	check_page();
	is_blind = true;
	begin("test_missing=tcp_send_reset");
	go_to("127.0.0.1");
	play_resets();
	play_late();
	compare();
}

const struct topic closing_topic = {
	.name = "closing",
	.results = 2 * EACH + 1 + BLIND,
	.run = run,
};
