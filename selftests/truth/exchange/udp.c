// SPDX-License-Identifier: GPL-2.0
/*
 * UDP to one receiver, or to none.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define GROUP_SIZE	4
#define GROUP_TRIES	64

static void send_and_read(struct play *p, int receiver, uint16_t port)
{
	ep_send_to(p, ep_sender(p, play_port(p, "c")), SERVER, port, 5);
	ep_read(p, receiver, 5);
}

static void exact(struct play *p)
{
	uint16_t port = play_port(p, "s");

	send_and_read(p, ep_datagram(p, "U", SERVER, port), port);
}

static void wildcard(struct play *p)
{
	uint16_t port = play_port(p, "s");

	send_and_read(p, ep_datagram(p, "U", ANY, port), port);
}

/* The exact one wins, whichever is older. */
static void both(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int u = ep_datagram(p, "U", SERVER, port);

	ep_datagram(p, "W", ANY, port);
	send_and_read(p, u, port);
}

static void both_reverse(struct play *p)
{
	uint16_t port = play_port(p, "s");

	ep_datagram(p, "W", ANY, port);
	send_and_read(p, ep_datagram(p, "U", SERVER, port), port);
}

static void device(struct play *p)
{
	bool is_lo = p->place == PLACE_LO;
	static const char *const devices[] = { "lo", "v0" };
	uint16_t port = play_port(p, "s");
	int fd[2], i;

	for (i = 0; i < 2; i++) {
		fd[i] = ep_socket(p, SERVER, SOCK_DGRAM);
		if (setsockopt(fd[i], SOL_SOCKET, SO_BINDTODEVICE, devices[i], 3))
			play_fail(p, "SO_BINDTODEVICE %s", devices[i]);
		ep_bind(p, fd[i], ANY, port);
		play_name_cookie(p, i == !is_lo ? "U" : "V", fd[i]);
	}
	send_and_read(p, fd[!is_lo], port);
}

static int connected(struct play *p, uint16_t port, uint16_t from)
{
	int fd = ep_socket(p, SERVER, SOCK_DGRAM);

	ep_bind(p, fd, SERVER, port);
	ep_connect_to(p, fd, CLIENT, from);
	play_name_cookie(p, "K", fd);
	return fd;
}

/*
 * K is connected to the client's port c, U takes the rest. Early demux looks
 * at the newest socket only: it finds K if K came last.
 */
static void connected_beside(struct play *p, bool connected_last)
{
	uint16_t port = play_port(p, "s");
	uint16_t from = play_port(p, "c");
	int k = -1, u;

	if (!connected_last)
		k = connected(p, port, from);
	u = ep_datagram(p, "U", SERVER, port);
	if (connected_last)
		k = connected(p, port, from);
	ep_send_to(p, ep_sender(p, from), SERVER, port, 5);
	ep_read(p, k, 5);
	ep_send_to(p, ep_sender(p, play_port(p, "d")), SERVER, port, 5);
	ep_read(p, u, 5);
}

static void connected_last(struct play *p)
{
	connected_beside(p, true);
}

static void connected_first(struct play *p)
{
	connected_beside(p, false);
}

static void refused(struct play *p)
{
	int c = ep_sender(p, play_port(p, "c"));
	uint16_t nobody = play_port(p, "n");

	ep_connect_to(p, c, SERVER, nobody);
	ep_write(p, c, 5);
	ep_wait(p, c, POLLERR);
}

/* Three fragments are one datagram, and one verdict. */
static void fragments(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int u = ep_datagram(p, "U", SERVER, port);

	ep_send_to(p, ep_sender(p, play_port(p, "c")), SERVER, port, 4000);
	ep_read(p, u, 4000);
}

/* Not UDP: it comes in by a door of its own, and none of it is a segment. */
static void lite(struct play *p)
{
	uint16_t port = play_port(p, "s");
	struct address a;
	int fd[2], i;

	for (i = 0; i < 2; i++) {
		fd[i] = play_keep(p, socket(p->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
					    IPPROTO_UDPLITE));
		place_address(p, p->family, SERVER, i ? play_port(p, "c") : port, &a);
		if (bind(fd[i], (struct sockaddr *)&a.ss, a.len))
			play_fail(p, "bind");
	}
	ep_send_to(p, fd[1], SERVER, port, 5);
	ep_read(p, fd[0], 5);
}

static int which_received(struct play *p, const int *members)
{
	struct pollfd pfd[GROUP_SIZE];
	int i;

	for (i = 0; i < GROUP_SIZE; i++)
		pfd[i] = (struct pollfd){ .fd = members[i], .events = POLLIN };
	errno = 0;
	if (poll(pfd, GROUP_SIZE, STEP_MS) != 1)
		play_fail(p, "not just one member got it");
	for (i = 0; !(pfd[i].revents & POLLIN); i++)
		;
	return i;
}

/* As tcp-group: m<i> is the first port whose datagram member i received. */
static void group(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int u[GROUP_SIZE], i, tries, left = GROUP_SIZE;
	bool had[GROUP_SIZE] = { false };
	char name[8];

	for (i = 0; i < GROUP_SIZE; i++) {
		u[i] = ep_socket(p, SERVER, SOCK_DGRAM);
		ep_option(p, u[i], SOL_SOCKET, SO_REUSEPORT, 1);
		ep_bind(p, u[i], SERVER, port);
		snprintf(name, sizeof(name), "U%d", i + 1);
		play_name_cookie(p, name, u[i]);
	}
	for (tries = 0; left && tries < GROUP_TRIES; tries++) {
		uint16_t from = play_spare_port();

		ep_send_to(p, ep_sender(p, from), SERVER, port, 5);
		i = which_received(p, u);
		ep_read(p, u[i], 5);
		if (had[i])
			continue;
		snprintf(name, sizeof(name), "m%d", i + 1);
		play_name_port(p, name, from);
		had[i] = true;
		left--;
	}
	errno = 0;
	if (left)
		play_fail(p, "%d members got nothing in %d datagrams", left, tries);
}

const struct exchange udp_exchanges[] = {
	{ "udp-addr", exact },
	{ "udp-any", wildcard },
	{ "udp-both", both },
	{ "udp-both-reverse", both_reverse },
	{ "udp-device", device },
	{ "udp-connected-last", connected_last },
	{ "udp-connected-first", connected_first },
	{ "udp-refused", refused },
	{ "udp-fragments", fragments },
	{ "udp-lite", lite },
	{ "udp-group", group },
	{ }
};
