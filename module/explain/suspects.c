// SPDX-License-Identifier: GPL-2.0
/*
 * Which netfilter hooks may have taken a packet: those that stand now where it
 * was taken.
 */
#include "explain/suspects.h"

#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/net_namespace.h>

/* Of the packet no device is known: those of all. */
static void find_ingress(struct tpw_gates *to, struct net *net, u8 family)
{
#if IS_ENABLED(CONFIG_NETFILTER_INGRESS)
	const struct net_device *dev;

	for_each_netdev_rcu(net, dev)
		tpw_gate_hooks(to, net, dev, family, TPW_GATE_INGRESS);
#endif
}

/**
 * tpw_suspects_find() - the hooks that are there now
 * @to: where they go; those that tpw_suspect() says no to are among them
 * @net: the namespace
 * @family: of the packet
 * @taker: where the packet was taken
 *
 * Context: process.
 */
void tpw_suspects_find(struct tpw_gates *to, struct net *net, u8 family,
		       enum tpw_taker taker)
{
	memset(to, 0, sizeof(*to));
	rcu_read_lock();
	if (taker != TPW_TAKER_PREROUTING)
		tpw_gate_hooks(to, net, NULL, family, TPW_GATE_INPUT);
	if (taker != TPW_TAKER_INPUT) {
		find_ingress(to, net, family);
		tpw_gate_hooks(to, net, NULL, family, TPW_GATE_PREROUTING);
	}
	rcu_read_unlock();
}

/**
 * tpw_suspect() - may a hook have taken a packet?
 * @gate: the hook
 *
 * Connection tracking drops what begins when its table is full.
 *
 * Context: any.
 * Return: false for those that let all pass.
 */
bool tpw_suspect(const struct tpw_gate *gate)
{
	return gate->fate != TPW_GATE_FATE_PASSES ||
	       strstr(gate->who, "_conntrack_in ");
}
