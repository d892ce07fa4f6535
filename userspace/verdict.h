/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log records for people: one compact line a segment.
 */
#ifndef TPW_VERDICT_H
#define TPW_VERDICT_H

#include "print.h"

extern const struct tpw_printer_ops tpw_verdict_printer;
extern const struct tpw_shape tpw_verdict_shape;

#endif
