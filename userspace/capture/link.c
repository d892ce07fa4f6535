// SPDX-License-Identifier: GPL-2.0
/*
 * A kind of link is a number of libpcap's. Tags of VLANs may stand before what they carry, as often as
 * somebody put one there.
 */
#include "capture/link.h"

#define LINK_NULL	0
#define LINK_ETHERNET	1
#define LINK_RAW_BSD	12
#define LINK_RAW	101
#define LINK_LOOP	108
#define LINK_COOKED	113
#define LINK_IPV4	228
#define LINK_IPV6	229
#define LINK_COOKED2	276

#define MACS_BYTES	12
#define COOKED_BYTES	16
#define COOKED2_BYTES	20

/* How the kernel calls what it has sent itself */
#define PACKET_OUTGOING	4

#define TAG_8021Q	0x8100
#define TAG_8021AD	0x88a8
#define TAG_OLD		0x9100

static bool is_tag(uint16_t ethertype)
{
	return ethertype == TAG_8021Q || ethertype == TAG_8021AD || ethertype == TAG_OLD;
}

static enum tpr_link_result skip_tags(struct tpr_span *packet, struct tpr_link *link)
{
	while (is_tag(link->ethertype)) {
		if (packet->left < 4)
			return TPR_LINK_CUT;
		link->ethertype = tpr_net16(packet->at + 2);
		tpr_span_skip(packet, 4);
	}
	return TPR_LINK_READ;
}

static enum tpr_link_result read_ethernet(struct tpr_span *packet, struct tpr_link *link)
{
	const uint8_t *at = packet->at;

	if (!tpr_span_skip(packet, MACS_BYTES + 2))
		return TPR_LINK_CUT;
	link->has_macs = true;
	memcpy(link->to, at, TPR_MAC_BYTES);
	memcpy(link->from, at + TPR_MAC_BYTES, TPR_MAC_BYTES);
	link->ethertype = tpr_net16(at + MACS_BYTES);
	return skip_tags(packet, link);
}

static enum tpr_direction cooked_direction(uint16_t type)
{
	return type == PACKET_OUTGOING ? TPR_DIRECTION_OUT : TPR_DIRECTION_IN;
}

static enum tpr_link_result read_cooked(struct tpr_span *packet, struct tpr_link *link)
{
	const uint8_t *at = packet->at;

	if (!tpr_span_skip(packet, COOKED_BYTES))
		return TPR_LINK_CUT;
	link->direction = cooked_direction(tpr_net16(at));
	link->ethertype = tpr_net16(at + 14);
	return skip_tags(packet, link);
}

static enum tpr_link_result read_cooked2(struct tpr_span *packet, struct tpr_link *link)
{
	const uint8_t *at = packet->at;

	if (!tpr_span_skip(packet, COOKED2_BYTES))
		return TPR_LINK_CUT;
	link->ethertype = tpr_net16(at);
	link->device = tpr_net32(at + 4);
	link->direction = cooked_direction(at[10]);
	return skip_tags(packet, link);
}

/* The version of IP tells which it is. */
static enum tpr_link_result read_raw(struct tpr_span *packet, struct tpr_link *link)
{
	if (!packet->left)
		return TPR_LINK_CUT;
	if (packet->at[0] >> 4 == 4)
		link->ethertype = TPR_ETHERTYPE_IPV4;
	else if (packet->at[0] >> 4 == 6)
		link->ethertype = TPR_ETHERTYPE_IPV6;
	return TPR_LINK_READ;
}

/* Before it stands a number for it, which each system has its own for. */
static enum tpr_link_result read_null(struct tpr_span *packet, struct tpr_link *link)
{
	if (!tpr_span_skip(packet, 4))
		return TPR_LINK_CUT;
	return read_raw(packet, link);
}

/**
 * tpr_link_read() - read what stands before the header of IP
 * @link_type: what kind of link it is, as libpcap has it
 * @packet: a whole packet; set to what follows
 * @link: filled in
 *
 * Return: what came of it.
 */
enum tpr_link_result tpr_link_read(uint16_t link_type, struct tpr_span *packet,
				   struct tpr_link *link)
{
	*link = (struct tpr_link){ .direction = TPR_DIRECTION_UNKNOWN };
	switch (link_type) {
	case LINK_ETHERNET:
		return read_ethernet(packet, link);
	case LINK_COOKED:
		return read_cooked(packet, link);
	case LINK_COOKED2:
		return read_cooked2(packet, link);
	case LINK_NULL:
	case LINK_LOOP:
		return read_null(packet, link);
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_IPV4:
	case LINK_IPV6:
		return read_raw(packet, link);
	default:
		return TPR_LINK_UNKNOWN;
	}
}
