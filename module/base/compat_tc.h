/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether tc looks at what a device receives.
 */
#ifndef _TPW_COMPAT_TC_H
#define _TPW_COMPAT_TC_H

#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <probed.h>

#if TPW_HAS_TCX
#include <linux/bpf_mprog.h>
#include <net/tcx.h>
#endif

/* In an RCU read-side section. A qdisc without filters is an entry, too. */
static inline bool tpw_dev_has_tc(const struct net_device *dev)
{
#if TPW_HAS_TCX
	struct bpf_mprog_entry *entry = rcu_dereference(dev->tcx_ingress);

	return entry && (rcu_access_pointer(tcx_entry(entry)->miniq) ||
			 bpf_mprog_total(entry));
#elif IS_ENABLED(CONFIG_NET_CLS_ACT)
	return rcu_access_pointer(dev->miniq_ingress);
#else
	return false;
#endif
}

#endif /* _TPW_COMPAT_TC_H */
