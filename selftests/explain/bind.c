// SPDX-License-Identifier: GPL-2.0
/*
 * Who has a port, and what bind() says: sockets at random on one port, a
 * question, and then bind() itself.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* TPW_QUESTIONS: or as many as that. */
#define SHORT_RUN	1000
#define LONG_RUN	10000	/* TPW_LONG */
#define PER_CROWD	5	/* questions about the same sockets */
#define MEMBERS_MAX	12
#define SERVED_PORT	700	/* of the client, who accepts nothing */

static const char *const locals[] = {
	"0.0.0.0", "0.0.0.0", "::", "::", "127.0.0.1", "10.1.1.1", "10.2.2.1", "::1", "fd01::1",
	"fd02::1", "::ffff:127.0.0.1", "::ffff:10.1.1.1",
	/*
	 * Behind these nobody can have bound before.  6.1 overlooks a socket that is bound to
	 * the mapped wildcard, which explain would name.
	 */
	"::ffff:0.0.0.0",
	"127.0.0.6", "10.1.1.255", "224.0.0.5", "10.9.9.9", "fd09::9", "::ffff:10.9.9.9",
	"::ffff:224.0.0.5", "ff05::101",
};

#define LOCALS_HELD	12

static const char *const devices[] = { "lo", "v1", "v2", "vrf0" };
static const unsigned int uids[] = { 0, 0, 1000, 1001 };

/**
 * struct wish - a socket, and what it is to be bound to
 * @local: the address
 * @device: the device, NULL for none
 * @uid: its owner
 * @reuseaddr: SO_REUSEADDR
 * @reuseport: SO_REUSEPORT
 * @v6only: IPV6_V6ONLY
 */
struct wish {
	const char *local;
	const char *device;
	unsigned int uid;
	bool reuseaddr;
	bool reuseport;
	bool v6only;
};

/**
 * struct crowd - sockets on one port
 * @port: the port
 * @fd: those that have it
 * @nr: how many
 * @peer: the other ends of connections
 * @peers: how many
 * @time_waits: how many were left behind
 */
struct crowd {
	uint16_t port;
	int fd[MEMBERS_MAX];
	unsigned int nr;
	int peer[MEMBERS_MAX];
	unsigned int peers;
	unsigned int time_waits;
};

static struct {
	unsigned int asked;
	unsigned int right;
	unsigned int unknown;
	unsigned int succeeds;
	unsigned int in_use;
	unsigned int elsewhere;
	unsigned int invalid;
	unsigned int mapped;
	unsigned int removed;
	unsigned int proven;
	unsigned int connected;
	unsigned int time_waits;
	unsigned int device;
	unsigned int held;
} sum;

static bool is_v6(const char *address)
{
	return strchr(address, ':');
}

static bool is_mapped(const char *address)
{
	return !strncmp(address, "::ffff:", 7);
}

/* Most have the same options, or nothing could stand together. */
static void choose(struct wish *w, unsigned int addresses, unsigned int reuse)
{
	w->local = locals[below(addresses)];
	w->device = chance(30) ? devices[below(ARRAY_SIZE(devices))] : NULL;
	w->uid = chance(70) ? 0 : uids[below(ARRAY_SIZE(uids))];
	w->reuseaddr = chance(reuse & 1 ? 85 : 15);
	w->reuseport = chance(reuse & 2 ? 85 : 15);
	w->v6only = is_v6(w->local) && chance(is_mapped(w->local) ? 20 : 40);
}

static void set(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		bail("setsockopt %d:%d", level, name);
}

static void abort_at_close(int fd)
{
	const struct linger abort_it = { .l_onoff = 1 };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_it, sizeof(abort_it)))
		bail("SO_LINGER");
}

static int new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		bail("socket");
	return fd;
}

/* A socket belongs to who makes it. */
static int make(const struct wish *w)
{
	int fd;

	if (seteuid(w->uid))
		bail("seteuid %u", w->uid);
	fd = new_socket(is_v6(w->local) ? AF_INET6 : AF_INET);
	if (seteuid(0))
		bail("seteuid 0");
	abort_at_close(fd);
	set(fd, SOL_SOCKET, SO_REUSEADDR, w->reuseaddr);
	set(fd, SOL_SOCKET, SO_REUSEPORT, w->reuseport);
	if (is_v6(w->local))
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, w->v6only);
	if (w->device &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, w->device, strlen(w->device) + 1))
		bail("SO_BINDTODEVICE");
	return fd;
}

/* Returns 0 or the error. */
static int try_bind(int fd, const struct wish *w, uint16_t port)
{
	union address a;
	socklen_t len = address_set(&a, w->local, port);

	return bind(fd, &a.sa, len) ? errno : 0;
}

/* In a namespace, to be heard or not; the caller looks at what came of it. */
static int reach(int fd, const char *address, uint16_t port)
{
	union address a;
	socklen_t len = address_set(&a, address, port);

	return connect(fd, &a.sa, len);
}

/* A client of a listener of the crowd: from the other host, or from this one. */
static int call(const struct crowd *c, bool is_ipv6)
{
	static const char *const near[] = { "127.0.0.1", "::1" };
	static const char *const far[][2] = { { "10.1.1.1", "fd01::1" }, { "10.2.2.1", "fd02::1" } };
	bool is_far = chance(75);
	int fd;

	if (is_far)
		place_client();
	fd = new_socket(is_ipv6 ? AF_INET6 : AF_INET);
	reach(fd, is_far ? far[chance(25)][is_ipv6] : near[is_ipv6], c->port);
	place_server();
	return fd;
}

/* What a server's connection may come to. */
static void leave(struct crowd *c, int server, int client)
{
	char byte;

	if (chance(50)) {
		abort_at_close(server);
		c->fd[c->nr++] = server;
		if (chance(30))
			close(client);
		else
			c->peer[c->peers++] = client;
		return;
	}
	close(server);
	c->time_waits++;
	if (chance(30)) {	/* FIN_WAIT2 */
		c->peer[c->peers++] = client;
		return;
	}
	recv(client, &byte, 1, 0);
	close(client);
}

static void connect_to(struct crowd *c, int listener, bool is_ipv6)
{
	int client = call(c, is_ipv6), server;
	struct pollfd pfd = { .fd = listener, .events = POLLIN };

	server = poll(&pfd, 1, 10) == 1 ? sock_try_accept(listener) : -1;
	if (server >= 0 && c->nr < MEMBERS_MAX && c->peers < MEMBERS_MAX) {
		leave(c, server, client);
		sum.connected++;
		return;
	}
	abort_at_close(client);
	close(client);
	if (server >= 0)
		close(server);
}

/* A client that has chosen its port; one in three is not answered. */
static void be_client(int fd, bool is_ipv6)
{
	static const char *const there[][2] = { { "10.1.1.2", "fd01::2" }, { "10.1.1.77", "fd01::77" } };

	if (!reach(fd, there[chance(33)][is_ipv6], SERVED_PORT) || errno == EINPROGRESS)
		sum.connected++;
}

/* What is set behind bind() counts from then on, and the kernel may have it otherwise in mind. */
static void change_mind(int fd)
{
	if (chance(20))
		set(fd, SOL_SOCKET, SO_REUSEADDR, chance(50));
	if (chance(20))
		set(fd, SOL_SOCKET, SO_REUSEPORT, chance(50));
}

static void add(struct crowd *c, unsigned int reuse)
{
	bool is_ipv6;
	struct wish w;
	int fd;

	choose(&w, LOCALS_HELD, reuse);
	fd = make(&w);
	if (try_bind(fd, &w, c->port)) {
		close(fd);
		return;
	}
	c->fd[c->nr++] = fd;
	is_ipv6 = is_v6(w.local) && !is_mapped(w.local);
	if (chance(40)) {
		if (!listen(fd, 8) && chance(70))
			connect_to(c, fd, is_ipv6 && (w.v6only || chance(60)));
	} else if (chance(25)) {
		be_client(fd, is_ipv6);
	}
	change_mind(fd);
}

/* A client whose port the kernel has chosen has that port otherwise than who asked for it. */
static void begin_with_client(struct crowd *c)
{
	bool is_ipv6 = chance(50);
	int fd = new_socket(is_ipv6 ? AF_INET6 : AF_INET);

	abort_at_close(fd);
	be_client(fd, is_ipv6);
	c->port = sock_port(fd);
	c->fd[c->nr++] = fd;
}

static void crowd_make(struct crowd *c)
{
	unsigned int reuse = below(4), tries = 1 + below(8);

	memset(c, 0, sizeof(*c));
	c->port = 20000 + below(40000);
	if (chance(20))
		begin_with_client(c);
	while (tries-- && c->nr < MEMBERS_MAX - 1)
		add(c, reuse);
	sum.time_waits += c->time_waits > 0;
}

static void crowd_close(struct crowd *c)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		close(c->fd[i]);
	for (i = 0; i < c->peers; i++) {
		abort_at_close(c->peer[i]);
		close(c->peer[i]);
	}
}

static void write_question(const struct wish *w, uint16_t port, char text[QUESTION_LEN])
{
	char local[ENDPOINT_LEN];
	union address a;
	size_t n;

	address_set(&a, w->local, port);
	address_format(&a, local);
	n = snprintf(text, QUESTION_LEN, "bind tcp %s", local);
	if (w->device)
		n += snprintf(text + n, QUESTION_LEN - n, " dev %s", w->device);
	if (w->uid || chance(30))
		n += snprintf(text + n, QUESTION_LEN - n, " uid %u", w->uid);
	snprintf(text + n, QUESTION_LEN - n, "%s%s%s", w->reuseaddr ? " reuseaddr" : "",
		 w->reuseport ? " reuseport" : "", w->v6only ? " v6only" : "");
}

static const char *name_of(int error)
{
	switch (error) {
	case 0:
		return "succeeds";
	case EADDRINUSE:
		return "EADDRINUSE";
	case EADDRNOTAVAIL:
		return "EADDRNOTAVAIL";
	case EINVAL:
		return "EINVAL";
	default:
		return strerror(error);
	}
}

static int bind_once(const struct wish *w, uint16_t port)
{
	int fd = make(w);
	int error = try_bind(fd, w, port);

	close(fd);
	return error;
}

/* The sockets of the crowd that are said to be in the way; those that it has not are counted. */
static unsigned int find_blocking(const struct crowd *c, const struct answer *a,
				  int to[MEMBERS_MAX], unsigned int *others)
{
	unsigned int nr = 0, m;
	size_t i;

	*others = 0;
	for (i = 0; i < a->t.rows; i++) {
		if (!table_is(&a->t, i, "row", "holder") ||
		    !table_is(&a->t, i, "fate", "in-the-way"))
			continue;
		for (m = 0; m < c->nr; m++)
			if (strtoull(table_cell(&a->t, i, "cookie"), NULL, 16) == sock_cookie(c->fd[m]))
				break;
		if (m < c->nr)
			to[nr++] = c->fd[m];
		else
			++*others;
	}
	return nr;
}

/*
 * Is one of these in the way when all others have gone, and nobody when it has
 * gone too? What has no file any more cannot be sent away. It ends the crowd.
 */
static void remove_blocking(struct crowd *c, const struct wish *w, const struct answer *a,
			    const char *question)
{
	int blocking[MEMBERS_MAX], last, with, without;
	unsigned int nr, others, i;

	nr = find_blocking(c, a, blocking, &others);
	if (!nr || others)
		return;
	last = blocking[below(nr)];
	for (i = 0; i < c->nr; i++)
		if (c->fd[i] != last)
			close(c->fd[i]);
	with = bind_once(w, c->port);
	close(last);
	c->nr = 0;
	without = bind_once(w, c->port);
	sum.removed++;
	if (with == EADDRINUSE && !without) {
		sum.proven++;
		return;
	}
	diag("with one of those in the way: %s; without: %s", name_of(with), name_of(without));
	answer_show(a, question);
}

/* False if the crowd has gone. */
static bool try_one(struct crowd *c, bool may_remove)
{
	char question[QUESTION_LEN];
	struct answer a;
	const char *said;
	struct wish w;
	int error;

	choose(&w, ARRAY_SIZE(locals), below(4));
	write_question(&w, c->port, question);
	ask(&a, question);
	error = bind_once(&w, c->port);
	said = table_cell(&a.t, answer_row(&a, "result"), "fate");
	sum.asked++;
	sum.right += !strcmp(said, name_of(error));
	sum.unknown += !strcmp(said, "?");
	sum.succeeds += !error;
	sum.in_use += error == EADDRINUSE;
	sum.elsewhere += error == EADDRNOTAVAIL;
	sum.invalid += error == EINVAL;
	sum.mapped += is_mapped(w.local);
	sum.device += w.device != NULL;
	sum.held += !error && answer_row(&a, "holder") != NO_ROW;
	if (strcmp(said, name_of(error))) {
		diag("bind() of uid %u: %s", w.uid, name_of(error));
		answer_show(&a, question);
	} else if (may_remove && error == EADDRINUSE) {
		remove_blocking(c, &w, &a, question);
	}
	answer_free(&a);
	return c->nr;
}

static void try_crowd(unsigned int nr)
{
	struct crowd c;
	unsigned int i;

	crowd_make(&c);
	for (i = 0; i < PER_CROWD && sum.asked < nr; i++)
		if (!try_one(&c, i + 1 == PER_CROWD))
			break;
	crowd_close(&c);
}

static void serve_client(void)
{
	place_client();
	sock_listen("10.1.1.2", SERVED_PORT, 0, 4096);
	sock_listen("fd01::2", SERVED_PORT, 0, 4096);
	place_server();
}

static void all_of(const char *what, unsigned int nr, unsigned int of)
{
	result(nr == of && nr, "%s: %u of %u", what, nr, of);
}

static void run(void)
{
	const char *wanted = getenv("TPW_QUESTIONS");
	unsigned int nr = is_long_run ? LONG_RUN : SHORT_RUN;

	if (wanted)
		nr = strtoul(wanted, NULL, 10);
	place_make();
	place_vrf();
	serve_client();
	module_load("");
	while (sum.asked < nr)
		try_crowd(nr);
	diag("connections %u, crowds with a TIME_WAIT %u, questions with a device %u",
	     sum.connected, sum.time_waits, sum.device);
	result_is("questions", sum.asked, nr);
	all_of("bind does what explain says", sum.right, sum.asked);
	result_is("questions without an answer", sum.unknown, 0);
	all_of("one that is in the way is so alone, and without it nobody is", sum.proven,
	       sum.removed);
	result_at_least("succeeds", sum.succeeds, sum.asked, 15);
	result_at_least("succeeds, though somebody has the port", sum.held, sum.asked, 10);
	result_at_least("EADDRINUSE", sum.in_use, sum.asked, 25);
	result_at_least("EADDRNOTAVAIL", sum.elsewhere, sum.asked, 5);
	result_at_least("EINVAL", sum.invalid, sum.asked, 2);
	result_at_least("an IPv4-mapped address", sum.mapped, sum.asked, 10);
}

const struct topic explain_bind_topic = {
	.name = "bind",
	.results = 10,
	.run = run,
};
