/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was typed and printed while the tables filled.
 */
#ifndef TPR_REPORT_TRANSCRIPT_H
#define TPR_REPORT_TRANSCRIPT_H

#include "lib/options.h"

#include <stdio.h>

int tpr_transcript_write(FILE *out, const struct tpr_options *options);

#endif
