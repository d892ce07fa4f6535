// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the headers of an skb at the transport layer.
 *
 * At a match the kernel has pulled the headers and checked their lengths.
 * Where a segment is dropped before that, nothing is taken for granted.
 */
#include "kernel/packet.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/tcp.h>

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

static int transport4(const struct sk_buff *skb, struct tpw_tuple *t)
{
	const int offset = skb_network_offset(skb);
	const struct iphdr *h;
	struct iphdr copy;

	h = skb_header_pointer(skb, offset, sizeof(copy), &copy);
	if (!h || h->version != 4 || h->ihl < 5 ||
	    h->frag_off & htons(IP_OFFSET))
		return -EINVAL;
	t->family = AF_INET;
	t->proto = h->protocol;
	t->local.ip = h->daddr;
	t->foreign.ip = h->saddr;
	return offset + h->ihl * 4;
}

static int transport6(const struct sk_buff *skb, struct tpw_tuple *t)
{
	const struct ipv6hdr *h;
	struct ipv6hdr copy;
	unsigned short fragment = 0;
	unsigned int offset = 0;
	int proto;

	h = skb_header_pointer(skb, skb_network_offset(skb), sizeof(copy),
			       &copy);
	if (!h || h->version != 6)
		return -EINVAL;
	proto = ipv6_find_hdr(skb, &offset, -1, &fragment, NULL);
	if (proto < 0 || fragment)
		return -EINVAL;
	t->family = AF_INET6;
	t->proto = proto;
	memcpy(&t->local, &h->daddr, sizeof(t->local));
	memcpy(&t->foreign, &h->saddr, sizeof(t->foreign));
	return offset;
}

/**
 * tpw_packet_read_early() - tuple and flags of what is on its way through the
 *	IP layer, or below
 * @skb: the packet, of which nothing has been checked but its protocol
 * @v: where to, all 0
 *
 * Context: any.
 * Return: true if it is TCP or UDP, and the first fragment if there are more.
 */
bool tpw_packet_read_early(const struct sk_buff *skb, struct tpw_verdict *v)
{
	struct tpw_tuple *t = &v->tuple;
	const int offset = skb->protocol == htons(ETH_P_IPV6) ?
				   transport6(skb, t) : transport4(skb, t);
	const __be16 *ports;
	__be16 copy[2];
	const u8 *flags;
	u8 flags_copy;

	if (offset < 0 ||
	    (t->proto != IPPROTO_TCP && t->proto != IPPROTO_UDP))
		return false;
	ports = skb_header_pointer(skb, offset, sizeof(copy), copy);
	if (!ports)
		return false;
	t->fport = ports[0];
	t->lport = ports[1];
	if (t->proto == IPPROTO_UDP)
		return true;
	flags = skb_header_pointer(skb, offset + TPW_TCP_FLAGS_BYTE, 1,
				   &flags_copy);
	v->flags = flags ? *flags : 0;
	return true;
}

/* As tcp_parse_md5sig_option(); later kernels know AO too, and tell of their RSTs. */
static bool is_signed(const struct tcphdr *th)
{
	const u8 *option = (const u8 *)(th + 1);
	int left = th->doff * 4 - (int)sizeof(*th);

	while (left >= 2 && *option != TCPOPT_EOL) {
		int len = *option == TCPOPT_NOP ? 1 : option[1];

		if (*option == TCPOPT_MD5SIG)
			return len == TCPOLEN_MD5SIG && len <= left;
		if (*option != TCPOPT_NOP && len < 2)
			return false;
		option += len;
		left -= len;
	}
	return false;
}

/**
 * tpw_packet_may_be_reset() - whether a segment that no socket took is answered
 * @skb: the segment, routed, its header whole
 *
 * As tcp_v4_send_reset() and tcp_v6_send_reset() decide it without a socket,
 * but for a segment with an RST.  One that is signed would be answered only with
 * the key of a listener, which is not looked for.
 *
 * Context: softirq.
 * Return: true if it is, as far as its headers tell.
 */
bool tpw_packet_may_be_reset(const struct sk_buff *skb)
{
	if (!skb_dst(skb))
		return true;
	if (skb->protocol == htons(ETH_P_IPV6) ? !ipv6_unicast_destination(skb) :
						  skb_rtable(skb)->rt_type != RTN_LOCAL)
		return false;
	return !IS_ENABLED(CONFIG_TCP_MD5SIG) || !is_signed(tcp_hdr(skb));
}
