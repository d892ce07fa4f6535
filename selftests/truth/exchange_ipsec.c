// SPDX-License-Identifier: GPL-2.0
/*
 * Transport mode of IPsec: segments inside ESP, and ESP inside UDP; and
 * policies that do not let a segment in.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <arpa/inet.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#ifndef UDP_ENCAP
#define UDP_ENCAP	100
#endif

#ifndef UDP_ENCAP_ESPINUDP
#define UDP_ENCAP_ESPINUDP 2
#endif

#define KEY		"0x000102030405060708090a0b0c0d0e0f10111213"

/**
 * struct tunnel - who speaks ESP with whom
 * @from: the client's address
 * @to: the server's
 * @proto: what goes inside, tcp or udp
 * @port: to which port of the server
 * @from_port: of ESP in UDP, the client's port; else 0
 * @to_port: and the server's
 */
struct tunnel {
	char from[INET6_ADDRSTRLEN];
	char to[INET6_ADDRSTRLEN];
	const char *proto;
	uint16_t port;
	uint16_t from_port;
	uint16_t to_port;
};

static struct tunnel new_tunnel(struct play *p, const char *proto, uint16_t port)
{
	struct tunnel t = { .proto = proto, .port = port };

	inet_ntop(p->family, place_bytes(p, CLIENT), t.from, sizeof(t.from));
	inet_ntop(p->family, place_bytes(p, SERVER), t.to, sizeof(t.to));
	return t;
}

/* The same two associations on both sides; each knows which is its own. */
static void associate(struct play *p, enum end side, const struct tunnel *t)
{
	char there[80] = "", back[80] = "";

	if (t->to_port) {
		snprintf(there, sizeof(there), "encap espinudp %u %u %s", t->from_port,
			 t->to_port, p->family == AF_INET6 ? "::" : "0.0.0.0");
		snprintf(back, sizeof(back), "encap espinudp %u %u %s", t->to_port,
			 t->from_port, p->family == AF_INET6 ? "::" : "0.0.0.0");
	}
	command_afterwards(p, side, "ip xfrm policy flush && ip xfrm state flush");
	command(p, side, p->family == AF_INET6 ? "CONFIG_INET6_ESP" : "CONFIG_INET_ESP",
		"ip -batch - <<EOF\n"
		"xfrm state add src %s dst %s proto esp spi 0x101 reqid 1 mode transport "
		"aead rfc4106(gcm(aes)) " KEY " 128 %s\n"
		"xfrm state add src %s dst %s proto esp spi 0x102 reqid 1 mode transport "
		"aead rfc4106(gcm(aes)) " KEY " 128 %s\nEOF\n",
		t->from, t->to, there, t->to, t->from, back);
}

/* On @side, what goes to the port and comes from it needs ESP. */
static void demand(struct play *p, enum end side, const struct tunnel *t)
{
	command_afterwards(p, side, "ip xfrm policy flush");
	command(p, side, "CONFIG_XFRM_USER", "ip -batch - <<EOF\n"
		"xfrm policy add src %s dst %s proto %s dport %u dir %s "
		"tmpl proto esp reqid 1 mode transport\n"
		"xfrm policy add src %s dst %s proto %s sport %u dir %s "
		"tmpl proto esp reqid 1 mode transport\nEOF\n",
		t->from, t->to, t->proto, t->port, side == CLIENT ? "out" : "in",
		t->to, t->from, t->proto, t->port, side == CLIENT ? "in" : "out");
}

static void both_sides(struct play *p, const struct tunnel *t)
{
	associate(p, CLIENT, t);
	associate(p, SERVER, t);
	demand(p, CLIENT, t);
	demand(p, SERVER, t);
}

static void tcp_inside(struct play *p, const struct tunnel *t)
{
	int l = ep_listen(p, "L", SERVER, t->port);
	int c, a;

	both_sides(p, t);
	c = ep_connect(p, "C", play_port(p, "c"), t->port);
	a = ep_accept(p, "A", l);
	ep_write(p, c, 5);
	ep_read(p, a, 5);
}

static void udp_inside(struct play *p, const struct tunnel *t)
{
	int u = ep_datagram(p, "U", SERVER, t->port);

	both_sides(p, t);
	ep_send_to(p, ep_sender(p, play_port(p, "c")), SERVER, t->port, 5);
	ep_read(p, u, 5);
}

static void tcp_esp(struct play *p)
{
	struct tunnel t = new_tunnel(p, "tcp", play_port(p, "s"));

	tcp_inside(p, &t);
}

static void udp_esp(struct play *p)
{
	struct tunnel t = new_tunnel(p, "udp", play_port(p, "s"));

	udp_inside(p, &t);
}

/* A UDP socket that keeps ESP for itself and gives the kernel what is inside. */
static void unwrap(struct play *p, struct tunnel *t)
{
	int e, f;

	t->to_port = play_port(p, "e");
	t->from_port = play_port(p, "f");
	e = ep_datagram(p, "E", SERVER, t->to_port);
	ep_option(p, e, IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP);
	f = ep_sender(p, t->from_port);
	ep_option(p, f, IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP);
}

static void tcp_esp_udp(struct play *p)
{
	struct tunnel t = new_tunnel(p, "tcp", play_port(p, "s"));

	unwrap(p, &t);
	tcp_inside(p, &t);
}

static void udp_esp_udp(struct play *p)
{
	struct tunnel t = new_tunnel(p, "udp", play_port(p, "s"));

	unwrap(p, &t);
	udp_inside(p, &t);
}

/* From now on the server wants ESP of a client that does not speak it. */
static void demand_in_vain(struct play *p, const char *proto, uint16_t port)
{
	struct tunnel t = new_tunnel(p, proto, port);

	demand(p, SERVER, &t);
}

/* Of a connection, of a listener, and where nobody is; nothing is answered. */
static void tcp_policy(struct play *p)
{
	uint16_t port = play_port(p, "s"), nobody = play_port(p, "n");
	int l = ep_listen(p, "L", SERVER, port);
	int c = ep_connect(p, "C", play_port(p, "c"), port);

	ep_accept(p, "A", l);
	demand_in_vain(p, "tcp", port);
	demand_in_vain(p, "tcp", nobody);
	ep_write(p, c, 5);
	ep_connect(p, "D", play_port(p, "d"), port);
	ep_connect(p, "E", play_port(p, "e"), nobody);
}

static void udp_policy(struct play *p)
{
	uint16_t port = play_port(p, "s"), nobody = play_port(p, "n");
	int c = ep_sender(p, play_port(p, "c"));

	ep_datagram(p, "U", SERVER, port);
	demand_in_vain(p, "udp", port);
	demand_in_vain(p, "udp", nobody);
	ep_send_to(p, c, SERVER, port, 5);
	ep_send_to(p, c, SERVER, nobody, 5);
}

const struct exchange ipsec_exchanges[] = {
	{ "tcp-esp", tcp_esp },
	{ "udp-esp", udp_esp },
	{ "tcp-esp-udp", tcp_esp_udp },
	{ "udp-esp-udp", udp_esp_udp },
	{ "tcp-policy", tcp_policy },
	{ "udp-policy", udp_policy },
	{ }
};
