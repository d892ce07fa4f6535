/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words that the log and the rules of the module's filter have for the same.
 */
#ifndef TPR_RULE_TEXT_H
#define TPR_RULE_TEXT_H

#include "where/rule_set.h"

#include <stddef.h>

/* Letters of all six flags, and the end */
#define TPR_FLAGS_BYTES		8

bool tpr_rule_find(enum tpr_rule_key key, const char *word, uint64_t *bits);
char *tpr_rule_list(enum tpr_rule_key key);
void tpr_rule_flags(unsigned int flags, char *text);

#endif
