// SPDX-License-Identifier: GPL-2.0
/*
 * How many segments arrive, before any firewall rule sees them: a netfilter
 * hook at LOCAL_IN, first of all.
 *
 * It counts what would be a segment if nothing in between dropped it; of an
 * IPv6 fragment train the first fragment (IPv4 is reassembled before).  What
 * is decapsulated inside the transport layer never passes here.
 */
#include "watch/netfilter.h"

#include "record/record.h"
#include "hook/arm.h"

#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/netns/generic.h>

static DEFINE_MUTEX(lock);	/* guards is_armed */
static bool is_armed;

static bool is_segment(const struct sk_buff *skb, u8 proto)
{
	if (proto == IPPROTO_TCP)
		return skb->pkt_type == PACKET_HOST;
	return proto == IPPROTO_UDP;
}

static unsigned int on_local_in4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (is_segment(skb, ip_hdr(skb)->protocol))
		tpw_record_arrived(priv);
	return NF_ACCEPT;
}

static int ipv6_proto(const struct sk_buff *skb)
{
	unsigned short fragment = 0;
	unsigned int offset = 0;
	int proto = ipv6_hdr(skb)->nexthdr;

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP)
		return proto;
	proto = ipv6_find_hdr(skb, &offset, -1, &fragment, NULL);
	return fragment ? -ENOENT : proto;
}

static unsigned int on_local_in6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	int proto = ipv6_proto(skb);

	if (proto >= 0 && is_segment(skb, proto))
		tpw_record_arrived(priv);
	return NF_ACCEPT;
}

static const struct nf_hook_ops nf_ops[] = {
	{
		.hook = on_local_in4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_FIRST,
	}, {
		.hook = on_local_in6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FIRST,
	},
};

/**
 * struct own_hooks - the hooks of one namespace
 * @ops: as above, but each knows its namespace's struct tpw_net
 */
struct own_hooks {
	struct nf_hook_ops ops[ARRAY_SIZE(nf_ops)];
};

static unsigned int own_hooks_id;

static int __net_init net_init(struct net *net)
{
	struct own_hooks *own = net_generic(net, own_hooks_id);
	unsigned int i;

	memcpy(own->ops, nf_ops, sizeof(nf_ops));
	for (i = 0; i < ARRAY_SIZE(own->ops); i++)
		own->ops[i].priv = tpw_pernet_get(net);
	return nf_register_net_hooks(net, own->ops, ARRAY_SIZE(own->ops));
}

static void __net_exit net_exit(struct net *net)
{
	struct own_hooks *own = net_generic(net, own_hooks_id);

	nf_unregister_net_hooks(net, own->ops, ARRAY_SIZE(own->ops));
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &own_hooks_id,
	.size = sizeof(struct own_hooks),
};

/**
 * tpw_netfilter_arm() - count arrivals in all namespaces, now and to come
 *
 * Context: process, may sleep; the namespaces' own data must be there.
 * Return: 0 or -errno.
 */
int tpw_netfilter_arm(void)
{
	int err = 0;

	mutex_lock(&lock);
	if (!is_armed)
		err = register_pernet_subsys(&net_ops);
	if (!err)
		is_armed = true;
	tpw_hooks_netfilter(is_armed);
	mutex_unlock(&lock);
	return err;
}

/**
 * tpw_netfilter_disarm() - cease to count; no hook runs when it returns
 *
 * Context: process, may sleep.
 */
void tpw_netfilter_disarm(void)
{
	mutex_lock(&lock);
	if (is_armed)
		unregister_pernet_subsys(&net_ops);
	is_armed = false;
	tpw_hooks_netfilter(false);
	mutex_unlock(&lock);
	synchronize_net();
}
