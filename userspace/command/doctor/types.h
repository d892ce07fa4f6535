/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel's own types: which arguments its functions take.
 */
#ifndef TPR_TYPES_H
#define TPR_TYPES_H

#include <stdbool.h>
#include <stddef.h>

struct tpr_types;

/** enum tpr_fit - whether a function takes certain arguments */
enum tpr_fit {
	TPR_FIT_YES,
	TPR_FIT_NO,
	/** @TPR_FIT_UNKNOWN: the types do not tell of this function */
	TPR_FIT_UNKNOWN,
};

bool tpr_types_are_readable(void);
struct tpr_types *tpr_types_load(const char *file);
void tpr_types_free(struct tpr_types *types);
bool tpr_types_have_enum(const struct tpr_types *types, const char *name);
enum tpr_fit tpr_types_compare(const struct tpr_types *types, const char *function,
			       const char *arguments, char *text, size_t bytes);

#endif
