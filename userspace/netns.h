/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking from another network namespace.
 */
#ifndef TPW_NETNS_H
#define TPW_NETNS_H

int tpw_netns_enter(const char *word);

#endif
