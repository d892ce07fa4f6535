/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why the kernel dropped an skb: its own names for it.
 */
#ifndef _TPW_REASON_H
#define _TPW_REASON_H

#include <linux/types.h>

#include "verdict/verdict.h"

const char *tpw_reason_name(unsigned int reason);
unsigned int tpw_reason_clamp(unsigned int reason);
bool tpw_reason_is_tcp(unsigned int reason);

#endif /* _TPW_REASON_H */
