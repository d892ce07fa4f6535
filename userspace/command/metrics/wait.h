/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long connections wait to be accepted.
 */
#ifndef TPR_WAIT_H
#define TPR_WAIT_H

#include "table/rows.h"
#include "command/metrics/family.h"

int tpr_wait_add_oldest(struct tpr_family *family, const struct tpr_rows *listeners, size_t row,
			const struct tpr_label *labels, size_t nr);
int tpr_wait_add_accepted(struct tpr_family *family, const struct tpr_rows *listeners, size_t row,
			  const struct tpr_label *labels, size_t nr);

#endif
