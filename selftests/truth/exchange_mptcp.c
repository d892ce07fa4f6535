// SPDX-License-Identifier: GPL-2.0
/*
 * MPTCP: what the tables hold are its subflows, sockets of TCP that no program
 * has; ss tells their cookies.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/mptcp.h>
#include <poll.h>
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

/* The client's second address. */
static const char *second(const struct play *p)
{
	return p->family == AF_INET6 ? "fd09::3" : "10.9.0.3";
}

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
	command_cookie(p, "L", "ss -Hltne 'sport = :%u'", port);
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
 * Both sides take a further subflow, and the client has an address for one. A
 * socket asks for that when it is made.
 */
static void offer_second(struct play *p)
{
	command(p, SERVER, NULL, "ip -batch - <<EOF\nmptcp limits set subflows 2\n"
		"neigh replace %s lladdr 02:00:00:00:09:02 dev v0\nEOF\n", second(p));
	command_afterwards(p, CLIENT, "ip mptcp endpoint flush && ip addr del %s dev v1",
			   p->family == AF_INET6 ? "fd09::3/64" : "10.9.0.3/24");
	command(p, CLIENT, NULL, "ip -batch - <<EOF\nmptcp limits set subflows 2\n"
		"addr add %s%s dev v1%s\nmptcp endpoint add %s dev v1 subflow\nEOF\n",
		second(p), p->family == AF_INET6 ? "/64" : "/24",
		p->family == AF_INET6 ? " nodad" : "", second(p));
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

/* A is the first subflow, from port c; J joined it, from a port of its own. */
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
	command_cookie(p, "A", "ss -Htne 'sport = :%u and dport = :%u'", port, from);
	play_name_port(p, "j", command_cookie(p, "J", "ss -Htne 'sport = :%u and dport != :%u'",
					      port, from));
}

const struct exchange mptcp_exchanges[] = {
	{ "tcp-mptcp", plain_client },
	{ "tcp-mptcp-join", join },
	{ }
};
