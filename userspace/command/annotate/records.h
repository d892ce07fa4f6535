/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of the log as records of an annotation.
 */
#ifndef TPR_ANNOTATE_RECORDS_H
#define TPR_ANNOTATE_RECORDS_H

#include "command/annotate/annotation.h"
#include "command/annotate/owners.h"
#include "table/table.h"

int tpr_records_add(struct tpr_annotation *annotation, const struct tpr_table *table);
int tpr_records_locals(struct tpr_annotation *annotation, const struct tpr_owners *owners);

#endif
