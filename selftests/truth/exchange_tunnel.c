// SPDX-License-Identifier: GPL-2.0
/*
 * Segments inside datagrams: the datagram is for a socket of the kernel's own,
 * and what is inside comes in once more, by the tunnel's device.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#define VXLAN_PORT	4789
#define MAC_SERVER	"02:00:00:00:0b:01"
#define MAC_CLIENT	"02:00:00:00:0b:02"

/* One end of a VXLAN. IPv6 would send reports of its own: let it only where it must. */
static void make_end(struct play *p, enum end side)
{
	const char *net = p->family == AF_INET ? "10.6.0." : "fd06::";
	bool is_server = side == SERVER;
	char here[INET6_ADDRSTRLEN], there[INET6_ADDRSTRLEN];
	unsigned int our = is_server ? 1 : 2, their = 3 - our;

	inet_ntop(p->family, place_bytes(p, side), here, sizeof(here));
	inet_ntop(p->family, place_bytes(p, is_server ? CLIENT : SERVER), there, sizeof(there));
	command(p, side, "CONFIG_VXLAN", "ip link add x0 address %s type vxlan id 9 "
		"local %s remote %s dstport %u udp6zerocsumrx",
		is_server ? MAC_SERVER : MAC_CLIENT, here, there, VXLAN_PORT);
	command_afterwards(p, side, "ip link del x0");
	if (p->family == AF_INET)
		command(p, side, NULL, "echo 1 > /proc/sys/net/ipv6/conf/x0/disable_ipv6");
	command(p, side, NULL, "ip -batch - <<EOF\n"
		"link set x0 addrgenmode none up\n"
		"addr add %s%u/%u dev x0%s\n"
		"neigh add %s%u lladdr %s dev x0\nEOF\n",
		net, our, p->family == AF_INET ? 24 : 64, p->family == AF_INET ? "" : " nodad",
		net, their, is_server ? MAC_CLIENT : MAC_SERVER);
}

static void make_tunnel(struct play *p)
{
	make_end(p, SERVER);
	make_end(p, CLIENT);
	play_name_port(p, "k", VXLAN_PORT);
	command_cookie(p, "K", "ss -Huane 'sport = :%u'", VXLAN_PORT);
}

/* The server's address inside. */
static void inside(struct play *p, uint16_t port, struct address *a)
{
	struct sockaddr_in6 *a6 = (struct sockaddr_in6 *)&a->ss;
	struct sockaddr_in *a4 = (struct sockaddr_in *)&a->ss;

	place_address(p, p->family, SERVER, port, a);
	if (p->family == AF_INET6)
		inet_pton(AF_INET6, "fd06::1", &a6->sin6_addr);
	else
		inet_pton(AF_INET, "10.6.0.1", &a4->sin_addr);
}

static void tcp_vxlan(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", ANY, port);
	int c = ep_socket(p, CLIENT, SOCK_STREAM);
	struct address to;
	int a;

	make_tunnel(p);
	ep_bind(p, c, ANY, play_port(p, "c"));
	inside(p, port, &to);
	connect(c, (struct sockaddr *)&to.ss, to.len);
	a = ep_accept(p, "A", l);
	ep_write(p, c, 5);
	ep_read(p, a, 5);
}

static void udp_vxlan(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int u = ep_datagram(p, "U", ANY, port);
	int c = ep_socket(p, CLIENT, SOCK_DGRAM);
	struct address to;

	make_tunnel(p);
	ep_bind(p, c, ANY, play_port(p, "c"));
	inside(p, port, &to);
	if (connect(c, (struct sockaddr *)&to.ss, to.len))
		play_fail(p, "connect");
	ep_write(p, c, 5);
	ep_read(p, u, 5);
}

const struct exchange tunnel_exchanges[] = {
	{ "tcp-vxlan", tcp_vxlan },
	{ "udp-vxlan", udp_vxlan },
	{ }
};
