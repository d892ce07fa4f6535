/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which record belongs to which arrival.
 */
#ifndef TPR_ANNOTATE_MATCH_H
#define TPR_ANNOTATE_MATCH_H

#include "command/annotate/annotation.h"

int tpr_match(struct tpr_annotation *annotation);

#endif
