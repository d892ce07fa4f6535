/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules that say which segments of the namespace are logged.
 */
#ifndef TPR_FILTER_H
#define TPR_FILTER_H

#include "lib/options.h"

char *tpr_filter_rules(const struct tpr_options *options);

#endif
