/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filter words as rules of the module's filter, which knows less: it lets through exactly the
 * segments whose rows in the log the words would take, or is not written.
 */
#ifndef TPR_RULES_H
#define TPR_RULES_H

#include "where/parse.h"

#include <stddef.h>
#include <stdint.h>

/** struct tpr_refusal - why there are no such rules */
struct tpr_refusal {
	/** @why: one sentence without its end */
	char why[512];
	/** @command: of this program that can tell, or NULL */
	const char *command;
};

char *tpr_rules_compile(const struct tpr_expression *expression, uint32_t sample,
			struct tpr_refusal *refusal);
const char *tpr_rules_key(size_t index);
char *tpr_rules_make(const char *words);

#endif
