// SPDX-License-Identifier: GPL-2.0
/*
 * Programs and hooks on the device that a segment comes in on.
 */
#include "explain/gate.h"

#include "base/compat_tc.h"

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>

/* Of a link the kernel's headers do not show the program. */
static u32 program_of(const struct net_device *dev)
{
	const struct bpf_prog *prog = rcu_dereference(dev->xdp_prog);
	unsigned int mode;

	for (mode = 0; !prog && mode < __MAX_XDP_MODE; mode++)
		prog = READ_ONCE(dev->xdp_state[mode].prog);
	return prog ? READ_ONCE(prog->aux)->id : 0;
}

static bool has_xdp(const struct net_device *dev)
{
	unsigned int mode;

	if (rcu_access_pointer(dev->xdp_prog))
		return true;
	for (mode = 0; mode < __MAX_XDP_MODE; mode++)
		if (READ_ONCE(dev->xdp_state[mode].prog) ||
		    READ_ONCE(dev->xdp_state[mode].link))
			return true;
	return false;
}

/**
 * tpw_gate_device() - what there is on the device, and on its master
 * @to: to these
 * @net: the namespace
 * @dev: the device
 * @family: of the packet
 *
 * Context: process, in an RCU read-side section.
 */
void tpw_gate_device(struct tpw_gates *to, struct net *net,
		     const struct net_device *dev, u8 family)
{
	struct tpw_gate *gate;

	if (has_xdp(dev)) {
		gate = tpw_gate_add(to, TPW_GATE_XDP, TPW_GATE_FATE_DECIDES);
		gate->prog = program_of(dev);
		strscpy(gate->who, dev->name, sizeof(gate->who));
	}
	if (tpw_dev_has_tc(dev)) {
		gate = tpw_gate_add(to, TPW_GATE_TC, TPW_GATE_FATE_DECIDES);
		strscpy(gate->who, dev->name, sizeof(gate->who));
	}
	tpw_gate_hooks(to, net, dev, family, TPW_GATE_INGRESS);
}
