/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the comment of a packet says.
 */
#ifndef TPR_ANNOTATE_COMMENT_H
#define TPR_ANNOTATE_COMMENT_H

#include "command/annotate/owners.h"
#include "table/table.h"

char *tpr_comment_text(const struct tpr_table *log);
char *tpr_comment_make(const char *text, const struct tpr_owners *owners, bool *is_complete);

#endif
