/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many packets became what, for who asked.
 */
#ifndef TPR_ANNOTATE_RESULT_H
#define TPR_ANNOTATE_RESULT_H

#include "command/annotate/annotation.h"
#include "lib/options.h"

#include <stdint.h>

void tpr_result_print(FILE *out, const struct tpr_annotation *annotation,
		      const struct tpr_options *options);

#endif
