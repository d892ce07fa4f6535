// SPDX-License-Identifier: GPL-2.0
/*
 * The segments of an exchange without the module, as a packet socket sees
 * them: for those who write exchanges, to see what really flows.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

static int capture_open(void)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int one = 1;

	if (fd >= 0)
		setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one));
	if (fd >= 0 && bind(fd, (struct sockaddr *)&ll, sizeof(ll)))
		return -1;
	return fd;
}

static void put_flags(char *text, uint8_t flags)
{
	static const char letters[] = "FSRP.";
	int i;

	for (i = 0; letters[i]; i++)
		if (flags & (1 << i))
			*text++ = letters[i];
	*text = '\0';
}

static void parse(const uint8_t *ip, size_t len, struct segments *s, unsigned int ifindex)
{
	bool is6 = ip[0] >> 4 == 6;
	const uint8_t *l4 = ip + (is6 ? 40 : 20);
	uint8_t protocol = ip[is6 ? 6 : 9];
	struct segment *g;

	if (protocol == IPPROTO_FRAGMENT && !(l4[2] | l4[3] >> 3)) {
		protocol = l4[0];
		l4 += 8;
	}
	if (len < 24 || (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP))
		return;
	g = segments_add(s);
	if (!g)
		return;
	if_indextoname(ifindex, g->dev);
	g->netns = place_netns();
	snprintf(g->proto, sizeof(g->proto), "%s%s", protocol == IPPROTO_TCP ? "tcp" : "udp",
		 is6 ? "6" : "");
	inet_ntop(is6 ? AF_INET6 : AF_INET, ip + (is6 ? 8 : 12), g->foreign,
		  sizeof(g->foreign));
	g->foreign_port = l4[0] << 8 | l4[1];
	g->local_port = l4[2] << 8 | l4[3];
	if (protocol == IPPROTO_TCP)
		put_flags(g->flags, l4[13]);
	else
		g->flags[0] = '-';
}

static int capture_read_until(int fd, struct segments *s, uint16_t fence)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct sockaddr_ll from;
	uint8_t packet[2048];
	socklen_t len;
	ssize_t n;

	while (poll(&pfd, 1, STEP_MS) == 1) {
		len = sizeof(from);
		n = recvfrom(fd, packet, sizeof(packet), 0, (struct sockaddr *)&from, &len);
		if (n < 0)
			return -1;
		parse(packet, n, s, from.sll_ifindex);
		if (s->nr && s->list[s->nr - 1].foreign_port == fence)
			return 0;
	}
	return -1;
}

const struct source capture_source = {
	.open = capture_open,
	.read_until = capture_read_until,
};
