/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a client asked for: the destination of a segment before NAT changed it.
 *
 * Pure data, no kernel types: user space compiles it for tests.
 */
#ifndef _TPW_ASKED_H
#define _TPW_ASKED_H

#include <linux/types.h>

/** enum tpw_asked_is - what is known of that */
enum tpw_asked_is {
	TPW_ASKED_UNKNOWN,	/* nobody has looked */
	TPW_ASKED_LOCAL,	/* what stands as the local end: no NAT */
	TPW_ASKED_OTHER,	/* something else, which follows */
};

/**
 * struct tpw_asked - what a client asked for
 * @addr: the address, of the family of the packet; the first 4 bytes for IPv4,
 *	the others 0; network byte order
 * @port: the port, network byte order
 * @is: enum tpw_asked_is; the others mean something with TPW_ASKED_OTHER only
 *
 * All are bytes, as a slot of the log has no room for gaps.
 */
struct tpw_asked {
	__u8 addr[16];
	__u8 port[2];
	__u8 is;
};

#endif /* _TPW_ASKED_H */
