/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log for a report.
 */
#ifndef TPR_REPORT_SEGMENTS_H
#define TPR_REPORT_SEGMENTS_H

#include "lib/options.h"

#include <stdint.h>
#include <stdio.h>

/* A page with more of them would not load in time: it gets the last ones. */
#define TPR_SEGMENTS_MAX	50000

int tpr_segments_write(FILE *out, const struct tpr_options *options, uint64_t *rows_nr);

#endif
