// SPDX-License-Identifier: GPL-2.0
/*
 * How long a packet is stands in its header of IP; where it stands there as 0, as segmentation offload
 * of more than 64 KiB has it, it is what was on the wire. What the file has of it may be shorter, but
 * for the headers.
 */
#include "capture/packet.h"

#include "capture/link.h"

#define PROTO_HOP_BY_HOP	0
#define PROTO_TCP		6
#define PROTO_UDP		17
#define PROTO_ROUTING		43
#define PROTO_FRAGMENT		44
#define PROTO_AH		51
#define PROTO_DESTINATION	60
#define PROTO_MOBILITY		135
#define PROTO_UDPLITE		136

#define IPV4_BYTES	20
#define IPV6_BYTES	40
#define TCP_BYTES	20
#define UDP_BYTES	8

#define FRAGMENT_MORE	0x2000
#define FRAGMENT_OFFSET	0x1fff

/* No honest packet has more headers of IPv6 before its payload. */
#define HEADERS_MAX	16

/** struct payload - what an IP header leaves */
struct payload {
	/** @there: what was captured of it */
	struct tpr_span there;
	/** @bytes: how long it was */
	size_t bytes;
	/** @proto: what it is */
	uint8_t proto;
	/** @is_fragment: it is a part of a datagram */
	bool is_fragment;
};

static bool is_transport(uint8_t proto)
{
	return proto == PROTO_TCP || proto == PROTO_UDP || proto == PROTO_UDPLITE;
}

static void set_ipv4(struct tpr_endpoint *endpoint, const uint8_t *addr)
{
	endpoint->is_ipv4 = true;
	endpoint->addr[10] = 0xff;
	endpoint->addr[11] = 0xff;
	memcpy(endpoint->addr + 12, addr, 4);
}

static enum tpr_packet_kind read_tcp(const struct payload *payload, struct tpr_packet *packet)
{
	const uint8_t *at = payload->there.at;

	if (payload->there.left < 14)
		return TPR_PACKET_CUT;
	packet->segment.flags = at[13] & (TPR_FLAG_FIN | TPR_FLAG_SYN | TPR_FLAG_RST |
					  TPR_FLAG_PSH | TPR_FLAG_ACK | TPR_FLAG_URG);
	packet->header_bytes = (uint32_t)(at[12] >> 4) * 4;
	if (packet->header_bytes < TCP_BYTES || packet->header_bytes > payload->bytes)
		return TPR_PACKET_DAMAGED;
	packet->segment.len = (uint32_t)payload->bytes - packet->header_bytes;
	return TPR_PACKET_SEGMENT;
}

/* Its own length may be less than what IP brought, and is 0 if that is more than it can tell. */
static enum tpr_packet_kind read_udp(const struct payload *payload, struct tpr_packet *packet)
{
	size_t bytes = payload->bytes, told;

	if (payload->there.left < UDP_BYTES)
		return TPR_PACKET_CUT;
	told = tpr_net16(payload->there.at + 4);
	packet->segment.is_udp = true;
	packet->header_bytes = UDP_BYTES;
	if (payload->proto == PROTO_UDP && told && !payload->is_fragment) {
		if (told < UDP_BYTES || told > bytes)
			return TPR_PACKET_DAMAGED;
		bytes = told;
	}
	packet->segment.len = (uint32_t)bytes - UDP_BYTES;
	return TPR_PACKET_SEGMENT;
}

static enum tpr_packet_kind read_transport(const struct payload *payload, struct tpr_packet *packet)
{
	size_t least = payload->proto == PROTO_TCP ? TCP_BYTES : UDP_BYTES;

	if (payload->bytes < least)
		return TPR_PACKET_DAMAGED;
	if (payload->there.left < 4)
		return TPR_PACKET_CUT;
	packet->segment.foreign.port = tpr_net16(payload->there.at);
	packet->segment.local.port = tpr_net16(payload->there.at + 2);
	if (payload->proto == PROTO_TCP)
		return read_tcp(payload, packet);
	return read_udp(payload, packet);
}

/* Only the first fragment has the header, and it must have all of it. */
static enum tpr_packet_kind read_payload(const struct payload *payload, struct tpr_packet *packet)
{
	enum tpr_packet_kind kind;

	if (!is_transport(payload->proto))
		return TPR_PACKET_OTHER;
	packet->segment.is_udp = payload->proto != PROTO_TCP;
	packet->bytes = (uint32_t)payload->bytes;
	if (payload->is_fragment && packet->offset)
		return TPR_PACKET_FRAGMENT;
	kind = read_transport(payload, packet);
	return kind == TPR_PACKET_SEGMENT && payload->is_fragment ? TPR_PACKET_FRAGMENT : kind;
}

static enum tpr_packet_kind read_ipv4(struct tpr_span ip, size_t wire_bytes,
				      struct tpr_packet *packet)
{
	const uint8_t *at = ip.at;
	struct payload payload;
	size_t header, total;
	uint16_t part;

	if (ip.left < IPV4_BYTES)
		return TPR_PACKET_CUT;
	header = (size_t)(at[0] & 15) * 4;
	total = tpr_net16(at + 2) ? tpr_net16(at + 2) : wire_bytes;
	if (at[0] >> 4 != 4 || header < IPV4_BYTES || total < header || total > wire_bytes)
		return TPR_PACKET_DAMAGED;
	part = tpr_net16(at + 6);
	set_ipv4(&packet->segment.foreign, at + 12);
	set_ipv4(&packet->segment.local, at + 16);
	packet->id = tpr_net16(at + 4);
	packet->offset = (uint32_t)(part & FRAGMENT_OFFSET) * 8;
	packet->is_last = !(part & FRAGMENT_MORE);
	if (!tpr_span_skip(&ip, header))
		return TPR_PACKET_CUT;
	payload = (struct payload){ ip, total - header, at[9], packet->offset || !packet->is_last };
	return read_payload(&payload, packet);
}

/* The length of a header of IPv6, 0 if it is none to be passed over */
static size_t extension_bytes(uint8_t proto, const uint8_t *at)
{
	switch (proto) {
	case PROTO_HOP_BY_HOP:
	case PROTO_ROUTING:
	case PROTO_DESTINATION:
	case PROTO_MOBILITY:
		return ((size_t)at[1] + 1) * 8;
	case PROTO_AH:
		return ((size_t)at[1] + 2) * 4;
	case PROTO_FRAGMENT:
		return 8;
	default:
		return 0;
	}
}

/* One that says offset 0 and none to follow is a datagram by itself. */
static void note_fragment(struct payload *payload, struct tpr_packet *packet)
{
	uint16_t part = tpr_net16(payload->there.at + 2);

	packet->offset = part & ~7U;
	packet->is_last = !(part & 1);
	packet->id = tpr_net32(payload->there.at + 4);
	payload->is_fragment = packet->offset || !packet->is_last;
}

/* Behind a fragment's header that is not the first one, all is payload. */
static enum tpr_packet_kind read_extensions(struct payload *payload, struct tpr_packet *packet)
{
	int i;

	for (i = 0; i < HEADERS_MAX && !is_transport(payload->proto); i++) {
		uint8_t proto = payload->proto;
		size_t bytes;

		if (payload->there.left < 8)
			return extension_bytes(proto, (uint8_t[2]){ 0 }) ? TPR_PACKET_CUT :
									    TPR_PACKET_OTHER;
		bytes = extension_bytes(proto, payload->there.at);
		if (!bytes)
			return TPR_PACKET_OTHER;
		if (bytes > payload->bytes)
			return TPR_PACKET_DAMAGED;
		if (proto == PROTO_FRAGMENT)
			note_fragment(payload, packet);
		payload->proto = payload->there.at[0];
		payload->bytes -= bytes;
		if (!tpr_span_skip(&payload->there, bytes))
			return TPR_PACKET_CUT;
		if (payload->is_fragment && packet->offset)
			break;
	}
	return read_payload(payload, packet);
}

static enum tpr_packet_kind read_ipv6(struct tpr_span ip, size_t wire_bytes,
				      struct tpr_packet *packet)
{
	struct payload payload = { .is_fragment = false };

	if (ip.left < IPV6_BYTES)
		return TPR_PACKET_CUT;
	if (ip.at[0] >> 4 != 6 || wire_bytes < IPV6_BYTES)
		return TPR_PACKET_DAMAGED;
	payload.bytes = tpr_net16(ip.at + 4);
	if (!payload.bytes)
		payload.bytes = wire_bytes - IPV6_BYTES;
	if (payload.bytes > wire_bytes - IPV6_BYTES)
		return TPR_PACKET_DAMAGED;
	payload.proto = ip.at[6];
	memcpy(packet->segment.foreign.addr, ip.at + 8, 16);
	memcpy(packet->segment.local.addr, ip.at + 24, 16);
	tpr_span_skip(&ip, IPV6_BYTES);
	payload.there = ip;
	return read_extensions(&payload, packet);
}

/**
 * tpr_packet_read() - read the headers of a packet
 * @ethertype: what it is
 * @ip: what was captured of it, from the header of IP on
 * @wire_bytes: how long it was from there on
 * @packet: filled in
 *
 * Return: what it is; TPR_PACKET_OTHER, TPR_PACKET_CUT and TPR_PACKET_DAMAGED leave parts of @packet 0.
 */
enum tpr_packet_kind tpr_packet_read(uint16_t ethertype, struct tpr_span ip, size_t wire_bytes,
				     struct tpr_packet *packet)
{
	memset(packet, 0, sizeof(*packet));
	switch (ethertype) {
	case TPR_ETHERTYPE_IPV4:
		return read_ipv4(ip, wire_bytes, packet);
	case TPR_ETHERTYPE_IPV6:
		return read_ipv6(ip, wire_bytes, packet);
	default:
		return TPR_PACKET_OTHER;
	}
}
