// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets beside a VRF: the device that a segment came in by is a slave of
 * another, and a socket may be bound to either, or to none.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <poll.h>
#include <string.h>

/* @device may be NULL. */
static int bound_to(struct play *p, int type, const char *name, const char *device,
		    uint16_t port)
{
	int fd = ep_socket(p, SERVER, type);

	if (device && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device) + 1))
		play_fail(p, "SO_BINDTODEVICE %s", device);
	ep_bind(p, fd, ANY, port);
	if (type == SOCK_STREAM && listen(fd, 8))
		play_fail(p, "listen on %s", device);
	play_name_cookie(p, name, fd);
	return fd;
}

/* The other socket of the port is on a device by which nothing comes. */
static void tcp_on(struct play *p, const char *device)
{
	uint16_t port = play_port(p, "s");
	int l = bound_to(p, SOCK_STREAM, "L", device, port);
	int c, a;

	if (device)
		bound_to(p, SOCK_STREAM, "M", "v0", port);
	c = ep_connect(p, "C", play_port(p, "c"), port);
	a = ep_accept(p, "A", l);
	ep_write(p, c, 5);
	ep_read(p, a, 5);
}

static void tcp_on_vrf(struct play *p)
{
	tcp_on(p, PLACE_VRF_DEVICE);
}

static void tcp_on_slave(struct play *p)
{
	tcp_on(p, PLACE_VRF_SLAVE);
}

static void tcp_on_none(struct play *p)
{
	play_sysctl(p, SERVER, "ipv4/tcp_l3mdev_accept", "1");
	tcp_on(p, NULL);
}

/* The same listener, but it does not accept what comes through a VRF. */
static void tcp_shut(struct play *p)
{
	uint16_t port = play_port(p, "s");
	struct pollfd pfd = { .fd = bound_to(p, SOCK_STREAM, "L", NULL, port), .events = POLLIN };

	play_sysctl(p, SERVER, "ipv4/tcp_l3mdev_accept", "0");
	ep_wait(p, ep_connect(p, "C", play_port(p, "c"), port), POLLERR);
	if (poll(&pfd, 1, 0))
		play_fail(p, "it does accept");
}

static void udp_on(struct play *p, const char *device)
{
	uint16_t port = play_port(p, "s");
	int u = bound_to(p, SOCK_DGRAM, "U", device, port);

	if (device)
		bound_to(p, SOCK_DGRAM, "V", "v0", port);
	ep_send_to(p, ep_sender(p, play_port(p, "c")), SERVER, port, 5);
	ep_read(p, u, 5);
}

static void udp_on_vrf(struct play *p)
{
	udp_on(p, PLACE_VRF_DEVICE);
}

static void udp_on_slave(struct play *p)
{
	udp_on(p, PLACE_VRF_SLAVE);
}

static void udp_on_none(struct play *p)
{
	play_sysctl(p, SERVER, "ipv4/udp_l3mdev_accept", "1");
	udp_on(p, NULL);
}

static void udp_shut(struct play *p)
{
	uint16_t port = play_port(p, "s");
	struct pollfd pfd = { .fd = bound_to(p, SOCK_DGRAM, "U", NULL, port), .events = POLLIN };
	int c = ep_sender(p, play_port(p, "c"));

	play_sysctl(p, SERVER, "ipv4/udp_l3mdev_accept", "0");
	ep_connect_to(p, c, SERVER, port);
	ep_write(p, c, 5);
	ep_wait(p, c, POLLERR);
	if (poll(&pfd, 1, 0))
		play_fail(p, "it does accept");
}

const struct exchange vrf_exchanges[] = {
	{ "tcp-vrf", tcp_on_vrf },
	{ "tcp-vrf-slave", tcp_on_slave },
	{ "tcp-vrf-accept", tcp_on_none },
	{ "tcp-vrf-shut", tcp_shut },
	{ "udp-vrf", udp_on_vrf },
	{ "udp-vrf-slave", udp_on_slave },
	{ "udp-vrf-accept", udp_on_none },
	{ "udp-vrf-shut", udp_shut },
	{ }
};
