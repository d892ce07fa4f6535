/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The headers of IP, TCP and UDP, as far as the log tells about them.
 */
#ifndef TPR_PACKET_H
#define TPR_PACKET_H

#include "capture/bytes.h"
#include "lib/endpoint.h"

/* Flags of TCP that the log has */
#define TPR_FLAG_FIN	0x01
#define TPR_FLAG_SYN	0x02
#define TPR_FLAG_RST	0x04
#define TPR_FLAG_PSH	0x08
#define TPR_FLAG_ACK	0x10
#define TPR_FLAG_URG	0x20

/** struct tpr_segment - what tells one segment from another; no byte of it is undefined */
struct tpr_segment {
	/** @foreign: where it came from */
	struct tpr_endpoint foreign;
	/** @local: where it went to */
	struct tpr_endpoint local;
	/** @is_udp: a datagram of UDP; else a segment of TCP */
	bool is_udp;
	/** @flags: of TCP, 0 of UDP */
	uint8_t flags;
	/** @len: bytes of payload */
	uint32_t len;
};

/**
 * enum tpr_packet_kind - what a packet is
 * @TPR_PACKET_SEGMENT: a whole segment of TCP or datagram of UDP
 * @TPR_PACKET_FRAGMENT: a fragment of one
 * @TPR_PACKET_OTHER: neither TCP nor UDP
 * @TPR_PACKET_CUT: too little of it was captured
 * @TPR_PACKET_DAMAGED: its lengths contradict each other
 */
enum tpr_packet_kind {
	TPR_PACKET_SEGMENT,
	TPR_PACKET_FRAGMENT,
	TPR_PACKET_OTHER,
	TPR_PACKET_CUT,
	TPR_PACKET_DAMAGED,
};

/** struct tpr_packet - what was read of a packet */
struct tpr_packet {
	/** @segment: which segment it is; of a fragment, ports, flags and @header_bytes of the first only */
	struct tpr_segment segment;
	/** @id: of a fragment, which datagram it is of */
	uint32_t id;
	/** @offset: of a fragment, where it begins */
	uint32_t offset;
	/** @bytes: of a fragment, how long it is, in the datagram */
	uint32_t bytes;
	/** @header_bytes: of a first fragment, what is no payload */
	uint32_t header_bytes;
	/** @is_last: of a fragment, none follows */
	bool is_last;
};

enum tpr_packet_kind tpr_packet_read(uint16_t ethertype, struct tpr_span ip, size_t wire_bytes,
				     struct tpr_packet *packet);

#endif
