// SPDX-License-Identifier: GPL-2.0
/*
 * Which listener a connection was born from. The answer is SO_COOKIE of the
 * listener that accept() was called on, of the connection SO_COOKIE of what
 * accept() returned.
 */
#define _GNU_SOURCE
#include "tables.h"
#include "unaccepted.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LISTENERS_NR	20
#define CONNECTIONS_NR	10000
#define BATCH		200
#define ACCEPTOR	"acceptor"

/* 20 listeners and who can reach them: exact, any, mapped, dual, groups, a device. */
static const struct {
	const char *address;
	uint16_t port;
	unsigned int options;
} plan[LISTENERS_NR] = {
	{ "0.0.0.0", 7100, OPT_REUSEPORT },
	{ "0.0.0.0", 7100, OPT_REUSEPORT },
	{ "0.0.0.0", 7100, OPT_REUSEPORT },
	{ "0.0.0.0", 7100, OPT_REUSEPORT },
	{ "127.0.0.1", 7101, OPT_REUSEPORT },
	{ "0.0.0.0", 7101, OPT_REUSEPORT },
	{ "::1", 7102, OPT_REUSEPORT },
	{ "::", 7102, OPT_REUSEPORT },
	{ "::", 7103, 0 },
	{ "::", 7104, OPT_REUSEPORT },
	{ "::", 7104, OPT_REUSEPORT },
	{ "127.0.0.2", 7105, 0 },
	{ "127.0.0.3", 7105, 0 },
	{ "::ffff:127.0.0.4", 7105, 0 },
	{ "0.0.0.0", 7106, OPT_LO },
	{ "::1", 7107, 0 },
	{ "127.0.0.1", 7107, 0 },
	{ "::", 7108, OPT_V6ONLY },
	{ "0.0.0.0", 7108, 0 },
	{ "127.1.2.3", 7109, 0 },
};

static const struct {
	const char *address;
	uint16_t port;
} targets[] = {
	{ "127.0.0.1", 7100 }, { "127.0.0.9", 7100 }, { "127.0.0.1", 7101 },
	{ "127.0.0.9", 7101 }, { "::1", 7102 },	{ "127.0.0.1", 7102 },
	{ "::1", 7103 }, { "127.0.0.1", 7103 }, { "::ffff:127.0.0.1", 7103 },
	{ "::1", 7104 }, { "127.0.0.1", 7104 }, { "127.0.0.2", 7105 },
	{ "127.0.0.3", 7105 }, { "127.0.0.4", 7105 }, { "127.0.0.1", 7106 },
	{ "::1", 7107 }, { "127.0.0.1", 7107 }, { "::1", 7108 },
	{ "127.0.0.1", 7108 }, { "127.1.2.3", 7109 },
};

/**
 * struct way - a way for connections to be born
 * @name: for people
 * @parameters: of the module
 * @cookies: value of tcp_syncookies
 * @fast_open: value of tcp_fastopen
 * @is_mptcp: listeners speak MPTCP, and every second client
 * @is_closing: listeners are closed and opened again in between
 */
struct way {
	const char *name;
	const char *parameters;
	const char *cookies;
	const char *fast_open;
	bool is_mptcp;
	bool is_closing;
};

static const struct way ways[] = {
	{ "ordinary", "max_connections=65536", "1", "0", false, false },
	{ "SYN cookies", "max_connections=65536", "2", "0", false, false },
	/* Client and server, both without a Fast Open cookie, every listener. */
	{ "Fast Open", "max_connections=65536", "1", "0x607", false, false },
	/* No room for what is closed: each connection has to know by itself. */
	{ "listeners close", "max_connections=65536 max_listeners=24", "1", "0", false, true },
	{ "MPTCP", "max_connections=65536", "1", "0", true, false },
};

#define RESULTS_PER_WAY	3

/**
 * struct born - a connection that was accepted
 * @cookie: SO_COOKIE of what accept() returned
 * @listener: SO_COOKIE of what it was called on
 * @accepted_ns: the time before that
 * @bound: what that is bound to
 * @local: our end
 * @foreign: the client
 * @pid: who called accept()
 * @is_closed: it was closed at once
 */
struct born {
	uint64_t cookie;
	uint64_t listener;
	uint64_t accepted_ns;
	char bound[ENDPOINT_LEN];
	char local[ENDPOINT_LEN];
	char foreign[ENDPOINT_LEN];
	pid_t pid;
	bool is_closed;
};

static struct born *born;
static size_t born_nr;
static int listeners[LISTENERS_NR];

static void open_listener(unsigned int i, const struct way *way)
{
	unsigned int options = plan[i].options | (way->is_mptcp ? OPT_MPTCP : 0);

	listeners[i] = sock_listen(plan[i].address, plan[i].port, options, BATCH);
}

static void note(struct born *b, int listener, int fd, uint64_t before_ns)
{
	b->cookie = sock_cookie(fd);
	b->listener = sock_cookie(listener);
	b->accepted_ns = before_ns;
	b->pid = getpid();
	sock_name(listener, b->bound);
	sock_name(fd, b->local);
	sock_peer(fd, b->foreign);
}

/*
 * Accept all that waits at every second listener; every second connection is
 * closed at once, the others stay. Return: how many there were
 */
static size_t accept_all(unsigned int first, struct born *to)
{
	uint64_t before_ns;
	unsigned int i;
	size_t n = 0;
	int fd;

	for (i = first; i < LISTENERS_NR; i += 2) {
		for (;;) {
			before_ns = now_ns();
			fd = sock_try_accept(listeners[i]);
			if (fd < 0)
				break;
			note(&to[n], listeners[i], fd, before_ns);
			to[n].is_closed = n % 2;
			if (to[n++].is_closed)
				close(fd);
		}
	}
	return n;
}

static void write_all(int fd, const void *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n <= 0)
			bail("write to a process");
		data = (const char *)data + n;
		len -= n;
	}
}

static void read_all(int fd, void *data, size_t len)
{
	while (len) {
		ssize_t n = read(fd, data, len);

		if (n <= 0)
			bail("read from a process");
		data = (char *)data + n;
		len -= n;
	}
}

/* Another process, which accepts at the odd listeners whenever it is told to. */
static void __attribute__((noreturn)) acceptor(int fd)
{
	struct born batch[BATCH];
	size_t n;
	char c;

	prctl(PR_SET_NAME, ACCEPTOR);
	while (read(fd, &c, 1) == 1) {
		n = accept_all(1, batch);
		write_all(fd, &n, sizeof(n));
		write_all(fd, batch, n * sizeof(*batch));
	}
	_exit(0);
}

static void accept_round(int other)
{
	size_t n;

	fence();
	born_nr += accept_all(0, born + born_nr);
	write_all(other, "", 1);
	read_all(other, &n, sizeof(n));
	read_all(other, born + born_nr, n * sizeof(*born));
	born_nr += n;
}

/* A process is started anew where listeners change: it has to inherit them. */
static pid_t start_acceptor(int *fd)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		bail("socketpair");
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (!pid) {
		close(ends[0]);
		acceptor(ends[1]);
	}
	close(ends[1]);
	*fd = ends[0];
	return pid;
}

static void connect_one(size_t i, const struct way *way, int *fd)
{
	const char *address = targets[i % ARRAY_SIZE(targets)].address;
	uint16_t port = targets[i % ARRAY_SIZE(targets)].port;

	if (way->fast_open[0] != '0' || way->fast_open[1])
		*fd = sock_fast_open(address, port, 0);
	else
		*fd = sock_connect(address, port, way->is_mptcp && i & 1 ? OPT_MPTCP : 0);
}

/*
 * Every fifth listener goes, and comes again with the same address and another
 * cookie. Its acceptor must not hold it any longer.
 */
static void change_listeners(const struct way *way, unsigned int round, pid_t *pid, int *other)
{
	unsigned int i;

	close(*other);
	for (i = round % 5; i < LISTENERS_NR; i += 5)
		close(listeners[i]);
	waitpid(*pid, NULL, 0);
	for (i = round % 5; i < LISTENERS_NR; i += 5)
		open_listener(i, way);
	*pid = start_acceptor(other);
}

/* Return: the process that holds half of the connections */
static pid_t make_connections(const struct way *way, size_t nr, int *clients, int *other)
{
	unsigned int i, round;
	pid_t pid;

	for (i = 0; i < LISTENERS_NR; i++)
		open_listener(i, way);
	pid = start_acceptor(other);
	for (round = 0; round * BATCH < nr; round++) {
		size_t until = (round + 1) * BATCH < nr ? (round + 1) * BATCH : nr, n;

		for (n = round * BATCH; n < until; n++)
			connect_one(n, way, &clients[n]);
		accept_round(*other);
		if (way->is_closing)
			change_listeners(way, round, &pid, other);
	}
	return pid;
}

/* A client may have had the tuple of one that was closed: the first that was accepted since then. */
static size_t find_accepted(const struct table *t, const struct born *b)
{
	size_t row = table_find_tuple(t, b->local, b->foreign), found = row;
	uint64_t ns, found_ns = UINT64_MAX;

	for (; row != NO_ROW; row = table_find_tuple_from(t, row + 1, b->local, b->foreign)) {
		ns = table_number(t, row, "accepted_ns");
		if (ns >= b->accepted_ns && ns < found_ns) {
			found = row;
			found_ns = ns;
		}
	}
	return found;
}

/*
 * An MPTCP socket may have the cookie of the one that it was accepted from, by
 * a fault of the kernel: only its tuple is its own.
 */
static size_t find_row(const struct by_cookie *index, const struct born *b, bool is_mptcp)
{
	return is_mptcp ? find_accepted(index->t, b) : by_cookie_find(index, b->cookie);
}

static bool is_born_from(const struct table *t, size_t row, const struct born *b,
			 const struct table *of_listeners)
{
	char cookie[20];
	size_t listener;

	snprintf(cookie, sizeof(cookie), "%llx", (unsigned long long)b->listener);
	if (!table_is(t, row, "listener", b->bound) || !table_is(t, row, "role", "server"))
		return false;
	if (!of_listeners)
		return table_is(t, row, "listener_cookie", cookie);
	/* The program's socket is not the one that listens: that one has the flag. */
	listener = table_find(of_listeners, "cookie", table_cell(t, row, "listener_cookie"));
	return listener != NO_ROW && table_is(of_listeners, listener, "local", b->bound) &&
	       table_has(of_listeners, listener, "flags", "mptcp");
}

static bool is_accepted_by(const struct table *t, size_t row, const struct born *b)
{
	uint64_t accepted_ns = table_number(t, row, "accepted_ns");
	char cookie[20];

	snprintf(cookie, sizeof(cookie), "%llx", (unsigned long long)b->cookie);
	return (table_is(t, row, "cookie", cookie) || table_is(t, row, "owner_cookie", cookie)) &&
	       table_number(t, row, "pid") == (uint64_t)b->pid &&
	       table_is(t, row, "comm", b->pid == getpid() ? "tables" : ACCEPTOR) &&
	       accepted_ns >= b->accepted_ns && accepted_ns <= t->before_ns;
}

static void tell_row(const struct table *t, size_t row, const struct born *b, unsigned int *told)
{
	unsigned int i;

	if ((row == NO_ROW && *told) || (*told)++ >= 4)
		return;
	diag("accepted: cookie %llx at %s, cookie %llx, from %s, by %d; the row is:",
	     (unsigned long long)b->cookie, b->bound, (unsigned long long)b->listener,
	     b->foreign, b->pid);
	for (i = 0; row != NO_ROW && i < t->columns; i++)
		printf("%s%s=%s%s", i ? " " : "# ", t->names[i], table_cell(t, row, t->names[i]),
		       i + 1 < t->columns ? "" : "\n");
}

static void check_lineage(const struct way *way, size_t nr)
{
	size_t right = 0, accepted = 0, missing = 0, unknown = 0, i, row;
	struct table t, of_listeners;
	struct by_cookie index;
	unsigned int told = 0;
	bool is_born, is_taken;

	table_read(&t, CONNECTIONS);
	table_read(&of_listeners, LISTENERS);
	by_cookie_make(&index, &t);
	for (i = 0; i < born_nr; i++) {
		row = find_row(&index, &born[i], way->is_mptcp);
		is_born = row != NO_ROW && is_born_from(&t, row, &born[i],
							way->is_mptcp ? &of_listeners : NULL);
		is_taken = row != NO_ROW && is_accepted_by(&t, row, &born[i]);
		missing += row == NO_ROW;
		right += is_born;
		accepted += is_taken;
		unknown += (!is_born || !is_taken) && born[i].is_closed;
		if (!is_born || !is_taken)
			tell_row(&t, row, &born[i], &told);
	}
	if (missing || unknown)
		diag("%zu have no row; of those that were closed at once, %zu are wrong", missing,
		     unknown);
	result(born_nr == nr && right == nr && !index.doubles,
	       "%s: lineage right for %zu of %zu (%zu accepted, %zu rows twice)", way->name,
	       right, nr, born_nr, index.doubles);
	result(accepted == nr, "%s: who accepted and when right for %zu of %zu", way->name,
	       accepted, nr);
	by_cookie_free(&index);
	table_free(&of_listeners);
	table_free(&t);
}

/* Were they born that way at all, and is it counted at the listeners? */
static void check_way(const struct way *way, size_t nr)
{
	uint64_t of_kernel, counted;
	const char *what;
	struct table t;

	table_read(&t, LISTENERS);
	counted = table_sum(&t, "children");
	if (*way->cookies == '2') {
		what = "cookies_sent and cookies_ok";
		counted = table_sum(&t, "cookies_sent") == nr ? table_sum(&t, "cookies_ok") : 0;
		of_kernel = mib("TcpExt", "SyncookiesRecv");
	} else if (way->fast_open[1]) {
		what = "children by Fast Open";
		of_kernel = mib("TcpExt", "TCPFastOpenPassive");
	} else if (way->is_mptcp) {
		what = "children by MPTCP and by TCP";
		of_kernel = mib("MPTcpExt", "MPCapableSYNRX") ? mib("Tcp", "PassiveOpens") : 0;
	} else if (way->is_closing) {
		/* Those of the first listeners are forgotten by now. */
		result(table_fact(&t, "held") <= 24 && counted <= nr,
		       "%s: %llu listeners held, from 0 to 24", way->name,
		       (unsigned long long)table_fact(&t, "held"));
		table_free(&t);
		return;
	} else {
		what = "children";
		of_kernel = mib("Tcp", "PassiveOpens");
	}
	table_free(&t);
	if (way->is_mptcp)
		diag("%llu of them by MPTCP",
		     (unsigned long long)mib("MPTcpExt", "MPCapableSYNRX"));
	result(counted == nr && of_kernel == nr, "%s: %s %llu, the kernel's %llu, wanted %zu",
	       way->name, what, (unsigned long long)counted, (unsigned long long)of_kernel, nr);
}

static void try_way(const struct way *way)
{
	size_t nr = way == ways || is_long_run ? CONNECTIONS_NR : CONNECTIONS_NR / 4, i;
	int *clients = calloc(nr, sizeof(*clients)), other;
	uint64_t start_ns = now_ns();
	struct netns ns;
	pid_t pid;

	module_load(way->parameters);
	netns_new(&ns);
	if (way->is_mptcp && !sysctl_set("net/mptcp/enabled", "1")) {
		for (i = 0; i < RESULTS_PER_WAY; i++)
			result_skip(way->name, "the kernel has no MPTCP");
		free(clients);
		return;
	}
	/* A client that sees SYNs lost would give MPTCP up for a while. */
	sysctl_set("net/mptcp/blackhole_timeout", "0");
	if (!sysctl_set("net/ipv4/tcp_syncookies", way->cookies) ||
	    !sysctl_set("net/ipv4/tcp_fastopen", way->fast_open))
		bail("sysctl");
	born = calloc(nr, sizeof(*born));
	born_nr = 0;
	pid = make_connections(way, nr, clients, &other);
	check_lineage(way, nr);
	check_way(way, nr);
	for (i = 0; i < nr; i++)
		close(clients[i]);
	close(other);
	waitpid(pid, NULL, 0);
	for (i = 0; i < LISTENERS_NR; i++)
		close(listeners[i]);
	free(clients);
	free(born);
	diag("%s took %llu ms", way->name, (unsigned long long)(now_ns() - start_ns) / 1000000);
}

static void run(void)
{
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	unaccepted_run();
	for (i = 0; i < ARRAY_SIZE(ways); i++)
		try_way(&ways[i]);
}

const struct topic lineage_topic = {
	.name = "lineage",
	.results = UNACCEPTED_RESULTS + RESULTS_PER_WAY * ARRAY_SIZE(ways),
	.run = run,
};
