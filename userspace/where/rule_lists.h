/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lists of names and of addresses, as a key of the module's filter has them.
 */
#ifndef TPR_RULE_LISTS_H
#define TPR_RULE_LISTS_H

#include "lib/endpoint.h"

#include <stdbool.h>

/* As many addresses as the module takes, all lists together */
#define TPR_RULE_ADDRS		64
/* As many reasons as the module knows numbers of */
#define TPR_RULE_NAMES		128

/**
 * enum tpr_rule_result - what came of joining two sets
 * @TPR_RULE_DONE: they are one now
 * @TPR_RULE_CANNOT: no rules say that
 * @TPR_RULE_MANY: a list would be too long
 */
enum tpr_rule_result {
	TPR_RULE_DONE,
	TPR_RULE_CANNOT,
	TPR_RULE_MANY,
};

/** struct tpr_rule_names - some names, or all but some */
struct tpr_rule_names {
	/** @is_not: all names but those of the list */
	bool is_not;
	/** @nr: used of @list */
	unsigned int nr;
	/** @list: belongs to the tree that it was made from */
	const char *list[TPR_RULE_NAMES];
};

/** struct tpr_rule_prefixes - some prefixes */
struct tpr_rule_prefixes {
	/** @nr: used of @list */
	unsigned int nr;
	/** @list: in no order */
	struct tpr_prefix list[TPR_RULE_ADDRS];
};

/** struct tpr_rule_end - addresses of one end */
struct tpr_rule_end {
	/** @has_is: it must be in @is */
	bool has_is;
	/** @is: one of these */
	struct tpr_rule_prefixes is;
	/** @is_not: and none of these */
	struct tpr_rule_prefixes is_not;
};

bool tpr_rule_names_differ(const struct tpr_rule_names *a, const struct tpr_rule_names *b);
enum tpr_rule_result tpr_rule_names_and(struct tpr_rule_names *names,
					const struct tpr_rule_names *other);
enum tpr_rule_result tpr_rule_names_or(struct tpr_rule_names *names,
				       const struct tpr_rule_names *other);
bool tpr_rule_ends_differ(const struct tpr_rule_end *a, const struct tpr_rule_end *b);
enum tpr_rule_result tpr_rule_ends_and(struct tpr_rule_end *end, const struct tpr_rule_end *other);
enum tpr_rule_result tpr_rule_ends_or(struct tpr_rule_end *end, const struct tpr_rule_end *other);
void tpr_rule_end_negate(struct tpr_rule_end *end);

#endif
