/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a reuseport group shares out what comes in, and how it should.
 */
#ifndef TPW_SHARE_H
#define TPW_SHARE_H

#include "rows.h"

int tpw_share_add(struct tpw_rows *listeners);
uint64_t tpw_share_members(const char *group);
uint64_t tpw_share_count(const struct tpw_rows *listeners, size_t row);
bool tpw_share_is_together(const struct tpw_rows *listeners, size_t a, size_t b);

#endif
