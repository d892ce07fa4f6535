/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of an examination.
 */
#ifndef TPR_EXAMINE_H
#define TPR_EXAMINE_H

#include "show/finding.h"
#include "table/rows.h"

#include <stdbool.h>

void tpr_examine_kernel(struct tpr_findings *findings, bool is_loaded);
void tpr_examine_arguments(struct tpr_findings *findings, const char *file);
bool tpr_arguments_are_known(const char *function);
void tpr_examine_insmod(struct tpr_findings *findings);
void tpr_examine_module(struct tpr_findings *findings);
bool tpr_examine_listeners(struct tpr_findings *findings);
void tpr_examine_arrivals(struct tpr_findings *findings);
void tpr_examine_memory(struct tpr_findings *findings, bool has_listeners);

int tpr_examine_load(struct tpr_findings *findings, struct tpr_rows *rows, const char *name,
		     const struct tpr_shape *shape);
bool tpr_examine_has_tables(const struct tpr_options *options);
void tpr_examine_saved(struct tpr_findings *findings);

#endif
