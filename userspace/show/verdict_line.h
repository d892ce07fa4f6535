/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log records for people: one compact line a segment.
 */
#ifndef TPR_VERDICT_LINE_H
#define TPR_VERDICT_LINE_H

#include "show/print.h"

extern const struct tpr_printer_ops tpr_verdict_printer;
extern const struct tpr_shape tpr_verdict_shape;

#endif
