/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules by which the kernel says whether a socket fits, and how well.
 */
#ifndef _TPW_SCORE_H
#define _TPW_SCORE_H

#include "explain/search.h"

/**
 * struct tpw_score - how well a socket fits
 * @value: the sum of its points, or TPW_NO_SCORE if it does not fit
 * @points: what it has points for, BIT(enum tpw_point)
 * @fate: if it does not fit, enum tpw_fate says why
 */
struct tpw_score {
	s8 value;
	u8 points;
	u8 fate;
};

void tpw_score_socket(const struct tpw_search *s, const struct sock *sk,
		      const union tpw_addr *addr, struct tpw_score *to);
unsigned int tpw_score_weight(u8 proto, u8 family, enum tpw_point point);

#endif /* _TPW_SCORE_H */
