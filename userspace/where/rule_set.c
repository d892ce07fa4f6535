// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of segments: and, or, not. Each key has its own kind of set; all but addresses can be
 * joined in any way, and addresses as far as a list that must be met and one that must not allow.
 */
#include "where/rule_set.h"

#include "module/uapi/tuplewatch.h"

#include <string.h>

#define COUNT(id, name, meaning)	+ 1
#define OUTCOME(id, name, meaning)	OUTCOME_##id,
#define BITS(nr)			((1ULL << (nr)) - 1)

enum { TPW_OUTCOME_NAMES(OUTCOME) OUTCOMES_NR };

/* Drops are told by their reasons. */
static const uint64_t all_bits[TPR_RULE_BITS_NR] = {
	[TPR_RULE_PROTO] = BITS(TPW_FAMILY_NAMES(COUNT)),
	[TPR_RULE_VIA] = BITS(TPW_VIA_NAMES(COUNT)),
	[TPR_RULE_MATCH] = BITS(TPW_MATCH_NAMES(COUNT)),
	[TPR_RULE_OUTCOME] = BITS(OUTCOMES_NR) & ~(1ULL << OUTCOME_DROPPED),
	[TPR_RULE_FLAGS] = UINT64_MAX,
};

/**
 * tpr_rule_all_bits() - what a key can be
 * @key: one that has bits
 *
 * Return: a bit for each.
 */
uint64_t tpr_rule_all_bits(enum tpr_rule_key key)
{
	return all_bits[key];
}

static bool is_bits(enum tpr_rule_key key)
{
	return key < TPR_RULE_BITS_NR;
}

static bool is_port(enum tpr_rule_key key)
{
	return key >= TPR_RULE_SPORT && key <= TPR_RULE_EITHER;
}

static uint64_t *ports_of(struct tpr_rule_set *set, enum tpr_rule_key key)
{
	return set->ports[key - TPR_RULE_SPORT];
}

static const uint64_t *const_ports_of(const struct tpr_rule_set *set, enum tpr_rule_key key)
{
	return set->ports[key - TPR_RULE_SPORT];
}

static void set_key_all(struct tpr_rule_set *set, enum tpr_rule_key key)
{
	struct tpr_rule_names *names = key == TPR_RULE_DEV ? &set->devs : &set->reasons;

	if (is_bits(key)) {
		set->bits[key] = all_bits[key];
		if (key == TPR_RULE_FLAGS)
			set->has_flagless = true;
	}
	if (key == TPR_RULE_DEV || key == TPR_RULE_OUTCOME)
		*names = (struct tpr_rule_names){ .is_not = true };
	else if (is_port(key))
		memset(ports_of(set, key), 0xff, sizeof(set->ports[0]));
	else if (key >= TPR_RULE_SRC)
		memset(&set->ends[key - TPR_RULE_SRC], 0, sizeof(set->ends[0]));
}

/**
 * tpr_rule_set_all() - all segments
 * @set: set to them
 */
void tpr_rule_set_all(struct tpr_rule_set *set)
{
	enum tpr_rule_key key;

	memset(set, 0, sizeof(*set));
	for (key = 0; key < TPR_RULE_KEYS_NR; key++)
		set_key_all(set, key);
}

/**
 * tpr_rule_set_differ() - whether two sets say something else of a key
 * @a: one
 * @b: the other
 * @key: the key
 *
 * Return: false if they are the same; true if they are not, or are written another way.
 */
bool tpr_rule_set_differ(const struct tpr_rule_set *a, const struct tpr_rule_set *b,
			 enum tpr_rule_key key)
{
	if (is_port(key))
		return memcmp(const_ports_of(a, key), const_ports_of(b, key), sizeof(a->ports[0]));
	if (key == TPR_RULE_DEV)
		return tpr_rule_names_differ(&a->devs, &b->devs);
	if (key >= TPR_RULE_SRC)
		return tpr_rule_ends_differ(&a->ends[key - TPR_RULE_SRC], &b->ends[key - TPR_RULE_SRC]);
	if (a->bits[key] != b->bits[key])
		return true;
	if (key == TPR_RULE_OUTCOME)
		return tpr_rule_names_differ(&a->reasons, &b->reasons);
	return key == TPR_RULE_FLAGS && a->has_flagless != b->has_flagless;
}

/**
 * tpr_rule_set_is_all() - whether a set has all segments
 * @set: the set
 *
 * Return: whether it has.
 */
bool tpr_rule_set_is_all(const struct tpr_rule_set *set)
{
	struct tpr_rule_set all;
	enum tpr_rule_key key;

	tpr_rule_set_all(&all);
	for (key = 0; key < TPR_RULE_KEYS_NR; key++) {
		if (tpr_rule_set_differ(set, &all, key))
			return false;
	}
	return true;
}

static bool has_no_name(const struct tpr_rule_names *names)
{
	return !names->is_not && !names->nr;
}

static bool has_no_port(const uint64_t *ports)
{
	unsigned int i;

	for (i = 0; i < TPR_PORT_WORDS && !ports[i]; i++)
		;
	return i == TPR_PORT_WORDS;
}

static bool is_key_none(const struct tpr_rule_set *set, enum tpr_rule_key key)
{
	const struct tpr_rule_end *end;

	if (is_port(key))
		return has_no_port(const_ports_of(set, key));
	if (key == TPR_RULE_DEV)
		return has_no_name(&set->devs);
	if (key >= TPR_RULE_SRC) {
		end = &set->ends[key - TPR_RULE_SRC];
		return end->has_is && !end->is.nr;
	}
	if (set->bits[key])
		return false;
	if (key == TPR_RULE_OUTCOME)
		return has_no_name(&set->reasons);
	return key != TPR_RULE_FLAGS || !set->has_flagless;
}

/**
 * tpr_rule_set_is_none() - whether a set has no segment
 * @set: the set
 *
 * Return: true if one of its keys allows nothing.
 */
bool tpr_rule_set_is_none(const struct tpr_rule_set *set)
{
	enum tpr_rule_key key;

	for (key = 0; key < TPR_RULE_KEYS_NR; key++) {
		if (is_key_none(set, key))
			return true;
	}
	return false;
}

/* Ports at either end are such that one of two ports is among them: of two sets one must be in the other. */
static enum tpr_rule_result and_either(uint64_t *ports, const uint64_t *other)
{
	bool is_in = true, has_in = true;
	unsigned int i;

	for (i = 0; i < TPR_PORT_WORDS; i++) {
		is_in &= !(ports[i] & ~other[i]);
		has_in &= !(other[i] & ~ports[i]);
	}
	if (!is_in && has_in)
		memcpy(ports, other, TPR_PORT_WORDS * sizeof(*ports));
	return is_in || has_in ? TPR_RULE_DONE : TPR_RULE_CANNOT;
}

static void join_ports(uint64_t *ports, const uint64_t *other, bool is_or)
{
	unsigned int i;

	for (i = 0; i < TPR_PORT_WORDS; i++)
		ports[i] = is_or ? ports[i] | other[i] : ports[i] & other[i];
}

static enum tpr_rule_result join_bits(struct tpr_rule_set *set, const struct tpr_rule_set *other,
				      enum tpr_rule_key key, bool is_or)
{
	if (is_or)
		set->bits[key] |= other->bits[key];
	else
		set->bits[key] &= other->bits[key];
	if (key == TPR_RULE_FLAGS)
		set->has_flagless = is_or ? set->has_flagless || other->has_flagless :
					    set->has_flagless && other->has_flagless;
	if (key != TPR_RULE_OUTCOME)
		return TPR_RULE_DONE;
	return is_or ? tpr_rule_names_or(&set->reasons, &other->reasons) :
		       tpr_rule_names_and(&set->reasons, &other->reasons);
}

static enum tpr_rule_result join(struct tpr_rule_set *set, const struct tpr_rule_set *other,
				 enum tpr_rule_key key, bool is_or)
{
	unsigned int end = key - TPR_RULE_SRC;

	if (is_bits(key))
		return join_bits(set, other, key, is_or);
	if (key == TPR_RULE_EITHER && !is_or)
		return and_either(ports_of(set, key), const_ports_of(other, key));
	if (key == TPR_RULE_DEV)
		return is_or ? tpr_rule_names_or(&set->devs, &other->devs) :
			       tpr_rule_names_and(&set->devs, &other->devs);
	if (key >= TPR_RULE_SRC)
		return is_or ? tpr_rule_ends_or(&set->ends[end], &other->ends[end]) :
			       tpr_rule_ends_and(&set->ends[end], &other->ends[end]);
	join_ports(ports_of(set, key), const_ports_of(other, key), is_or);
	return TPR_RULE_DONE;
}

/**
 * tpr_rule_set_and() - what is in both
 * @set: one set; becomes the result, or is undefined without one
 * @other: the other set
 *
 * Return: what came of it.
 */
enum tpr_rule_result tpr_rule_set_and(struct tpr_rule_set *set, const struct tpr_rule_set *other)
{
	enum tpr_rule_result result = TPR_RULE_DONE;
	enum tpr_rule_key key;

	for (key = 0; key < TPR_RULE_KEYS_NR && result == TPR_RULE_DONE; key++)
		result = join(set, other, key, false);
	return result;
}

/**
 * tpr_rule_set_or() - what is in one of two
 * @set: one set; becomes the result, stays as it is if no rules can say that
 * @other: the other set
 *
 * Return: what came of it.
 */
enum tpr_rule_result tpr_rule_set_or(struct tpr_rule_set *set, const struct tpr_rule_set *other)
{
	enum tpr_rule_key key, different = TPR_RULE_KEYS_NR;

	if (tpr_rule_set_is_none(set))
		*set = *other;
	if (tpr_rule_set_is_none(other))
		return TPR_RULE_DONE;
	for (key = 0; key < TPR_RULE_KEYS_NR; key++) {
		if (!tpr_rule_set_differ(set, other, key))
			continue;
		if (different != TPR_RULE_KEYS_NR)
			return TPR_RULE_CANNOT;
		different = key;
	}
	return different == TPR_RULE_KEYS_NR ? TPR_RULE_DONE : join(set, other, different, true);
}

static bool is_one_end(const struct tpr_rule_set *set, const struct tpr_rule_set *all,
		       enum tpr_rule_key all_key)
{
	return !tpr_rule_set_differ(set, all, all_key) &&
	       !tpr_rule_set_differ(set, all, TPR_RULE_EITHER);
}

/**
 * tpr_rule_set_either() - "sport = :80 or dport = :80", which is one word of the rules
 * @set: one set; becomes the result, stays as it is if there is none
 * @other: the other set
 *
 * Return: what came of it.
 */
enum tpr_rule_result tpr_rule_set_either(struct tpr_rule_set *set,
					 const struct tpr_rule_set *other)
{
	struct tpr_rule_set all, joined = *set, other_joined = *other;
	enum tpr_rule_key mine = TPR_RULE_SPORT, theirs = TPR_RULE_DPORT, key;

	tpr_rule_set_all(&all);
	if (!is_one_end(set, &all, theirs)) {
		mine = TPR_RULE_DPORT;
		theirs = TPR_RULE_SPORT;
	}
	if (!is_one_end(set, &all, theirs) || !is_one_end(other, &all, mine))
		return TPR_RULE_CANNOT;
	memcpy(ports_of(&joined, TPR_RULE_EITHER), const_ports_of(set, mine), sizeof(set->ports[0]));
	memcpy(ports_of(&other_joined, TPR_RULE_EITHER), const_ports_of(other, theirs),
	       sizeof(set->ports[0]));
	set_key_all(&joined, mine);
	set_key_all(&other_joined, theirs);
	for (key = 0; key < TPR_RULE_KEYS_NR; key++) {
		if (tpr_rule_set_differ(&joined, &other_joined, key))
			return TPR_RULE_CANNOT;
	}
	*set = joined;
	return TPR_RULE_DONE;
}

/**
 * tpr_rule_set_negate() - what one key does not allow
 * @set: a set that asks for nothing but that; of addresses, what must be met or what must not
 * @key: the key
 */
void tpr_rule_set_negate(struct tpr_rule_set *set, enum tpr_rule_key key)
{
	unsigned int i;

	if (is_bits(key))
		set->bits[key] ^= all_bits[key];
	if (key == TPR_RULE_FLAGS)
		set->has_flagless = !set->has_flagless;
	if (key == TPR_RULE_OUTCOME)
		set->reasons.is_not = !set->reasons.is_not;
	if (key == TPR_RULE_DEV)
		set->devs.is_not = !set->devs.is_not;
	for (i = 0; is_port(key) && i < TPR_PORT_WORDS; i++)
		ports_of(set, key)[i] ^= UINT64_MAX;
	if (key >= TPR_RULE_SRC)
		tpr_rule_end_negate(&set->ends[key - TPR_RULE_SRC]);
}
