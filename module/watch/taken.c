// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that never arrive at the transport layer: what netfilter, routing, tc
 * or XDP drops of what comes in for this host.
 *
 * The drop tells the reason, and the skb how far it had come: it has a route
 * once PREROUTING is behind it, but on loopback from the start.
 */
#include "watch/taken.h"

#include "kernel/packet.h"
#include "record/pernet.h"
#include "record/record.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip6_fib.h>
#include <net/route.h>

/* What is sent has not come in through a device. */
static bool came_in(const struct sk_buff *skb)
{
	return skb->dev && skb->skb_iif && skb->pkt_type != PACKET_OTHERHOST &&
	       (skb->protocol == htons(ETH_P_IP) ||
		skb->protocol == htons(ETH_P_IPV6));
}

static bool is_here4(unsigned int type)
{
	return type == RTN_LOCAL || type == RTN_BROADCAST ||
	       type == RTN_MULTICAST;
}

/* It has a route, which a rule may have taken from any table. */
static bool is_routed_here(const struct sk_buff *skb, const struct tpw_tuple *t)
{
	const struct rt6_info *rt = (const struct rt6_info *)skb_dst(skb);

	if (t->family == AF_INET6)
		return ipv6_addr_is_multicast(tpw_in6(&t->local)) ||
		       rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST);
	return is_here4(skb_rtable(skb)->rt_type);
}

static bool is_for_us(const struct sk_buff *skb, const struct tpw_tuple *t)
{
	const struct net_device *dev = skb->dev;

	if (skb_valid_dst(skb))
		return is_routed_here(skb, t);
	if (t->family == AF_INET6)
		return ipv6_addr_is_multicast(tpw_in6(&t->local)) ||
		       ipv6_chk_addr(dev_net(dev), tpw_in6(&t->local), NULL, 0);
	return is_here4(inet_addr_type_dev_table(dev_net(dev), dev,
						 t->local.ip));
}

static enum tpw_taker which_hook(const struct sk_buff *skb)
{
	if (skb->dev->flags & IFF_LOOPBACK)
		return TPW_TAKER_NETFILTER;
	return skb_valid_dst(skb) ? TPW_TAKER_INPUT : TPW_TAKER_PREROUTING;
}

/**
 * tpw_taken() - a packet is dropped before the transport layer
 * @skb: the packet
 * @taker: who drops packets for that reason
 * @reason: as tpw_reason_clamp() returns it
 *
 * Context: BH off, in an RCU read-side section.
 */
void tpw_taken(const struct sk_buff *skb, enum tpw_taker taker,
	       unsigned int reason)
{
	struct tpw_verdict v = {};

	if (!came_in(skb) || !tpw_packet_read_early(skb, &v) ||
	    !is_for_us(skb, &v.tuple))
		return;
	/* Which is what arrivals are counted by, too. */
	if (v.tuple.proto == IPPROTO_TCP && skb->pkt_type != PACKET_HOST)
		return;
	if (taker == TPW_TAKER_NETFILTER)
		taker = which_hook(skb);
	v.reason = reason;
	tpw_record_taken(tpw_pernet_get_bh(dev_net(skb->dev)), &v, taker);
}
