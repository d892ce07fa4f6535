// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that come inside ESP, which their place sees to; and those that
 * should have, but do not.
 */
#define _GNU_SOURCE
#include "truth.h"

/*
 * ESP gives what is inside to a worker, and nobody but who reads knows that it
 * has come: these end with data.
 */
static void tcp_inside(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	int c = ep_connect(p, "C", play_port(p, "c"), port);
	int a = ep_accept(p, "A", l);

	ep_write(p, c, 5);
	ep_read(p, a, 5);
}

static void udp_inside(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int u = ep_datagram(p, "U", SERVER, port);

	ep_send_to(p, ep_sender(p, play_port(p, "c")), SERVER, port, 5);
	ep_read(p, u, 5);
}

/*
 * Plain segments in the client's name: of its connection, a SYN, and one to where
 * nobody is. Nothing is answered.
 */
static void tcp_policy(struct play *p)
{
	struct wire w = { .end = CLIENT, .from = play_port(p, "c"), .flags = PSH | ACK, .len = 5 };
	int l;

	w.to = play_port(p, "s");
	l = ep_listen(p, "L", SERVER, w.to);
	ep_connect(p, "C", w.from, w.to);
	ep_accept(p, "A", l);
	puppet_tcp(p, &w);
	w.flags = SYN;
	w.len = 0;
	w.from = play_port(p, "d");
	puppet_tcp(p, &w);
	w.to = play_port(p, "n");
	puppet_tcp(p, &w);
}

static void udp_policy(struct play *p)
{
	struct wire w = { .end = CLIENT, .from = play_port(p, "c"), .len = 5 };

	w.to = play_port(p, "s");
	ep_datagram(p, "U", SERVER, w.to);
	puppet_udp(p, &w);
	w.to = play_port(p, "n");
	puppet_udp(p, &w);
}

const struct exchange ipsec_exchanges[] = {
	{ "tcp-esp", tcp_inside },
	{ "udp-esp", udp_inside },
	{ "tcp-policy", tcp_policy },
	{ "udp-policy", udp_policy },
	{ }
};
