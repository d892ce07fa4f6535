/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules: which verdicts are wanted.  A verdict is if it meets every condition;
 * a condition is met by any element of its list.
 *
 * Pure data: user space compiles it for tests.
 */
#ifndef _TPW_RULES_H
#define _TPW_RULES_H

#include "base/address.h"
#include "base/tuple.h"
#include "verdict/verdict.h"

#include <linux/types.h>

#define TPW_RULES_BYTES		4096	/* longest text, its end included */
#define TPW_RULES_PORTS		128	/* elements, all lists of ports together */
#define TPW_RULES_ADDRS		64	/* the same for addresses */
#define TPW_RULES_DEVS		16	/* the same for devices */

/* Which end of the segment a list of ports or addresses is about. */
enum tpw_rules_end {
	TPW_RULES_EITHER,
	TPW_RULES_LOCAL,
	TPW_RULES_FOREIGN,
	TPW_RULES_END_NR,
};

/**
 * struct tpw_list - elements of one condition, next to each other
 * @first: index of the first
 * @nr: how many; 0 if there is no such condition
 */
struct tpw_list {
	__u16 first;
	__u16 nr;
};

/**
 * struct tpw_condition - a list that must be met, and one that must not
 * @is: the list behind "="
 * @is_not: the list behind "!="
 */
struct tpw_condition {
	struct tpw_list is;
	struct tpw_list is_not;
};

/**
 * struct tpw_rules - which verdicts are wanted
 * @families: bit by enum tpw_family; none is set if nothing is wanted
 * @matches: bit by enum tpw_match
 * @outcomes: bit by enum tpw_outcome
 * @vias: bit by enum tpw_via
 * @flags: bit by the six lower bits of a TCP header's flags; for TCP only
 * @reasons: bit by reason, for TPW_OUTCOME_DROPPED only
 * @port: by enum tpw_rules_end
 * @addr: by enum tpw_rules_end, without EITHER
 * @dev: names of devices
 * @sample: of those that are wanted, take one of so many
 * @ports: elements of @port
 * @prefixes: elements of @addr
 * @devs: elements of @dev, filled up with 0
 * @text_len: bytes of @text without its end
 * @text: the rules as they were written, with single blanks
 */
struct tpw_rules {
	__u8 families;
	__u8 matches;
	__u16 outcomes;
	__u16 vias;
	__u64 flags;
	__u64 reasons[TPW_REASON_NR / 64];
	struct tpw_condition port[TPW_RULES_END_NR];
	struct tpw_condition addr[TPW_RULES_END_NR];
	struct tpw_condition dev;
	__u32 sample;
	struct tpw_ports ports[TPW_RULES_PORTS];
	struct tpw_prefix prefixes[TPW_RULES_ADDRS];
	char devs[TPW_RULES_DEVS][TPW_DEV_LEN];
	__u32 text_len;
	char text[TPW_RULES_BYTES];
};

static_assert(TPW_FAMILY_NR <= 8 && TPW_MATCH_NR <= 8 &&
	      TPW_OUTCOME_NR <= 16 && TPW_VIA_NR <= 16,
	      "each word of a list has a bit in struct tpw_rules");

/**
 * struct tpw_rules_error - what is wrong with a text of rules
 * @word: the word at fault, or as much of it as fits; may hold any byte
 * @word_len: its bytes, 0 if it is no word's fault
 * @part: the part of it at fault
 * @part_len: its bytes, 0 if it is the whole word
 * @why: what is wrong with it
 */
struct tpw_rules_error {
	char word[80];
	__u8 word_len;
	char part[48];
	__u8 part_len;
	const char *why;
};

int tpw_rules_parse(struct tpw_rules *rules, const char *text, size_t len,
		    struct tpw_rules_error *error);
bool tpw_rules_match(const struct tpw_rules *rules, const struct tpw_verdict *v);

/**
 * tpw_rules_may_match() - could a verdict be wanted, as far as is known?
 * @rules: the rules
 * @key: what is counted of it
 *
 * Context: any.
 * Return: false if tpw_rules_match() would be false whatever else the verdict
 *	says.
 */
static inline bool tpw_rules_may_match(const struct tpw_rules *rules,
				       struct tpw_verdict_key key)
{
	/* Of a filter that wants nothing, one is enough. */
	return (rules->families >> key.family & 1) &&
	       (rules->vias >> key.via & 1) &&
	       (rules->matches >> key.match & 1) &&
	       (rules->outcomes >> key.outcome & 1);
}

#endif /* _TPW_RULES_H */
