// SPDX-License-Identifier: GPL-2.0
/*
 * The destination that an skb had before NAT.
 */
#include "kernel/conntrack.h"

#include <linux/string.h>

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
/* The original tuple never changes once the entry is in the table. */
static void take(const struct sk_buff *skb, struct tpw_asked *to)
{
	const struct nf_conntrack_tuple *tuple;
	enum ip_conntrack_info info;

	tuple = &nf_ct_get(skb, &info)->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	memcpy(to->addr, &tuple->dst.u3,
	       tuple->src.l3num == NFPROTO_IPV6 ? 16 : 4);
	memcpy(to->port, &tuple->dst.u.all, sizeof(to->port));
	to->is = TPW_ASKED_OTHER;
}
#else
static void take(const struct sk_buff *skb, struct tpw_asked *to)
{
}
#endif

/**
 * tpw_conntrack_asked() - what the client asked for that sent an skb
 * @skb: the skb
 * @to: where to
 *
 * Context: any, before the note is taken off.
 */
void tpw_conntrack_asked(const struct sk_buff *skb, struct tpw_asked *to)
{
	memset(to, 0, sizeof(*to));
	to->is = TPW_ASKED_LOCAL;
	if (tpw_conntrack_has_nat(skb))
		take(skb, to);
}
