/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a reuseport group shares out what comes in, and how it should.
 */
#ifndef TPR_SHARE_H
#define TPR_SHARE_H

#include "table/rows.h"

/* Room for what tpr_share_group() makes */
#define TPR_SHARE_BYTES	64

int tpr_share_add(struct tpr_rows *listeners);
uint64_t tpr_share_members(const struct tpr_rows *listeners, size_t row);
void tpr_share_group(char *text, const struct tpr_rows *listeners, size_t row);
uint64_t tpr_share_count(const struct tpr_rows *listeners, size_t row);
bool tpr_share_is_together(const struct tpr_rows *listeners, size_t a, size_t b);

#endif
