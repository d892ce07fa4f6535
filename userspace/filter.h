/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules that say which segments of the namespace are logged.
 */
#ifndef TPW_FILTER_H
#define TPW_FILTER_H

#include "options.h"

char *tpw_filter_rules(const struct tpw_options *options);

#endif
