/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A segment on its way through a chain of nftables: what the registers of the
 * rules hold as far as the segment tells it.
 *
 * What a rule asks that is not known may be one way or the other, so both are
 * followed: a rule that matches maybe is one that does, and one that does not.
 */
#ifndef _TPW_PASSAGE_H
#define _TPW_PASSAGE_H

#include "explain/gate.h"
#include "base/compat_nft.h"

#include <linux/types.h>

#if TPW_READS_NFT
#include <net/netfilter/nf_tables.h>

#define TPW_PASSAGE_REGS	ARRAY_SIZE(((struct nft_regs *)0)->data)
#define TPW_PASSAGE_OPS		32	/* as many kinds of expressions are kept */

/**
 * struct tpw_passage - one segment in one chain
 * @t: the segment
 * @gates: what it has passed
 * @net: the namespace
 * @table: of the chain
 * @generation: of the rules when it began
 * @is_route: the chain asks for the route anew when it has set a mark
 * @dump: where an expression says what it is; NULL before the first does
 * @budget: as many more expressions are read, for all chains
 * @known: which registers are, a bit each
 * @reg: them
 * @ends: how the chain may end, a bit for each enum tpw_gate_fate
 * @target: what NAT makes of the segment, if that is one of these ends
 * @rule: that is looked at
 * @handle: of the one rule that makes all these ends, 0 if there is none
 * @is_maybe: whether the rule matches as far as this is not known
 * @was_maybe: of a rule before that was not known, so the chain may be left by now
 * @may_return: the chain may end without a verdict
 * @depth: of jumps
 * @nr_ops: how many are kept
 * @ops: whose kind has been looked up; another kind ends the chain
 * @kind: that
 */
struct tpw_passage {
	const struct tpw_tuple *t;
	struct tpw_gates *gates;
	const struct net *net;
	const struct nft_table *table;
	unsigned int generation;
	bool is_route;
	struct sk_buff *dump;
	int *budget;
	u32 known;
	u32 reg[TPW_PASSAGE_REGS];
	unsigned long ends;
	struct tpw_tuple target;
	const struct nft_rule *rule;
	u64 handle;
	bool is_maybe;
	bool was_maybe;
	bool may_return;
	unsigned int depth;
	unsigned int nr_ops;
	const struct nft_expr_ops *ops[TPW_PASSAGE_OPS];
	u8 kind[TPW_PASSAGE_OPS];
};

void tpw_passage_set(struct tpw_passage *p, unsigned int reg, const void *value,
		     unsigned int len);
void tpw_passage_forget(struct tpw_passage *p, unsigned int reg,
			unsigned int len);
bool tpw_passage_knows(const struct tpw_passage *p, unsigned int reg,
		       unsigned int len);

void tpw_passage_load_bytes(struct tpw_passage *p, const struct nft_expr *expr);
void tpw_passage_load_meta(struct tpw_passage *p, const struct nft_expr *expr);
#endif

#endif /* _TPW_PASSAGE_H */
