/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of sockets, packets and namespaces as the headers of the module name.
 */
#ifndef TPW_SHIM_NET_H
#define TPW_SHIM_NET_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#define ETH_P_IPV6	0x86DD

typedef struct { u32 val; } kuid_t;

#define __kuid_val(uid)	((uid).val)

struct net_generic { void *ptr[4]; };
struct net { struct net_generic *gen; };
struct net_device { char name[16]; struct net *net; };

#define dev_net(dev)		((dev)->net)
#define net_generic(net, id)	((net)->gen->ptr[id])

struct sock_common {
	u16 skc_family;
	u8 skc_state;
	int skc_bound_dev_if;
	atomic64_t skc_cookie;
};

struct sock {
	struct sock_common __sk_common;
	kuid_t sk_uid;
	u16 sk_protocol;
};

#define sk_cookie		__sk_common.skc_cookie
#define sk_family		__sk_common.skc_family
#define sk_bound_dev_if		__sk_common.skc_bound_dev_if
#define sk_fullsock(sk)		((void)(sk), true)
#define sk_is_mptcp(sk)		((void)(sk), false)

struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	void (*destructor)(struct sk_buff *skb);
	const void *network, *transport;
	unsigned int len;
	__be16 protocol;
};

#define skb_network_header(skb)		((skb)->network)
#define skb_transport_header(skb)	((skb)->transport)
#define ip_hdr(skb)	((const struct iphdr *)(skb)->network)
#define ipv6_hdr(skb)	((const struct ipv6hdr *)(skb)->network)
#define tcp_hdr(skb)	((const struct tcphdr *)(skb)->transport)
#define udp_hdr(skb)	((const struct udphdr *)(skb)->transport)

#define ipv6_addr_is_multicast(a)	((a)->s6_addr[0] == 0xff)

struct rtable { unsigned int rt_flags; };

#define RTCF_BROADCAST	1
#define RTCF_MULTICAST	2
#define skb_rtable(skb)	((const struct rtable *)NULL)

#define current			((const void *)&shim_random_state)
#define trace_verdict_enabled()	false

#endif
