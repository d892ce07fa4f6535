// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as rules of the kernel's filter. Besides what the sanitizers find: rules that are
 * taken mean the same when they are written back, mean what their words mean one by one, and
 * the opposite when they are negated; addresses are those that inet_pton() takes.
 */
#include "module/filter/rules.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VERDICTS	24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

const char *const fuzz_words[] = {
	"proto=", "port=", "lport=", "fport=", "local=", "foreign=", "via=", "match=", "outcome=",
	"flags=", "dev=", "sample=", "!", "=", ",", ":", "-", "/", "[", "]", "::", ".", " ", "\n",
	"#", "all", "none", "tcp", "udp6", "80", "65535", "65536", "4294967295", "10.0.0.0/8",
	"[fd00::1]:80", "::ffff:1.2.3.4", "listener-any", "established", "dropped:", "NO_SOCKET",
	"S.", "eth0", "\\040", "\xff", NULL,
};

/* A few reasons, on both sides of the middle of the bitmap. */
const char *tpw_reason_name(unsigned int reason)
{
	static const char *const names[] = { "NOT_SPECIFIED", "NO_SOCKET", "TCP_CSUM" };

	if (reason >= 63 && reason < 63 + sizeof(names) / sizeof(names[0]))
		return names[reason - 63];
	return "OTHER";
}

static uint64_t random_state;

static size_t random_below(size_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state % limit);
}

static void random_addr(const struct tpw_rules *r, union tpw_addr *addr, __u8 family)
{
	const struct tpw_prefix *p = &r->prefixes[random_below(TPW_RULES_ADDRS)];
	uint8_t *bytes = (uint8_t *)addr;
	size_t i;

	memset(addr, 0, sizeof(*addr));
	for (i = 0; i < (family == AF_INET ? 4 : 16); i++)
		bytes[i] = (uint8_t)random_below(256);
	if (p->family != family || !random_below(4))
		return;
	/* One of the rules' own, perhaps with a bit of it changed. */
	addr->word[0] = (addr->word[0] & ~p->mask.word[0]) | p->addr.word[0];
	addr->word[1] = (addr->word[1] & ~p->mask.word[1]) | p->addr.word[1];
	if (family == AF_INET) {
		addr->ip6[1] = 0;
		addr->word[1] = 0;
	}
	if (!random_below(3))
		bytes[random_below(family == AF_INET ? 4 : 16)] ^= 1 << random_below(8);
}

static __be16 random_port(const struct tpw_rules *r)
{
	switch (random_below(4)) {
	case 0:
		return htons((uint16_t)random_below(65536));
	case 1:
		return htons(r->prefixes[random_below(TPW_RULES_ADDRS)].ports.last);
	default:
		return htons((uint16_t)(r->ports[random_below(TPW_RULES_PORTS)].first +
					random_below(2)));
	}
}

static struct tpw_verdict random_verdict(const struct tpw_rules *r)
{
	struct tpw_verdict v = { .family = (uint8_t)random_below(TPW_FAMILY_NR) };

	v.tuple.family = v.family & 1 ? AF_INET6 : AF_INET;
	random_addr(r, &v.tuple.local, v.tuple.family);
	random_addr(r, &v.tuple.foreign, v.tuple.family);
	v.tuple.lport = random_port(r);
	v.tuple.fport = random_port(r);
	memcpy(v.dev, r->devs[random_below(TPW_RULES_DEVS)], TPW_DEV_LEN);
	v.via = (uint8_t)random_below(TPW_VIA_NR);
	v.match = (uint8_t)random_below(TPW_MATCH_NR);
	v.outcome = (uint8_t)random_below(TPW_OUTCOME_NR);
	v.reason = (uint16_t)random_below(TPW_REASON_NR);
	v.flags = (uint8_t)random_below(256);
	return v;
}

static void must(bool is_true, const char *what, const char *text)
{
	if (is_true)
		return;
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

static bool parse(struct tpw_rules *r, const char *text)
{
	struct tpw_rules_error error;

	return !tpw_rules_parse(r, text, strlen(text), &error);
}

/* A condition that is met is not met when it is negated. */
static void check_negation(const char *word, const struct tpw_verdict *v, bool is_met)
{
	static struct tpw_rules negated;
	char text[TPW_RULES_BYTES + 1];
	const char *not = strchr(word, '!');

	if (!strchr(word, '=') || !strncmp(word, "sample=", 7))
		return;
	if (not && not <= strchr(word, '=') + 1)
		sprintf(text, "%.*s%s", (int)(not - word), word, not + 1);
	else
		sprintf(text, "!%s", word);
	if (strlen(text) == TPW_RULES_BYTES)
		return;
	must(parse(&negated, text), "the opposite is refused", text);
	must(tpw_rules_match(&negated, v) != is_met, "negation", text);
}

static bool meets_each_word(const struct tpw_rules *r, const struct tpw_verdict *v)
{
	static struct tpw_rules one;
	char text[TPW_RULES_BYTES], *word, *rest = text;
	bool is_met = true;

	memcpy(text, r->text, sizeof(text));
	while ((word = strsep(&rest, " "))) {
		bool is_met_by_word;

		must(parse(&one, word), "a word alone is refused", word);
		is_met_by_word = tpw_rules_match(&one, v);
		check_negation(word, v, is_met_by_word);
		is_met &= is_met_by_word;
	}
	return is_met;
}

static void check_rules(const struct tpw_rules *r)
{
	static struct tpw_rules again;
	size_t i;

	must(strlen(r->text) == r->text_len, "length", r->text);
	must(parse(&again, r->text), "what is shown is refused", r->text);
	must(!memcmp(r, &again, sizeof(again)), "what is shown means something else", r->text);
	for (i = 0; i < VERDICTS; i++) {
		struct tpw_verdict v = random_verdict(r);
		struct tpw_verdict_key key = {
			.family = v.family, .via = v.via, .match = v.match, .outcome = v.outcome,
		};
		bool is_met = tpw_rules_match(r, &v);

		must(is_met == meets_each_word(r, &v), "words", r->text);
		must(!is_met || tpw_rules_may_match(r, key), "may match", r->text);
	}
}

static void check_address(const char *text)
{
	struct tpw_span span = { text, strlen(text) };
	union tpw_addr addr, expected = { .word = { 0, 0 } };
	bool is_good;
	__u8 family;

	is_good = inet_pton(strchr(text, ':') ? AF_INET6 : AF_INET, text, &expected) == 1;
	must(tpw_address_parse(span, &family, &addr) == is_good, "address", text);
	if (!is_good)
		return;
	must(family == (strchr(text, ':') ? AF_INET6 : AF_INET), "family", text);
	must(tpw_addr_equal(&addr, &expected), "address", text);
}

/* Whatever could be one: between any two characters that are not of it. */
static void check_addresses(const uint8_t *data, size_t bytes)
{
	char text[64];
	size_t n = 0;

	for (; bytes; data++, bytes--) {
		if (*data && strchr("0123456789abcdefABCDEFx:.", *data)) {
			if (n < sizeof(text) - 1)
				text[n++] = (char)*data;
			continue;
		}
		text[n] = '\0';
		check_address(text);
		n = 0;
	}
	text[n] = '\0';
	check_address(text);
}

/**
 * LLVMFuzzerTestOneInput() - try one input; the name is libFuzzer's
 * @data: bytes of rules
 * @bytes: how many
 *
 * Return: 0. It aborts if something is wrong.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct tpw_rules rules;
	struct tpw_rules_error error;
	/* A copy of just this size, so that a byte read beyond it is found. */
	char *text = malloc(bytes ? bytes : 1);

	memcpy(text, data, bytes);
	random_state = 0x9e3779b97f4a7c15 + bytes;
	if (tpw_rules_parse(&rules, text, bytes, &error)) {
		must(error.why && *error.why, "no why", "");
		must(error.word_len <= sizeof(error.word), "word", "");
		must(error.part_len <= sizeof(error.part), "part", "");
		must(error.word_len || !error.part_len, "part of no word", "");
	} else {
		must(!error.why, "why not", rules.text);
		check_rules(&rules);
	}
	check_addresses(data, bytes);
	free(text);
	return 0;
}
