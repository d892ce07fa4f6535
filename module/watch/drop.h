/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where segments are dropped.
 */
#ifndef _TPW_DROP_H
#define _TPW_DROP_H

#include "hook/arm.h"
#include "watch/segment.h"

#include <linux/if_ether.h>
#include <linux/skbuff.h>

void tpw_drop_add(void);

/**
 * tpw_segment_may_be() - may a record be that of an skb, not only of its memory?
 * @s: the record, as tpw_segment_find() has found it
 * @skb: the skb
 *
 * What opens no record, as it is of a family that is not watched, may get the
 * memory of what did.
 *
 * Context: BH off.
 * Return: false if it is known that it is not.
 */
static inline bool tpw_segment_may_be(const struct tpw_segment *s,
				      const struct sk_buff *skb)
{
	bool is_ipv6 = tpw_family_is_ipv6(s->c.family);

	return s->c.stage != TPW_STAGE_CLOSED || !tpw_watched_lost() ||
	       skb->protocol == htons(is_ipv6 ? ETH_P_IPV6 : ETH_P_IP);
}

#endif /* _TPW_DROP_H */
