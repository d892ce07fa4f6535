// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the headers of an skb at the transport layer.
 *
 * At a match the kernel has pulled the headers and checked their lengths.
 * Where a segment is dropped before that, nothing is taken for granted.
 */
#include "kernel/packet.h"

#include <linux/minmax.h>
/**
 * tpw_packet_read_broken() - what can be read of a segment that may be cut
 *	short
 * @skb: the segment; its network header is whole
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @v: where to; what is not there is 0
 *
 * Context: any.
 * Return: true if the transport header is whole.
 */
bool tpw_packet_read_broken(const struct sk_buff *skb, u8 proto,
			    struct tpw_verdict *v)
{
	const unsigned int need = proto == IPPROTO_TCP ? sizeof(struct tcphdr) :
							 sizeof(struct udphdr);
	const int offset = skb_transport_offset(skb);
	const int there = (int)skb->len - offset;
	union {
		struct tcphdr tcp;
		struct udphdr udp;
		__be16 ports[2];
		u8 bytes[sizeof(struct tcphdr)];
	} copy = {}, *h = NULL;
	unsigned int header;

	tpw_packet_read_addrs(skb, &v->tuple);
	v->tuple.proto = proto;
	v->flags = 0;
	v->len = 0;
	if (there > 0)
		h = skb_header_pointer(skb, offset, min_t(int, there, need),
				       &copy);
	if (h && h != &copy)
		memcpy(&copy, h, min_t(int, there, need));
	v->tuple.fport = copy.ports[0];
	v->tuple.lport = copy.ports[1];
	header = need;
	if (proto == IPPROTO_TCP) {
		v->flags = copy.bytes[TPW_TCP_FLAGS_BYTE];
		header = max_t(unsigned int, copy.tcp.doff * 4, need);
	}
	if (!h || there < (int)header)
		return false;
	v->len = there - header;
	return true;
}
