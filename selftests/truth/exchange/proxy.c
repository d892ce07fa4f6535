// SPDX-License-Identifier: GPL-2.0
/*
 * Connections that a proxy takes over by TPROXY: netfilter looks for the
 * socket, and the packet has it when it comes to TCP.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <netinet/in.h>
#include <stdio.h>

#ifndef IPV6_TRANSPARENT
#define IPV6_TRANSPARENT	75
#endif

/* What goes to port @from goes to the socket at port @to, in this namespace. */
static void redirect(struct play *p, const char *proto, uint16_t from, uint16_t to)
{
	FILE *nft = popen("nft -f -", "w");

	if (!nft)
		play_fail(p, "nft");
	fprintf(nft, "table inet proxy { chain taken { type filter hook prerouting priority mangle; "
		"%s dport %u tproxy to :%u accept; }; }\n", proto, from, to);
	if (pclose(nft))
		play_fail(p, "nft: no TPROXY");
}

static void remove_redirect(struct play *p)
{
	FILE *nft = popen("nft delete table inet proxy", "w");

	if (!nft || pclose(nft))
		play_fail(p, "nft: the table does not go away");
}

/* A socket that may have connections of any address. */
static void make_transparent(struct play *p, int fd)
{
	if (p->domain == AF_INET6)
		ep_option(p, fd, IPPROTO_IPV6, IPV6_TRANSPARENT, 1);
	else
		ep_option(p, fd, IPPROTO_IP, IP_TRANSPARENT, 1);
}

static void tcp_tproxy(struct play *p)
{
	uint16_t taken = play_port(p, "b"), port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	int c, a;

	make_transparent(p, l);
	redirect(p, "tcp", taken, port);
	c = ep_connect(p, "C", play_port(p, "c"), taken);
	a = ep_accept(p, "A", l);
	ep_write(p, c, 5);
	ep_read(p, a, 5);
	remove_redirect(p);
}

static void udp_tproxy(struct play *p)
{
	uint16_t taken = play_port(p, "b"), port = play_port(p, "s");
	int u = ep_datagram(p, "U", SERVER, port);

	make_transparent(p, u);
	redirect(p, "udp", taken, port);
	ep_send_to(p, ep_sender(p, play_port(p, "c")), SERVER, taken, 5);
	ep_read(p, u, 5);
	remove_redirect(p);
}

const struct exchange proxy_exchanges[] = {
	{ "tcp-tproxy", tcp_tproxy },
	{ "udp-tproxy", udp_tproxy },
	{ }
};
