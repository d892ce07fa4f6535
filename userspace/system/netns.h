/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking from another network namespace.
 */
#ifndef TPR_NETNS_H
#define TPR_NETNS_H

int tpr_netns_enter(const char *word);

#endif
