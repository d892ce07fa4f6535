// SPDX-License-Identifier: GPL-2.0
/*
 * Chains of NAT, which see the first segment of a connection.
 *
 * They hang in a list of their own behind a hook of nf_nat, which keeps to itself
 * where that is.  So what stands where the list was in all kernels so far is taken
 * for it only if it proves to be one: each of its entries is what somebody has
 * registered for this very place.  If nothing stands there, the same must be seen
 * of another place of NAT, as the hooks are there because of some chain.
 */
#include "explain/gate.h"

#include "base/compat_nft.h"

#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#if TPW_READS_NFT
#define HOOKS_MOST	1024	/* as MAX_HOOK_COUNT */

/**
 * struct list - hooks of one place behind that of NAT
 * @entries: them, NULL for none
 * @nr: how many
 */
struct list {
	const struct nf_hook_entries *entries;
	unsigned int nr;
};

/**
 * struct hook - one of them
 * @at: as it was registered
 * @ops: a copy of that
 */
struct hook {
	const struct nf_hook_ops *at;
	struct nf_hook_ops ops;
};

/* What is run is what was registered, and for this place. */
static bool read_hook(const struct list *list, unsigned int i,
		      const struct nf_hook_ops *nat, struct hook *to)
{
	const struct nf_hook_entry *hooks = list->entries->hooks;
	const struct nf_hook_ops *const *ops = (const void *)&hooks[list->nr];
	struct nf_hook_entry hook;

	return !copy_from_kernel_nofault(&hook, &hooks[i], sizeof(hook)) &&
	       !copy_from_kernel_nofault(&to->at, &ops[i], sizeof(to->at)) &&
	       !copy_from_kernel_nofault(&to->ops, to->at, sizeof(to->ops)) &&
	       hook.hook == to->ops.hook && hook.priv == to->ops.priv &&
	       to->ops.hooknum == nat->hooknum &&
	       (to->ops.pf == nat->pf || to->ops.pf == NFPROTO_INET);
}

/* Return: false if what stands there is no list. */
static bool find_list(const struct nf_hook_ops *nat, struct list *to)
{
	struct hook hook;
	unsigned int i;
	u16 nr = 0;

	to->nr = 0;
	if (copy_from_kernel_nofault(&to->entries, nat->priv,
				     sizeof(to->entries)))
		return false;
	if (!to->entries)
		return true;
	if (copy_from_kernel_nofault(&nr, &to->entries->num_hook_entries,
				     sizeof(nr)) ||
	    !nr || nr > HOOKS_MOST)
		return false;
	to->nr = nr;
	for (i = 0; i < nr; i++)
		if (!read_hook(to, i, nat, &hook))
			return false;
	return true;
}

static bool has_list(const struct nf_hook_entries *entries)
{
	struct nf_hook_ops ops;
	struct list list;
	char name[64];
	unsigned int i;

	for (i = 0; entries && i < entries->num_hook_entries; i++) {
		if (!tpw_gate_hook_at(entries, i, &ops) ||
		    ops.hook_ops_type == NF_HOOK_OP_NF_TABLES)
			continue;
		scnprintf(name, sizeof(name), "%ps", ops.hook);
		if (tpw_gate_is_nat(name) && find_list(&ops, &list) && list.nr)
			return true;
	}
	return false;
}

/* Is it known where such a list is? */
static bool is_proven(const struct net *net, u8 pf)
{
	unsigned int hook;

	for (hook = 0; hook < NF_INET_NUMHOOKS; hook++)
		if (has_list(pf == NFPROTO_IPV6 ?
				     rcu_dereference(net->nf.hooks_ipv6[hook]) :
				     rcu_dereference(net->nf.hooks_ipv4[hook])))
			return true;
	return false;
}

/* Of what stands in such a list only a base chain of this type is read. */
static bool is_chain(const struct hook *hook)
{
	const struct nft_base_chain *base =
		container_of(hook->at, struct nft_base_chain, ops);

	return hook->ops.hook_ops_type == NF_HOOK_OP_NF_TABLES &&
	       hook->ops.priv == &base->chain &&
	       base->type->type == NFT_CHAIN_T_NAT;
}

/*
 * A segment of TCP that does not fit its entry is none of it, so no rule sees it.
 * Return: whether it meets the next chain, too.
 */
static bool settle(struct tpw_gates *gates, struct tpw_gate *to)
{
	if (to->fate == TPW_GATE_FATE_DROPS && gates->is_tracked &&
	    gates->tuple->proto == IPPROTO_TCP)
		to->fate = TPW_GATE_FATE_DECIDES;
	if (to->fate != TPW_GATE_FATE_TRANSLATES)
		return to->fate == TPW_GATE_FATE_PASSES;
	if (tpw_tuple_equal(gates->tuple, &to->translated))
		to->fate = TPW_GATE_FATE_PASSES;
	*gates->tuple = to->translated;
	return false;
}

/* As nf_nat_inet_fn(): one after the other, until one has translated it. */
static void follow(struct tpw_gates *gates, struct tpw_gate *to,
		   const struct net *net, const struct list *list,
		   const struct nf_hook_ops *nat)
{
	enum tpw_gate_kind kind = to->kind;
	struct hook hook;
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		if (i)
			to = tpw_gate_add(gates, kind, TPW_GATE_FATE_DECIDES);
		if (!read_hook(list, i, nat, &hook))
			return;
		tpw_gate_hook(gates, to, net, &hook.ops,
			      is_chain(&hook) ? gates->tuple : NULL);
		if (!settle(gates, to))
			return;
	}
}

/* Without an entry, one that a helper does not expect, and whose source stays. */
static bool is_plain(const struct tpw_gates *gates, struct net *net,
		     enum tpw_gate_kind kind)
{
	if (gates->is_tracked)
		return true;
	return gates->ct_state && (kind != TPW_GATE_INPUT ||
				   !tpw_gate_is_taken(net, gates->tuple));
}

/**
 * tpw_gate_nat() - what NAT does with a segment that it has not settled yet
 * @gates: what has been passed; their tuple becomes what NAT makes of it
 * @to: the hook of NAT, which decides; becomes the first of its chains, others
 *	are added
 * @net: the namespace
 * @nat: the hook
 *
 * What this host sends itself is routed anew by NAT, and is not followed, nor
 * is what comes on a device where it arrives: OUTPUT has settled its entry.
 *
 * Context: process, in an RCU read-side section.
 */
void tpw_gate_nat(struct tpw_gates *gates, struct tpw_gate *to,
		  struct net *net, const struct nf_hook_ops *nat)
{
	struct list list;

	if (gates->is_own || gates->may_be_own)
		return;
	if (!gates->is_past_conntrack) {
		to->fate = TPW_GATE_FATE_PASSES;
		return;
	}
	if (!is_plain(gates, net, to->kind) || !find_list(nat, &list))
		return;
	if (list.nr)
		follow(gates, to, net, &list, nat);
	else if (is_proven(net, nat->pf))
		to->fate = TPW_GATE_FATE_PASSES;
}
#else
void tpw_gate_nat(struct tpw_gates *gates, struct tpw_gate *to,
		  struct net *net, const struct nf_hook_ops *nat)
{
}
#endif
