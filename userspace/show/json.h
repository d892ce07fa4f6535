/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables as JSON lines: one object a line.
 */
#ifndef TPR_JSON_H
#define TPR_JSON_H

#include "table/table.h"

#include <stdint.h>
#include <stdio.h>

void tpr_json_head(FILE *out, const struct tpr_table *table);
void tpr_json_row(FILE *out, const struct tpr_table *table, char *const *fields);
void tpr_json_open(FILE *out, const struct tpr_table *table, char *const *fields);
void tpr_json_endpoint(FILE *out, const char *name, const char *text);
void tpr_json_lost(FILE *out, uint64_t lost_nr);

#endif
