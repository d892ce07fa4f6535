/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands before the header of IP, by the kind of link.
 */
#ifndef TPR_LINK_H
#define TPR_LINK_H

#include "capture/bytes.h"
#include "capture/input.h"

#define TPR_ETHERTYPE_IPV4	0x0800
#define TPR_ETHERTYPE_IPV6	0x86dd

#define TPR_MAC_BYTES		6

/**
 * enum tpr_link_result - what came of it
 * @TPR_LINK_READ: all of it was read
 * @TPR_LINK_UNKNOWN: nothing is known about that kind of link
 * @TPR_LINK_CUT: too little was captured
 */
enum tpr_link_result {
	TPR_LINK_READ,
	TPR_LINK_UNKNOWN,
	TPR_LINK_CUT,
};

/** struct tpr_link - what a packet has below IP */
struct tpr_link {
	/** @ethertype: of what follows; 0 for what Ethernet has no number for */
	uint16_t ethertype;
	/** @has_macs: @from and @to are known */
	bool has_macs;
	/** @from: hardware address of the sender */
	uint8_t from[TPR_MAC_BYTES];
	/** @to: that of whom it was sent to */
	uint8_t to[TPR_MAC_BYTES];
	/** @direction: which way it went, if the link tells */
	enum tpr_direction direction;
	/** @device: number of the device, 0 if the link does not tell */
	uint32_t device;
};

enum tpr_link_result tpr_link_read(uint16_t link_type, struct tpr_span *packet,
				   struct tpr_link *link);

#endif
