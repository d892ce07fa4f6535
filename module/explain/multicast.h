/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who gets a copy of a datagram that goes to many.
 */
#ifndef _TPW_MULTICAST_H
#define _TPW_MULTICAST_H

#include <linux/types.h>

struct net;
struct tpw_search;
struct tpw_tuple;

void tpw_explain_multicast(struct tpw_search *s);
bool tpw_multicast_is_joined6(struct net *net, int ifindex,
			      const struct tpw_tuple *t);

#endif /* _TPW_MULTICAST_H */
