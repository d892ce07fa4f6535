// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that come several at a time: in one skb, as the sender or GRO made
 * it, or as a list of skbs, which IP looks at one by one before TCP or UDP
 * gets the first.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <linux/tcp.h>
#include <linux/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A new window takes half of ten at once. */
#define SEGMENTS	4
#define SEGMENT		1000
#define DATAGRAMS	8
#define DATAGRAM	500

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif

#ifndef UDP_GRO
#define UDP_GRO		104
#endif

static unsigned int segments_in(struct play *p, int fd)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		play_fail(p, "TCP_INFO");
	return info.tcpi_data_segs_in;
}

/* How many packets the play's device has brought. */
static unsigned long packets_in(struct play *p)
{
	const char *name = place_device(p);
	FILE *f = fopen("/proc/net/dev", "re");
	unsigned long packets = 0;
	char line[256], *colon, *bytes;

	while (f && fgets(line, sizeof(line), f)) {
		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		strtoull(colon + 1, &bytes, 10);
		if (!strcmp(line + strspn(line, " "), name))
			packets = strtoul(bytes, NULL, 10);
	}
	if (f)
		fclose(f);
	return packets;
}

/*
 * SEGMENTS full ones in one go. The receiving socket knows how many they were, and
 * the device how many packets; a few of those may be reports of IPv6.
 */
static void send_many(struct play *p, uint16_t port)
{
	int l = ep_listen(p, "L", SERVER, port);
	int c = ep_socket(p, CLIENT, SOCK_STREAM);
	int a, mss;
	socklen_t len = sizeof(mss);
	unsigned long before, packets;
	unsigned int came;

	play_sysctl(p, CLIENT, "ipv4/tcp_min_tso_segs", "16");
	ep_option(p, c, IPPROTO_TCP, TCP_MAXSEG, SEGMENT);
	ep_bind(p, c, CLIENT, play_port(p, "c"));
	ep_connect_to(p, c, SERVER, port);
	a = ep_accept(p, "A", l);
	if (getsockopt(c, IPPROTO_TCP, TCP_MAXSEG, &mss, &len))
		play_fail(p, "TCP_MAXSEG");
	before = packets_in(p);
	ep_write(p, c, SEGMENTS * mss);
	ep_read(p, a, SEGMENTS * mss);
	packets = packets_in(p) - before;
	came = segments_in(p, a);
	if (came != SEGMENTS)
		play_fail(p, "%u segments came to the socket, not %u", came, SEGMENTS);
	if (p->place != PLACE_LO && (packets >= SEGMENTS) != (p->place == PLACE_POLL))
		play_fail(p, "the device has brought %lu packets", packets);
}

/* One large skb, which comes as it was sent; or it is cut, and GRO makes one of them. */
static void tcp_many(struct play *p)
{
	send_many(p, play_port(p, "s"));
}

static void udp_send_many(struct play *p, bool will_take_many)
{
	uint16_t port = play_port(p, "s");
	int u = ep_datagram(p, "U", SERVER, port);
	int c = ep_sender(p, play_port(p, "c"));
	static char data[DATAGRAMS * DATAGRAM];
	ssize_t n;
	int i;

	ep_option(p, c, IPPROTO_UDP, UDP_SEGMENT, DATAGRAM);
	if (will_take_many)
		ep_option(p, u, IPPROTO_UDP, UDP_GRO, 1);
	ep_send_to(p, c, SERVER, port, sizeof(data));
	for (i = 0; i < (will_take_many ? 1 : DATAGRAMS); i++) {
		ep_wait(p, u, POLLIN);
		n = recv(u, data, sizeof(data), 0);
		if (n != (will_take_many ? DATAGRAMS * DATAGRAM : DATAGRAM))
			play_fail(p, "a datagram of %zd bytes", n);
	}
}

/*
 * To a socket that takes only one at a time: one skb must be cut for it; what is
 * cut on the way comes as a list.
 */
static void udp_one_by_one(struct play *p)
{
	udp_send_many(p, false);
}

/* To one that takes one skb as it is, or as GRO made it. */
static void udp_whole(struct play *p)
{
	udp_send_many(p, true);
}

/*
 * After the first packet of a list IP knows the way for all that go to the same
 * address, and does not ask early demux for them; unless there are, or have ever
 * been, rules of routing.
 */
static void without_hints(struct play *p)
{
	static bool is_done;

	if (!is_done)
		command(p, SERVER, NULL, "ip rule add pref 9 table main && "
			"ip -6 rule add pref 9 table main");
	is_done = true;
}

/* Data of two connections, a SYN, and data behind a RST, all in one list. */
static void send_list(struct play *p)
{
	uint16_t port = play_port(p, "s");
	struct puppet c = { .from = play_port(p, "c"), .to = port, .seq = 1000 };
	struct puppet d = { .from = play_port(p, "d"), .to = port, .seq = 2000 };
	struct puppet e = { .from = play_port(p, "e"), .to = port, .seq = 3000 };
	int l = ep_listen(p, "L", SERVER, port), a, b;

	puppet_handshake(p, &c);
	a = ep_accept(p, "A", l);
	puppet_handshake(p, &d);
	b = ep_accept(p, "B", l);
	plug_insert(p);
	puppet_send(p, &c, PSH | ACK, 5);
	puppet_send(p, &e, SYN, 0);
	puppet_send(p, &d, PSH | ACK, 5);
	puppet_send(p, &c, RST, 0);
	puppet_send(p, &c, PSH | ACK, 5);
	plug_pull(p);
	ep_read(p, a, 5);
	ep_read(p, b, 5);
}

static void tcp_list(struct play *p)
{
	send_list(p);
}

/* Early demux has been asked for the last before the RST is received. */
static void tcp_list_demuxed(struct play *p)
{
	without_hints(p);
	send_list(p);
}

/*
 * The last ACK of a handshake and data behind it in one list: early demux
 * gives both the request. The ACK makes a connection of it; to the data the
 * request is stolen, and it is searched for again.
 */
static void stolen(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	int l = ep_listen(p, "L", SERVER, t.to);

	without_hints(p);
	puppet_send(p, &t, SYN, 0);
	puppet_expect(p, &t, SYN | ACK);
	plug_insert(p);
	puppet_send(p, &t, ACK, 0);
	puppet_send(p, &t, PSH | ACK, 5);
	plug_pull(p);
	ep_read(p, ep_accept(p, "A", l), 5);
}

const struct exchange batch_exchanges[] = {
	{ "tcp-many", tcp_many },
	{ "udp-many", udp_one_by_one },
	{ "udp-many-whole", udp_whole },
	{ "tcp-list", tcp_list },
	{ "tcp-list-demuxed", tcp_list_demuxed },
	{ "tcp-stolen", stolen },
	{ }
};
