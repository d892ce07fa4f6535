/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules that say which segments of the namespace are logged.
 */
#ifndef TPR_FILTER_H
#define TPR_FILTER_H

#include "lib/options.h"
#include "table/table.h"

/* Of all namespaces; that of one has rules in the place of a table. */
extern const struct tpr_shape tpr_filter_shape;

char *tpr_filter_rules(const struct tpr_options *options);

#endif
