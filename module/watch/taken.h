/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that never arrive at the transport layer.
 */
#ifndef _TPW_TAKEN_H
#define _TPW_TAKEN_H

#include "verdict/taker.h"

struct sk_buff;

void tpw_taken(const struct sk_buff *skb, enum tpw_taker taker,
	       unsigned int reason);

#endif /* _TPW_TAKEN_H */
