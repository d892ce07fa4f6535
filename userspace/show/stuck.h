/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listeners whose queue waits while nobody accepts.
 */
#ifndef TPR_STUCK_H
#define TPR_STUCK_H

#include "table/rows.h"

uint64_t tpr_stuck_ns(const struct tpr_rows *listeners, size_t row);

#endif
