/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The change of a table's numbers from one reading to the next.
 */
#ifndef TPR_DELTA_H
#define TPR_DELTA_H

#include "table/table.h"

#include <stdbool.h>

struct tpr_delta;

struct tpr_delta *tpr_delta_create(void);
void tpr_delta_destroy(struct tpr_delta *delta);
int tpr_delta_keep(struct tpr_delta *delta, const struct tpr_table *table, char *const *fields);
int tpr_delta_row(struct tpr_delta *delta, const struct tpr_table *table, char *const *fields);
char *const *tpr_delta_fields(const struct tpr_delta *delta);
bool tpr_delta_is_zero(const struct tpr_delta *delta);

#endif
