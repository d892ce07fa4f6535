// SPDX-License-Identifier: GPL-2.0
/*
 * What comes nearest to an endpoint that nobody is bound to: each kind of it,
 * and who may see what.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY	65534

static uint16_t port = 800;

static int on_device(const char *address, const char *device)
{
	union address a;
	socklen_t len = address_set(&a, address, port);
	int fd = sock_new(a.sa.sa_family, SOCK_STREAM, 0);

	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device) + 1) ||
	    bind(fd, &a.sa, len) || listen(fd, 4))
		bail("listen on %s", device);
	return fd;
}

/* The row that says so, about that socket. */
static size_t near_row(const struct answer *a, const char *kind, uint64_t cookie)
{
	char text[20];
	size_t i;

	snprintf(text, sizeof(text), "%llx", (unsigned long long)cookie);
	for (i = 0; i < a->t.rows; i++)
		if (table_is(&a->t, i, "row", "nearest") && table_is(&a->t, i, "name", kind) &&
		    table_is(&a->t, i, "cookie", text))
			return i;
	return NO_ROW;
}

/* Nothing is found, and the first thing that is near is @fd, for that reason. */
static void check(const char *kind, const char *tuple, int fd)
{
	uint64_t cookie = sock_cookie(fd);
	char question[QUESTION_LEN];
	struct answer a;
	size_t row;

	/* What was closed is near too, so each has a port of its own. */
	snprintf(question, sizeof(question), "%s:%u", tuple, port++);
	ask(&a, question);
	row = answer_row(&a, "nearest");
	result(!a.cookie && a.is_agreed && row != NO_ROW && row == near_row(&a, kind, cookie),
	       "%s: %llx is named first for %s", kind, (unsigned long long)cookie, question);
	if (row == NO_ROW || row != near_row(&a, kind, cookie))
		answer_show(&a, question);
	answer_free(&a);
	close(fd);
}

static void here(void)
{
	check("other-address", "tcp 10.1.1.2:5 10.1.1.1",
	      sock_listen("127.0.0.1", port, 0, 4));
	check("other-address", "udp [fd01::2]:5 [fd01::1]",
	      sock_bound("::1", port, SOCK_DGRAM, 0));
	check("only-ipv6", "tcp 10.1.1.2:5 10.1.1.1", sock_listen("::", port, OPT_V6ONLY, 4));
	check("only-ipv6", "udp 10.1.1.2:5 10.1.1.1",
	      sock_bound("::", port, SOCK_DGRAM, OPT_V6ONLY));
	check("only-ipv4", "tcp [fd01::2]:5 [fd01::1]", sock_listen("0.0.0.0", port, 0, 4));
	check("other-device", "tcp 10.1.1.2:5 10.1.1.1", on_device("0.0.0.0", "v2"));
	check("other-device", "tcp [fd01::2]:5 [fd01::1]", on_device("::", "lo"));
	check("other-proto", "udp 10.1.1.2:5 10.1.1.1", sock_listen("0.0.0.0", port, 0, 4));
	check("other-proto", "tcp 10.1.1.2:5 10.1.1.1",
	      sock_bound("10.1.1.1", port, SOCK_DGRAM, 0));
}

static void other_peer(void)
{
	int fd = sock_bound("10.1.1.1", port, SOCK_DGRAM, 0);
	union address a;
	socklen_t len = address_set(&a, "10.1.1.2", 6);

	if (connect(fd, &a.sa, len))
		bail("connect");
	check("other-peer", "udp 10.1.1.2:5 10.1.1.1", fd);
}

/* Nothing of what stands elsewhere, and would not take it there, is near. */
static void nothing_near(void)
{
	int elsewhere = sock_listen("10.1.1.1", 701, 0, 4);
	struct answer a;

	ask(&a, "tcp 10.1.1.2:5 10.1.1.1:700");
	result(!a.cookie && answer_row(&a, "nearest") == NO_ROW, "nothing is near");
	answer_free(&a);
	close(elsewhere);
}

static void closed(void)
{
	uint64_t before, after, at = 0;
	int fd = sock_listen("10.1.1.1", 700, 0, 4);
	uint64_t cookie = sock_cookie(fd);
	struct answer a;
	size_t row;

	before = now_ns();
	close(fd);
	after = now_ns();
	ask(&a, "tcp 10.1.1.2:5 10.1.1.1:700");
	row = near_row(&a, "closed", cookie);
	if (row != NO_ROW)
		at = table_number(&a.t, row, "closed_ns");
	/* It is taken from the timer tick, which is 4 ms or 10 ms. */
	result(at + 20000000 >= before && at <= after, "closed: %llx, %lld us before it was asked",
	       (unsigned long long)cookie, (long long)(after - at) / 1000);
	answer_free(&a);
}

/* A file of his own, opened and asked by somebody else, in a process of his own. */
static unsigned int rows_seen(const char *question, const char *kind)
{
	char text[1 << 14];
	unsigned int rows = 0;
	char want[64], *line;
	size_t at = 0;
	ssize_t n;
	int fd = open(EXPLAIN, O_RDWR | O_CLOEXEC);

	if (fd < 0 || write(fd, question, strlen(question)) < 0)
		return 99;
	while ((n = read(fd, text + at, sizeof(text) - at - 1)) > 0)
		at += n;
	text[at] = '\0';
	snprintf(want, sizeof(want), "\nnearest - - %s ", kind);
	for (line = text; (line = strstr(line, want)); line++)
		rows++;
	close(fd);
	return rows;
}

static void become_nobody(void)
{
	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		_exit(98);
}

/* Root of a user namespace that owns nothing of what was there before. */
static void become_root_of_another(void)
{
	become_nobody();
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		_exit(97);
}

/* A listener in one of two namespaces that he owns, seen from the other. */
static void become_owner_of_two(void)
{
	become_root_of_another();
	sock_listen("0.0.0.0", 700, 0, 4);
	if (unshare(CLONE_NEWNET))
		_exit(96);
}

static int seen_by(void (*become)(void), const char *question, const char *kind)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		become();
		_exit(rows_seen(question, kind));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		bail("fork");
	return WEXITSTATUS(status);
}

static void nobody_else(void) { }

static void check_seen(const char *who, void (*become)(void), const char *kind, int want)
{
	int got = seen_by(become, "tcp 10.1.1.2:5 10.1.1.1:700", kind);

	result(got == want, "%s sees %d of %d rows of %s", who, got, want, kind);
}

static void elsewhere(void)
{
	int fd;

	place_client();
	fd = sock_listen("0.0.0.0", 700, 0, 4);
	place_server();
	check_seen("root", nobody_else, "other-netns", 1);
	check_seen("nobody", become_nobody, "other-netns", 0);
	check_seen("root of another user namespace", become_root_of_another, "other-netns", 0);
	check_seen("owner of two namespaces", become_owner_of_two, "other-netns", 1);
	close(fd);
	place_client();
	fd = sock_bound("0.0.0.0", port, SOCK_DGRAM, 0);
	place_server();
	check("other-netns", "udp 10.1.1.2:5 10.1.1.1", fd);
}

/* An end of a connection goes without a word, and its listener with it. */
static void leave(int fd)
{
	const int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) || close(fd))
		bail("TCP_REPAIR");
}

/* What is no SYN asks for nothing: it belonged to a connection. */
static void late(void)
{
	int listener = sock_listen("127.0.0.1", 722, 0, 4);
	int client = sock_connect("127.0.0.1", 722, 0);
	struct table t;
	size_t row;

	leave(sock_accept(listener));
	close(listener);
	if (write(client, "x", 1) != 1)
		bail("write");
	close(client);
	sock_refused("127.0.0.1", 722);
	table_read(&t, REFUSED);
	row = table_find(&t, "local", "127.0.0.1:722");
	result(row != NO_ROW && table_is(&t, row, "count", "2") && table_is(&t, row, "refused", "2") &&
	       table_is(&t, row, "syns", "1"),
	       "refused: of 2 segments to 127.0.0.1:722 %s a SYN",
	       row == NO_ROW ? "?" : table_cell(&t, row, "syns"));
	table_free(&t);
}

static unsigned long long cell_number(const struct table *t, size_t row, const char *column)
{
	return row == NO_ROW ? 0 : strtoull(table_cell(t, row, column), NULL, 10);
}

/* Who began to listen afterwards came too late, and the row says so. */
static void too_late(void)
{
	int before = sock_listen("127.0.0.1", 723, 0, 4), after;
	unsigned long long was, is, last;
	struct table t;
	size_t row;

	sock_refused("10.1.1.1", 723);
	table_read(&t, REFUSED);
	row = table_find(&t, "local", "10.1.1.1:723");
	was = cell_number(&t, row, "nearest_since_ns");
	table_free(&t);
	after = sock_listen("10.1.1.1", 723, 0, 4);
	table_read(&t, REFUSED);
	row = table_find(&t, "local", "10.1.1.1:723");
	is = cell_number(&t, row, "nearest_since_ns");
	last = cell_number(&t, row, "last_ns");
	result(was && was < last && is > last && table_is(&t, row, "nearest", "here-now"),
	       "refused: who was near came before it, %llu < %llu, who is there now after it, %llu",
	       was, last, is);
	table_free(&t);
	close(before);
	close(after);
}

/* In the table of refused endpoints each row has its own. */
static void refused(void)
{
	int lo = sock_listen("127.0.0.1", 720, 0, 4);
	struct table t;
	size_t near, far;

	sock_refused("10.1.1.1", 720);
	sock_refused("10.1.1.1", 721);
	table_read(&t, REFUSED);
	near = table_find(&t, "local", "10.1.1.1:720");
	far = table_find(&t, "local", "10.1.1.1:721");
	result(near != NO_ROW && table_is(&t, near, "nearest", "other-address") &&
	       table_is(&t, near, "nearest_local", "127.0.0.1:720"),
	       "refused: the nearest of 10.1.1.1:720 is %s",
	       near == NO_ROW ? "?" : table_cell(&t, near, "nearest_local"));
	result(far != NO_ROW && table_is(&t, far, "nearest", "-"),
	       "refused: nothing is near to 10.1.1.1:721");
	table_free(&t);
	close(lo);
}

static void run(void)
{
	place_make();
	module_load("");
	nothing_near();
	here();
	other_peer();
	closed();
	elsewhere();
	refused();
	late();
	too_late();
	result_is("disagreements counted", disagreements(), 0);
}

const struct topic explain_near_topic = {
	.name = "near",
	.results = 22,
	.run = run,
};
