// SPDX-License-Identifier: GPL-2.0
/*
 * Expressions of nftables rules that keep what they are to themselves.
 */
#include "explain/nft_expr.h"

#if TPW_READS_NFT
#include <linux/string.h>
#include <net/netlink.h>

#define ROOM	512	/* what one expression says of itself */

/**
 * tpw_nft_dump() - what an expression says of itself
 * @p: the passage
 * @expr: the expression
 * @attrs: where to, @last + 1 of them; they are there until the next call
 * @last: the last attribute that this kind has
 *
 * Context: in an RCU read-side section, as who lists the rules.
 * Return: false if it says nothing, or there is no memory.
 */
bool tpw_nft_dump(struct tpw_passage *p, const struct nft_expr *expr,
		  struct nlattr **attrs, int last)
{
	if (!p->dump)
		p->dump = alloc_skb(ROOM, GFP_ATOMIC | __GFP_NOWARN);
	if (!p->dump || !expr->ops->dump)
		return false;
	*p->budget -= TPW_NFT_DUMP_COST;
	skb_trim(p->dump, 0);
	if (tpw_nft_expr_dump(p->dump, expr) < 0)
		return false;
	return !nla_parse(attrs, last, (struct nlattr *)p->dump->data,
			  p->dump->len, NULL, NULL);
}

/**
 * tpw_nft_u32() - a number that an expression says
 * @attr: it; NULL if it says none
 * @to: where to
 *
 * Return: false if there is none.
 */
bool tpw_nft_u32(const struct nlattr *attr, u32 *to)
{
	if (!attr || nla_len(attr) < (int)sizeof(*to))
		return false;
	*to = ntohl(nla_get_be32(attr));
	return true;
}

/**
 * tpw_nft_register() - a register that an expression says
 * @attr: it; NULL if it says none
 * @to: where to, its place among those of 32 bits
 *
 * As nft_parse_register(), the other way round than nft_dump_register().
 *
 * Return: false if there is none.
 */
bool tpw_nft_register(const struct nlattr *attr, unsigned int *to)
{
	u32 name;

	if (!tpw_nft_u32(attr, &name))
		return false;
	if (name <= NFT_REG_4)
		*to = name * NFT_REG_SIZE / NFT_REG32_SIZE;
	else
		*to = name + NFT_REG_SIZE / NFT_REG32_SIZE - NFT_REG32_00;
	return true;
}

/* Return: the bytes that stand in it, NULL if there are none. */
static const struct nlattr *value_of(const struct nlattr *attr)
{
	struct nlattr *of_data[NFTA_DATA_MAX + 1];

	if (!attr || nla_parse(of_data, NFTA_DATA_MAX, nla_data(attr),
			       nla_len(attr), NULL, NULL))
		return NULL;
	return of_data[NFTA_DATA_VALUE];
}

/* As nft_cmp_eval(). */
static bool is_as(int difference, u32 op)
{
	switch (op) {
	case NFT_CMP_EQ:
		return !difference;
	case NFT_CMP_NEQ:
		return difference;
	case NFT_CMP_LT:
		return difference < 0;
	case NFT_CMP_LTE:
		return difference <= 0;
	case NFT_CMP_GT:
		return difference > 0;
	default:
		return difference >= 0;
	}
}

/**
 * tpw_nft_compare() - a rule compares registers with a value
 * @p: the passage
 * @expr: the expression
 *
 * Context: in an RCU read-side section.
 * Return: how it goes on.
 */
enum tpw_nft_step tpw_nft_compare(struct tpw_passage *p,
				  const struct nft_expr *expr)
{
	struct nlattr *attrs[NFTA_CMP_MAX + 1];
	const struct nlattr *value;
	unsigned int reg;
	u32 op;

	if (!tpw_nft_dump(p, expr, attrs, NFTA_CMP_MAX) ||
	    !tpw_nft_register(attrs[NFTA_CMP_SREG], &reg) ||
	    !tpw_nft_u32(attrs[NFTA_CMP_OP], &op) || op > NFT_CMP_GTE)
		return TPW_NFT_NOT_KNOWN;
	value = value_of(attrs[NFTA_CMP_DATA]);
	if (!value)
		return TPW_NFT_NOT_KNOWN;
	if (!tpw_passage_knows(p, reg, nla_len(value))) {
		p->is_maybe = true;
		return TPW_NFT_GOES_ON;
	}
	return is_as(memcmp(&p->reg[reg], nla_data(value), nla_len(value)), op) ?
	       TPW_NFT_GOES_ON : TPW_NFT_NEXT_RULE;
}

/**
 * tpw_nft_compare_range() - a rule compares registers with a range
 * @p: the passage
 * @expr: the expression
 *
 * As nft_range_eval().
 *
 * Context: in an RCU read-side section.
 * Return: how it goes on.
 */
enum tpw_nft_step tpw_nft_compare_range(struct tpw_passage *p,
					const struct nft_expr *expr)
{
	struct nlattr *attrs[NFTA_RANGE_MAX + 1];
	const struct nlattr *from, *to;
	unsigned int reg;
	bool is_in;
	int len;
	u32 op;

	if (!tpw_nft_dump(p, expr, attrs, NFTA_RANGE_MAX) ||
	    !tpw_nft_register(attrs[NFTA_RANGE_SREG], &reg) ||
	    !tpw_nft_u32(attrs[NFTA_RANGE_OP], &op) || op > NFT_RANGE_NEQ)
		return TPW_NFT_NOT_KNOWN;
	from = value_of(attrs[NFTA_RANGE_FROM_DATA]);
	to = value_of(attrs[NFTA_RANGE_TO_DATA]);
	if (!from || !to || nla_len(from) != nla_len(to))
		return TPW_NFT_NOT_KNOWN;
	len = nla_len(from);
	if (!tpw_passage_knows(p, reg, len)) {
		p->is_maybe = true;
		return TPW_NFT_GOES_ON;
	}
	is_in = memcmp(&p->reg[reg], nla_data(from), len) >= 0 &&
		memcmp(&p->reg[reg], nla_data(to), len) <= 0;
	return is_in == (op == NFT_RANGE_EQ) ? TPW_NFT_GOES_ON : TPW_NFT_NEXT_RULE;
}

/* As nft_bitwise_eval_mask_xor(), by bytes. */
static void mask_registers(struct tpw_passage *p, unsigned int from,
			   unsigned int to, const struct nlattr *mask,
			   const struct nlattr *flip)
{
	u8 value[NFT_DATA_VALUE_MAXLEN];
	const u8 *bits = nla_data(mask), *flips = nla_data(flip);
	int i, len = nla_len(mask);

	memcpy(value, &p->reg[from], len);
	for (i = 0; i < len; i++)
		value[i] = (value[i] & bits[i]) ^ flips[i];
	tpw_passage_set(p, to, value, len);
}

/**
 * tpw_nft_mask() - a rule masks registers
 * @p: the passage
 * @expr: the expression
 *
 * Context: in an RCU read-side section.
 * Return: how it goes on.
 */
enum tpw_nft_step tpw_nft_mask(struct tpw_passage *p,
			       const struct nft_expr *expr)
{
	struct nlattr *attrs[NFTA_BITWISE_MAX + 1];
	const struct nlattr *mask, *flip;
	unsigned int from, to;
	u32 op = NFT_BITWISE_BOOL, len;

	if (!tpw_nft_dump(p, expr, attrs, NFTA_BITWISE_MAX) ||
	    !tpw_nft_register(attrs[NFTA_BITWISE_SREG], &from) ||
	    !tpw_nft_register(attrs[NFTA_BITWISE_DREG], &to) ||
	    !tpw_nft_u32(attrs[NFTA_BITWISE_LEN], &len))
		return TPW_NFT_NOT_KNOWN;
	tpw_nft_u32(attrs[NFTA_BITWISE_OP], &op);
	mask = value_of(attrs[NFTA_BITWISE_MASK]);
	flip = value_of(attrs[NFTA_BITWISE_XOR]);
	if (op == NFT_BITWISE_BOOL && mask && flip &&
	    nla_len(mask) == nla_len(flip) && nla_len(mask) == len &&
	    len <= NFT_DATA_VALUE_MAXLEN && tpw_passage_knows(p, from, len))
		mask_registers(p, from, to, mask, flip);
	else
		tpw_passage_forget(p, to, len);
	return TPW_NFT_GOES_ON;
}

/**
 * tpw_nft_load_ct() - a rule loads what connection tracking knows
 * @p: the passage
 * @expr: the expression
 *
 * Context: in an RCU read-side section.
 * Return: how it goes on.
 */
enum tpw_nft_step tpw_nft_load_ct(struct tpw_passage *p,
				  const struct nft_expr *expr)
{
	u32 key, state = p->gates->is_past_conntrack ? p->gates->ct_state : 0;
	struct nlattr *attrs[NFTA_CT_MAX + 1];
	unsigned int reg;

	if (!tpw_nft_dump(p, expr, attrs, NFTA_CT_MAX) ||
	    !tpw_nft_register(attrs[NFTA_CT_DREG], &reg) ||
	    !tpw_nft_u32(attrs[NFTA_CT_KEY], &key))
		return TPW_NFT_NOT_KNOWN;
	if (key == NFT_CT_STATE && state)
		tpw_passage_set(p, reg, &state, sizeof(state));
	else
		tpw_passage_forget(p, reg, NFT_DATA_VALUE_MAXLEN);
	return TPW_NFT_GOES_ON;
}

/**
 * tpw_nft_set_meta() - a rule sets what the kernel keeps of a packet: its mark
 * @p: the passage
 * @expr: the expression
 *
 * Context: in an RCU read-side section.
 * Return: how it goes on; not known, where it is not sure to be set.
 */
enum tpw_nft_step tpw_nft_set_meta(struct tpw_passage *p,
				   const struct nft_expr *expr)
{
	struct nlattr *attrs[NFTA_META_MAX + 1];
	unsigned int reg;
	u32 key;

	if (!tpw_nft_dump(p, expr, attrs, NFTA_META_MAX) ||
	    !tpw_nft_register(attrs[NFTA_META_SREG], &reg) ||
	    !tpw_nft_u32(attrs[NFTA_META_KEY], &key))
		return TPW_NFT_NOT_KNOWN;
	/* Who traces sees more, and nothing else changes. */
	if (key == NFT_META_NFTRACE)
		return TPW_NFT_GOES_ON;
	if (key != NFT_META_MARK || p->is_route || p->is_maybe || p->was_maybe ||
	    !tpw_passage_knows(p, reg, sizeof(p->gates->mark)))
		return TPW_NFT_NOT_KNOWN;
	p->gates->mark = p->reg[reg];
	p->gates->has_mark = true;
	return TPW_NFT_GOES_ON;
}
#endif
