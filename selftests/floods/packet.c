// SPDX-License-Identifier: GPL-2.0
/*
 * Headers, with their checksums right.
 */
#include "floods.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static uint32_t add_words(const uint8_t *data, size_t len, uint32_t sum)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += data[i] << 8 | data[i + 1];
	if (len & 1)
		sum += data[len - 1] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static void put16(uint8_t *to, uint16_t value)
{
	to[0] = value >> 8;
	to[1] = value;
}

static void put32(uint8_t *to, uint32_t value)
{
	put16(to, value >> 16);
	put16(to + 2, value);
}

static uint16_t checksum(const uint8_t *segment, size_t len, const struct flow *flow, uint8_t proto)
{
	size_t bytes = flow->is_v6 ? 16 : 4;
	uint32_t sum = proto + len;

	sum = add_words(flow->from, bytes, sum);
	sum = add_words(flow->to, bytes, sum);
	return fold(add_words(segment, len, sum));
}

size_t make_tcp(uint8_t *to, const struct flow *flow, uint8_t flags, uint32_t seq, uint32_t ack,
		size_t data)
{
	size_t len = 20 + data;

	memset(to, 0, len);
	put16(to, flow->fport);
	put16(to + 2, flow->lport);
	put32(to + 4, seq);
	put32(to + 8, ack);
	to[12] = 5 << 4;
	to[13] = flags;
	put16(to + 14, 65535);
	put16(to + 16, checksum(to, len, flow, IPPROTO_TCP));
	return len;
}

size_t make_udp(uint8_t *to, const struct flow *flow, size_t data)
{
	size_t len = 8 + data;
	uint16_t sum;

	memset(to, 0, len);
	put16(to, flow->fport);
	put16(to + 2, flow->lport);
	put16(to + 4, len);
	sum = checksum(to, len, flow, IPPROTO_UDP);
	put16(to + 6, sum ? sum : 0xffff);
	return len;
}

/* After the header of IPv4 was changed. */
void fold_ip_checksum(uint8_t *ip)
{
	put16(ip + 10, 0);
	put16(ip + 10, fold(add_words(ip, (ip[0] & 15) * 4, 0)));
}

static size_t make_ip6(uint8_t *to, const struct flow *flow, uint8_t proto, size_t len)
{
	memset(to, 0, 8);
	to[0] = 6 << 4;
	put16(to + 4, len);
	to[6] = proto;
	to[7] = 64;
	memcpy(to + 8, flow->from, 16);
	memcpy(to + 24, flow->to, 16);
	return 40;
}

size_t make_ip(uint8_t *to, const struct flow *flow, uint8_t proto, size_t len)
{
	if (flow->is_v6)
		return make_ip6(to, flow, proto, len);
	memset(to, 0, 20);
	to[0] = 4 << 4 | 5;
	put16(to + 2, 20 + len);
	to[8] = 64;
	to[9] = proto;
	memcpy(to + 12, flow->from, 4);
	memcpy(to + 16, flow->to, 4);
	fold_ip_checksum(to);
	return 20;
}
