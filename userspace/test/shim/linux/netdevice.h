/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TPW_SHIM_NETDEVICE_H
#define TPW_SHIM_NETDEVICE_H

struct net;

/** struct net_device - what is asked of one */
struct net_device {
	/** @ifindex: its number */
	int ifindex;
};

/* From the test that is compiled with it */
struct net_device *dev_get_by_name_rcu(struct net *net, const char *name);

#endif
