/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which netfilter hooks may have taken a packet.
 */
#ifndef _TPW_SUSPECTS_H
#define _TPW_SUSPECTS_H

#include "verdict/taker.h"
#include "explain/gate.h"

void tpw_suspects_find(struct tpw_gates *to, struct net *net, u8 family,
		       enum tpw_taker taker);
bool tpw_suspect(const struct tpw_gate *gate);

#endif /* _TPW_SUSPECTS_H */
