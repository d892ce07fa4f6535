/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether the rules of nftables can be read, and whether a set has an element.
 */
#ifndef _TPW_COMPAT_NFT_H
#define _TPW_COMPAT_NFT_H

#include <net/netfilter/nf_tables.h>
#include <probed.h>

/* Are chains read, or only named? */
#define TPW_READS_NFT	(IS_ENABLED(CONFIG_NF_TABLES) && TPW_HAS_NFT_HOOKS)

#if TPW_READS_NFT
/* Another number after each commit; where the kernel does not say it, after each other one. */
static inline unsigned int tpw_nft_generation(const struct net *net)
{
#if TPW_HAS_NFT_BASE_SEQ
	/* A commit has its number first, and turns the cursor then. */
	return 2 * READ_ONCE(net->nft.base_seq) + READ_ONCE(net->nft.gencursor);
#else
	return READ_ONCE(net->nft.gencursor);
#endif
}

static inline int tpw_nft_expr_dump(struct sk_buff *skb, const struct nft_expr *expr)
{
#if TPW_HAS_NFT_DUMP_RESETS
	return expr->ops->dump(skb, expr, false);
#else
	return expr->ops->dump(skb, expr);
#endif
}

/* In an RCU read-side section, BH off. A found one has no @ext in some kinds of sets. */
static inline bool tpw_nft_set_has(const struct net *net, const struct nft_set *set,
				   const u32 *key, const struct nft_set_ext **ext)
{
	*ext = NULL;
#if TPW_HAS_NFT_LOOKUP_GIVES_EXT
	*ext = set->ops->lookup(net, set, key);
	return *ext;
#else
	return set->ops->lookup(net, set, key, ext);
#endif
}
#endif

#endif /* _TPW_COMPAT_NFT_H */
