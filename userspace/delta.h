/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The change of a table's numbers from one reading to the next.
 */
#ifndef TPW_DELTA_H
#define TPW_DELTA_H

#include "table.h"

#include <stdbool.h>

struct tpw_delta;

struct tpw_delta *tpw_delta_create(void);
void tpw_delta_destroy(struct tpw_delta *delta);
int tpw_delta_keep(struct tpw_delta *delta, const struct tpw_table *table, char *const *fields);
int tpw_delta_row(struct tpw_delta *delta, const struct tpw_table *table, char *const *fields);
char *const *tpw_delta_fields(const struct tpw_delta *delta);
bool tpw_delta_is_zero(const struct tpw_delta *delta);

#endif
