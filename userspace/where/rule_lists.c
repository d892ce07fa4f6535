// SPDX-License-Identifier: GPL-2.0
/*
 * What a key allows, as lists: some names, or all but some; addresses that must be met, and such
 * that must not. Joined as far as lists can say what comes of it.
 */
#include "where/rule_lists.h"

#include <string.h>

static bool has_name(const struct tpr_rule_names *names, const char *name)
{
	unsigned int i;

	for (i = 0; i < names->nr; i++) {
		if (!strcmp(names->list[i], name))
			return true;
	}
	return false;
}

/**
 * tpr_rule_names_differ() - whether two lists of names say something else
 * @a: one
 * @b: the other
 *
 * Return: false if they are the same; true if they are not, or are written another way.
 */
bool tpr_rule_names_differ(const struct tpr_rule_names *a, const struct tpr_rule_names *b)
{
	unsigned int i;

	if (a->is_not != b->is_not || a->nr != b->nr)
		return true;
	for (i = 0; i < a->nr; i++) {
		if (!has_name(b, a->list[i]))
			return true;
	}
	return false;
}

static enum tpr_rule_result add_name(struct tpr_rule_names *names, const char *name)
{
	if (has_name(names, name))
		return TPR_RULE_DONE;
	if (names->nr == TPR_RULE_NAMES)
		return TPR_RULE_MANY;
	names->list[names->nr++] = name;
	return TPR_RULE_DONE;
}

/* Keep those names of a list of some that another set has or, with @is_not, has not in its list. */
static void keep_names(struct tpr_rule_names *names, const struct tpr_rule_names *other,
		       bool is_not)
{
	unsigned int i, nr = 0;

	for (i = 0; i < names->nr; i++) {
		if (has_name(other, names->list[i]) != is_not)
			names->list[nr++] = names->list[i];
	}
	names->nr = nr;
}

/**
 * tpr_rule_names_and() - the names that both of two lists allow
 * @names: one; set to them
 * @other: the other
 *
 * Return: whether there was room.
 */
enum tpr_rule_result tpr_rule_names_and(struct tpr_rule_names *names,
					const struct tpr_rule_names *other)
{
	enum tpr_rule_result result = TPR_RULE_DONE;
	struct tpr_rule_names mine;
	unsigned int i;

	if (!names->is_not) {
		keep_names(names, other, other->is_not);
	} else if (!other->is_not) {
		mine = *names;
		*names = *other;
		keep_names(names, &mine, true);
	} else {
		for (i = 0; i < other->nr && result == TPR_RULE_DONE; i++)
			result = add_name(names, other->list[i]);
	}
	return result;
}

/**
 * tpr_rule_names_or() - the names that one of two lists allows
 * @names: one; set to them
 * @other: the other
 *
 * What is in one of them is not in neither.
 *
 * Return: whether there was room.
 */
enum tpr_rule_result tpr_rule_names_or(struct tpr_rule_names *names,
				       const struct tpr_rule_names *other)
{
	struct tpr_rule_names not_other = *other;
	enum tpr_rule_result result;

	not_other.is_not = !not_other.is_not;
	names->is_not = !names->is_not;
	result = tpr_rule_names_and(names, &not_other);
	names->is_not = !names->is_not;
	return result;
}

static bool prefix_is(const struct tpr_prefix *a, const struct tpr_prefix *b)
{
	return a->bits == b->bits && !memcmp(a->addr, b->addr, sizeof(a->addr)) &&
	       a->has_port == b->has_port && (!a->has_port || a->port == b->port);
}

static bool has_prefix(const struct tpr_rule_prefixes *list, const struct tpr_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		if (prefix_is(&list->list[i], prefix))
			return true;
	}
	return false;
}

static bool prefixes_differ(const struct tpr_rule_prefixes *a, const struct tpr_rule_prefixes *b)
{
	unsigned int i;

	if (a->nr != b->nr)
		return true;
	for (i = 0; i < a->nr; i++) {
		if (!has_prefix(b, &a->list[i]))
			return true;
	}
	return false;
}

static enum tpr_rule_result add_prefix(struct tpr_rule_prefixes *list,
				       const struct tpr_prefix *prefix)
{
	if (has_prefix(list, prefix))
		return TPR_RULE_DONE;
	if (list->nr == TPR_RULE_ADDRS)
		return TPR_RULE_MANY;
	list->list[list->nr++] = *prefix;
	return TPR_RULE_DONE;
}

static enum tpr_rule_result add_prefixes(struct tpr_rule_prefixes *list,
					 const struct tpr_rule_prefixes *other)
{
	enum tpr_rule_result result = TPR_RULE_DONE;
	unsigned int i;

	for (i = 0; i < other->nr && result == TPR_RULE_DONE; i++)
		result = add_prefix(list, &other->list[i]);
	return result;
}

/* Of two prefixes one is in the other, or they have nothing in common: then it is false. */
static bool common_prefix(const struct tpr_prefix *a, const struct tpr_prefix *b,
			  struct tpr_prefix *common)
{
	const struct tpr_prefix *wide = a->bits < b->bits ? a : b;
	struct tpr_endpoint end = { .port = 0 };
	struct tpr_prefix addresses = *wide;

	*common = wide == a ? *b : *a;
	memcpy(end.addr, common->addr, sizeof(end.addr));
	addresses.has_port = false;
	if (!tpr_endpoint_is(&end, &addresses) ||
	    (a->has_port && b->has_port && a->port != b->port))
		return false;
	common->has_port = a->has_port || b->has_port;
	common->port = a->has_port ? a->port : b->port;
	return true;
}

static enum tpr_rule_result and_prefixes(struct tpr_rule_prefixes *list,
					 const struct tpr_rule_prefixes *other)
{
	const struct tpr_rule_prefixes mine = *list;
	enum tpr_rule_result result = TPR_RULE_DONE;
	struct tpr_prefix common;
	unsigned int i;

	list->nr = 0;
	for (i = 0; i < mine.nr * other->nr && result == TPR_RULE_DONE; i++) {
		if (common_prefix(&mine.list[i / other->nr], &other->list[i % other->nr], &common))
			result = add_prefix(list, &common);
	}
	return result;
}

/**
 * tpr_rule_ends_differ() - whether two lists of addresses say something else
 * @a: one
 * @b: the other
 *
 * Return: false if they are the same; true if they are not, or are written another way.
 */
bool tpr_rule_ends_differ(const struct tpr_rule_end *a, const struct tpr_rule_end *b)
{
	return a->has_is != b->has_is || prefixes_differ(&a->is, &b->is) ||
	       prefixes_differ(&a->is_not, &b->is_not);
}

/**
 * tpr_rule_ends_and() - the addresses that both of two lists allow
 * @end: one; set to them
 * @other: the other
 *
 * Return: whether there was room.
 */
enum tpr_rule_result tpr_rule_ends_and(struct tpr_rule_end *end, const struct tpr_rule_end *other)
{
	enum tpr_rule_result result = TPR_RULE_DONE;

	if (end->has_is && other->has_is) {
		result = and_prefixes(&end->is, &other->is);
	} else if (other->has_is) {
		end->is = other->is;
		end->has_is = true;
	}
	return result == TPR_RULE_DONE ? add_prefixes(&end->is_not, &other->is_not) : result;
}

/**
 * tpr_rule_ends_or() - the addresses that one of two lists allows
 * @end: one; set to them, if it is done
 * @other: the other
 *
 * Return: whether there was room; TPR_RULE_CANNOT if no lists say that.
 */
enum tpr_rule_result tpr_rule_ends_or(struct tpr_rule_end *end, const struct tpr_rule_end *other)
{
	bool has_not = end->is_not.nr || other->is_not.nr;

	if (end->has_is && other->has_is && !has_not)
		return add_prefixes(&end->is, &other->is);
	if (!end->has_is && !other->has_is)
		return and_prefixes(&end->is_not, &other->is_not);
	if (has_not)
		return TPR_RULE_CANNOT;
	memset(end, 0, sizeof(*end));
	return TPR_RULE_DONE;
}

/**
 * tpr_rule_end_negate() - the addresses that a list does not allow
 * @end: it has what must be met or what must not, not both
 */
void tpr_rule_end_negate(struct tpr_rule_end *end)
{
	const struct tpr_rule_prefixes is = end->is;

	end->is = end->is_not;
	end->is_not = is;
	end->has_is = !end->has_is;
}
