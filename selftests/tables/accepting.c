// SPDX-License-Identifier: GPL-2.0
/*
 * Who accepts, what waits, and what is lost or handed on when a listener is
 * closed: counts and processes against what was played, listeners by SO_COOKIE.
 */
#include "tables.h"

#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT		7400
#define BACKLOG		64
#define ACCEPTED	3	/* by a worker that is stopped then */
#define WAITING		5	/* in its queue */
#define WORKERS		10	/* more than a row has room for */
#define NAMED		8	/* that it has */
#define EACH		2
#define LOST		6	/* of a listener that is closed */
#define HANDED_ON	12	/* of a group, one of which is closed */
#define FEW_ROWS	4	/* less than wait */

static int clients[64];

/* One listener's row, which is to be freed. */
static size_t row_of(struct table *t, uint64_t cookie)
{
	size_t row;

	fence();
	table_read(t, LISTENERS);
	row = table_find_cookie(t, cookie);
	if (row == NO_ROW)
		bail("no row of listener %llx", (unsigned long long)cookie);
	return row;
}

static uint64_t number(uint64_t cookie, const char *column)
{
	struct table t;
	size_t row = row_of(&t, cookie);
	uint64_t n = table_number(&t, row, column);

	table_free(&t);
	return n;
}

static bool is(uint64_t cookie, const char *column, const char *want)
{
	struct table t;
	size_t row = row_of(&t, cookie);
	bool ok = table_is(&t, row, column, want);

	if (!ok)
		diag("%s is %s, not %s", column, table_cell(&t, row, column), want);
	table_free(&t);
	return ok;
}

static void connect_all(const char *address, uint16_t port, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		clients[i] = sock_connect(address, port, 0);
	fence();
}

static void close_all(int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		close(clients[i]);
	fence();
}

/* A process that accepts @nr connections, and then stops. It is reaped by end_worker(). */
static pid_t start_worker(int listener, int nr)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		bail("fork");
	if (!pid) {
		while (nr--)
			sock_accept(listener);
		raise(SIGSTOP);
		_exit(0);
	}
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		bail("a worker did not stop");
	return pid;
}

static void end_worker(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void check_stuck(void)
{
	int listener = sock_listen("127.0.0.1", PORT, 0, BACKLOG);
	uint64_t cookie = sock_cookie(listener), from_ns, until_ns, begin_ns, end_ns, at_ns;
	char want[40];
	pid_t worker;

	connect_all("127.0.0.1", PORT, ACCEPTED);
	begin_ns = now_ns();
	worker = start_worker(listener, ACCEPTED);
	end_ns = now_ns();
	result(is(cookie, "oldest_ns", "-"), "nothing waits: oldest_ns is -");
	from_ns = now_ns();
	connect_all("127.0.0.1", PORT, 1);
	until_ns = now_ns();
	connect_all("127.0.0.1", PORT, WAITING - 1);
	result_is("a stopped worker: accepted", number(cookie, "accepted"), ACCEPTED);
	result_is("a stopped worker: waiting", number(cookie, "queue"), WAITING);
	at_ns = number(cookie, "oldest_ns");
	result(at_ns >= from_ns && at_ns <= until_ns, "oldest_ns is when the first of them came");
	at_ns = number(cookie, "accepted_ns");
	result(at_ns >= begin_ns && at_ns <= end_ns, "accepted_ns is before that");
	snprintf(want, sizeof(want), "%d:%d", worker, ACCEPTED);
	result(is(cookie, "accepted_by", want), "accepted_by names the worker");
	snprintf(want, sizeof(want), "%d:%llu", worker, (unsigned long long)at_ns);
	result(is(cookie, "accepted_by_ns", want), "accepted_by_ns says when it did");
	end_worker(worker);
	close(listener);
	fence();
	result_is("closed: lost", number(cookie, "lost"), WAITING);
	result_is("closed: migrated", number(cookie, "migrated"), 0);
}

/* Adds up "7:2,9:2", and counts its members. */
static uint64_t sum_of(const char *map, unsigned int *nr)
{
	uint64_t sum = 0;

	for (*nr = 0; (map = strchr(map, ':')); ++*nr)
		sum += strtoull(++map, NULL, 10);
	return sum;
}

static void check_workers(void)
{
	int listener = sock_listen("::1", PORT + 1, 0, BACKLOG), i;
	uint64_t cookie = sock_cookie(listener), sum, others;
	pid_t worker, last = 0;
	unsigned int nr;
	struct table t;
	char want[40];
	size_t row;

	for (i = 0; i < WORKERS; i++) {
		connect_all("::1", PORT + 1, EACH);
		worker = start_worker(listener, EACH);
		end_worker(worker);
		close_all(EACH);
		last = worker;
	}
	row = row_of(&t, cookie);
	sum = sum_of(table_cell(&t, row, "accepted_by"), &nr);
	others = table_number(&t, row, "accepted_by_others");
	result(nr == NAMED && others == EACH * (WORKERS - NAMED) &&
	       sum + others == table_number(&t, row, "accepted"),
	       "%d workers: %u are named with %llu, others have %llu, accepted %llu", WORKERS, nr,
	       (unsigned long long)sum, (unsigned long long)others,
	       (unsigned long long)table_number(&t, row, "accepted"));
	snprintf(want, sizeof(want), "%d:%d", last, EACH);
	result(strstr(table_cell(&t, row, "accepted_by"), want), "the last one is among them");
	table_free(&t);
	close(listener);
}

/* One was accepted, one was reset by its client: neither is lost. */
static void check_lost(const char *address, uint16_t port, unsigned int options)
{
	int listener = sock_listen(address, port, options, BACKLOG);
	uint64_t cookie = sock_cookie(listener);
	int accepted;

	connect_all(address, port, LOST + 2);
	accepted = sock_accept(listener);
	close(clients[LOST + 1]);
	fence();
	close(listener);
	result_is("closed listener: lost", number(cookie, "lost"), LOST);
	result_is("closed listener: migrated", number(cookie, "migrated"), 0);
	result_is("closed listener: accepted", number(cookie, "accepted"), 1);
	close(accepted);
	close_all(LOST + 1);
}

/* Two of a group; one is closed, the other one accepts what waited for either. */
static void check_migrated(void)
{
	int a = sock_listen("127.0.0.1", PORT + 2, OPT_REUSEPORT, BACKLOG);
	int b = sock_listen("127.0.0.1", PORT + 2, OPT_REUSEPORT, BACKLOG), i;
	uint64_t first = sock_cookie(a), second = sock_cookie(b), left;

	connect_all("127.0.0.1", PORT + 2, HANDED_ON);
	left = number(first, "children");
	close(a);
	result(left && left < HANDED_ON, "of %d connections %llu wait at the one that closes",
	       HANDED_ON, (unsigned long long)left);
	result_is("tcp_migrate_req: lost", number(first, "lost"), 0);
	result_is("tcp_migrate_req: migrated", number(first, "migrated"), left);
	result_is("the other one: waiting", number(second, "queue"), HANDED_ON);
	/* What clients reset in the other queue was not lost at the close. */
	close_all(HANDED_ON);
	for (i = 0; i < HANDED_ON; i++)
		close(sock_accept(b));
	result_is("the other one: accepted", number(second, "accepted"), HANDED_ON);
	result_is("the other one: inherited", number(second, "inherited"), left);
	result_is("and still lost", number(first, "lost"), 0);
	close(b);
}

/* The same of requests: the last ACKs come when their listener has gone. */
static void check_request(void)
{
	int a = sock_listen("127.0.0.1", PORT + 3, OPT_REUSEPORT, BACKLOG);
	int b = sock_listen("127.0.0.1", PORT + 3, OPT_REUSEPORT, BACKLOG), i;
	uint64_t first = sock_cookie(a), second = sock_cookie(b), left;

	sock_drop_all_but_syns(a);
	sock_drop_all_but_syns(b);
	connect_all("127.0.0.1", PORT + 3, HANDED_ON);
	left = number(first, "requests");
	sock_undrop(b);
	close(a);
	for (i = 0; i < HANDED_ON; i++)
		if (send(clients[i], "x", 1, MSG_NOSIGNAL) != 1)
			bail("send");
	result_is("requests: children of the other one", number(second, "children"), HANDED_ON);
	result_is("requests: migrated", number(first, "migrated"), left);
	result_is("requests: inherited", number(second, "inherited"), left);
	close(b);
	close_all(HANDED_ON);
}

/* What has no row any more cannot be told, and is not told. */
static void check_forgotten(void)
{
	struct netns ns;
	uint64_t cookie;
	int listener;

	module_load("max_connections=4");
	netns_new(&ns);
	listener = sock_listen("127.0.0.1", PORT, 0, BACKLOG);
	cookie = sock_cookie(listener);
	connect_all("127.0.0.1", PORT, FEW_ROWS * 2);
	close(sock_accept(listener));
	close(listener);
	result_is("few rows: accepted", number(cookie, "accepted"), 1);
	result(is(cookie, "lost", "?") && is(cookie, "migrated", "?"),
	       "few rows: lost and migrated are ?");
	close_all(FEW_ROWS * 2);
}

/* A listener whose opener has ended: it had its descriptors in common with us. */
static int listen_and_end(uint16_t port, pid_t *opener)
{
	int status;

	fflush(NULL);
	*opener = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (*opener < 0)
		bail("clone");
	if (!*opener)
		_exit(sock_listen("127.0.0.1", port, 0, BACKLOG));
	if (waitpid(*opener, &status, 0) != *opener || !WIFEXITED(status))
		bail("no opener");
	return WEXITSTATUS(status);
}

/* One that has the number of a process which has ended. It is reaped by end_worker(). */
static pid_t start_as(pid_t number)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&number,
		.set_tid_size = 1,
	};
	pid_t pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		bail("clone3");
	if (!pid) {
		pause();
		_exit(0);
	}
	return pid;
}

/* What stands on the page behind the Segs of that listener. */
static void check_named(const char *name, uint16_t port, pid_t pid, const char *more)
{
	char *page = file_read(OVERVIEW, NULL), *line, *rest = page, begin[32], want[32];
	const char *said = "no row";

	snprintf(begin, sizeof(begin), "tcp   127.0.0.1:%d ", port);
	snprintf(want, sizeof(want), "%d/tables%s", pid, more);
	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, begin, strlen(begin)) && strstr(line, " LISTEN "))
			said = strstr(line, " LISTEN ") + strlen(" LISTEN ");
	}
	/* the Segs */
	said += strspn(said, " ");
	said += strspn(said, "0123456789");
	said += strspn(said, " ");
	result(!strcmp(said, want), "the page, %s: %s, it is %s", name, said, want);
	free(page);
}

static void check_page(void)
{
	pid_t opener, first, last, other;
	int listener = listen_and_end(PORT + 7, &opener);

	check_named("nobody accepted, the opener has ended", PORT + 7, opener, " (gone)");
	other = start_as(opener);
	check_named("and another has its number", PORT + 7, opener, " (gone)");
	end_worker(other);
	connect_all("127.0.0.1", PORT + 7, 3);
	first = start_worker(listener, 1);
	check_named("one accepts", PORT + 7, first, "");
	last = start_worker(listener, 1);
	check_named("another one accepts", PORT + 7, last, "");
	kill(last, SIGKILL);
	waitid(P_PID, last, NULL, WEXITED | WNOWAIT);
	check_named("which has ended, unreaped", PORT + 7, first, "");
	end_worker(last);
	end_worker(first);
	check_named("all have ended but one that never accepted", PORT + 7, opener, " (gone)");
	close(sock_accept(listener));
	check_named("it accepts", PORT + 7, getpid(), "");
	close_all(3);
	close(listener);
	listener = sock_listen("127.0.0.1", PORT + 8, 0, BACKLOG);
	check_named("nobody accepted, the opener lives", PORT + 8, getpid(), "");
	close(listener);
}

static void run(void)
{
	struct netns ns;

	module_load("");
	netns_new(&ns);
	check_stuck();
	check_page();
	check_workers();
	check_lost("127.0.0.1", PORT + 4, 0);
	check_lost("::1", PORT + 5, OPT_REUSEPORT);
	if (!sysctl_set("net/ipv4/tcp_migrate_req", "1"))
		bail("net.ipv4.tcp_migrate_req");
	check_lost("::1", PORT + 6, OPT_REUSEPORT);
	check_migrated();
	check_request();
	check_forgotten();
}

const struct topic accepting_topic = {
	.name = "accepting",
	.results = 40,
	.run = run,
};
