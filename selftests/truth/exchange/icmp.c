// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors: the kernel searches for the socket of the packet that they quote,
 * but none of it is a segment that came in.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <poll.h>

static void expect_error(struct play *p, int fd, int want)
{
	socklen_t len = sizeof(int);
	int error = 0;

	ep_wait(p, fd, POLLERR);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) || error != want)
		play_fail(p, "the error is %d, not %d", error, want);
}

/* K has sent a datagram to the puppet, which has no such port. */
static void udp_error(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s") };
	int k = ep_datagram(p, "K", SERVER, t.to);

	ep_connect_to(p, k, PUPPET, t.from);
	ep_write(p, k, 5);
	puppet_unreachable(p, IPPROTO_UDP, &t, false);
	expect_error(p, k, ECONNREFUSED);
}

/* S wants to connect to the puppet, which says that there is no such port. */
static void tcp_error(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s") };
	int s = ep_socket(p, SERVER, SOCK_STREAM);

	ep_bind(p, s, SERVER, t.to);
	play_name_cookie(p, "S", s);
	ep_connect_to(p, s, PUPPET, t.from);
	puppet_expect(p, &t, SYN);
	puppet_unreachable(p, IPPROTO_TCP, &t, false);
	expect_error(p, s, ECONNREFUSED);
}

/*
 * L has answered a SYN, and an ICMP error takes its request away: the ACK then
 * finds L only, and is no good.
 */
static void request_error(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };

	ep_listen(p, "L", SERVER, t.to);
	puppet_send(p, &t, SYN, 0);
	puppet_expect(p, &t, SYN | ACK);
	puppet_unreachable(p, IPPROTO_TCP, &t, true);
	puppet_send(p, &t, ACK, 0);
	puppet_expect(p, &t, RST);
}

const struct exchange icmp_exchanges[] = {
	{ "udp-icmp", udp_error },
	{ "tcp-icmp", tcp_error },
	{ "tcp-icmp-request", request_error },
	{ }
};
