/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many segments arrive, before any firewall rule sees them.
 */
#ifndef _TPW_NETFILTER_H
#define _TPW_NETFILTER_H

#include <linux/types.h>

int tpw_netfilter_start(void);
void tpw_netfilter_stop(void);
bool tpw_netfilter_has_queues(void);
int tpw_netfilter_arm(void);
void tpw_netfilter_disarm(void);

#endif /* _TPW_NETFILTER_H */
