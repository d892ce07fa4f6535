// SPDX-License-Identifier: GPL-2.0
/*
 * Sets and maps of nftables: whether an element is in one, asked as a rule does.
 */
#include "explain/nft_expr.h"
#include "base/compat_nft.h"

#if TPW_READS_NFT
#include <linux/bottom_half.h>
#include <linux/minmax.h>
#include <linux/rculist.h>
#include <linux/string.h>
#include <net/netlink.h>

#define LOOK_UP_COST	64	/* of an element, in expressions */
#define LOOK_UP_MOST	4096	/* and as many more, of a large set */

/**
 * struct search - of an element
 * @set: in it
 * @reg: the first register of its key
 * @dreg: where what stands with it goes
 * @has_dreg: the set is a map
 * @is_inverted: the rule wants what is not in it
 */
struct search {
	const struct nft_set *set;
	unsigned int reg;
	unsigned int dreg;
	bool has_dreg;
	bool is_inverted;
};

/* There may be as many as somebody liked to make. */
static const struct nft_set *set_named(const struct tpw_passage *p,
				       const struct nlattr *name)
{
	const struct nft_set *set;

	list_for_each_entry_rcu(set, &p->table->sets, list) {
		if (--*p->budget < 0)
			return NULL;
		if (nft_is_active(p->net, set) && !nla_strcmp(name, set->name))
			return set;
	}
	return NULL;
}

/* A commit meanwhile may have given the name to a set of another kind. */
static bool is_of_kind(const struct search *search)
{
	bool wants_verdict = search->has_dreg && search->dreg == NFT_REG_VERDICT;
	const struct nft_set *set = search->set;

	if (!search->has_dreg)
		return true;
	return set->flags & NFT_SET_MAP &&
	       (nft_set_datatype(set) == NFT_DATA_VERDICT) == wants_verdict;
}

static bool read_search(struct tpw_passage *p, const struct nft_expr *expr,
			struct search *to)
{
	struct nlattr *attrs[NFTA_LOOKUP_MAX + 1];
	u32 flags = 0;

	if (!tpw_nft_dump(p, expr, attrs, NFTA_LOOKUP_MAX) ||
	    !attrs[NFTA_LOOKUP_SET] ||
	    !tpw_nft_register(attrs[NFTA_LOOKUP_SREG], &to->reg))
		return false;
	tpw_nft_u32(attrs[NFTA_LOOKUP_FLAGS], &flags);
	to->has_dreg = tpw_nft_register(attrs[NFTA_LOOKUP_DREG], &to->dreg);
	to->is_inverted = flags & NFT_LOOKUP_F_INV;
	to->set = set_named(p, attrs[NFTA_LOOKUP_SET]);
	return to->set && is_of_kind(to);
}

/* As nft_lookup_eval(); some kinds of sets need BH off to be asked. */
static bool has_element(struct tpw_passage *p, const struct search *search,
			const struct nft_set_ext **ext)
{
	bool has;

	*p->budget -= LOOK_UP_COST +
		      min(atomic_read(&search->set->nelems) / 256, LOOK_UP_MOST);
	local_bh_disable();
	has = tpw_nft_set_has(p->net, search->set, &p->reg[search->reg], ext);
	local_bh_enable();
	return has;
}

/* An element that counts or limits has a say of its own; one stands for all. */
static bool is_plain(const struct nft_set *set, const struct nft_set_ext *ext)
{
	return list_empty(&set->catchall_list) &&
	       !nft_set_ext_exists(ext, NFT_SET_EXT_EXPRESSIONS);
}

/* What stands with an element. */
static void load_data(struct tpw_passage *p, const struct search *search,
		      const struct nft_set_ext *ext)
{
	if (nft_set_ext_exists(ext, NFT_SET_EXT_DATA))
		tpw_passage_set(p, search->dreg, nft_set_ext_data(ext),
				search->set->dlen);
	else
		tpw_passage_forget(p, search->dreg, search->set->dlen);
}

/* Any element may be meant, or none. */
static enum tpw_nft_step find_any(struct tpw_passage *p,
				  const struct search *search)
{
	if (search->has_dreg && search->dreg == NFT_REG_VERDICT)
		return TPW_NFT_NOT_KNOWN;
	if (search->has_dreg)
		tpw_passage_forget(p, search->dreg, search->set->dlen);
	p->is_maybe = true;
	return TPW_NFT_GOES_ON;
}

/**
 * tpw_nft_find() - a rule looks for registers in a set or map
 * @p: the passage
 * @expr: the expression
 * @verdict: that of a map of verdicts, where there is one; else NULL
 *
 * Context: in an RCU read-side section.
 * Return: how it goes on, if @verdict does not say it.
 */
enum tpw_nft_step tpw_nft_find(struct tpw_passage *p, const struct nft_expr *expr,
			       const struct nft_verdict **verdict)
{
	const struct nft_set_ext *ext;
	struct search search;
	bool has;

	*verdict = NULL;
	if (!read_search(p, expr, &search))
		return TPW_NFT_NOT_KNOWN;
	if (!tpw_passage_knows(p, search.reg, search.set->klen))
		return find_any(p, &search);
	has = has_element(p, &search, &ext);
	if (!is_plain(search.set, ext))
		return TPW_NFT_NOT_KNOWN;
	if (has == search.is_inverted)
		return TPW_NFT_NEXT_RULE;
	if (search.has_dreg && search.dreg != NFT_REG_VERDICT)
		load_data(p, &search, ext);
	else if (search.has_dreg && nft_set_ext_exists(ext, NFT_SET_EXT_DATA))
		*verdict = &nft_set_ext_data(ext)->verdict;
	return TPW_NFT_GOES_ON;
}
#endif
