// SPDX-License-Identifier: GPL-2.0
/*
 * MPTCP: what the tables hold are its subflows, sockets of TCP that no program
 * has; ss tells their cookies.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <linux/mptcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

#ifndef SOL_MPTCP
#define SOL_MPTCP	284
#endif

#ifndef MPTCP_INFO
#define MPTCP_INFO	1
#endif

static int mptcp_socket(struct play *p, enum end side)
{
	bool in_client = side == CLIENT && p->place != PLACE_LO;
	int fd;

	if (place_enter(in_client))
		play_fail(p, "cannot enter a namespace");
	fd = socket(p->domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_MPTCP);
	if (fd < 0 && errno == EPROTONOSUPPORT) {
		place_enter(false);
		play_skip(p, "CONFIG_MPTCP");
	}
	if (place_enter(false))
		play_fail(p, "cannot return to the server's namespace");
	play_keep(p, fd);
	ep_option(p, fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return fd;
}

static int listen_mptcp(struct play *p, uint16_t port)
{
	int fd = mptcp_socket(p, SERVER);

	ep_bind(p, fd, ANY, port);
	if (listen(fd, 8))
		play_fail(p, "listen, MPTCP");
	play_name_cookie(p, "M", fd);
	return fd;
}

/* A client that speaks TCP only: its connection is an ordinary one. */
static void plain_client(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = listen_mptcp(p, port);
	int c = ep_connect(p, "C", play_port(p, "c"), port);
	int a = ep_accept(p, "A", l);

	ep_write(p, c, 5);
	ep_read(p, a, 5);
}

/*
 * Both sides take a further subflow, and the client has an address for one, which a
 * socket asks for when it is made. A family that MPTCP is built without, as IPv6 is
 * where that is a module, has no sockets; the first one says so.
 */
static void offer_second(struct play *p)
{
	static bool is_done[2];
	bool is_ipv6 = p->domain == AF_INET6;
	const char *address = is_ipv6 ? "fd09::3" : "10.9.0.3";

	if (is_done[is_ipv6])
		return;
	mptcp_socket(p, SERVER);
	command(p, SERVER, "CONFIG_MPTCP", "ip -batch - <<EOF\nmptcp limits set subflows 2\n"
		"neigh add %s lladdr 02:00:00:00:09:02 dev v0\nEOF\n", address);
	command(p, CLIENT, NULL, "ip -batch - <<EOF\nmptcp limits set subflows 2\n"
		"addr add %s/%s dev v1\nEOF\n", address, is_ipv6 ? "64 nodad" : "24");
	command_settle(p, CLIENT);
	command(p, CLIENT, NULL, "ip mptcp endpoint add %s dev v1 subflow", address);
	is_done[is_ipv6] = true;
}

static void wait_for_subflow(struct play *p, int fd)
{
	struct mptcp_info info;
	socklen_t len;
	int ms;

	for (ms = 0; ms < STEP_MS; ms++) {
		len = sizeof(info);
		memset(&info, 0, sizeof(info));
		if (getsockopt(fd, SOL_MPTCP, MPTCP_INFO, &info, &len))
			play_fail(p, "MPTCP_INFO");
		if (info.mptcpi_subflows)
			return;
		poll(NULL, 0, 1);
	}
	errno = 0;
	play_fail(p, "no further subflow");
}

/* The port after the second colon of: ESTAB 0 0 10.9.0.1:80 10.9.0.2:1024 */
static uint16_t foreign_port(const char *line)
{
	const char *word = line;
	int colons = 0;
	size_t len;

	for (word += strspn(word, " "); *word; word += len + strspn(word + len, " ")) {
		len = strcspn(word, " ");
		if (memchr(word, ':', len) && ++colons == 2)
			return strtoul((const char *)memrchr(word, ':', len) + 1, NULL, 10);
	}
	return 0;
}

/*
 * Name the subflows: L listens, A has the client's port @from, J another, to be
 * known as j.
 */
static void name_subflows(struct play *p, uint16_t port, uint16_t from)
{
	char text[4000], *save = NULL, *line, *cookie;
	const char *name;

	command_output(p, SERVER, text, sizeof(text), "ss -Hatne 'sport = :%u'", port);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		cookie = strstr(line, "sk:");
		if (!cookie)
			continue;
		name = !strncmp(line, "LISTEN", 6) ? "L" : foreign_port(line) == from ? "A" : "J";
		play_add_cookie(p, name, strtoull(cookie + 3, NULL, 16));
		if (*name == 'J')
			play_name_port(p, "j", foreign_port(line));
	}
}

static void join(struct play *p)
{
	uint16_t port = play_port(p, "s"), from = play_port(p, "c");
	int l, c, a;

	offer_second(p);
	l = listen_mptcp(p, port);
	c = mptcp_socket(p, CLIENT);
	ep_bind(p, c, CLIENT, from);
	ep_connect_to(p, c, SERVER, port);
	a = ep_accept(p, "B", l);
	ep_write(p, c, 5);
	ep_read(p, a, 5);
	ep_write(p, a, 5);
	ep_read(p, c, 5);
	wait_for_subflow(p, a);
	wait_for_subflow(p, c);
	ep_settle(p);
	name_subflows(p, port, from);
}

const struct exchange mptcp_exchanges[] = {
	{ "tcp-mptcp", plain_client },
	{ "tcp-mptcp-join", join },
	{ }
};
