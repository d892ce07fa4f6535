// SPDX-License-Identifier: GPL-2.0
/*
 * Several sockets on one port, bound in a known order: each one's counts are
 * what it received, and the order decides as the kernel's lookup has it.
 */
#include "tables.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MEMBERS_MAX	4
#define FIRST_PORT	7000

/**
 * struct member - one of the sockets
 * @address: what it is bound to
 * @options: besides OPT_REUSEPORT, which all have
 * @want: how many of the clients it gets, -1 if the hash decides
 */
struct member {
	const char *address;
	unsigned int options;
	int want;
};

/**
 * struct experiment - sockets in the order of bind() and listen()
 * @name: for people
 * @members: the sockets
 * @clients: how many come, all to 127.0.0.1
 */
struct experiment {
	const char *name;
	struct member members[MEMBERS_MAX];
	int clients;
};

#define GROUP_OF_FOUR	{ { "0.0.0.0", 0, -1 }, { "0.0.0.0", 0, -1 },	\
			  { "0.0.0.0", 0, -1 }, { "0.0.0.0", 0, -1 } }

static const struct experiment tcp[] = {
	{ "0.0.0.0%lo, then 0.0.0.0",
	  { { "0.0.0.0", OPT_LO, 0 }, { "0.0.0.0", 0, 40 } }, 40 },
	{ "0.0.0.0, then 0.0.0.0%lo",
	  { { "0.0.0.0", 0, 0 }, { "0.0.0.0", OPT_LO, 40 } }, 40 },
	{ "127.0.0.1, then 0.0.0.0",
	  { { "127.0.0.1", 0, 40 }, { "0.0.0.0", 0, 0 } }, 40 },
	{ "0.0.0.0, then 127.0.0.1",
	  { { "0.0.0.0", 0, 0 }, { "127.0.0.1", 0, 40 } }, 40 },
	{ "[::], then 0.0.0.0",
	  { { "::", 0, 0 }, { "0.0.0.0", 0, 40 } }, 40 },
	{ "0.0.0.0, then [::]",
	  { { "0.0.0.0", 0, 40 }, { "::", 0, 0 } }, 40 },
	{ "four of a group", GROUP_OF_FOUR, 400 },
};

static const struct experiment udp[] = {
	{ "127.0.0.1, then 0.0.0.0",
	  { { "127.0.0.1", 0, 40 }, { "0.0.0.0", 0, 0 } }, 40 },
	{ "0.0.0.0, then 127.0.0.1",
	  { { "0.0.0.0", 0, 0 }, { "127.0.0.1", 0, 40 } }, 40 },
	{ "[::], then 0.0.0.0",
	  { { "::", 0, 0 }, { "0.0.0.0", 0, 40 } }, 40 },
	{ "0.0.0.0, then [::]",
	  { { "0.0.0.0", 0, 40 }, { "::", 0, 0 } }, 40 },
	{ "0.0.0.0%lo, then 0.0.0.0",
	  { { "0.0.0.0", OPT_LO, -1 }, { "0.0.0.0", 0, -1 } }, 40 },
	{ "[::] alone",
	  { { "::", 0, 40 } }, 40 },
	{ "four of a group", GROUP_OF_FOUR, 400 },
};

static uint16_t next_port = FIRST_PORT;

static int bind_member(const struct member *m, uint16_t port, int type)
{
	unsigned int options = m->options | OPT_REUSEPORT;

	if (type == SOCK_STREAM)
		return sock_listen(m->address, port, options, 512);
	return sock_bound(m->address, port, SOCK_DGRAM, options | OPT_NONBLOCK);
}

static void send_one(uint16_t port)
{
	union address a;
	socklen_t len = address_set(&a, "127.0.0.1", port);
	int fd = sock_new(AF_INET, SOCK_DGRAM, 0);

	if (sendto(fd, "x", 1, 0, &a.sa, len) != 1)
		bail("sendto");
	close(fd);
}

/* What a socket received. */
static int receive_all(int fd, int type)
{
	int n = 0, child;
	char c;

	if (type == SOCK_STREAM)
		for (; (child = sock_try_accept(fd)) >= 0; n++)
			close(child);
	else
		for (; recv(fd, &c, 1, 0) == 1; n++)
			;
	return n;
}

/* Are the counts of a member those of @got clients? If not, tell what differs. */
static bool check_member(const struct table *t, const struct member *m, int fd, int type, int got)
{
	static const char *const of_tcp[] = { "segments", "syns", "requests", "children" };
	size_t row = table_find_cookie(t, sock_cookie(fd)), i;
	bool is_right = true;

	if (row == NO_ROW) {
		diag("%s has no row", m->address);
		return false;
	}
	for (i = 0; i < (type == SOCK_STREAM ? ARRAY_SIZE(of_tcp) : 1); i++) {
		uint64_t counted = table_number(t, row, of_tcp[i]);

		if (counted == (uint64_t)got)
			continue;
		diag("%s %s: %llu counted, %d received", m->address, of_tcp[i],
		     (unsigned long long)counted, got);
		is_right = false;
	}
	if (m->want >= 0 && got != m->want) {
		diag("%s received %d of %d", m->address, got, m->want);
		is_right = false;
	}
	return is_right;
}

static void send_all(const struct experiment *x, int type, uint16_t port)
{
	int clients[512], i;

	for (i = 0; i < x->clients; i++)
		if (type == SOCK_STREAM)
			clients[i] = sock_connect("127.0.0.1", port, 0);
		else
			send_one(port);
	fence();
	for (i = 0; i < x->clients && type == SOCK_STREAM; i++)
		close(clients[i]);
}

static void try_order(const struct experiment *x, int type)
{
	int fds[MEMBERS_MAX], got[MEMBERS_MAX] = { 0 }, nr, i, sum = 0;
	uint16_t port = next_port++;
	bool is_right = true;
	char split[64] = "";
	struct table t;

	for (nr = 0; nr < MEMBERS_MAX && x->members[nr].address; nr++)
		fds[nr] = bind_member(&x->members[nr], port, type);
	send_all(x, type, port);
	for (i = 0; i < nr; i++) {
		got[i] = receive_all(fds[i], type);
		sum += got[i];
		snprintf(split + strlen(split), sizeof(split) - strlen(split), "%s%d",
			 i ? " : " : "", got[i]);
	}
	table_read(&t, LISTENERS);
	for (i = 0; i < nr; i++)
		is_right &= check_member(&t, &x->members[i], fds[i], type, got[i]);
	table_free(&t);
	for (i = 0; i < nr; i++)
		close(fds[i]);
	result(is_right && sum == x->clients, "%s %s: %s received and counted, %d of %d",
	       type == SOCK_STREAM ? "tcp" : "udp", x->name, split, sum, x->clients);
}

static void run(void)
{
	struct netns ns;
	size_t i;

	module_load("");
	netns_new(&ns);
	for (i = 0; i < ARRAY_SIZE(tcp); i++)
		try_order(&tcp[i], SOCK_STREAM);
	for (i = 0; i < ARRAY_SIZE(udp); i++)
		try_order(&udp[i], SOCK_DGRAM);
}

const struct topic order_topic = {
	.name = "order",
	.results = ARRAY_SIZE(tcp) + ARRAY_SIZE(udp),
	.run = run,
};
