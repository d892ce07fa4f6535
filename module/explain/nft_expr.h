/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expressions of nftables rules that keep what they are to themselves.  Each says
 * it to who lists the rules, in attributes of netlink, whose meaning is fixed for
 * programs; so that is what is read here.
 */
#ifndef _TPW_NFT_EXPR_H
#define _TPW_NFT_EXPR_H

#include "explain/passage.h"

#if TPW_READS_NFT
#define TPW_NFT_DUMP_COST	16	/* of one that is asked, in expressions */

/**
 * enum tpw_nft_step - how an expression leaves its rule
 * @TPW_NFT_GOES_ON: to the next expression
 * @TPW_NFT_NEXT_RULE: the rule does not match
 * @TPW_NFT_NOT_KNOWN: it could not be asked
 * @TPW_NFT_TRANSLATES: NAT makes another tuple of the segment
 * @TPW_NFT_DROPS: NAT throws it away
 */
enum tpw_nft_step { TPW_NFT_GOES_ON, TPW_NFT_NEXT_RULE, TPW_NFT_NOT_KNOWN,
		    TPW_NFT_TRANSLATES, TPW_NFT_DROPS };

bool tpw_nft_dump(struct tpw_passage *p, const struct nft_expr *expr,
		  struct nlattr **attrs, int last);
bool tpw_nft_u32(const struct nlattr *attr, u32 *to);
bool tpw_nft_register(const struct nlattr *attr, unsigned int *to);

enum tpw_nft_step tpw_nft_compare(struct tpw_passage *p,
				  const struct nft_expr *expr);
enum tpw_nft_step tpw_nft_compare_range(struct tpw_passage *p,
					const struct nft_expr *expr);
enum tpw_nft_step tpw_nft_mask(struct tpw_passage *p,
			       const struct nft_expr *expr);
enum tpw_nft_step tpw_nft_load_ct(struct tpw_passage *p,
				  const struct nft_expr *expr);
enum tpw_nft_step tpw_nft_set_meta(struct tpw_passage *p,
				   const struct nft_expr *expr);
enum tpw_nft_step tpw_nft_find(struct tpw_passage *p, const struct nft_expr *expr,
			       const struct nft_verdict **verdict);
enum tpw_nft_step tpw_nft_translate(struct tpw_passage *p,
				    const struct nft_expr *expr,
				    struct tpw_tuple *to);
enum tpw_nft_step tpw_nft_redirect(struct tpw_passage *p,
				   const struct nft_expr *expr,
				   struct tpw_tuple *to);
#endif

#endif /* _TPW_NFT_EXPR_H */
