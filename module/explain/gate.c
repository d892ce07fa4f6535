// SPDX-License-Identifier: GPL-2.0
/*
 * What a segment has to pass before the lookup, in its order.
 */
#include "explain/gate.h"

#include <linux/if.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/xfrm.h>

#define TPW_NAME_GATE(id, name, meaning)	[TPW_GATE_##id] = name,
#define TPW_NAME_GATE_FATE(id, name, meaning)	[TPW_GATE_FATE_##id] = name,

const char *const tpw_gate_names[] = { TPW_GATE_NAMES(TPW_NAME_GATE) };
const char *const tpw_gate_fate_names[] = {
	TPW_GATE_FATE_NAMES(TPW_NAME_GATE_FATE)
};

/**
 * tpw_gate_add() - one more
 * @to: to these
 * @kind: which
 * @fate: what it does
 *
 * Return: to be filled in; the last one is written over if there is no room.
 */
struct tpw_gate *tpw_gate_add(struct tpw_gates *to, enum tpw_gate_kind kind,
			      enum tpw_gate_fate fate)
{
	struct tpw_gate *gate;

	if (to->nr == TPW_GATES_ROOM) {
		to->unnamed++;
		to->rest.kind = kind;
		to->rest.fate = TPW_GATE_FATE_DECIDES;
		strscpy(to->rest.who, "-", sizeof(to->rest.who));
		/* One that stands for several must not promise for all. */
		if (fate < TPW_GATE_FATE_DECIDES)
			fate = TPW_GATE_FATE_DECIDES;
		to->nr--;
	}
	gate = &to->gate[to->nr++];
	memset(gate, 0, sizeof(*gate));
	gate->kind = kind;
	gate->fate = fate;
	strscpy(gate->who, "-", sizeof(gate->who));
	return gate;
}

/**
 * tpw_gates_end() - how far the segment comes
 * @gates: all of them
 *
 * Behind one that decides nothing is sure: it may make another segment of it.
 *
 * Return: the first that does not let it through for sure; NULL if all do.
 */
const struct tpw_gate *tpw_gates_end(const struct tpw_gates *gates)
{
	unsigned int i;

	for (i = 0; i < gates->nr; i++)
		if (gates->gate[i].fate >= TPW_GATE_FATE_DECIDES)
			return &gates->gate[i];
	return gates->unnamed ? &gates->rest : NULL;
}

static void find_ipsec(struct tpw_gates *to, const struct net *net)
{
#if IS_ENABLED(CONFIG_XFRM)
	if (READ_ONCE(net->xfrm.policy_count[XFRM_POLICY_IN]))
		tpw_gate_add(to, TPW_GATE_IPSEC, TPW_GATE_FATE_DECIDES);
#endif
}

static void find_netfilter(struct tpw_gates *to, struct net *net,
			   u8 family, enum tpw_gate_kind kind)
{
	rcu_read_lock();
	tpw_gate_hooks(to, net, NULL, family, kind);
	rcu_read_unlock();
}

/* Where it belongs to another one (a VRF, bridge, bond), rules may see that. */
static void keep_device(struct tpw_gates *to, struct net_device *dev)
{
	if (netdev_master_upper_dev_get_rcu(dev))
		return;
	to->ifindex = dev->ifindex;
	/* Rules compare all of it. */
	strscpy_pad(to->device, dev->name, sizeof(to->device));
}

/* On lo, if this host sends it to itself. */
static void find_device(struct tpw_gates *to, struct net *net,
			const struct tpw_question *q)
{
	struct net_device *dev;

	rcu_read_lock();
	dev = to->is_own ? net->loopback_dev :
			   dev_get_by_index_rcu(net, q->ifindex);
	if (dev) {
		to->may_be_own = dev->flags & IFF_LOOPBACK ||
				 netif_is_l3_master(dev);
		keep_device(to, dev);
		tpw_gate_device(to, net, dev, q->q.tuple.family);
	}
	rcu_read_unlock();
}

/* Its entry counts where it is on the way.  That is seen at its hook. */
static void find_entry(struct tpw_gates *to, struct net *net,
		       struct tpw_tuple *t)
{
	find_netfilter(to, net, t->family, TPW_GATE_PREROUTING);
	if (to->has_conntrack)
		tpw_gate_conntrack(to, net, t);
	to->nr = 0;
	to->unnamed = 0;
	to->is_past_conntrack = false;
}

static void add_entry(struct tpw_gates *to, const struct tpw_tuple *t)
{
	struct tpw_gate *gate;

	if (!to->is_tracked)
		return;
	gate = tpw_gate_add(to, TPW_GATE_CONNTRACK, TPW_GATE_FATE_PASSES);
	if (to->is_translated) {
		gate->fate = TPW_GATE_FATE_TRANSLATES;
		gate->translated = *t;
	}
}

/**
 * tpw_gates_find() - find them
 * @to: where to
 * @net: the namespace
 * @q: the question, its device assumed; if NAT translates it, by an entry of
 *	connection tracking or by rules that make one, its tuple becomes what the
 *	lookup gets
 * @is_admin: who asks may see what others have open: entries of connection
 *	tracking, and rules
 *
 * Context: process, may sleep.
 */
void tpw_gates_find(struct tpw_gates *to, struct net *net,
		    struct tpw_question *q, bool is_admin)
{
	u8 family = q->q.tuple.family;

	memset(to, 0, sizeof(*to));
	to->is_admin = is_admin;
	to->is_own = q->source == TPW_DEVICE_LOOPBACK ||
		     q->source == TPW_DEVICE_OWNER;
	if (is_admin)
		find_entry(to, net, &q->q.tuple);
	to->tuple = to->is_translated ? NULL : &q->q.tuple;
	to->budget = TPW_GATES_BUDGET;
	if (to->is_own) {
		find_netfilter(to, net, family, TPW_GATE_OUTPUT);
		find_netfilter(to, net, family, TPW_GATE_POSTROUTING);
	}
	find_device(to, net, q);
	find_netfilter(to, net, family, TPW_GATE_PREROUTING);
	add_entry(to, &q->q.tuple);
	if (!to->is_own)
		tpw_gate_route(to, net, q);
	find_netfilter(to, net, family, TPW_GATE_INPUT);
	find_ipsec(to, net);
}
