// SPDX-License-Identifier: GPL-2.0
/*
 * Statements of nftables that give the first segment of a connection another
 * destination.  As long as they leave no choice (one address, one port, nothing
 * at random), what they make of it does not depend on other connections.
 */
#include "explain/nft_expr.h"

#if TPW_READS_NFT
#include <linux/in.h>
#include <linux/inetdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/rculist.h>
#include <linux/string.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/netlink.h>
#include <net/route.h>

/* It says of each that it is to be used, and nothing else. */
static bool is_plain(const struct nlattr *flags, bool has_address, bool has_port)
{
	u32 bits = 0, wanted = 0;

	if (has_address)
		wanted |= NF_NAT_RANGE_MAP_IPS;
	if (has_port)
		wanted |= NF_NAT_RANGE_PROTO_SPECIFIED;
	tpw_nft_u32(flags, &bits);
	return bits == wanted;
}

/* Nothing, or what the first register holds, if the other one holds the same. */
static bool read_value(const struct tpw_passage *p, const struct nlattr *min,
		       const struct nlattr *max, void *to, unsigned int len)
{
	unsigned int from, last;

	if (!min)
		return true;
	if (!tpw_nft_register(min, &from) || !tpw_passage_knows(p, from, len))
		return false;
	last = from;
	if (max && (!tpw_nft_register(max, &last) ||
		    !tpw_passage_knows(p, last, len)))
		return false;
	if (memcmp(&p->reg[from], &p->reg[last], len))
		return false;
	memcpy(to, &p->reg[from], len);
	return true;
}

static bool is_for_many(const struct net *net, const struct tpw_tuple *t)
{
	u8 type;

	if (t->family == AF_INET6)
		return ipv6_addr_is_multicast(tpw_in6(&t->local));
	type = inet_addr_type((struct net *)net, t->local.ip);
	return type == RTN_BROADCAST || type == RTN_MULTICAST;
}

/*
 * A frame for many stays one, which TCP and UDP look at.  On a device that belongs
 * to another one rules may see a packet twice, or that one's addresses.
 */
static enum tpw_nft_step check(const struct tpw_passage *p,
			       const struct tpw_tuple *to)
{
	if (!p->gates->ifindex || is_for_many(p->net, p->t) ||
	    is_for_many(p->net, to))
		return TPW_NFT_NOT_KNOWN;
	return TPW_NFT_TRANSLATES;
}

/**
 * tpw_nft_translate() - a rule sends the segment elsewhere
 * @p: the passage
 * @expr: the expression
 * @to: the segment, gets its new destination
 *
 * As nft_nat_eval(): in a table of both families, each has its own.
 *
 * Context: in an RCU read-side section.
 * Return: how it goes on: to the next expression, if this is about the other
 *	family.
 */
enum tpw_nft_step tpw_nft_translate(struct tpw_passage *p,
				    const struct nft_expr *expr,
				    struct tpw_tuple *to)
{
	bool is_v6 = p->t->family == AF_INET6;
	struct nlattr *attrs[NFTA_NAT_MAX + 1];
	u32 family, type;

	if (!tpw_nft_dump(p, expr, attrs, NFTA_NAT_MAX) ||
	    !tpw_nft_u32(attrs[NFTA_NAT_FAMILY], &family) ||
	    !tpw_nft_u32(attrs[NFTA_NAT_TYPE], &type))
		return TPW_NFT_NOT_KNOWN;
	if (family != NFPROTO_INET &&
	    family != (is_v6 ? NFPROTO_IPV6 : NFPROTO_IPV4))
		return TPW_NFT_GOES_ON;
	if (type != NFT_NAT_DNAT ||
	    !is_plain(attrs[NFTA_NAT_FLAGS], attrs[NFTA_NAT_REG_ADDR_MIN],
		      attrs[NFTA_NAT_REG_PROTO_MIN]) ||
	    !read_value(p, attrs[NFTA_NAT_REG_ADDR_MIN],
			attrs[NFTA_NAT_REG_ADDR_MAX], &to->local,
			is_v6 ? sizeof(to->local) : sizeof(to->local.ip)) ||
	    !read_value(p, attrs[NFTA_NAT_REG_PROTO_MIN],
			attrs[NFTA_NAT_REG_PROTO_MAX], &to->lport,
			sizeof(to->lport)))
		return TPW_NFT_NOT_KNOWN;
	return check(p, to);
}

static enum tpw_nft_step find_address4(const struct net_device *dev,
				       struct tpw_tuple *to)
{
	const struct in_device *in = __in_dev_get_rcu(dev);
	const struct in_ifaddr *address = in ? rcu_dereference(in->ifa_list) :
					       NULL;

	if (!address || !address->ifa_local)
		return TPW_NFT_DROPS;
	to->local.ip = address->ifa_local;
	return TPW_NFT_TRANSLATES;
}

/* Some kernels pass by those that do not reach as far, or are not there yet. */
static bool is_taken_by_all(const struct inet6_ifaddr *address,
			    const struct tpw_tuple *t)
{
	int scope = ipv6_addr_scope(tpw_in6(&t->local));
	int type = ipv6_addr_type(&address->addr);

	return !(type & IPV6_ADDR_MAPPED) &&
	       !(address->flags & IFA_F_TENTATIVE) &&
	       (!scope || scope & type & IPV6_ADDR_SCOPE_MASK);
}

static enum tpw_nft_step find_address6(const struct net_device *dev,
				       struct tpw_tuple *to)
{
	const struct inet6_dev *in = __in6_dev_get(dev);
	const struct inet6_ifaddr *address;

	if (!in)
		return TPW_NFT_DROPS;
	list_for_each_entry_rcu(address, &in->addr_list, if_list) {
		if (!is_taken_by_all(address, to))
			return TPW_NFT_NOT_KNOWN;
		memcpy(to->local.ip6, &address->addr, sizeof(to->local.ip6));
		return TPW_NFT_TRANSLATES;
	}
	return TPW_NFT_DROPS;
}

/* The first address of the device that it comes in on. */
static enum tpw_nft_step find_address(const struct tpw_passage *p,
				      struct tpw_tuple *to)
{
	const struct net_device *dev;

	dev = dev_get_by_index_rcu((struct net *)p->net, p->gates->ifindex);
	if (!dev)
		return TPW_NFT_NOT_KNOWN;
	return to->family == AF_INET6 ? find_address6(dev, to) :
					find_address4(dev, to);
}

/**
 * tpw_nft_redirect() - a rule sends the segment to this host
 * @p: the passage
 * @expr: the expression
 * @to: the segment, gets its new destination
 *
 * As nf_nat_redirect_ipv4() and nf_nat_redirect_ipv6().
 *
 * Context: in an RCU read-side section.
 * Return: how it goes on: it is dropped if the device has no address.
 */
enum tpw_nft_step tpw_nft_redirect(struct tpw_passage *p,
				   const struct nft_expr *expr,
				   struct tpw_tuple *to)
{
	struct nlattr *attrs[NFTA_REDIR_MAX + 1];
	enum tpw_nft_step step;

	if (!tpw_nft_dump(p, expr, attrs, NFTA_REDIR_MAX) ||
	    !is_plain(attrs[NFTA_REDIR_FLAGS], false,
		      attrs[NFTA_REDIR_REG_PROTO_MIN]) ||
	    !read_value(p, attrs[NFTA_REDIR_REG_PROTO_MIN],
			attrs[NFTA_REDIR_REG_PROTO_MAX], &to->lport,
			sizeof(to->lport)))
		return TPW_NFT_NOT_KNOWN;
	step = find_address(p, to);
	return step == TPW_NFT_TRANSLATES ? check(p, to) : step;
}
#endif
