// SPDX-License-Identifier: GPL-2.0
/*
 * A chain of nftables, as far as it can be told without running it.
 *
 * What a segment says of itself is known: protocol, addresses, ports.  A rule
 * that compares something else (a mark, a state, a device, a set) may match or
 * not, so both ways are followed, and the chain has a fate if all ways end
 * alike.  An expression that is not one of those here is none to guess about.
 */
#include "explain/gate.h"

#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/string.h>

#if IS_ENABLED(CONFIG_NF_TABLES)
#include <linux/bits.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rculist.h>
#include <net/netfilter/nf_tables.h>
#include <net/netfilter/nf_tables_core.h>
#include <net/netfilter/nft_meta.h>

enum kind { OTHER, COMPARES, COMPARES_MORE, LOADS_BYTES, LOADS_META, LOADS_MORE,
	    MASKS, PASSES_BY, SETS };

enum step { GOES_ON, NEXT_RULE, ENDS };

/* Named by their operations, which nf_tables has for itself. */
static const struct {
	const char *ops;
	enum kind kind;
} kinds[] = {
	{ "nft_cmp_fast_ops", COMPARES },
	{ "nft_cmp16_fast_ops", COMPARES_MORE },
	{ "nft_cmp_ops", COMPARES_MORE },
	{ "nft_payload_fast_ops", LOADS_BYTES },
	{ "nft_payload_ops", LOADS_BYTES },
	{ "nft_meta_get_ops", LOADS_META },
	{ "nft_ct_get_ops", LOADS_MORE },
	{ "nft_ct_get_fast_ops", LOADS_MORE },
	{ "nft_bitwise_ops", LOADS_MORE },
	{ "nft_bitwise_fast_ops", MASKS },
	{ "nft_counter_ops", PASSES_BY },
	{ "nft_log_ops", PASSES_BY },
	{ "nft_imm_ops", SETS },
};

#define LOOK_UP_COST	256	/* a symbol by its address, in expressions */

/**
 * struct passage - a segment on its way through a chain
 * @t: it
 * @is_netdev: the chain sees frames of a device
 * @is_maybe: whether the rule matches as far as this is not known
 * @known: which registers are
 * @reg: them
 * @ends: how the chain may end, a bit for each enum tpw_gate_fate
 * @policy: how it ends behind its last rule
 * @budget: as many more expressions are read, for all chains
 * @ops: whose kind has been looked up; another kind ends the chain
 * @kind: that
 * @nr_ops: how many
 */
struct passage {
	const struct tpw_tuple *t;
	bool is_netdev;
	bool is_maybe;
	u32 known;
	u32 reg[NFT_REG32_NUM];
	unsigned long ends;
	enum tpw_gate_fate policy;
	int *budget;
	const struct nft_expr_ops *ops[ARRAY_SIZE(kinds)];
	enum kind kind[ARRAY_SIZE(kinds)];
	unsigned int nr_ops;
};

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

static enum kind kind_of(struct passage *p, const struct nft_expr_ops *ops)
{
	enum kind kind;
	unsigned int i;

	for (i = 0; i < p->nr_ops; i++)
		if (p->ops[i] == ops)
			return p->kind[i];
	*p->budget -= LOOK_UP_COST;
	kind = look_up(ops);
	if (kind != OTHER && i < ARRAY_SIZE(kinds)) {
		p->ops[i] = ops;
		p->kind[i] = kind;
		p->nr_ops++;
	}
	return kind;
}

static void set_register(struct passage *p, unsigned int reg, const void *value,
			 unsigned int len)
{
	if (reg >= NFT_REG32_NUM)
		return;
	p->reg[reg] = 0;
	memcpy(&p->reg[reg], value, len);
	p->known |= BIT(reg);
}

/* What is there may also not be there, and then the rule does not match. */
static void forget_registers(struct passage *p, unsigned int reg,
			     unsigned int len)
{
	unsigned int i, nr = DIV_ROUND_UP(len, sizeof(u32));

	for (i = reg; i < reg + nr && i < NFT_REG32_NUM; i++)
		p->known &= ~BIT(i);
	p->is_maybe = true;
}

/* Of a field of a header, what is loaded; of a prefix, as many bytes as it has. */
static const void *part_of(const void *field, unsigned int offset,
			   unsigned int size, const struct nft_payload *load)
{
	if (load->offset < offset || load->offset + load->len > offset + size)
		return NULL;
	return field + load->offset - offset;
}

static const void *ipv4_at(const struct tpw_tuple *t,
			   const struct nft_payload *load)
{
	return part_of(&t->proto, offsetof(struct iphdr, protocol),
		       sizeof(t->proto), load) ?:
	       part_of(&t->foreign.ip, offsetof(struct iphdr, saddr),
		       sizeof(t->foreign.ip), load) ?:
	       part_of(&t->local.ip, offsetof(struct iphdr, daddr),
		       sizeof(t->local.ip), load);
}

/* What follows the header may be another one, so no protocol is known. */
static const void *ipv6_at(const struct tpw_tuple *t,
			   const struct nft_payload *load)
{
	return part_of(&t->foreign.ip6, offsetof(struct ipv6hdr, saddr),
		       sizeof(t->foreign.ip6), load) ?:
	       part_of(&t->local.ip6, offsetof(struct ipv6hdr, daddr),
		       sizeof(t->local.ip6), load);
}

/* The bytes of a header that a tuple tells, if one register takes them. */
static const void *bytes_at(const struct tpw_tuple *t,
			    const struct nft_payload *load)
{
	if (load->len > sizeof(u32))
		return NULL;
	switch (load->base) {
	case NFT_PAYLOAD_NETWORK_HEADER:
		return t->family == AF_INET6 ? ipv6_at(t, load) :
					       ipv4_at(t, load);
	case NFT_PAYLOAD_TRANSPORT_HEADER:
		return part_of(&t->fport, 0, sizeof(t->fport), load) ?:
		       part_of(&t->lport, sizeof(t->fport), sizeof(t->lport),
			       load);
	default:
		return NULL;
	}
}

static void load_bytes(struct passage *p, const struct nft_payload *load)
{
	const void *bytes = bytes_at(p->t, load);

	if (bytes)
		set_register(p, load->dreg, bytes, load->len);
	else
		forget_registers(p, load->dreg, load->len);
}

static void load_meta(struct passage *p, const struct nft_meta *meta)
{
	bool is_v6 = p->t->family == AF_INET6;
	u8 pf = is_v6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
	__be16 protocol = htons(is_v6 ? ETH_P_IPV6 : ETH_P_IP);

	if (meta->key == NFT_META_L4PROTO)
		set_register(p, meta->dreg, &p->t->proto, 1);
	else if (meta->key == NFT_META_NFPROTO && !p->is_netdev)
		set_register(p, meta->dreg, &pf, 1);
	else if (meta->key == NFT_META_PROTOCOL)
		set_register(p, meta->dreg, &protocol, sizeof(protocol));
	else
		forget_registers(p, meta->dreg, sizeof(p->reg));
}

static bool is_known(const struct passage *p, unsigned int reg)
{
	return reg < NFT_REG32_NUM && p->known & BIT(reg);
}

/* As nft_bitwise_fast_eval(). */
static void mask(struct passage *p, const struct nft_bitwise_fast_expr *bits)
{
	u32 value;

	if (!is_known(p, bits->sreg)) {
		forget_registers(p, bits->dreg, sizeof(value));
		return;
	}
	value = (p->reg[bits->sreg] & bits->mask) ^ bits->xor;
	set_register(p, bits->dreg, &value, sizeof(value));
}

/* As nft_cmp_fast_eval(). */
static bool may_match(struct passage *p, const struct nft_cmp_fast_expr *cmp)
{
	if (!is_known(p, cmp->sreg)) {
		p->is_maybe = true;
		return true;
	}
	return ((p->reg[cmp->sreg] & cmp->mask) == cmp->data) != cmp->inv;
}

/* What is maybe the end is followed to the next rule too. */
static enum step end(struct passage *p, enum tpw_gate_fate fate)
{
	p->ends |= BIT(fate);
	return fate == TPW_GATE_FATE_DECIDES || !p->is_maybe ? ENDS : NEXT_RULE;
}

static enum step set(struct passage *p, const struct nft_immediate_expr *set)
{
	if (set->dreg != NFT_REG_VERDICT) {
		forget_registers(p, set->dreg, set->dlen);
		return GOES_ON;
	}
	switch (set->data.verdict.code) {
	case NF_ACCEPT:
		return end(p, TPW_GATE_FATE_PASSES);
	case NF_DROP:
		return end(p, TPW_GATE_FATE_DROPS);
	case NFT_RETURN:
		return end(p, p->policy);
	default:
		return end(p, TPW_GATE_FATE_DECIDES);
	}
}

static enum step take(struct passage *p, const struct nft_expr *expr)
{
	const void *priv = nft_expr_priv(expr);

	switch (kind_of(p, expr->ops)) {
	case COMPARES:
		return may_match(p, priv) ? GOES_ON : NEXT_RULE;
	case COMPARES_MORE:
		p->is_maybe = true;
		return GOES_ON;
	case LOADS_BYTES:
		load_bytes(p, priv);
		return GOES_ON;
	case LOADS_META:
		load_meta(p, priv);
		return GOES_ON;
	case LOADS_MORE:
		forget_registers(p, 0, sizeof(p->reg));
		return GOES_ON;
	case MASKS:
		mask(p, priv);
		return GOES_ON;
	case PASSES_BY:
		return GOES_ON;
	case SETS:
		return set(p, priv);
	default:
		return end(p, TPW_GATE_FATE_DECIDES);
	}
}

static bool is_last(struct passage *p, const struct nft_rule *rule)
{
	const struct nft_expr *expr, *last;
	enum step step;

	p->is_maybe = false;
	nft_rule_for_each_expr(expr, last, rule) {
		if (--*p->budget < 0)
			return end(p, TPW_GATE_FATE_DECIDES) == ENDS;
		step = take(p, expr);
		if (step != GOES_ON)
			return step == ENDS;
	}
	return false;
}

static void follow(struct passage *p, const struct net *net,
		   const struct nft_chain *chain)
{
	const struct nft_rule *rule;

	list_for_each_entry_rcu(rule, &chain->rules, list) {
		if (--*p->budget < 0) {
			end(p, TPW_GATE_FATE_DECIDES);
			return;
		}
		if (nft_is_active(net, rule) && is_last(p, rule))
			return;
	}
	p->ends |= BIT(p->policy);
}

/**
 * tpw_gate_nft() - what a base chain of nftables does with a segment
 * @net: its namespace
 * @chain: it
 * @t: the segment, NULL if it is not known what becomes of it before
 * @budget: as many expressions may be read, for all chains; less what was.  Any
 *	user may have chains in a namespace of his own, and reading them does not
 *	give the CPU away.
 *
 * Context: in an RCU read-side section.
 * Return: that it passes or is dropped, if the rules leave no other way; else
 *	that the chain decides.
 */
enum tpw_gate_fate tpw_gate_nft(const struct net *net,
				const struct nft_chain *chain,
				const struct tpw_tuple *t, int *budget)
{
	struct passage p = {
		.t = t,
		.budget = budget,
		.is_netdev = chain->table->family == NFPROTO_NETDEV,
		.policy = nft_base_chain(chain)->policy == NF_DROP ?
			  TPW_GATE_FATE_DROPS : TPW_GATE_FATE_PASSES,
	};

	if (list_empty(&chain->rules))
		return p.policy;
	if (!t)
		return TPW_GATE_FATE_DECIDES;
	follow(&p, net, chain);
	if (p.ends == BIT(TPW_GATE_FATE_PASSES))
		return TPW_GATE_FATE_PASSES;
	if (p.ends == BIT(TPW_GATE_FATE_DROPS))
		return TPW_GATE_FATE_DROPS;
	return TPW_GATE_FATE_DECIDES;
}
#endif
