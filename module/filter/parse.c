// SPDX-License-Identifier: GPL-2.0
/*
 * Reads rules: words separated by blanks, each "all", "none", KEY=LIST or
 * KEY!=LIST.  Compiles in user space too.
 *
 * What people write instead of != means the same: !KEY=LIST and KEY=!LIST.
 * A line that begins with # is skipped, so that what the file shows can be
 * written back to it.
 */
#include "filter/rules.h"

#include "base/address.h"
#include "base/span.h"
#include "verdict/reason.h"

#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/stringify.h>
#include <linux/string.h>

#define ARRAY_NR(array)	(sizeof(array) / sizeof((array)[0]))

#define FAMILIES_TCP	(1 << TPW_TCP4 | 1 << TPW_TCP6)
#define FAMILIES_UDP	(1 << TPW_UDP4 | 1 << TPW_UDP6)

struct parser;

/**
 * struct key - what may stand before "="
 * @name: as it is written
 * @take: take one element of the list
 * @apply: the list is complete: let the rules have it; or NULL
 * @names: what the elements are called, for take_name()
 * @names_nr: how many
 * @end: of the segment that it is about
 */
struct key {
	const char *name;
	int (*take)(struct parser *p, struct tpw_span element);
	void (*apply)(struct parser *p);
	const char *const *names;
	unsigned int names_nr;
	enum tpw_rules_end end;
};

/**
 * struct parser - where we are
 * @rules: what comes out
 * @error: what is said if nothing does
 * @word: the word that is being read
 * @key: its key
 * @is_not: it is negated
 * @keys_seen: bit by key, for = and for !=
 * @words_nr: words read before
 * @is_alone: one of them was "all" or "none"
 * @bits: elements of the list, for keys that have names
 * @reasons: the same for outcome=dropped:REASON
 * @ports_nr: used of @rules->ports
 * @prefixes_nr: used of @rules->prefixes
 * @devs_nr: used of @rules->devs
 */
struct parser {
	struct tpw_rules *rules;
	struct tpw_rules_error *error;
	struct tpw_span word;
	const struct key *key;
	bool is_not;
	__u32 keys_seen[2];
	unsigned int words_nr;
	bool is_alone;
	__u64 bits;
	__u64 reasons[TPW_REASON_NR / 64];
	unsigned int ports_nr;
	unsigned int prefixes_nr;
	unsigned int devs_nr;
};

static __u8 copy_span(char *to, size_t size, struct tpw_span from)
{
	size_t n = from.len < size ? from.len : size;

	memcpy(to, from.at, n);
	return n;
}

/* Tell what is wrong with the word, or with a part of it. */
static int refuse(struct parser *p, struct tpw_span part, int err, const char *why)
{
	struct tpw_rules_error *e = p->error;

	e->word_len = copy_span(e->word, sizeof(e->word), p->word);
	if (part.len != p->word.len)
		e->part_len = copy_span(e->part, sizeof(e->part), part);
	e->why = why;
	return err;
}

/* The element at @used is one of this condition's. */
static void keep(struct parser *p, struct tpw_condition *c, unsigned int *used)
{
	struct tpw_list *list = p->is_not ? &c->is_not : &c->is;

	if (!list->nr)
		list->first = *used;
	list->nr++;
	++*used;
}

static int take_port(struct parser *p, struct tpw_span element)
{
	struct tpw_condition *c = &p->rules->port[p->key->end];

	if (p->ports_nr == TPW_RULES_PORTS)
		return refuse(p, element, -E2BIG, "is one port too many, there may be "
			      __stringify(TPW_RULES_PORTS));
	if (!tpw_ports_parse(element, &p->rules->ports[p->ports_nr]))
		return refuse(p, element, -EINVAL,
			      "is neither a port nor a range such as 8000-8100");
	keep(p, c, &p->ports_nr);
	return 0;
}

static int take_address(struct parser *p, struct tpw_span element)
{
	struct tpw_condition *c = &p->rules->addr[p->key->end];

	if (p->prefixes_nr == TPW_RULES_ADDRS)
		return refuse(p, element, -E2BIG, "is one address too many, there may be "
			      __stringify(TPW_RULES_ADDRS));
	if (!tpw_prefix_parse(element, &p->rules->prefixes[p->prefixes_nr]))
		return refuse(p, element, -EINVAL,
			      "is no address such as 10.0.0.1, 10.0.0.0/8, 10.0.0.1:80, fd00::/8 or [fd00::1]:80");
	keep(p, c, &p->prefixes_nr);
	return 0;
}

/* \040 as the log prints it; a comma in a name has to be written so. */
static bool parse_escape(struct tpw_span s, char *c)
{
	unsigned int i, n = 0;

	if (s.len < 4)
		return false;
	for (i = 1; i < 4; i++) {
		if (s.at[i] < '0' || s.at[i] > '7')
			return false;
		n = 8 * n + s.at[i] - '0';
	}
	*c = n;
	return n && n <= U8_MAX;
}

static bool parse_dev(struct tpw_span s, char *name)
{
	unsigned int n = 0;

	memset(name, 0, TPW_DEV_LEN);
	for (; s.len && n < TPW_DEV_LEN - 1; n++) {
		name[n] = *s.at;
		if (*s.at != '\\') {
			s = tpw_span_skip(s, 1);
			continue;
		}
		if (!parse_escape(s, &name[n]))
			return false;
		s = tpw_span_skip(s, 4);
	}
	return !s.len;
}

static int take_dev(struct parser *p, struct tpw_span element)
{
	struct tpw_condition *c = &p->rules->dev;

	if (p->devs_nr == TPW_RULES_DEVS)
		return refuse(p, element, -E2BIG, "is one device too many, there may be "
			      __stringify(TPW_RULES_DEVS));
	if (!parse_dev(element, p->rules->devs[p->devs_nr]))
		return refuse(p, element, -EINVAL,
			      "is no name of a device: they have 15 bytes at most");
	keep(p, c, &p->devs_nr);
	return 0;
}

static int take_proto(struct parser *p, struct tpw_span element)
{
	static const struct {
		const char *name;
		__u8 families;
	} protos[] = {
		{ "tcp", FAMILIES_TCP },
		{ "tcp4", 1 << TPW_TCP4 },
		{ "tcp6", 1 << TPW_TCP6 },
		{ "udp", FAMILIES_UDP },
		{ "udp4", 1 << TPW_UDP4 },
		{ "udp6", 1 << TPW_UDP6 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_NR(protos); i++) {
		if (tpw_span_is(element, protos[i].name)) {
			p->bits |= protos[i].families;
			return 0;
		}
	}
	return refuse(p, element, -EINVAL, "is none of tcp, tcp4, tcp6, udp, udp4, udp6");
}

static void apply_proto(struct parser *p)
{
	p->rules->families &= p->is_not ? ~p->bits : p->bits;
}

static bool find_name(struct parser *p, struct tpw_span name)
{
	unsigned int i;

	for (i = 0; i < p->key->names_nr; i++) {
		if (tpw_span_is(name, p->key->names[i])) {
			p->bits |= 1 << i;
			return true;
		}
	}
	return false;
}

static int take_name(struct parser *p, struct tpw_span element)
{
	if (find_name(p, element))
		return 0;
	return refuse(p, element, -EINVAL,
		      "is none of the names that stand in the file counters");
}

static void apply_via(struct parser *p)
{
	p->rules->vias &= p->is_not ? ~p->bits : p->bits;
}

static void apply_match(struct parser *p)
{
	p->rules->matches &= p->is_not ? ~p->bits : p->bits;
}

static int take_reason(struct parser *p, struct tpw_span reason)
{
	bool is_known = false;
	unsigned int i;

	/* Several may be OTHER. */
	for (i = 0; i < TPW_REASON_NR; i++) {
		if (tpw_span_is(reason, tpw_reason_name(i))) {
			p->reasons[i / 64] |= 1ULL << i % 64;
			is_known = true;
		}
	}
	if (!is_known)
		return refuse(p, reason, -EINVAL, "is no reason for which this kernel drops");
	return 0;
}

static int take_outcome(struct parser *p, struct tpw_span element)
{
	const struct tpw_span dropped = tpw_span_cut(element, tpw_span_find(element, ':'));

	if (dropped.len < element.len && tpw_span_is(dropped, "dropped"))
		return take_reason(p, tpw_span_skip(element, dropped.len + 1));
	if (!tpw_span_is(element, "dropped"))
		return take_name(p, element);
	memset(p->reasons, 0xff, sizeof(p->reasons));
	return 0;
}

static void apply_outcome(struct parser *p)
{
	const __u64 dropped = 1 << TPW_OUTCOME_DROPPED;
	struct tpw_rules *r = p->rules;
	unsigned int i;
	__u64 any = 0;

	for (i = 0; i < ARRAY_NR(r->reasons); i++) {
		r->reasons[i] &= p->is_not ? ~p->reasons[i] : p->reasons[i];
		any |= r->reasons[i];
	}
	r->outcomes &= p->is_not ? ~p->bits : p->bits | dropped;
	if (!any)
		r->outcomes &= ~dropped;
}

/* As the log prints them, in any order: S. is SYN and ACK and nothing else. */
static int take_flags(struct parser *p, struct tpw_span element)
{
	static const char letters[] = "FSRP.U";
	unsigned int flags = 0;
	const char *letter;
	size_t i;

	for (i = 0; i < element.len && !tpw_span_is(element, "none"); i++) {
		letter = memchr(letters, element.at[i], sizeof(letters) - 1);
		if (!letter)
			return refuse(p, element, -EINVAL,
				      "is neither none nor made of tcpdump's letters F S R P . U");
		flags |= 1 << (letter - letters);
	}
	p->bits |= 1ULL << flags;
	return 0;
}

static void apply_flags(struct parser *p)
{
	p->rules->flags &= p->is_not ? ~p->bits : p->bits;
	if (!p->is_not)
		p->rules->families &= FAMILIES_TCP;
}

static int take_sample(struct parser *p, struct tpw_span element)
{
	__u32 n;

	if (p->is_not)
		return refuse(p, p->word, -EINVAL, "a sample cannot be negated");
	if (p->bits || !tpw_span_number(element, U32_MAX, &n) || !n)
		return refuse(p, element, -EINVAL,
			      "is not one number from 1 to 4294967295");
	p->bits = 1;
	p->rules->sample = n;
	return 0;
}

#define NAMES(array)	.names = (array), .names_nr = ARRAY_NR(array)

static const struct key keys[] = {
	{ .name = "proto", .take = take_proto, .apply = apply_proto },
	{ .name = "port", .take = take_port, .end = TPW_RULES_EITHER },
	{ .name = "lport", .take = take_port, .end = TPW_RULES_LOCAL },
	{ .name = "fport", .take = take_port, .end = TPW_RULES_FOREIGN },
	{ .name = "local", .take = take_address, .end = TPW_RULES_LOCAL },
	{ .name = "foreign", .take = take_address, .end = TPW_RULES_FOREIGN },
	{ .name = "via", .take = take_name, .apply = apply_via,
	  NAMES(tpw_via_names) },
	{ .name = "match", .take = take_name, .apply = apply_match,
	  NAMES(tpw_match_names) },
	{ .name = "outcome", .take = take_outcome, .apply = apply_outcome,
	  NAMES(tpw_outcome_names) },
	{ .name = "flags", .take = take_flags, .apply = apply_flags },
	{ .name = "dev", .take = take_dev },
	{ .name = "sample", .take = take_sample },
};

static int find_key(struct parser *p, struct tpw_span name)
{
	unsigned int i;
	__u32 bit;

	for (i = 0; i < ARRAY_NR(keys) && !tpw_span_is(name, keys[i].name); i++)
		;
	if (i == ARRAY_NR(keys))
		return refuse(p, name, -EINVAL,
			      "is none of proto port lport fport local foreign via match outcome flags dev sample");
	bit = 1 << i;
	if (p->keys_seen[p->is_not] & bit)
		return refuse(p, name, -EINVAL,
			      "stands twice: put all into one list, separated by commas");
	p->keys_seen[p->is_not] |= bit;
	p->key = &keys[i];
	return 0;
}

static int take_list(struct parser *p, struct tpw_span list)
{
	for (;;) {
		struct tpw_span element = tpw_span_cut(list, tpw_span_find(list, ','));
		int err;

		if (!element.len)
			return refuse(p, p->word, -EINVAL, "an element of the list is empty");
		err = p->key->take(p, element);
		if (err)
			return err;
		if (element.len == list.len)
			break;
		list = tpw_span_skip(list, element.len + 1);
	}
	if (p->key->apply)
		p->key->apply(p);
	return 0;
}

/* Take a "!" away from where it may stand. */
static bool take_not(struct tpw_span *s, bool is_last)
{
	if (!s->len || s->at[is_last ? s->len - 1 : 0] != '!')
		return false;
	if (!is_last)
		s->at++;
	s->len--;
	return true;
}

static int take_condition(struct parser *p, size_t equals)
{
	struct tpw_span name = tpw_span_cut(p->word, equals);
	struct tpw_span list = tpw_span_skip(p->word, equals + 1);
	unsigned int nots;
	int err;

	nots = take_not(&name, false) + take_not(&name, true) +
	       take_not(&list, false);
	/* also of a device whose name begins with one: it could not be said */
	if (nots > 1 || tpw_span_starts(list, '!'))
		return refuse(p, p->word, -EINVAL, "one ! is enough");
	p->is_not = nots;
	p->bits = 0;
	memset(p->reasons, 0, sizeof(p->reasons));
	err = find_key(p, name);
	return err ? err : take_list(p, list);
}

static int take_word(struct parser *p)
{
	size_t equals = tpw_span_find(p->word, '=');
	bool is_none = tpw_span_is(p->word, "none");

	if (p->is_alone)
		return refuse(p, p->word, -EINVAL,
			      "nothing else can stand beside all or none");
	if (is_none || tpw_span_is(p->word, "all")) {
		if (p->words_nr)
			return refuse(p, p->word, -EINVAL, "has to stand alone");
		p->is_alone = true;
		if (is_none)
			p->rules->families = 0;
		return 0;
	}
	if (equals == p->word.len)
		return refuse(p, p->word, -EINVAL,
			      "is neither all nor none nor KEY=LIST, which has no blanks in it");
	return take_condition(p, equals);
}

static void keep_text(struct tpw_rules *rules, struct tpw_span word)
{
	if (rules->text_len)
		rules->text[rules->text_len++] = ' ';
	memcpy(rules->text + rules->text_len, word.at, word.len);
	rules->text_len += word.len;
	rules->text[rules->text_len] = '\0';
}

static void let_all_through(struct tpw_rules *rules)
{
	memset(rules, 0, sizeof(*rules));
	memset(rules, 0xff, offsetof(struct tpw_rules, port));
	rules->sample = 1;
}

/**
 * tpw_rules_parse() - read rules
 * @rules: set to what they say
 * @text: the rules, need not end with 0
 * @len: bytes of @text
 * @error: set to what is wrong with them
 *
 * Context: any.
 * Return: 0; -EINVAL for what is not understood and -E2BIG for what is too
 *	much, with @error set and @rules undefined.
 */
int tpw_rules_parse(struct tpw_rules *rules, const char *text, size_t len,
		    struct tpw_rules_error *error)
{
	struct parser p = { .rules = rules, .error = error };
	struct tpw_span rest = { text, len };
	int err;

	memset(error, 0, sizeof(*error));
	if (len >= TPW_RULES_BYTES) {
		error->why = "rules have 4095 bytes at most";
		return -E2BIG;
	}
	let_all_through(rules);
	for (;;) {
		p.word = tpw_span_word(&rest, rest.len == len);
		if (!p.word.len)
			break;
		if (!tpw_span_is_printable(p.word))
			return refuse(&p, p.word, -EINVAL,
				      "has a byte that is not printable ASCII");
		err = take_word(&p);
		if (err)
			return err;
		keep_text(rules, p.word);
		p.words_nr++;
	}
	if (p.words_nr)
		return 0;
	error->why = "no rules; all lets everything through, none lets nothing";
	return -EINVAL;
}
