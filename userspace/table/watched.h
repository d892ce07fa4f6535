/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module does not watch: a family whose hooks are not all to be had.
 */
#ifndef TPR_WATCHED_H
#define TPR_WATCHED_H

#include "table/table.h"

#include <stdbool.h>
#include <stddef.h>

bool tpr_watched_has(const struct tpr_table *table, size_t family);
char *tpr_watched_sentence(const struct tpr_table *table, size_t family);
bool tpr_watched_has_all(const struct tpr_table *table);
bool tpr_watched_has_tcp(const struct tpr_table *table);

#endif
