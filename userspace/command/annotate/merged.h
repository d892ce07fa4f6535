/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments that receive offload merged behind the capture.
 */
#ifndef TPR_ANNOTATE_MERGED_H
#define TPR_ANNOTATE_MERGED_H

#include "command/annotate/annotation.h"

int tpr_merged_doubt(struct tpr_annotation *annotation);

#endif
