/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a listener can answer.
 */
#ifndef _TPW_WAY_BACK_H
#define _TPW_WAY_BACK_H

#include <linux/types.h>

struct sock;
struct tpw_query;

bool tpw_way_back_lacks(const struct sock *sk, const struct tpw_query *q);

#endif /* _TPW_WAY_BACK_H */
