/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables as JSON lines: one object a line.
 */
#ifndef TPW_JSON_H
#define TPW_JSON_H

#include "table.h"

#include <stdint.h>
#include <stdio.h>

void tpw_json_head(FILE *out, const struct tpw_table *table);
void tpw_json_row(FILE *out, const struct tpw_table *table, char *const *fields);
void tpw_json_open(FILE *out, const struct tpw_table *table, char *const *fields);
void tpw_json_lost(FILE *out, uint64_t lost_nr);

#endif
