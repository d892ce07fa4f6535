/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What log -j wrote, made the table again that it was.
 */
#ifndef TPR_ANNOTATE_JSON_LOG_H
#define TPR_ANNOTATE_JSON_LOG_H

#include "table/table.h"

#include <stdio.h>

int tpr_json_log_push(struct tpr_table *table, FILE *file, const char *path);

#endif
