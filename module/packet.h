/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading the headers of an skb at the transport layer.
 */
#ifndef _TPW_PACKET_H
#define _TPW_PACKET_H

#include "verdict.h"

#include <linux/types.h>

struct sk_buff;

void tpw_packet_read_tcp(const struct sk_buff *skb, struct tpw_verdict *v);
void tpw_packet_read_udp(const struct sk_buff *skb, struct tpw_verdict *v);
bool tpw_packet_read_broken(const struct sk_buff *skb, u8 proto,
			    struct tpw_verdict *v);
bool tpw_packet_is_multicast(const struct sk_buff *skb);

#endif /* _TPW_PACKET_H */
