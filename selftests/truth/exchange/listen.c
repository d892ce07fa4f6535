// SPDX-License-Identifier: GPL-2.0
/*
 * Which listener gets the SYN, and what the connection's own segments match.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <string.h>

/* A whole connection: five bytes each way, and the client closes first. */
static void converse(struct play *p, int l, uint16_t port)
{
	int c = ep_connect(p, "C", play_port(p, "c"), port);
	int a = ep_accept(p, "A", l);

	ep_write(p, c, 5);
	ep_read(p, a, 5);
	ep_write(p, a, 5);
	ep_read(p, c, 5);
	ep_close(p, c);
	ep_read_end(p, a);
	ep_close(p, a);
}

static void exact(struct play *p)
{
	uint16_t port = play_port(p, "s");

	converse(p, ep_listen(p, "L", SERVER, port), port);
}

static void wildcard(struct play *p)
{
	uint16_t port = play_port(p, "s");

	converse(p, ep_listen(p, "L", ANY, port), port);
}

/* Of either kind, in the order asked for; the exact one must win. */
static void both(struct play *p, bool exact_first)
{
	uint16_t port = play_port(p, "s");
	int fd[2];
	int i;

	for (i = 0; i < 2; i++) {
		bool is_exact = (i == 0) == exact_first;

		fd[is_exact] = ep_socket(p, SERVER, SOCK_STREAM);
		ep_option(p, fd[is_exact], SOL_SOCKET, SO_REUSEPORT, 1);
		ep_bind(p, fd[is_exact], is_exact ? SERVER : ANY, port);
		if (listen(fd[is_exact], 8))
			play_fail(p, "listen");
		play_name_cookie(p, is_exact ? "L" : "W", fd[is_exact]);
	}
	converse(p, fd[1], port);
}

static void exact_then_wildcard(struct play *p)
{
	both(p, true);
}

static void wildcard_then_exact(struct play *p)
{
	both(p, false);
}

static int listen_on_device(struct play *p, const char *name, const char *device, uint16_t port)
{
	int fd = ep_socket(p, SERVER, SOCK_STREAM);

	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device) + 1))
		play_fail(p, "SO_BINDTODEVICE %s", device);
	ep_bind(p, fd, ANY, port);
	if (listen(fd, 8))
		play_fail(p, "listen on %s", device);
	play_name_cookie(p, name, fd);
	return fd;
}

/* Two wildcards on one port, each on its device. */
static void device(struct play *p)
{
	bool is_lo = p->place == PLACE_LO;
	uint16_t port = play_port(p, "s");
	int l = listen_on_device(p, "L", is_lo ? "lo" : "v0", port);

	listen_on_device(p, "M", is_lo ? "v0" : "lo", port);
	converse(p, l, port);
}

/* A raw socket gets copies, and changes nothing. */
static void raw_beside(struct play *p)
{
	play_keep(p, socket(p->domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP));
	exact(p);
}

/* Without early demux, the established table is searched on veth as well. */
static void no_early_demux(struct play *p)
{
	play_sysctl(p, SERVER, "ipv4/ip_early_demux", "0");
	exact(p);
}

const struct exchange listen_exchanges[] = {
	{ "tcp-addr", exact },
	{ "tcp-any", wildcard },
	{ "tcp-both", exact_then_wildcard },
	{ "tcp-both-reverse", wildcard_then_exact },
	{ "tcp-device", device },
	{ "tcp-raw-beside", raw_beside },
	{ "tcp-no-early-demux", no_early_demux },
	{ }
};
