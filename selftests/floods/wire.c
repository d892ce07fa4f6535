// SPDX-License-Identifier: GPL-2.0
/*
 * Our end of the cable: packets by the batch, as they are.
 */
#define _GNU_SOURCE
#include "floods.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/socket.h>

static int fd = -1;
static struct sockaddr_ll to[2];
static uint8_t packets[BATCH][PACKET_MAX];
static struct iovec parts[BATCH];
static struct mmsghdr messages[BATCH];
static unsigned int nr;

void wire_open(const char *device)
{
	static const uint8_t mac[ETH_ALEN] = SERVER_MAC;
	int i;

	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("packet socket");
	for (i = 0; i < 2; i++) {
		to[i].sll_family = AF_PACKET;
		to[i].sll_protocol = htons(i ? ETH_P_IPV6 : ETH_P_IP);
		to[i].sll_ifindex = if_nametoindex(device);
		to[i].sll_halen = ETH_ALEN;
		memcpy(to[i].sll_addr, mac, ETH_ALEN);
	}
	if (!to[0].sll_ifindex)
		die("%s", device);
}

void wire_flush(void)
{
	unsigned int done = 0;
	int n;

	while (done < nr) {
		n = sendmmsg(fd, messages + done, nr - done, 0);
		if (n <= 0)
			die("sendmmsg");
		done += n;
	}
	tally.packets += nr;
	nr = 0;
}

void wire_send(const uint8_t *packet, size_t len, bool is_v6)
{
	memcpy(packets[nr], packet, len);
	parts[nr].iov_base = packets[nr];
	parts[nr].iov_len = len;
	messages[nr].msg_hdr.msg_name = &to[is_v6];
	messages[nr].msg_hdr.msg_namelen = sizeof(to[0]);
	messages[nr].msg_hdr.msg_iov = &parts[nr];
	messages[nr].msg_hdr.msg_iovlen = 1;
	if (++nr == BATCH)
		wire_flush();
}
