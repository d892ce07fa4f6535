// SPDX-License-Identifier: GPL-2.0
/*
 * The device that a segment would come in on, where the question does not say.
 *
 * What a host sends to itself runs over lo, and yet comes in on the device
 * that has its destination's address; only loopback addresses come in on lo.
 * For all else the route back is taken.
 */
#include "explain/question.h"

#include <linux/err.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/addrconf.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/net_namespace.h>
#include <net/route.h>

static int owner4(struct net *net, __be32 ip)
{
	const struct net_device *dev;
	int ifindex;

	rcu_read_lock();
	dev = __ip_dev_find(net, ip, false);
	ifindex = dev ? dev->ifindex : 0;
	rcu_read_unlock();
	return ifindex;
}

/* An address in a VRF is only known to who asks with its device. */
static int owner6_in_vrf(struct net *net, const struct in6_addr *ip)
{
	const struct net_device *dev;
	int ifindex = 0;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if (!ipv6_chk_addr(net, ip, dev, 1))
			continue;
		ifindex = dev->ifindex;
		break;
	}
	rcu_read_unlock();
	return ifindex;
}

static int owner6(struct net *net, const struct in6_addr *ip)
{
	const struct net_device *dev;
	int ifindex;

	rcu_read_lock();
	dev = ipv6_dev_find(net, ip, NULL);
	ifindex = dev ? dev->ifindex : 0;
	rcu_read_unlock();
	return ifindex ? ifindex : owner6_in_vrf(net, ip);
}

static int find_owner(struct net *net, const struct tpw_tuple *t)
{
	return t->family == AF_INET6 ? owner6(net, tpw_in6(&t->local)) :
				       owner4(net, t->local.ip);
}

/* A VRF has routes of its own. */
static int find_vrf(struct net *net, const struct tpw_tuple *t)
{
	return l3mdev_master_ifindex_by_index(net, find_owner(net, t));
}

static int route4(struct net *net, const struct tpw_tuple *t)
{
	struct flowi4 fl = {
		.daddr = t->foreign.ip,
		.saddr = t->local.ip,
		.flowi4_oif = find_vrf(net, t),
	};
	struct rtable *rt = ip_route_output_key(net, &fl);
	int ifindex;

	if (IS_ERR(rt)) {	/* it may mind the source: ask without */
		fl = (struct flowi4){ .daddr = t->foreign.ip };
		rt = ip_route_output_key(net, &fl);
	}
	if (IS_ERR(rt))
		return 0;
	ifindex = rt->dst.dev->ifindex;
	ip_rt_put(rt);
	return ifindex;
}

static int route6(struct net *net, const struct tpw_tuple *t)
{
	struct flowi6 fl = {
		.daddr = *tpw_in6(&t->foreign),
		.saddr = *tpw_in6(&t->local),
		.flowi6_oif = find_vrf(net, t),
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl);
	int ifindex = dst->error ? 0 : dst->dev->ifindex;

	dst_release(dst);
	return ifindex;
}

static bool is_loopback(const struct tpw_tuple *t)
{
	if (t->family == AF_INET6)
		return ipv6_addr_loopback(tpw_in6(&t->local));
	return ipv4_is_loopback(t->local.ip);
}

static bool comes_from_here(struct net *net, const struct tpw_tuple *t)
{
	if (t->family == AF_INET6)
		return ipv6_chk_addr(net, tpw_in6(&t->foreign), NULL, 0);
	return inet_addr_type(net, t->foreign.ip) == RTN_LOCAL;
}

static int find_route(struct net *net, const struct tpw_tuple *t)
{
	return t->family == AF_INET6 ? route6(net, t) : route4(net, t);
}

static void find_device(struct tpw_question *to, struct net *net)
{
	const struct tpw_tuple *t = &to->q.tuple;

	if (to->ifindex) {
		to->source = TPW_DEVICE_GIVEN;
	} else if (is_loopback(t)) {
		to->source = TPW_DEVICE_LOOPBACK;
		to->ifindex = net->loopback_dev->ifindex;
	} else if (comes_from_here(net, t)) {
		to->source = TPW_DEVICE_OWNER;
		to->ifindex = find_owner(net, t);
	} else {
		to->source = TPW_DEVICE_ROUTE;
		to->ifindex = find_route(net, t);
	}
	if (!to->ifindex)
		to->source = TPW_DEVICE_UNKNOWN;
}

/* What this host sends to itself has been routed already. */
static bool has_early_demux(struct net *net, const struct tpw_tuple *t)
{
	if (!READ_ONCE(net->ipv4.sysctl_ip_early_demux) || is_loopback(t) ||
	    comes_from_here(net, t))
		return false;
	return t->proto == IPPROTO_UDP ?
		       READ_ONCE(net->ipv4.sysctl_udp_early_demux) :
		       READ_ONCE(net->ipv4.sysctl_tcp_early_demux);
}

/*
 * Before its first address a namespace has no local table, and the kernel takes
 * every address for a broadcast: 127.0.0.1, too, which then tells.
 */
static bool is_of_all(struct net *net, __be32 ip)
{
	return ipv4_is_lbcast(ip) || ipv4_is_zeronet(ip) ||
	       inet_addr_type(net, htonl(INADDR_LOOPBACK)) != RTN_BROADCAST;
}

static enum tpw_local_kind kind4(struct net *net, int ifindex, __be32 ip)
{
	const struct net_device *dev;
	unsigned int type;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, ifindex);
	type = dev ? inet_addr_type_dev_table(net, dev, ip) :
		     inet_addr_type(net, ip);
	rcu_read_unlock();
	switch (type) {
	case RTN_LOCAL:
		return TPW_LOCAL_HOST;
	case RTN_BROADCAST:
		return is_of_all(net, ip) ? TPW_LOCAL_BROADCAST :
					    TPW_LOCAL_ELSEWHERE;
	case RTN_MULTICAST:
		return TPW_LOCAL_MULTICAST;
	default:
		return TPW_LOCAL_ELSEWHERE;
	}
}

static enum tpw_local_kind kind6(struct net *net, int ifindex,
				 const struct in6_addr *ip)
{
	bool is_ours;

	if (ipv6_addr_is_multicast(ip))
		return TPW_LOCAL_MULTICAST;
	rcu_read_lock();
	is_ours = ipv6_chk_addr(net, ip, dev_get_by_index_rcu(net, ifindex), 0);
	rcu_read_unlock();
	return is_ours ? TPW_LOCAL_HOST : TPW_LOCAL_ELSEWHERE;
}

/**
 * tpw_device_place() - what the local address is to this host
 * @to: the question
 * @net: its namespace
 *
 * Context: process.
 */
void tpw_device_place(struct tpw_question *to, struct net *net)
{
	const struct tpw_tuple *t = &to->q.tuple;

	to->local = t->family == AF_INET6 ?
			    kind6(net, to->ifindex, tpw_in6(&t->local)) :
			    kind4(net, to->ifindex, t->local.ip);
}

/**
 * tpw_device_assume() - find out what the question leaves open
 * @to: the question
 * @net: its namespace
 *
 * A segment that comes in on a slave of a VRF is known by both.
 *
 * Context: process.
 */
void tpw_device_assume(struct tpw_question *to, struct net *net)
{
	const struct tpw_tuple *t = &to->q.tuple;
	int master;

	find_device(to, net);
	to->asked = *t;
	to->q.has_early_demux = has_early_demux(net, t);
	tpw_device_place(to, net);
	master = l3mdev_master_ifindex_by_index(net, to->ifindex);
	to->q.dif = master ? master : to->ifindex;
	to->q.sdif = master && master != to->ifindex ? to->ifindex : 0;
}

/**
 * tpw_device_assume_bind() - the same of a question about a bind()
 * @to: the question
 * @net: its namespace
 *
 * A socket is bound to the device that was named, or to none.
 *
 * Context: process.
 */
void tpw_device_assume_bind(struct tpw_question *to, struct net *net)
{
	to->asked = to->q.tuple;
	to->source = to->ifindex ? TPW_DEVICE_GIVEN : TPW_DEVICE_UNKNOWN;
	tpw_device_place(to, net);
}
