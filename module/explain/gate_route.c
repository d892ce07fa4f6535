// SPDX-License-Identifier: GPL-2.0
/*
 * Where the kernel's input routing sends a segment, and whether it takes the
 * source on that device (rp_filter, martians): asked with a packet that is made
 * up and thrown away.  Rules of routing may ask for its ports.
 */
#include "explain/gate.h"

#include "base/compat.h"
#include "explain/multicast.h"

#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/net_namespace.h>
#include <net/route.h>

/* TCP and UDP begin with their ports. */
static void put_ports(struct sk_buff *skb, const struct tpw_tuple *t)
{
	__be16 *port = (__be16 *)skb_transport_header(skb);

	port[0] = t->fport;
	port[1] = t->lport;
}

/* No more of it than routing looks at: of TCP, a header of its size. */
static struct sk_buff *make_packet(const struct tpw_tuple *t,
				   struct net_device *dev, u32 mark)
{
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL_ACCOUNT);
	struct iphdr *ip;

	if (!skb)
		return NULL;
	skb->dev = dev;
	skb->skb_iif = dev->ifindex;
	skb->mark = mark;
	skb->protocol = htons(ETH_P_IP);
	skb_reset_network_header(skb);
	ip = skb_put_zero(skb, sizeof(*ip) + sizeof(struct tcphdr));
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = t->proto;
	ip->saddr = t->foreign.ip;
	ip->daddr = t->local.ip;
	ip->tot_len = htons(skb->len);
	skb_set_transport_header(skb, sizeof(*ip));
	put_ports(skb, t);
	return skb;
}

static enum tpw_gate_fate fate_of_type(u8 type)
{
	switch (type) {
	case RTN_LOCAL:
	case RTN_BROADCAST:
	case RTN_MULTICAST:
		return TPW_GATE_FATE_PASSES;
	case RTN_UNICAST:
		return TPW_GATE_FATE_FORWARDS;
	default:
		return TPW_GATE_FATE_DROPS;
	}
}

/* Nobody has joined the group, or it is no source that may send to it. */
static const char *name_of_error(const struct tpw_tuple *t, int err)
{
	if (ipv4_is_multicast(t->local.ip))
		return "not-joined";
	switch (err) {
	case -EXDEV:
		return "rp_filter";
	case -EINVAL:
		return "martian";
	default:
		return "unreachable";
	}
}

static const char *name_of_type(u8 type)
{
	switch (type) {
	case RTN_LOCAL:
		return "local";
	case RTN_BROADCAST:
		return "broadcast";
	case RTN_MULTICAST:
		return "multicast";
	case RTN_UNICAST:
		return "forward";
	default:
		return "unreachable";
	}
}

/* What early demux finds for one host. */
static bool is_routed(struct net *net, const struct tpw_question *q)
{
	bool is_routed;

	if (q->local == TPW_LOCAL_MULTICAST || q->local == TPW_LOCAL_BROADCAST)
		return false;
	rcu_read_lock();
	is_routed = tpw_gate_is_routed(net, &q->q);
	rcu_read_unlock();
	return is_routed;
}

static void ask4(struct tpw_gate *gate, const struct tpw_tuple *t,
		 struct net_device *dev, u32 mark)
{
	struct sk_buff *skb = make_packet(t, dev, mark);
	int err;

	if (!skb)
		return;
	rcu_read_lock();
	/* A group may be joined on the VRF, which has the packet by then. */
	if (netif_is_l3_slave(dev))
		skb->dev = netdev_master_upper_dev_get_rcu(dev);
	err = tpw_route_input(skb, t->local.ip, t->foreign.ip, dev);
	if (err) {
		gate->fate = TPW_GATE_FATE_DROPS;
		strscpy(gate->who, name_of_error(t, err), sizeof(gate->who));
	} else {
		u8 type = skb_rtable(skb)->rt_type;

		gate->fate = fate_of_type(type);
		strscpy(gate->who, name_of_type(type), sizeof(gate->who));
	}
	skb_dst_drop(skb);
	rcu_read_unlock();
	kfree_skb(skb);
}

static void route4(struct tpw_gate *gate, struct net *net,
		   const struct tpw_question *q, struct net_device *dev, u32 mark)
{
	if (!is_routed(net, q)) {
		ask4(gate, &q->q.tuple, dev, mark);
		return;
	}
	gate->fate = TPW_GATE_FATE_PASSES;
	strscpy(gate->who, "early-demux", sizeof(gate->who));
}

static void read_route6(struct tpw_gate *gate, const struct dst_entry *dst)
{
	const struct rt6_info *rt = (const struct rt6_info *)dst;
	const char *who = "forward";

	gate->fate = TPW_GATE_FATE_FORWARDS;
	if (rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST)) {
		gate->fate = TPW_GATE_FATE_PASSES;
		who = "local";
	} else if (dst->error) {
		gate->fate = TPW_GATE_FATE_DROPS;
		who = "unreachable";
	}
	strscpy(gate->who, who, sizeof(gate->who));
}

/* What routing lets pass of them, ip6_mc_input() does only if it is joined. */
static void read_group6(struct tpw_gate *gate, struct net *net,
			const struct tpw_tuple *t, const struct net_device *dev)
{
	bool is_joined;

	rcu_read_lock();
	is_joined = tpw_multicast_is_joined6(net, dev->ifindex, t);
	rcu_read_unlock();
	gate->fate = is_joined ? TPW_GATE_FATE_PASSES : TPW_GATE_FATE_DROPS;
	strscpy(gate->who, is_joined ? "multicast" : "not-joined",
		sizeof(gate->who));
}

/* As ip6_rcv() looks at all that comes in, before anything else. */
static const char *name_of_error6(const struct net_device *dev,
				  const struct in6_addr *saddr,
				  const struct in6_addr *daddr)
{
	const struct inet6_dev *in = __in6_dev_get(dev);
	bool is_loopback = dev->flags & IFF_LOOPBACK;
	bool takes_loopback = is_loopback || netif_is_l3_master(dev);

	if (!in || READ_ONCE(in->cnf.disable_ipv6))
		return "ipv6-off";
	if (ipv6_addr_is_multicast(saddr) ||
	    (ipv6_addr_loopback(saddr) && !takes_loopback))
		return "martian";
	if (ipv6_addr_loopback(daddr) && !takes_loopback)
		return "scope";
	if (!ipv6_addr_is_multicast(daddr))
		return NULL;
	return IPV6_ADDR_MC_SCOPE(daddr) > !is_loopback ? NULL : "scope";
}

/* @t: as it comes, before NAT. */
static bool is_dropped6(struct tpw_gate *gate, const struct net_device *dev,
			const struct tpw_tuple *t)
{
	const char *who;

	rcu_read_lock();
	who = name_of_error6(dev, tpw_in6(&t->foreign), tpw_in6(&t->local));
	rcu_read_unlock();
	if (!who)
		return false;
	gate->fate = TPW_GATE_FATE_DROPS;
	strscpy(gate->who, who, sizeof(gate->who));
	return true;
}

/* As ip6_route_input() asks; a link-local one is told by its device. */
static void route6(struct tpw_gate *gate, struct net *net,
		   const struct tpw_question *q, struct net_device *dev, u32 mark)
{
	const struct tpw_tuple *t = &q->q.tuple;
	struct flowi6 fl = {
		.flowi6_mark = mark,
		.flowi6_iif = dev->ifindex,
		.daddr = *(const struct in6_addr *)t->local.ip6,
		.saddr = *(const struct in6_addr *)t->foreign.ip6,
		.flowi6_proto = t->proto,
		.fl6_sport = t->fport,
		.fl6_dport = t->lport,
	};
	struct sk_buff *skb;
	struct dst_entry *dst;

	if (is_dropped6(gate, dev, &q->asked))
		return;
	skb = alloc_skb(128, GFP_KERNEL_ACCOUNT);
	if (!skb)
		return;
	rcu_read_lock();
	dst = ip6_route_input_lookup(net, dev, &fl, skb, RT6_LOOKUP_F_HAS_SADDR);
	if (ipv6_addr_is_multicast(&fl.daddr) && !dst->error)
		read_group6(gate, net, t, dev);
	else
		read_route6(gate, dst);
	rcu_read_unlock();
	dst_release(dst);
	kfree_skb(skb);
}

static void route_on(struct tpw_gate *gate, struct net *net,
		     const struct tpw_question *q, struct net_device *dev, u32 mark)
{
	if (!(READ_ONCE(dev->flags) & IFF_UP)) {
		gate->fate = TPW_GATE_FATE_DROPS;
		strscpy(gate->who, "down", sizeof(gate->who));
	} else if (q->q.tuple.family == AF_INET6) {
		route6(gate, net, q, dev, mark);
	} else {
		route4(gate, net, q, dev, mark);
	}
}

/**
 * tpw_gate_route() - input routing
 * @to: to these
 * @net: the namespace
 * @q: the question; its tuple is what the lookup would get
 *
 * Without a device nobody can be asked.
 *
 * Context: process, may sleep.
 */
void tpw_gate_route(struct tpw_gates *to, struct net *net,
		    const struct tpw_question *q)
{
	struct net_device *dev = dev_get_by_index(net, q->ifindex);
	struct tpw_gate *gate;

	gate = tpw_gate_add(to, TPW_GATE_ROUTE, TPW_GATE_FATE_DECIDES);
	if (!dev) {
		strscpy(gate->who, "no-device", sizeof(gate->who));
		return;
	}
	route_on(gate, net, q, dev, to->mark);
	dev_put(dev);
}
