// SPDX-License-Identifier: GPL-2.0
/*
 * UDP to several receivers at once.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <linux/filter.h>
#include <poll.h>
#include <string.h>

#ifndef SO_ATTACH_REUSEPORT_CBPF
#define SO_ATTACH_REUSEPORT_CBPF 51
#endif

#ifndef IP_MULTICAST_ALL
#define IP_MULTICAST_ALL 49
#endif

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif

static void join(struct play *p, int fd, enum end group)
{
	struct ip_mreqn m4 = { .imr_ifindex = place_ifindex(p, SERVER) };
	struct ipv6_mreq m6 = { .ipv6mr_interface = place_ifindex(p, SERVER) };
	int ret;

	memcpy(&m4.imr_multiaddr, place_bytes(p, group), 4);
	memcpy(&m6.ipv6mr_multiaddr, place_bytes(p, group), p->family == AF_INET6 ? 16 : 4);
	if (p->family == AF_INET6)
		ret = setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &m6, sizeof(m6));
	else
		ret = setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m4, sizeof(m4));
	if (ret)
		play_fail(p, "joining a group");
}

static int member(struct play *p, const char *name, uint16_t port)
{
	int fd = ep_datagram(p, name, ANY, port);

	join(p, fd, GROUP);
	return fd;
}

static void two_receivers(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int u = member(p, "U", port);
	int v = member(p, "V", port);

	ep_send_to(p, ep_sender(p, play_port(p, "c")), GROUP, port, 5);
	ep_read(p, u, 5);
	ep_read(p, v, 5);
}

static void one_receiver(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int u = member(p, "U", port);

	ep_send_to(p, ep_sender(p, play_port(p, "c")), GROUP, port, 5);
	ep_read(p, u, 5);
}

static int of_port(struct play *p, const char *name, uint16_t port)
{
	int fd = ep_socket(p, SERVER, SOCK_DGRAM);

	ep_option(p, fd, SOL_SOCKET, SO_REUSEPORT, 1);
	ep_bind(p, fd, ANY, port);
	play_name_cookie(p, name, fd);
	return fd;
}

/*
 * Two share the port, of which only U wants the group.  A program that chooses among those who
 * share it says V: who asks it sends V what U has been found for.
 */
static void one_of_port(struct play *p)
{
	struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, 1);
	struct sock_fprog prog = { .len = 1, .filter = &code };
	uint16_t port = play_port(p, "s");
	struct pollfd fds[] = {
		{ .fd = of_port(p, "U", port), .events = POLLIN },
		{ .fd = of_port(p, "V", port), .events = POLLIN },
	};

	join(p, fds[0].fd, GROUP);
	ep_option(p, fds[1].fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
	if (setsockopt(fds[0].fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog, sizeof(prog)))
		play_fail(p, "SO_ATTACH_REUSEPORT_CBPF");
	ep_send_to(p, ep_sender(p, play_port(p, "c")), GROUP, port, 5);
	if (poll(fds, 2, STEP_MS) != 1)
		play_fail(p, "not just one of the two has it");
}

/* The host has joined the group, but for another port: nothing answers. */
static void no_socket(struct play *p)
{
	member(p, "U", play_port(p, "s"));
	ep_send_to(p, ep_sender(p, play_port(p, "c")), GROUP, play_port(p, "n"), 5);
}

/* U has the port but wants only its own groups; V, on another, joined this. */
static void not_joined(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int u = member(p, "U", port);
	int v = ep_datagram(p, "V", ANY, play_port(p, "t"));

	join(p, v, UNJOINED);
	if (p->family == AF_INET6)
		ep_option(p, u, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
	else
		ep_option(p, u, IPPROTO_IP, IP_MULTICAST_ALL, 0);
	ep_send_to(p, ep_sender(p, play_port(p, "c")), UNJOINED, port, 5);
}

/* To all: two wildcard sockets get it, one for another address does not. */
static void broadcast(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int u = ep_datagram(p, "U", ANY, port);
	int v = ep_datagram(p, "V", ANY, port);

	ep_datagram(p, "X", SERVER, port);
	ep_send_to(p, ep_sender(p, play_port(p, "c")), BCAST, port, 5);
	ep_read(p, u, 5);
	ep_read(p, v, 5);
}

const struct exchange multicast_exchanges[] = {
	{ "udp-multicast-two", two_receivers },
	{ "udp-multicast-one", one_receiver },
	{ "udp-multicast-port", one_of_port },
	{ "udp-multicast-nobody", no_socket },
	{ "udp-multicast-unjoined", not_joined },
	{ "udp-broadcast", broadcast },
	{ }
};
