// SPDX-License-Identifier: GPL-2.0
/*
 * Does a verdict meet the rules?  Compiles in user space too.
 *
 * What is not there meets no list, and so every negated one: a datagram has
 * no flags, and "flags!=S" lets it through.
 */
#include "filter/rules.h"

#include <asm/byteorder.h>
#include <linux/string.h>

static bool is_port_in(const struct tpw_ports *range, __be16 port)
{
	__u16 n = be16_to_cpu(port);

	return n >= range->first && n <= range->last;
}

static bool has_port(const struct tpw_rules *r, const struct tpw_list *list,
		     enum tpw_rules_end end, const struct tpw_tuple *t)
{
	unsigned int i;

	for (i = list->first; i < list->first + list->nr; i++) {
		if (end != TPW_RULES_FOREIGN &&
		    is_port_in(&r->ports[i], t->lport))
			return true;
		if (end != TPW_RULES_LOCAL &&
		    is_port_in(&r->ports[i], t->fport))
			return true;
	}
	return false;
}

static bool is_addr_in(const struct tpw_prefix *p, const union tpw_addr *addr)
{
	return !(((addr->word[0] ^ p->addr.word[0]) & p->mask.word[0]) |
		 ((addr->word[1] ^ p->addr.word[1]) & p->mask.word[1]));
}

static bool has_addr(const struct tpw_rules *r, const struct tpw_list *list,
		     enum tpw_rules_end end, const struct tpw_tuple *t)
{
	bool is_local = end == TPW_RULES_LOCAL;
	const union tpw_addr *addr = is_local ? &t->local : &t->foreign;
	__be16 port = is_local ? t->lport : t->fport;
	unsigned int i;

	for (i = list->first; i < list->first + list->nr; i++) {
		const struct tpw_prefix *p = &r->prefixes[i];

		if (p->family == t->family && is_addr_in(p, addr) &&
		    is_port_in(&p->ports, port))
			return true;
	}
	return false;
}

static bool has_dev(const struct tpw_rules *r, const struct tpw_list *list,
		    const char *dev)
{
	unsigned int i;

	for (i = list->first; i < list->first + list->nr; i++)
		if (!strncmp(r->devs[i], dev, TPW_DEV_LEN))
			return true;
	return false;
}

static bool meets_ports(const struct tpw_rules *r, enum tpw_rules_end end,
			const struct tpw_tuple *t)
{
	const struct tpw_condition *c = &r->port[end];

	return (!c->is.nr || has_port(r, &c->is, end, t)) &&
	       !has_port(r, &c->is_not, end, t);
}

static bool meets_addrs(const struct tpw_rules *r, enum tpw_rules_end end,
			const struct tpw_tuple *t)
{
	const struct tpw_condition *c = &r->addr[end];

	return (!c->is.nr || has_addr(r, &c->is, end, t)) &&
	       !has_addr(r, &c->is_not, end, t);
}

static bool meets_devs(const struct tpw_rules *r, const char *dev)
{
	const struct tpw_condition *c = &r->dev;

	return (!c->is.nr || has_dev(r, &c->is, dev)) &&
	       !has_dev(r, &c->is_not, dev);
}

static bool meets_reasons(const struct tpw_rules *r, const struct tpw_verdict *v)
{
	if (v->outcome != TPW_OUTCOME_DROPPED)
		return true;
	return r->reasons[v->reason / 64] >> v->reason % 64 & 1;
}

static bool meets_flags(const struct tpw_rules *r, const struct tpw_verdict *v)
{
	return !tpw_family_is_tcp(v->family) ||
	       r->flags >> (v->flags & 0x3f) & 1;
}

/**
 * tpw_rules_match() - is a verdict wanted?
 * @rules: the rules, their sample left aside
 * @v: the verdict, whole
 *
 * Context: any.
 * Return: true if it meets every condition.
 */
bool tpw_rules_match(const struct tpw_rules *rules, const struct tpw_verdict *v)
{
	struct tpw_verdict_key key = {
		.family = v->family,
		.via = v->via,
		.match = v->match,
		.outcome = v->outcome,
	};

	return tpw_rules_may_match(rules, key) &&
	       meets_reasons(rules, v) &&
	       meets_flags(rules, v) &&
	       meets_ports(rules, TPW_RULES_EITHER, &v->tuple) &&
	       meets_ports(rules, TPW_RULES_LOCAL, &v->tuple) &&
	       meets_ports(rules, TPW_RULES_FOREIGN, &v->tuple) &&
	       meets_addrs(rules, TPW_RULES_LOCAL, &v->tuple) &&
	       meets_addrs(rules, TPW_RULES_FOREIGN, &v->tuple) &&
	       meets_devs(rules, v->dev);
}
