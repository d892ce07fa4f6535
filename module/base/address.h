/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses and ports as people write them.  Compiles in user space too, where
 * tests compare it with inet_pton().
 */
#ifndef _TPW_ADDRESS_H
#define _TPW_ADDRESS_H

#include "base/span.h"
#include "base/tuple.h"

#include <linux/types.h>

/**
 * struct tpw_ports - some ports in a row
 * @first: the first, host byte order
 * @last: the last, host byte order
 */
struct tpw_ports {
	__u16 first;
	__u16 last;
};

/**
 * struct tpw_prefix - some addresses, with some ports
 * @addr: the bits that they share, the others 0; network byte order
 * @mask: which bits these are
 * @family: AF_INET or AF_INET6
 * @ports: with one of these ports; all if none was named
 */
struct tpw_prefix {
	union tpw_addr addr;
	union tpw_addr mask;
	__u8 family;
	struct tpw_ports ports;
};

bool tpw_address_parse(struct tpw_span text, __u8 *family, union tpw_addr *addr);
bool tpw_ports_parse(struct tpw_span text, struct tpw_ports *ports);
bool tpw_prefix_parse(struct tpw_span text, struct tpw_prefix *prefix);
void tpw_tuple_map(struct tpw_tuple *tuple);

#endif /* _TPW_ADDRESS_H */
