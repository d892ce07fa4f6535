/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the times in the tables, which count from boot, to the time on the wall.
 */
#ifndef TPR_CLOCK_H
#define TPR_CLOCK_H

#include "table/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for every text that the functions below make, with its NUL. */
#define TPR_CLOCK_BYTES	64

bool tpr_clock_has_wall(const struct tpr_table *table);
bool tpr_clock_wall(const struct tpr_table *table, const char *time_ns, int64_t *wall_ns);
void tpr_clock_local(char *text, int64_t wall_ns);
void tpr_clock_utc(char *text, int64_t wall_ns);
void tpr_clock_span(char *text, uint64_t ns);

#endif
