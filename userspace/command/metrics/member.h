/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers for sockets that are bound to the same, as the members of a reuseport group are.
 */
#ifndef TPR_MEMBER_H
#define TPR_MEMBER_H

#include "table/rows.h"

const char *tpr_member_value(const struct tpr_rows *listeners, size_t row, const char *column);
size_t *tpr_member_numbers(const struct tpr_rows *listeners);

#endif
