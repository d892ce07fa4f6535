// SPDX-License-Identifier: GPL-2.0
/*
 * A chain of nftables, as far as it can be told without running it.
 *
 * What a segment says of itself is known, its device, and of connection tracking
 * whether it is the first: see passage.h.  A rule that asks something else (a
 * mark, a limit) may match or not, so both ways are followed, and the chain has a
 * fate if all ways end alike.  An expression that is not one of those here is none
 * to guess about.
 */
#include "explain/nft_expr.h"

#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/string.h>

#if TPW_READS_NFT
#include <linux/bits.h>
#include <linux/rculist.h>
#include <net/netfilter/nf_tables_core.h>

enum kind { OTHER, COMPARES, COMPARES_MORE, COMPARES_RANGE, LOADS_BYTES,
	    LOADS_META, LOADS_CT, MASKS, MASKS_MORE, FINDS, PASSES_BY,
	    MATCHES_MAYBE, SETS, SETS_META, REJECTS, TRANSLATES, REDIRECTS };

enum step { GOES_ON, NEXT_RULE, STOPS };

/* Named by their operations, which nf_tables has for itself. */
static const struct {
	const char *ops;
	enum kind kind;
} kinds[] = {
	{ "nft_cmp_fast_ops", COMPARES },
	{ "nft_cmp16_fast_ops", COMPARES_MORE },
	{ "nft_cmp_ops", COMPARES_MORE },
	{ "nft_range_ops", COMPARES_RANGE },
	{ "nft_payload_fast_ops", LOADS_BYTES },
	{ "nft_payload_ops", LOADS_BYTES },
	{ "nft_meta_get_ops", LOADS_META },
	{ "nft_ct_get_ops", LOADS_CT },
	{ "nft_ct_get_fast_ops", LOADS_CT },
	{ "nft_bitwise_ops", MASKS_MORE },
	{ "nft_bitwise_fast_ops", MASKS },
	{ "nft_lookup_ops", FINDS },
	{ "nft_counter_ops", PASSES_BY },
	{ "nft_log_ops", PASSES_BY },
	{ "nft_limit_pkts_ops", MATCHES_MAYBE },
	{ "nft_limit_bytes_ops", MATCHES_MAYBE },
	{ "nft_imm_ops", SETS },
	{ "nft_meta_set_ops", SETS_META },
	{ "nft_reject_inet_ops", REJECTS },
	{ "nft_reject_ipv4_ops", REJECTS },
	{ "nft_reject_ipv6_ops", REJECTS },
	{ "nft_nat_ops", TRANSLATES },
	{ "nft_nat_inet_ops", TRANSLATES },
	{ "nft_redir_ipv4_ops", REDIRECTS },
	{ "nft_redir_ipv6_ops", REDIRECTS },
	{ "nft_redir_inet_ops", REDIRECTS },
};

#define LOOK_UP_COST	256	/* a symbol by its address, in expressions */

static enum kind look_up(const struct nft_expr_ops *ops)
{
	char name[64];
	unsigned int i;
	size_t len;

	scnprintf(name, sizeof(name), "%ps", ops);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		len = strlen(kinds[i].ops);
		/* Its module stands behind it, if it is not built in. */
		if (!strncmp(name, kinds[i].ops, len) &&
		    (!name[len] || name[len] == ' '))
			return kinds[i].kind;
	}
	return OTHER;
}

static enum kind kind_of(struct tpw_passage *p, const struct nft_expr_ops *ops)
{
	enum kind kind;
	unsigned int i;

	for (i = 0; i < p->nr_ops; i++)
		if (p->ops[i] == ops)
			return p->kind[i];
	*p->budget -= LOOK_UP_COST;
	kind = look_up(ops);
	if (kind != OTHER && i < TPW_PASSAGE_OPS) {
		p->ops[i] = ops;
		p->kind[i] = kind;
		p->nr_ops++;
	}
	return kind;
}

/* As nft_bitwise_fast_eval(). */
static void mask(struct tpw_passage *p, const struct nft_bitwise_fast_expr *bits)
{
	u32 value;

	if (!tpw_passage_knows(p, bits->sreg, sizeof(value))) {
		tpw_passage_forget(p, bits->dreg, sizeof(value));
		return;
	}
	value = (p->reg[bits->sreg] & bits->mask) ^ bits->xor;
	tpw_passage_set(p, bits->dreg, &value, sizeof(value));
}

/* As nft_cmp_fast_eval(). */
static enum step compare(struct tpw_passage *p,
			 const struct nft_cmp_fast_expr *cmp)
{
	if (!tpw_passage_knows(p, cmp->sreg, sizeof(cmp->data))) {
		p->is_maybe = true;
		return GOES_ON;
	}
	return ((p->reg[cmp->sreg] & cmp->mask) == cmp->data) != cmp->inv ?
	       GOES_ON : NEXT_RULE;
}

static void note(struct tpw_passage *p, enum tpw_gate_fate fate, u64 handle)
{
	if (!p->ends)
		p->handle = handle;
	else if (p->handle != handle)
		p->handle = 0;
	p->ends |= BIT(fate);
}

/* What is maybe the end is followed to the next rule too. */
static enum step end(struct tpw_passage *p, enum tpw_gate_fate fate)
{
	note(p, fate, p->rule->handle);
	return fate == TPW_GATE_FATE_DECIDES || !p->is_maybe ? STOPS : NEXT_RULE;
}

/* The same, back to where the chain was jumped to from. */
static enum step leave(struct tpw_passage *p)
{
	p->may_return = true;
	return p->is_maybe ? NEXT_RULE : STOPS;
}

static bool follow(struct tpw_passage *p, const struct nft_chain *chain);

/* A chain that ends in all its ways ends the one that goes there. */
static enum step jump(struct tpw_passage *p, const struct nft_chain *chain,
		      bool is_goto)
{
	bool is_maybe = p->is_maybe, returns;
	const struct nft_rule *rule = p->rule;

	if (p->depth == NFT_JUMP_STACK_SIZE || !chain)
		return end(p, TPW_GATE_FATE_DECIDES);
	p->depth++;
	p->was_maybe |= is_maybe;
	returns = follow(p, chain);
	p->depth--;
	p->rule = rule;
	p->is_maybe = is_maybe;
	if (p->ends & BIT(TPW_GATE_FATE_DECIDES))
		return STOPS;
	if (returns && is_goto)
		return leave(p);
	return returns || is_maybe ? NEXT_RULE : STOPS;
}

static enum step obey(struct tpw_passage *p, const struct nft_verdict *verdict)
{
	switch (verdict->code) {
	case NF_ACCEPT:
		return end(p, TPW_GATE_FATE_PASSES);
	case NF_DROP:
		return end(p, TPW_GATE_FATE_DROPS);
	case NFT_CONTINUE:
		return GOES_ON;
	case NFT_RETURN:
		return leave(p);
	case NFT_JUMP:
	case NFT_GOTO:
		return jump(p, verdict->chain, verdict->code == NFT_GOTO);
	default:
		return end(p, TPW_GATE_FATE_DECIDES);
	}
}

static enum step set(struct tpw_passage *p, const struct nft_immediate_expr *set)
{
	if (set->dreg == NFT_REG_VERDICT)
		return obey(p, &set->data.verdict);
	tpw_passage_set(p, set->dreg, &set->data, set->dlen);
	return GOES_ON;
}

static enum step as(struct tpw_passage *p, enum tpw_nft_step step)
{
	if (step == TPW_NFT_NOT_KNOWN)
		return end(p, TPW_GATE_FATE_DECIDES);
	return step == TPW_NFT_GOES_ON ? GOES_ON : NEXT_RULE;
}

static enum step find(struct tpw_passage *p, const struct nft_expr *expr)
{
	const struct nft_verdict *verdict;
	enum step step = as(p, tpw_nft_find(p, expr, &verdict));

	return verdict ? obey(p, verdict) : step;
}

static enum step load(struct tpw_passage *p, const struct nft_expr *expr,
		      enum kind kind)
{
	if (kind == LOADS_CT)
		return as(p, tpw_nft_load_ct(p, expr));
	if (kind == LOADS_META)
		tpw_passage_load_meta(p, expr);
	else
		tpw_passage_load_bytes(p, expr);
	return GOES_ON;
}

/* What is tracked already keeps what it has, and the rule accepts it. */
static enum step send_to(struct tpw_passage *p, const struct tpw_tuple *target)
{
	if (p->gates->is_tracked)
		return end(p, TPW_GATE_FATE_PASSES);
	if (p->ends & BIT(TPW_GATE_FATE_TRANSLATES) &&
	    !tpw_tuple_equal(&p->target, target))
		return end(p, TPW_GATE_FATE_DECIDES);
	p->target = *target;
	return end(p, TPW_GATE_FATE_TRANSLATES);
}

static enum step translate(struct tpw_passage *p, const struct nft_expr *expr,
			   enum kind kind)
{
	struct tpw_tuple target = *p->t;
	enum tpw_nft_step step;

	step = kind == TRANSLATES ? tpw_nft_translate(p, expr, &target) :
				    tpw_nft_redirect(p, expr, &target);
	switch (step) {
	case TPW_NFT_GOES_ON:
		return GOES_ON;
	case TPW_NFT_TRANSLATES:
		return send_to(p, &target);
	case TPW_NFT_DROPS:
		return end(p, TPW_GATE_FATE_DROPS);
	default:
		return end(p, TPW_GATE_FATE_DECIDES);
	}
}

static enum step take(struct tpw_passage *p, const struct nft_expr *expr)
{
	const void *priv = nft_expr_priv(expr);
	enum kind kind = kind_of(p, expr->ops);

	switch (kind) {
	case COMPARES:
		return compare(p, priv);
	case COMPARES_MORE:
		return as(p, tpw_nft_compare(p, expr));
	case COMPARES_RANGE:
		return as(p, tpw_nft_compare_range(p, expr));
	case LOADS_BYTES:
	case LOADS_META:
	case LOADS_CT:
		return load(p, expr, kind);
	case MASKS:
		mask(p, priv);
		return GOES_ON;
	case MASKS_MORE:
		return as(p, tpw_nft_mask(p, expr));
	case FINDS:
		return find(p, expr);
	case MATCHES_MAYBE:
		p->is_maybe = true;
		return GOES_ON;
	case PASSES_BY:
		return GOES_ON;
	case SETS:
		return set(p, priv);
	case SETS_META:
		return as(p, tpw_nft_set_meta(p, expr));
	case REJECTS:
		return end(p, TPW_GATE_FATE_REJECTS);
	case TRANSLATES:
	case REDIRECTS:
		return translate(p, expr, kind);
	default:
		return end(p, TPW_GATE_FATE_DECIDES);
	}
}

static bool is_last(struct tpw_passage *p, const struct nft_rule *rule)
{
	const struct nft_expr *expr, *last;
	enum step step;

	p->is_maybe = false;
	nft_rule_for_each_expr(expr, last, rule) {
		if (--*p->budget < 0)
			return end(p, TPW_GATE_FATE_DECIDES) == STOPS;
		step = take(p, expr);
		p->was_maybe |= p->is_maybe;
		if (step != GOES_ON)
			return step == STOPS;
	}
	return false;
}

/* Return: whether it may come to an end without a verdict. */
static bool follow(struct tpw_passage *p, const struct nft_chain *chain)
{
	bool before = p->may_return, returns;
	const struct nft_rule *rule;

	p->may_return = false;
	list_for_each_entry_rcu(rule, &chain->rules, list) {
		p->rule = rule;
		if (--*p->budget < 0) {
			end(p, TPW_GATE_FATE_DECIDES);
			goto out;
		}
		if (nft_is_active(p->net, rule) && is_last(p, rule))
			goto out;
	}
	p->may_return = true;
out:
	returns = p->may_return;
	p->may_return = before;
	return returns;
}

static enum tpw_gate_fate policy_of(const struct nft_chain *chain)
{
	return nft_base_chain(chain)->policy == NF_DROP ? TPW_GATE_FATE_DROPS :
							  TPW_GATE_FATE_PASSES;
}

/* All ways must end alike. */
static enum tpw_gate_fate fate_of(unsigned long ends)
{
	switch (ends) {
	case BIT(TPW_GATE_FATE_PASSES):
		return TPW_GATE_FATE_PASSES;
	case BIT(TPW_GATE_FATE_DROPS):
		return TPW_GATE_FATE_DROPS;
	case BIT(TPW_GATE_FATE_REJECTS):
		return TPW_GATE_FATE_REJECTS;
	case BIT(TPW_GATE_FATE_TRANSLATES):
		return TPW_GATE_FATE_TRANSLATES;
	default:
		return TPW_GATE_FATE_DECIDES;
	}
}

/**
 * tpw_gate_nft() - what a base chain of nftables does with a segment
 * @gates: what it has passed, with the budget of expressions that may be read.
 *	Any user may have chains in a namespace of his own, and reading them does
 *	not give the CPU away.
 * @to: where goes that it passes, is dropped, rejected or translated, if the
 *	rules leave no other way; else that the chain decides
 * @net: its namespace
 * @chain: it
 * @t: the segment, NULL if it is not known what becomes of it before
 *
 * Context: in an RCU read-side section.
 * Return: the handle of the rule that makes its fate; 0 for none, or for one of
 *	several.
 */
u64 tpw_gate_nft(struct tpw_gates *gates, struct tpw_gate *to,
		 const struct net *net, const struct nft_chain *chain,
		 const struct tpw_tuple *t)
{
	struct tpw_passage p = {
		.t = t,
		.gates = gates,
		.net = net,
		.table = chain->table,
		.generation = tpw_nft_generation(net),
		.is_route = nft_base_chain(chain)->type->type == NFT_CHAIN_T_ROUTE,
		.budget = &gates->budget,
	};

	smp_rmb();	/* the generation, and then its rules */
	to->fate = TPW_GATE_FATE_DECIDES;
	if (list_empty(&chain->rules))
		to->fate = policy_of(chain);
	if (list_empty(&chain->rules) || !t)
		return 0;
	if (follow(&p, chain))
		note(&p, policy_of(chain), 0);
	consume_skb(p.dump);
	/* Half of one ruleset and half of another are none. */
	smp_rmb();	/* the rules, and then whether it is still that */
	if (tpw_nft_generation(net) != p.generation)
		return 0;
	to->fate = fate_of(p.ends);
	to->translated = p.target;
	return p.handle;
}
#endif
