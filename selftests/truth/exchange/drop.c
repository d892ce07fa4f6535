// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that the kernel throws away, before a socket is looked for, when
 * one was found, and after it has been handed the segment.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <linux/tcp.h>
#include <poll.h>
#include <string.h>

/* A kernel verifies up to 76 bytes (with the headers) at once, more later. */
#define LARGE	200

#ifndef IPV6_MINHOPCOUNT
#define IPV6_MINHOPCOUNT 73
#endif

#ifndef IP_MINTTL
#define IP_MINTTL 21
#endif

static struct puppet connected(struct play *p, int *accepted)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	int l = ep_listen(p, "L", SERVER, t.to);

	puppet_handshake(p, &t);
	*accepted = ep_accept(p, "A", l);
	return t;
}

/* Of a SYN; of data, small and large. */
static void tcp_checksum(struct play *p)
{
	int a;
	struct puppet t = connected(p, &a);
	struct wire w = {
		.end = PUPPET, .from = t.from, .to = t.to, .bad_checksum = true,
		.seq = t.seq, .ack = t.ack, .flags = PSH | ACK,
	};

	w.len = 5;
	puppet_tcp(p, &w);
	w.len = LARGE;
	puppet_tcp(p, &w);
	w.len = 0;
	w.flags = SYN;
	w.from = play_port(p, "d");
	puppet_tcp(p, &w);
}

/* Shorter than a TCP header, shorter than it claims, and a claim too small. */
static void tcp_runt(struct play *p)
{
	struct wire w = {
		.end = STRANGER, .from = play_port(p, "c"), .to = play_port(p, "s"), .flags = SYN,
	};

	p->by_address = true;
	ep_listen(p, "L", SERVER, w.to);
	w.cut = 10;
	puppet_tcp(p, &w);
	w.cut = 0;
	w.doff = 15;
	puppet_tcp(p, &w);
	w.doff = 4;
	puppet_tcp(p, &w);
}

static void filter_listener(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };

	ep_drop_all(p, ep_listen(p, "L", SERVER, t.to));
	puppet_send(p, &t, SYN, 0);
}

static void filter_established(struct play *p)
{
	int a;
	struct puppet t = connected(p, &a);

	ep_drop_all(p, a);
	puppet_send(p, &t, PSH | ACK, 5);
}

static void require_md5(struct play *p, int fd)
{
	struct tcp_md5sig key = { .tcpm_keylen = 4, .tcpm_key = "word" };
	struct address a;

	place_address(p, p->domain, PUPPET, 0, &a);
	memcpy(&key.tcpm_addr, &a.ss, a.len);
	if (setsockopt(fd, IPPROTO_TCP, TCP_MD5SIG, &key, sizeof(key)))
		play_fail(p, "TCP_MD5SIG");
}

/* Without the signature, with a wrong one, with one too many, and to nobody. */
static void md5(struct play *p)
{
	struct wire w = { .end = PUPPET, .from = play_port(p, "c"), .flags = SYN };
	uint16_t signed_port = play_port(p, "s");
	uint16_t plain_port = play_port(p, "t");

	require_md5(p, ep_listen(p, "L", SERVER, signed_port));
	ep_listen(p, "P", SERVER, plain_port);
	w.to = signed_port;
	puppet_tcp(p, &w);
	w.md5 = true;
	puppet_tcp(p, &w);
	w.to = plain_port;
	puppet_tcp(p, &w);
	w.to = play_port(p, "n");
	puppet_tcp(p, &w);
}

/* Only neighbours may connect: TTL 64 is too far away, 255 is not. */
static void min_hops(struct play *p)
{
	struct wire w = { .end = PUPPET, .from = play_port(p, "c"), .flags = SYN };
	int l;

	w.to = play_port(p, "s");
	l = ep_listen(p, "L", SERVER, w.to);
	if (p->family == AF_INET6)
		ep_option(p, l, IPPROTO_IPV6, IPV6_MINHOPCOUNT, 255);
	else
		ep_option(p, l, IPPROTO_IP, IP_MINTTL, 255);
	puppet_tcp(p, &w);
	w.hops = 255;
	puppet_tcp(p, &w);
}

/* A small datagram is verified before the search, a large one when read. */
static void udp_checksum(struct play *p)
{
	struct wire w = { .end = PUPPET, .from = play_port(p, "c"), .bad_checksum = true };

	w.to = play_port(p, "s");
	ep_datagram(p, "U", SERVER, w.to);
	w.len = 5;
	puppet_udp(p, &w);
	w.len = LARGE;
	puppet_udp(p, &w);
}

/* Shorter than a UDP header, and shorter than it claims. */
static void udp_runt(struct play *p)
{
	struct wire w = { .end = STRANGER, .from = play_port(p, "c"), .len = 20 };

	p->by_address = true;
	w.to = play_port(p, "s");
	ep_datagram(p, "U", SERVER, w.to);
	w.cut = 6;
	puppet_udp(p, &w);
	w.cut = 12;
	puppet_udp(p, &w);
}

static void filter_udp(struct play *p)
{
	uint16_t port = play_port(p, "s");

	ep_drop_all(p, ep_datagram(p, "U", SERVER, port));
	ep_send_to(p, ep_sender(p, play_port(p, "c")), SERVER, port, 5);
}

const struct exchange drop_exchanges[] = {
	{ "tcp-checksum", tcp_checksum },
	{ "tcp-runt", tcp_runt },
	{ "tcp-filter-listener", filter_listener },
	{ "tcp-filter-established", filter_established },
	{ "tcp-md5", md5 },
	{ "tcp-min-hops", min_hops },
	{ "udp-checksum", udp_checksum },
	{ "udp-runt", udp_runt },
	{ "udp-filter", filter_udp },
	{ }
};
