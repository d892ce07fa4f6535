/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of a capture as arrivals of an annotation.
 */
#ifndef TPR_ANNOTATE_ARRIVALS_H
#define TPR_ANNOTATE_ARRIVALS_H

#include "capture/input.h"
#include "command/annotate/annotation.h"

int tpr_arrivals_add(struct tpr_annotation *annotation, const struct tpr_capture *capture,
		     const struct tpr_frame *frame);

#endif
