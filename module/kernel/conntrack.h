/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What connection tracking has noted on an skb.
 *
 * Only what is inline in its headers is used: its module may not be there.  TCP
 * and UDP take the note off (nf_reset_ct()) before they hand an skb to a socket,
 * tcp_v{4,6}_rcv() before tcp_v{4,6}_do_rcv(): it is to be read before that.
 */
#ifndef _TPW_CONNTRACK_H
#define _TPW_CONNTRACK_H

#include "verdict/asked.h"

#include <linux/compiler.h>
#include <linux/kconfig.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>

/**
 * tpw_conntrack_has_nat() - was the destination of an skb changed?
 * @skb: the skb
 *
 * An answer to what this host sent is not changed in this sense: it gets back
 * the address that the question came from.
 *
 * Context: any, before the note is taken off.
 * Return: true if NAT of its namespace did so.
 */
static __always_inline bool tpw_conntrack_has_nat(const struct sk_buff *skb)
{
	enum ip_conntrack_info info;
	const struct nf_conn *ct;

	if (likely(!skb_get_nfct(skb)))
		return false;
	ct = nf_ct_get(skb, &info);
	return ct && READ_ONCE(ct->status) & IPS_DST_NAT &&
	       CTINFO2DIR(info) == IP_CT_DIR_ORIGINAL;
}
#else
static __always_inline bool tpw_conntrack_has_nat(const struct sk_buff *skb)
{
	return false;
}
#endif

void tpw_conntrack_asked(const struct sk_buff *skb, struct tpw_asked *to);

#endif /* _TPW_CONNTRACK_H */
