// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter hooks on the way of a segment: who they are, and whether they could
 * do anything to it.
 */
#include "explain/gate.h"

#include "base/compat_nft.h"

#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter/x_tables.h>
#include <linux/rculist.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_tables.h>

/* Hooks of the kernel that see a segment and let it pass, by name. */
static const char *const harmless[] = {
	"ipv4_conntrack_defrag [nf_defrag_ipv4]",
	"ipv6_defrag [nf_defrag_ipv6]",
	"ipv4_conntrack_in [nf_conntrack]",
	"ipv6_conntrack_in [nf_conntrack]",
	"ipv4_conntrack_local [nf_conntrack]",
	"ipv6_conntrack_local [nf_conntrack]",
	"ipv4_confirm [nf_conntrack]",
	"ipv6_confirm [nf_conntrack]",
	"nf_confirm [nf_conntrack]",
	/* Asks for a mark that only a rule can have set, which would decide. */
	"apparmor_ip_postroute",
	"apparmor_ipv4_postroute",
	"apparmor_ipv6_postroute",
};

/**
 * tpw_gate_is_nat() - is this a hook of NAT?
 * @who: the function
 *
 * Return: true if it is.
 */
bool tpw_gate_is_nat(const char *who)
{
	return !strncmp(who, "nf_nat_", 7);
}

static bool is_conntrack(const char *who)
{
	return !strcmp(who, "ipv4_conntrack_in [nf_conntrack]") ||
	       !strcmp(who, "ipv6_conntrack_in [nf_conntrack]");
}

/* Rules of NAT are not asked again.  As HOOK2MANIP(). */
static bool is_settled(const struct tpw_gates *gates,
		       enum tpw_gate_kind kind, const char *who)
{
	bool is_source = kind == TPW_GATE_INPUT || kind == TPW_GATE_POSTROUTING;

	if (!tpw_gate_is_nat(who))
		return false;
	return is_source ? gates->has_source_nat : gates->has_target_nat;
}

static enum tpw_gate_fate fate_of(const struct tpw_gates *gates,
				  enum tpw_gate_kind kind, const char *who)
{
	unsigned int i;

	if (is_settled(gates, kind, who))
		return TPW_GATE_FATE_PASSES;
	for (i = 0; i < ARRAY_SIZE(harmless); i++)
		if (!strcmp(who, harmless[i]))
			return TPW_GATE_FATE_PASSES;
	return TPW_GATE_FATE_DECIDES;
}

#if TPW_READS_NFT
static const char *family_name(u8 family)
{
	switch (family) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	case NFPROTO_NETDEV:
		return "netdev";
	default:
		return "?";
	}
}

/* Behind the chain, if there is room: half a number would be another one. */
static void add_handle(struct tpw_gate *to, u64 handle)
{
	char text[24];
	int len = scnprintf(text, sizeof(text), "#%llu", handle);

	if (handle && to->fate != TPW_GATE_FATE_DECIDES &&
	    to->fate != TPW_GATE_FATE_PASSES &&
	    strlen(to->who) + len < sizeof(to->who))
		strcat(to->who, text);
}

/* The chain lives as long as its hook can be seen under RCU. */
static bool read_chain(struct tpw_gates *gates, struct tpw_gate *to,
		       const struct net *net, const struct nf_hook_ops *ops,
		       const struct tpw_tuple *t)
{
	const struct nft_chain *chain = ops->priv;

	if (ops->hook_ops_type != NF_HOOK_OP_NF_TABLES || !chain)
		return false;
	scnprintf(to->who, sizeof(to->who), "nft:%s/%s/%s",
		  family_name(chain->table->family), chain->table->name,
		  chain->name);
	add_handle(to, tpw_gate_nft(gates, to, net, chain, t));
	return true;
}
#else
static bool read_chain(struct tpw_gates *gates, struct tpw_gate *to,
		       const struct net *net, const struct nf_hook_ops *ops,
		       const struct tpw_tuple *t)
{
	return false;
}
#endif

/* Functions that run a table of iptables, of which mangle has its own. */
static const struct {
	const char *function;
	const char *tool;
} runners[] = {
	{ "ipt_do_table [ip_tables]", "iptables" },
	{ "ip6t_do_table [ip6_tables]", "ip6tables" },
	{ "iptable_mangle_hook [iptable_mangle]", "iptables" },
	{ "ip6table_mangle_hook [ip6table_mangle]", "ip6tables" },
};

static bool read_table(struct tpw_gate *to, const struct xt_table *table)
{
	unsigned int i;

	for (i = 0; table && i < ARRAY_SIZE(runners); i++) {
		if (strcmp(to->who, runners[i].function))
			continue;
		scnprintf(to->who, sizeof(to->who), "%s:%s", runners[i].tool,
			  table->name);
		return true;
	}
	return false;
}

/*
 * Where a hook brings no table along, each has a function of its own:
 * iptable_filter_hook [iptable_filter], iptable_nat_do_chain [iptable_nat].
 */
static void name_table(struct tpw_gate *to)
{
	const char *name = strchr(to->who, '_');
	bool is_ipv6 = !strncmp(to->who, "ip6table_", strlen("ip6table_"));
	char table[12];

	if (!is_ipv6 && strncmp(to->who, "iptable_", strlen("iptable_")))
		return;
	name++;
	scnprintf(table, sizeof(table), "%.*s", (int)strcspn(name, "_"), name);
	scnprintf(to->who, sizeof(to->who), "%s:%s",
		  is_ipv6 ? "ip6tables" : "iptables", table);
}

static void read_function(const struct tpw_gates *gates, struct tpw_gate *to,
			  const struct nf_hook_ops *ops)
{
	scnprintf(to->who, sizeof(to->who), "%ps", ops->hook);
	if (read_table(to, ops->priv))
		return;
	to->fate = fate_of(gates, to->kind, to->who);
	name_table(to);
}

/**
 * tpw_gate_hook() - who a hook is, and what it does
 * @gates: what has been passed
 * @to: goes there
 * @net: the namespace
 * @ops: the hook
 * @t: the segment, NULL if it is not known what becomes of it before
 *
 * Context: process, in an RCU read-side section.
 */
void tpw_gate_hook(struct tpw_gates *gates, struct tpw_gate *to,
		   const struct net *net, const struct nf_hook_ops *ops,
		   const struct tpw_tuple *t)
{
	to->priority = ops->priority;
	if (!read_chain(gates, to, net, ops, t))
		read_function(gates, to, ops);
}

/* Behind one that decides the segment may be another one. */
static void add_hook(struct tpw_gates *to, struct net *net,
		     enum tpw_gate_kind kind, const struct nf_hook_ops *ops)
{
	bool is_read = to->is_admin && !tpw_gates_end(to);
	const struct tpw_tuple *t = is_read ? to->tuple : NULL;
	struct tpw_gate *gate;

	/* Ours, which counts; and what has just been taken off. */
	if (within_module((unsigned long)ops->hook, THIS_MODULE) || !ops->pf)
		return;
	gate = tpw_gate_add(to, kind, TPW_GATE_FATE_DECIDES);
	tpw_gate_hook(to, gate, net, ops, t);
	if (t && tpw_gate_is_nat(gate->who) &&
	    gate->fate == TPW_GATE_FATE_DECIDES)
		tpw_gate_nat(to, gate, net, ops);
	if (is_conntrack(gate->who)) {
		to->has_conntrack = true;
		to->is_past_conntrack = true;
	}
}

static unsigned int hook_number(enum tpw_gate_kind kind)
{
	switch (kind) {
	case TPW_GATE_OUTPUT:
		return NF_INET_LOCAL_OUT;
	case TPW_GATE_POSTROUTING:
		return NF_INET_POST_ROUTING;
	case TPW_GATE_INPUT:
		return NF_INET_LOCAL_IN;
	default:
		return NF_INET_PRE_ROUTING;
	}
}

static const struct nf_hook_entries *
entries_of(const struct net *net, const struct net_device *dev, u8 family,
	   enum tpw_gate_kind kind)
{
	unsigned int hook = hook_number(kind);

#if IS_ENABLED(CONFIG_NETFILTER_INGRESS)
	if (dev)
		return rcu_dereference(dev->nf_hooks_ingress);
#endif
	return family == AF_INET6 ? rcu_dereference(net->nf.hooks_ipv6[hook]) :
				    rcu_dereference(net->nf.hooks_ipv4[hook]);
}

/**
 * tpw_gate_hook_at() - one of the hooks of one place
 * @entries: them
 * @i: which
 * @to: where it goes
 *
 * Who takes a hook off puts another one in its place first, and then some free
 * theirs at once.
 *
 * Context: process, in an RCU read-side section.
 * Return: false if it has just been taken off.
 */
bool tpw_gate_hook_at(const struct nf_hook_entries *entries, unsigned int i,
		      struct nf_hook_ops *to)
{
	struct nf_hook_ops **ops = nf_hook_entries_get_hook_ops(entries);
	const struct nf_hook_ops *from = READ_ONCE(ops[i]);

	*to = *from;
	smp_rmb();	/* what has been read, and then whether it was there */
	return READ_ONCE(ops[i]) == from;
}

/**
 * tpw_gate_hooks() - the netfilter hooks of one place
 * @to: to these
 * @net: the namespace
 * @dev: the device, for those on it; else NULL
 * @family: of the packet
 * @kind: the place
 *
 * Context: process, in an RCU read-side section.
 */
void tpw_gate_hooks(struct tpw_gates *to, struct net *net,
		    const struct net_device *dev, u8 family,
		    enum tpw_gate_kind kind)
{
	const struct nf_hook_entries *entries;
	struct nf_hook_ops ops;
	unsigned int i;

	entries = entries_of(net, dev, family, kind);
	if (!entries)
		return;
	for (i = 0; i < entries->num_hook_entries; i++)
		if (tpw_gate_hook_at(entries, i, &ops))
			add_hook(to, net, kind, &ops);
}
