// SPDX-License-Identifier: GPL-2.0
/*
 * Segments made by hand. They leave through a packet socket on the client's
 * end of the place's veth, from addresses that no kernel owns: nothing but the
 * exchange itself answers what the server sends back.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

#define ETH_BYTES	14
#define IP4_BYTES	20
#define IP6_BYTES	40
#define TCP_BYTES	20
#define UDP_BYTES	8
#define MD5_BYTES	20
#define FRAME_BYTES	2048
/* IPv6 wants the whole header of TCP in the first. */
#define FRAGMENT_BYTES	24

static int packet_fd = -1;

static int open_packet(const struct play *p)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	int one = 1, fd;

	ll.sll_ifindex = place_ifindex(p, CLIENT);
	if (place_enter(true))
		return -1;
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (place_enter(false) || fd < 0)
		return -1;
	if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&ll, sizeof(ll))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Go to the play's place, and forget what came in there before. */
void puppet_begin(struct play *p)
{
	static int fds[PLACE_NR];
	uint8_t frame[FRAME_BYTES];

	if (p->place == PLACE_LO)
		return;
	if (fds[p->place] <= 0)
		fds[p->place] = open_packet(p);
	packet_fd = fds[p->place];
	if (packet_fd < 0)
		play_fail(p, "a packet socket");
	while (recv(packet_fd, frame, sizeof(frame), 0) >= 0)
		;
}

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static uint16_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static uint32_t sum(const uint8_t *at, size_t len)
{
	uint32_t total = 0;
	size_t i;

	for (i = 0; i < len; i++)
		total += i & 1 ? at[i] : at[i] << 8;
	return total;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return ~total;
}

/* Of the transport part with its pseudo header, which ICMP of IPv4 has not; not 0 in UDP. */
static uint16_t checksum(const struct play *p, const uint8_t *ip, uint8_t protocol,
			 const uint8_t *l4, size_t len)
{
	size_t from = p->family == AF_INET6 ? 8 : 12;
	size_t bytes = p->family == AF_INET6 ? 32 : 8;
	uint16_t value;

	value = fold((protocol == IPPROTO_ICMP ? 0 : sum(ip + from, bytes) + protocol + len) +
		     sum(l4, len));
	return value ? value : 0xffff;
}

/* Ethernet and IP headers. Return: their length */
static size_t put_headers(const struct play *p, uint8_t *frame, const struct wire *w,
			  uint8_t protocol, size_t len)
{
	uint8_t hops = w->hops ? w->hops : 64;
	uint8_t *ip = frame + ETH_BYTES;

	memcpy(frame, w->mac ? w->mac : place_mac_server, 6);
	memcpy(frame + 6, place_mac_client, 6);
	if (p->family == AF_INET6) {
		put16(frame + 12, ETH_P_IPV6);
		put32(ip, 6u << 28);
		put16(ip + 4, len);
		ip[6] = protocol;
		ip[7] = hops;
		memcpy(ip + 8, place_bytes(p, w->end), 16);
		memcpy(ip + 24, place_bytes(p, SERVER), 16);
		return ETH_BYTES + IP6_BYTES;
	}
	put16(frame + 12, ETH_P_IP);
	ip[0] = 0x45;
	put16(ip + 2, IP4_BYTES + len);
	ip[8] = hops;
	ip[9] = protocol;
	memcpy(ip + 12, place_bytes(p, w->end), 4);
	memcpy(ip + 16, place_bytes(p, SERVER), 4);
	put16(ip + 10, fold(sum(ip, IP4_BYTES)));
	return ETH_BYTES + IP4_BYTES;
}

static void send_frame(struct play *p, const uint8_t *frame, size_t len)
{
	if (send(packet_fd, frame, len, 0) != (ssize_t)len)
		play_fail(p, "packet socket");
}

/* One half of a packet, of which the transport part begins at @from. */
static void send_fragment(struct play *p, const uint8_t *whole, size_t headers, size_t from,
			  size_t len, bool is_last)
{
	static uint16_t id;
	uint8_t frame[FRAME_BYTES];
	uint8_t *ip = frame + ETH_BYTES, *l4 = frame + headers;

	id += !from;
	memcpy(frame, whole, headers);
	if (p->family == AF_INET6) {
		memset(l4, 0, 8);
		l4[0] = ip[6];
		put16(l4 + 2, from | !is_last);
		put32(l4 + 4, id);
		ip[6] = IPPROTO_FRAGMENT;
		put16(ip + 4, 8 + len);
		l4 += 8;
	} else {
		put16(ip + 2, IP4_BYTES + len);
		put16(ip + 4, id);
		put16(ip + 6, from / 8 | (is_last ? 0 : 0x2000));
		put16(ip + 10, 0);
		put16(ip + 10, fold(sum(ip, IP4_BYTES)));
	}
	memcpy(l4, whole + headers + from, len);
	send_frame(p, frame, l4 + len - frame);
}

static void send_fragments(struct play *p, const uint8_t *frame, size_t headers, size_t len)
{
	send_fragment(p, frame, headers, 0, FRAGMENT_BYTES, false);
	send_fragment(p, frame, headers, FRAGMENT_BYTES, len - FRAGMENT_BYTES, true);
}

static void transmit(struct play *p, const struct wire *w, uint8_t protocol,
		     const uint8_t *l4, size_t len, size_t at)
{
	uint8_t frame[FRAME_BYTES] = { 0 };
	uint8_t *copy;
	uint16_t value;
	size_t bytes;

	if (w->cut)
		len = w->cut;
	bytes = put_headers(p, frame, w, protocol, len);
	copy = frame + bytes;
	memcpy(copy, l4, len);
	value = checksum(p, frame + ETH_BYTES, protocol, copy, len);
	if (at + 2 <= len)
		put16(copy + at, w->bad_checksum ? value ^ 0x5555 : value);
	if (w->fragments)
		send_fragments(p, frame, bytes, len);
	else
		send_frame(p, frame, bytes + len);
}

/* Send one TCP segment. */
void puppet_tcp(struct play *p, const struct wire *w)
{
	uint8_t tcp[TCP_BYTES + MD5_BYTES + 1024] = { 0 };
	size_t header = TCP_BYTES + (w->md5 ? MD5_BYTES : 0);

	put16(tcp, w->from);
	put16(tcp + 2, w->to);
	put32(tcp + 4, w->seq);
	put32(tcp + 8, w->ack);
	tcp[12] = (w->doff ? w->doff : header / 4) << 4;
	tcp[13] = w->flags;
	put16(tcp + 14, 65535);
	if (w->md5) {
		tcp[TCP_BYTES] = 1;
		tcp[TCP_BYTES + 1] = 1;
		tcp[TCP_BYTES + 2] = 19;
		tcp[TCP_BYTES + 3] = 18;
	}
	transmit(p, w, IPPROTO_TCP, tcp, header + w->len, 16);
}

/* Send one UDP datagram. */
void puppet_udp(struct play *p, const struct wire *w)
{
	uint8_t udp[UDP_BYTES + 1024] = { 0 };

	put16(udp, w->from);
	put16(udp + 2, w->to);
	put16(udp + 4, UDP_BYTES + w->len);
	transmit(p, w, IPPROTO_UDP, udp, UDP_BYTES + w->len, 6);
}

/*
 * Say that the server's last segment could not be delivered: there is no such
 * port, or, in IPv4, no such host.
 */
void puppet_unreachable(struct play *p, uint8_t protocol, const struct puppet *t, bool host)
{
	struct wire w = { .end = PUPPET };
	bool is6 = p->family == AF_INET6;
	uint8_t icmp[8 + IP6_BYTES + 8] = { is6 ? 1 : 3, is6 ? 4 : host ? 1 : 3 };
	uint8_t *ip = icmp + 8, *l4 = ip + (is6 ? IP6_BYTES : IP4_BYTES);

	if (is6) {
		put32(ip, 6u << 28);
		put16(ip + 4, 8);
		ip[6] = protocol;
		memcpy(ip + 8, place_bytes(p, SERVER), 16);
		memcpy(ip + 24, place_bytes(p, PUPPET), 16);
	} else {
		ip[0] = 0x45;
		put16(ip + 2, IP4_BYTES + 8);
		ip[9] = protocol;
		memcpy(ip + 12, place_bytes(p, SERVER), 4);
		memcpy(ip + 16, place_bytes(p, PUPPET), 4);
	}
	put16(l4, t->to);
	put16(l4 + 2, t->from);
	if (protocol == IPPROTO_TCP)
		put32(l4 + 4, t->ack - 1);
	else
		put16(l4 + 4, UDP_BYTES);
	transmit(p, &w, is6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, icmp, l4 + 8 - icmp, 2);
}

/* Send the next segment of a hand-made connection. */
void puppet_send(struct play *p, struct puppet *t, uint8_t flags, size_t len)
{
	struct wire w = {
		.end = PUPPET,
		.from = t->from,
		.to = t->to,
		.flags = flags,
		.seq = t->seq,
		.ack = flags & ACK ? t->ack : 0,
		.len = len,
	};

	puppet_tcp(p, &w);
	t->seq += len + !!(flags & SYN) + !!(flags & FIN);
}

/* The TCP header of a frame of this connection, or NULL. */
static const uint8_t *tcp_of(const struct play *p, const struct puppet *t,
			     const uint8_t *frame, size_t len, size_t *payload)
{
	bool is6 = p->family == AF_INET6;
	const uint8_t *ip = frame + ETH_BYTES;
	const uint8_t *tcp = ip + (is6 ? IP6_BYTES : IP4_BYTES);
	size_t end;

	if (len < (size_t)(tcp - frame) + TCP_BYTES)
		return NULL;
	if (get16(frame + 12) != (is6 ? ETH_P_IPV6 : ETH_P_IP))
		return NULL;
	if (ip[is6 ? 6 : 9] != IPPROTO_TCP)
		return NULL;
	if (get16(tcp) != t->to || get16(tcp + 2) != t->from)
		return NULL;
	end = is6 ? IP6_BYTES + get16(ip + 4) : get16(ip + 2);
	*payload = end - (tcp - ip) - (tcp[12] >> 4) * 4;
	return tcp;
}

static int ms_until(const struct timespec *end)
{
	struct timespec now;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? ms : 0;
}

/* Wait for the server's segment with just these flags (PSH aside). */
void puppet_expect(struct play *p, struct puppet *t, uint8_t flags)
{
	struct pollfd pfd = { .fd = packet_fd, .events = POLLIN };
	uint8_t frame[FRAME_BYTES];
	struct timespec end;
	const uint8_t *tcp;
	size_t payload;
	ssize_t n;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += STEP_MS / 1000;
	for (;;) {
		errno = 0;
		if (poll(&pfd, 1, ms_until(&end)) != 1)
			play_fail(p, "no segment with flags %#x from the server", flags);
		n = recv(packet_fd, frame, sizeof(frame), 0);
		tcp = n < 0 ? NULL : tcp_of(p, t, frame, n, &payload);
		if (!tcp || (tcp[13] & (FIN | SYN | RST | ACK)) != flags)
			continue;
		t->ack = get32(tcp + 4) + payload + !!(flags & SYN) + !!(flags & FIN);
		return;
	}
}

/* SYN, SYN-ACK, ACK. */
void puppet_handshake(struct play *p, struct puppet *t)
{
	puppet_send(p, t, SYN, 0);
	puppet_expect(p, t, SYN | ACK);
	puppet_send(p, t, ACK, 0);
}
