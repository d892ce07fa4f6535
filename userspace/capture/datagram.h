/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fragments put together: how long a datagram is, and which packets it came in.
 */
#ifndef TPR_DATAGRAM_H
#define TPR_DATAGRAM_H

#include "capture/packet.h"

/* How many may be incomplete at a time; the oldest gives way. */
#define TPR_DATAGRAMS_NR	256

/** struct tpr_piece - a fragment */
struct tpr_piece {
	/** @offset: where it begins */
	uint32_t offset;
	/** @bytes: how long it is */
	uint32_t bytes;
	/** @number: of the packet, as the caller counts */
	uint64_t number;
};

/** struct tpr_datagram - one that may lack fragments */
struct tpr_datagram {
	/** @segment: what it is, once its first fragment is there */
	struct tpr_segment segment;
	/** @pieces: its fragments */
	struct tpr_piece *pieces;
	/** @nr: number of @pieces */
	size_t nr;
	/** @room: of @pieces */
	size_t room;
	/** @place: where it was captured, as the caller counts */
	uint64_t place;
	/** @id: what its fragments have in common */
	uint32_t id;
	/** @header_bytes: what of it is no payload; 0 as long as the first fragment is missing */
	uint32_t header_bytes;
	/** @total: how long it is; 0 as long as the last fragment is missing */
	uint32_t total;
	/** @used: when it was begun, by a count; 0 for a free one */
	uint64_t used;
};

/** struct tpr_datagrams - those that are not complete yet */
struct tpr_datagrams {
	/** @list: some of which are free */
	struct tpr_datagram list[TPR_DATAGRAMS_NR];
	/** @count: datagrams so far */
	uint64_t count;
};

const struct tpr_datagram *tpr_datagrams_add(struct tpr_datagrams *datagrams, uint64_t place,
					     const struct tpr_packet *packet, uint64_t number);
void tpr_datagrams_exit(struct tpr_datagrams *datagrams);

#endif
