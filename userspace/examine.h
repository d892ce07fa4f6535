/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two halves of an examination.
 */
#ifndef TPW_EXAMINE_H
#define TPW_EXAMINE_H

#include "finding.h"

#include <stdbool.h>

void tpw_examine_kernel(struct tpw_findings *findings, bool is_loaded);
void tpw_examine_module(struct tpw_findings *findings);

#endif
