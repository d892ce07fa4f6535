// SPDX-License-Identifier: GPL-2.0
/*
 * A segment put on the client's cable as it is, from whatever address.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int wire = -1;
static struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = ETH_ALEN };
static uint8_t server_mac[ETH_ALEN];

/* The cable v1, whose other end is in the namespace that we are in. */
void wire_open(void)
{
	struct ifreq ifr = { .ifr_name = "v1" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &ifr))
		bail("the address of v1");
	close(fd);
	memcpy(server_mac, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	place_client();
	wire = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	to.sll_ifindex = if_nametoindex("v1");
	place_server();
	if (wire < 0 || !to.sll_ifindex)
		bail("a packet socket");
}

static uint32_t sum_of(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *byte = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? byte[i] : byte[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* Behind the IP header: a SYN or a datagram of one byte. */
static size_t put_transport(uint8_t *packet, int proto, uint16_t from, uint16_t port, uint32_t sum)
{
	struct tcphdr *tcp = (void *)packet;
	struct udphdr *udp = (void *)packet;
	size_t len = proto == IPPROTO_TCP ? sizeof(*tcp) : sizeof(*udp) + 1;

	sum += proto + len;
	if (proto == IPPROTO_TCP) {
		tcp->source = htons(from);
		tcp->dest = htons(port);
		tcp->seq = htonl(1000);
		tcp->doff = sizeof(*tcp) / 4;
		tcp->syn = 1;
		tcp->window = htons(1000);
		tcp->check = fold(sum_of(tcp, len, sum));
	} else {
		udp->source = htons(from);
		udp->dest = htons(port);
		udp->len = htons(len);
		udp->check = fold(sum_of(udp, len, sum));
	}
	return len;
}

static size_t put_ip4(uint8_t *packet, int proto, const union address *foreign,
		      const union address *local)
{
	struct iphdr *ip = (void *)packet;
	size_t len;

	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->ttl = 64;
	ip->protocol = proto;
	ip->saddr = foreign->in.sin_addr.s_addr;
	ip->daddr = local->in.sin_addr.s_addr;
	len = put_transport(packet + sizeof(*ip), proto, ntohs(foreign->in.sin_port),
			    ntohs(local->in.sin_port), sum_of(&ip->saddr, 8, 0));
	ip->tot_len = htons(sizeof(*ip) + len);
	ip->check = fold(sum_of(ip, sizeof(*ip), 0));
	return sizeof(*ip) + len;
}

static size_t put_ip6(uint8_t *packet, int proto, const union address *foreign,
		      const union address *local)
{
	struct ip6_hdr *ip = (void *)packet;
	size_t len;

	ip->ip6_flow = htonl(6U << 28);
	ip->ip6_nxt = proto;
	ip->ip6_hlim = 64;
	ip->ip6_src = foreign->in6.sin6_addr;
	ip->ip6_dst = local->in6.sin6_addr;
	len = put_transport(packet + sizeof(*ip), proto, ntohs(foreign->in6.sin6_port),
			    ntohs(local->in6.sin6_port), sum_of(&ip->ip6_src, 32, 0));
	ip->ip6_plen = htons(len);
	return sizeof(*ip) + len;
}

static void set_mac4(uint32_t ip)
{
	const uint8_t multicast[ETH_ALEN] = { 1, 0, 0x5e, ip >> 16 & 0x7f, ip >> 8, ip };

	if (IN_MULTICAST(ip))
		memcpy(to.sll_addr, multicast, ETH_ALEN);
	else if ((ip & 0xff) == 0xff)
		memset(to.sll_addr, 0xff, ETH_ALEN);
}

/* As a host on the cable does it, who knows its broadcast address. */
static void set_mac(const union address *local)
{
	memcpy(to.sll_addr, server_mac, ETH_ALEN);
	if (local->sa.sa_family == AF_INET) {
		set_mac4(ntohl(local->in.sin_addr.s_addr));
	} else if (IN6_IS_ADDR_MULTICAST(&local->in6.sin6_addr)) {
		memset(to.sll_addr, 0x33, 2);
		memcpy(to.sll_addr + 2, &local->in6.sin6_addr.s6_addr[12], 4);
	}
}

/* It has been received, or is nowhere, when this returns. */
void wire_send(int proto, const union address *foreign, const union address *local)
{
	bool is_ipv6 = foreign->sa.sa_family == AF_INET6;
	uint8_t packet[128] = {};
	size_t len;

	len = is_ipv6 ? put_ip6(packet, proto, foreign, local) :
			put_ip4(packet, proto, foreign, local);
	set_mac(local);
	to.sll_protocol = htons(is_ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	if (sendto(wire, packet, len, 0, (struct sockaddr *)&to, sizeof(to)) != (ssize_t)len)
		bail("send");
	/* The queue is the CPU's. Nothing but the way here is known to let datagrams through. */
	place_client();
	fence();
	place_server();
}
