/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was refused, and what was taken, by local end.
 */
#ifndef TPR_ENDS_H
#define TPR_ENDS_H

#include "lib/options.h"
#include "command/metrics/family.h"

int tpr_ends_add(struct tpr_family *refused, struct tpr_family *taken,
		 const struct tpr_options *options);

#endif
