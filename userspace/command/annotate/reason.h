/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why an arrival has no record.
 */
#ifndef TPR_ANNOTATE_REASON_H
#define TPR_ANNOTATE_REASON_H

#include "command/annotate/annotation.h"

void tpr_reason_find(struct tpr_annotation *annotation);

#endif
