/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What rules of the module's filter can say of a segment: one set for each key, and a segment has
 * to be in all of them. "and" of two such is one again, nearly always; "or" is where they differ
 * in one key only.
 */
#ifndef TPR_RULE_SET_H
#define TPR_RULE_SET_H

#include "where/rule_lists.h"

#include <stdbool.h>
#include <stdint.h>

/* As many as the module takes, all lists of a kind together; more in rule_lists.h */
#define TPR_RULE_PORTS		128
#define TPR_RULE_DEVS		16
/* Bytes of rules, the end included */
#define TPR_RULE_BYTES		4096

#define TPR_PORT_WORDS		(65536 / 64)

/** enum tpr_rule_key - what a set is about */
enum tpr_rule_key {
	TPR_RULE_PROTO,
	TPR_RULE_VIA,
	TPR_RULE_MATCH,
	TPR_RULE_OUTCOME,
	TPR_RULE_FLAGS,
	TPR_RULE_DEV,
	TPR_RULE_SPORT,
	TPR_RULE_DPORT,
	TPR_RULE_EITHER,
	TPR_RULE_SRC,
	TPR_RULE_DST,
	TPR_RULE_KEYS_NR,
};

#define TPR_RULE_BITS_NR	(TPR_RULE_FLAGS + 1)
#define TPR_RULE_PORTS_NR	(TPR_RULE_EITHER - TPR_RULE_SPORT + 1)

/** struct tpr_rule_set - some segments */
struct tpr_rule_set {
	/** @bits: by key; of TPR_RULE_OUTCOME all but drops, of TPR_RULE_FLAGS those of TCP */
	uint64_t bits[TPR_RULE_BITS_NR];
	/** @has_flagless: UDP too; belongs to TPR_RULE_FLAGS */
	bool has_flagless;
	/** @reasons: of drops; belong to TPR_RULE_OUTCOME */
	struct tpr_rule_names reasons;
	/** @devs: devices */
	struct tpr_rule_names devs;
	/** @ports: local, foreign, at either end; a bit each */
	uint64_t ports[TPR_RULE_PORTS_NR][TPR_PORT_WORDS];
	/** @ends: local, foreign */
	struct tpr_rule_end ends[2];
};

uint64_t tpr_rule_all_bits(enum tpr_rule_key key);
void tpr_rule_set_all(struct tpr_rule_set *set);
bool tpr_rule_set_is_all(const struct tpr_rule_set *set);
bool tpr_rule_set_is_none(const struct tpr_rule_set *set);
bool tpr_rule_set_differ(const struct tpr_rule_set *a, const struct tpr_rule_set *b,
			 enum tpr_rule_key key);
void tpr_rule_set_negate(struct tpr_rule_set *set, enum tpr_rule_key key);
enum tpr_rule_result tpr_rule_set_and(struct tpr_rule_set *set, const struct tpr_rule_set *other);
enum tpr_rule_result tpr_rule_set_or(struct tpr_rule_set *set, const struct tpr_rule_set *other);
enum tpr_rule_result tpr_rule_set_either(struct tpr_rule_set *set,
					 const struct tpr_rule_set *other);
enum tpr_rule_result tpr_rule_set_write(const struct tpr_rule_set *set, uint32_t sample,
					char **text);

#endif
