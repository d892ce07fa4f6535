// SPDX-License-Identifier: GPL-2.0
/*
 * How the link brings a packet: in a frame that is not for this host, or not for
 * it alone, which the kernel marks it with; or in fragments.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <string.h>

static const uint8_t mac_other[6] = { 2, 0, 0, 0, 9, 0x77 };
static const uint8_t mac_all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* A packet socket that makes the server's device promiscuous, and says what came. */
static int witness(struct play *p)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(p->family == AF_INET6 ? ETH_P_IPV6 : ETH_P_IP),
		.sll_ifindex = place_ifindex(p, SERVER),
	};
	struct packet_mreq all = {
		.mr_ifindex = ll.sll_ifindex,
		.mr_type = PACKET_MR_PROMISC,
	};
	int fd = play_keep(p, socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));

	if (bind(fd, (struct sockaddr *)&ll, sizeof(ll)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)))
		play_fail(p, "a promiscuous packet socket");
	return fd;
}

/* The puppet's next frame must have come as one for @whom; IPv6 sends reports to many. */
static void expect_frame(struct play *p, int fd, unsigned char whom)
{
	struct sockaddr_ll from;
	socklen_t len;
	char frame[256];

	do {
		ep_wait(p, fd, POLLIN);
		len = sizeof(from);
		if (recvfrom(fd, frame, sizeof(frame), 0, (struct sockaddr *)&from, &len) < 0)
			play_fail(p, "the packet socket");
	} while (from.sll_pkttype == PACKET_OUTGOING || from.sll_pkttype == PACKET_MULTICAST);
	if (from.sll_pkttype != whom)
		play_fail(p, "the frame has type %u, not %u", from.sll_pkttype, whom);
}

/*
 * Three times the same, for the server's address: to another host's MAC, to
 * everyone's, to the server's.
 */
static void to_whom(struct play *p, void (*send)(struct play *, const struct wire *),
		    struct wire w)
{
	int fd = witness(p);

	w.mac = mac_other;
	send(p, &w);
	expect_frame(p, fd, PACKET_OTHERHOST);
	w.mac = mac_all;
	send(p, &w);
	expect_frame(p, fd, PACKET_BROADCAST);
	w.mac = NULL;
	w.from = play_port(p, "d");
	send(p, &w);
	expect_frame(p, fd, PACKET_HOST);
}

static void tcp_frames(struct play *p)
{
	struct wire w = {
		.end = PUPPET, .from = play_port(p, "c"), .to = play_port(p, "s"), .flags = SYN,
	};

	ep_listen(p, "L", SERVER, w.to);
	to_whom(p, puppet_tcp, w);
}

static void udp_frames(struct play *p)
{
	struct wire w = { .end = PUPPET, .from = play_port(p, "c"), .len = 5 };
	int u;

	w.to = play_port(p, "s");
	u = ep_datagram(p, "U", SERVER, w.to);
	to_whom(p, puppet_udp, w);
	ep_read(p, u, 10);
}

/* Data in two fragments. */
static void tcp_fragments(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	struct wire w = {
		.end = PUPPET, .from = t.from, .to = t.to, .flags = PSH | ACK, .len = 100,
		.fragments = true,
	};
	int l = ep_listen(p, "L", SERVER, t.to), a;

	puppet_handshake(p, &t);
	a = ep_accept(p, "A", l);
	w.seq = t.seq;
	w.ack = t.ack;
	puppet_tcp(p, &w);
	ep_read(p, a, 100);
}

const struct exchange link_exchanges[] = {
	{ "tcp-other-host", tcp_frames },
	{ "udp-other-host", udp_frames },
	{ "tcp-fragments", tcp_fragments },
	{ }
};
