/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log, wherever it is: of the running kernel, saved, or in a file by itself.
 */
#ifndef TPR_ANNOTATE_JOURNAL_H
#define TPR_ANNOTATE_JOURNAL_H

#include "command/annotate/annotation.h"
#include "command/annotate/owners.h"
#include "lib/options.h"
#include "table/table.h"

int tpr_journal_read(struct tpr_annotation *annotation, struct tpr_owners *owners,
		     const struct tpr_options *options);
bool tpr_journal_is_filtered(const struct tpr_options *options);
int tpr_journal_event(struct tpr_annotation *annotation, const struct tpr_table *table,
		      enum tpr_event event);

#endif
