// SPDX-License-Identifier: GPL-2.0
/*
 * Sets as rules: KEY=LIST, or KEY!=LIST where that is shorter. What is not limited is not
 * written.
 */
#include "where/rule_text.h"

#include "lib/words.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD(id, word, meaning)		word,
#define IPV4_BITS			96

static const char *const vias[] = { TPW_VIA_NAMES(WORD) NULL };
static const char *const matches[] = { TPW_MATCH_NAMES(WORD) NULL };
static const char *const outcomes[] = { TPW_OUTCOME_NAMES(WORD) NULL };
/* In the order of TPW_FAMILY_NAMES, but as the log has them */
static const char *const protos[] = { "tcp", "tcp6", "udp", "udp6", NULL };

#define PROTO_TCP	3ULL
#define PROTO_UDP	(3ULL << 2)

static const char *const *const words[TPR_RULE_BITS_NR] = {
	[TPR_RULE_PROTO] = protos, [TPR_RULE_VIA] = vias, [TPR_RULE_MATCH] = matches,
	[TPR_RULE_OUTCOME] = outcomes,
};

/** struct writer - rules that are being written */
struct writer {
	/** @out: where to */
	FILE *out;
	/** @has_word: it is not the first */
	bool has_word;
	/** @has_element: of the list that is being written */
	bool has_element;
	/** @ports_nr: elements of all lists of ports */
	unsigned int ports_nr;
	/** @addrs_nr: elements of all lists of addresses */
	unsigned int addrs_nr;
};

/**
 * tpr_rule_find() - what a word of the log stands for
 * @key: the column
 * @word: what stands there
 * @bits: set to its bit
 *
 * Return: false if there is no such word.
 */
bool tpr_rule_find(enum tpr_rule_key key, const char *word, uint64_t *bits)
{
	unsigned int i;

	for (i = 0; words[key][i]; i++) {
		*bits = 1ULL << i;
		if (!strcmp(words[key][i], word))
			return true;
	}
	return false;
}

/**
 * tpr_rule_list() - the words of a column
 * @key: the column
 *
 * Return: all of them with blanks, to be freed; NULL if there is no memory.
 */
char *tpr_rule_list(enum tpr_rule_key key)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	unsigned int i;

	if (!out)
		return NULL;
	for (i = 0; words[key][i]; i++)
		fprintf(out, "%s%s", i ? " " : "", words[key][i]);
	return fclose(out) ? NULL : text;
}

/**
 * tpr_rule_flags() - flags of TCP as the log has them
 * @flags: the six lower bits of the byte in the header
 * @text: set to the letters, TPR_FLAGS_BYTES are enough
 */
void tpr_rule_flags(unsigned int flags, char *text)
{
	static const char letters[] = "FSRP.U";
	unsigned int i, nr = 0;

	for (i = 0; letters[i]; i++) {
		if (flags >> i & 1)
			text[nr++] = letters[i];
	}
	text[nr] = '\0';
	if (!nr)
		strcpy(text, "none");
}

static unsigned int count(uint64_t bits)
{
	return (unsigned int)__builtin_popcountll(bits);
}

static void begin(struct writer *writer, const char *key, bool is_not)
{
	fprintf(writer->out, "%s%s%s", writer->has_word ? " " : "", key, is_not ? "!=" : "=");
	writer->has_word = true;
	writer->has_element = false;
}

static void put(struct writer *writer, const char *element)
{
	fprintf(writer->out, "%s%s", writer->has_element ? "," : "", element);
	writer->has_element = true;
}

static void put_bits(struct writer *writer, const char *const *names, uint64_t bits)
{
	unsigned int i;

	for (i = 0; bits >> i; i++) {
		if (bits >> i & 1)
			put(writer, names[i]);
	}
}

static void put_protos(struct writer *writer, uint64_t bits)
{
	if ((bits & PROTO_TCP) == PROTO_TCP)
		put(writer, "tcp");
	else
		put_bits(writer, tpr_families, bits & PROTO_TCP);
	if ((bits & PROTO_UDP) == PROTO_UDP)
		put(writer, "udp");
	else
		put_bits(writer, tpr_families, bits & PROTO_UDP);
}

/* Flags that are all, or none, ask for the protocol. */
static uint64_t protos_of(const struct tpr_rule_set *set)
{
	uint64_t bits = set->bits[TPR_RULE_PROTO];

	if (!set->has_flagless && !~set->bits[TPR_RULE_FLAGS])
		bits &= PROTO_TCP;
	if (set->has_flagless && !set->bits[TPR_RULE_FLAGS])
		bits &= PROTO_UDP;
	return bits;
}

static void write_protos(struct writer *writer, const struct tpr_rule_set *set)
{
	uint64_t bits = protos_of(set), others = tpr_rule_all_bits(TPR_RULE_PROTO) & ~bits;
	bool is_not = count(others) < count(bits);

	if (!others)
		return;
	begin(writer, "proto", is_not);
	put_protos(writer, is_not ? others : bits);
}

static void write_words(struct writer *writer, const struct tpr_rule_set *set,
			enum tpr_rule_key key, const char *name)
{
	uint64_t bits = set->bits[key], others = tpr_rule_all_bits(key) & ~bits;
	bool is_not = count(others) < count(bits);

	if (!others)
		return;
	begin(writer, name, is_not);
	put_bits(writer, words[key], is_not ? others : bits);
}

static void put_reasons(struct writer *writer, const struct tpr_rule_names *reasons)
{
	unsigned int i;

	for (i = 0; i < reasons->nr; i++) {
		put(writer, TPR_OUTCOME_DROPPED);
		fprintf(writer->out, ":%s", reasons->list[i]);
	}
}

/* Outcomes, and drops: all of them or those for some reasons. */
static void put_outcomes(struct writer *writer, uint64_t bits, bool has_drops,
			 const struct tpr_rule_names *reasons)
{
	put_bits(writer, outcomes, bits);
	if (has_drops)
		put(writer, TPR_OUTCOME_DROPPED);
	else
		put_reasons(writer, reasons);
}

static void write_outcomes(struct writer *writer, const struct tpr_rule_set *set)
{
	const struct tpr_rule_names *reasons = &set->reasons;
	uint64_t bits = set->bits[TPR_RULE_OUTCOME];
	uint64_t others = tpr_rule_all_bits(TPR_RULE_OUTCOME) & ~bits;
	bool has_all = reasons->is_not, has_none = !has_all && !reasons->nr;
	bool is_list = (reasons->nr && !has_all) ||
		       count(others) + has_none > count(bits) + has_all;

	if (is_list) {
		begin(writer, "outcome", false);
		put_outcomes(writer, bits, has_all, reasons);
		others = 0;
		has_none = false;
	}
	if (others || has_none || (has_all && reasons->nr)) {
		begin(writer, "outcome", true);
		put_outcomes(writer, others, has_none, reasons);
	}
}

static void write_flags(struct writer *writer, const struct tpr_rule_set *set)
{
	uint64_t flags = set->bits[TPR_RULE_FLAGS];
	char text[TPR_FLAGS_BYTES];
	unsigned int i;

	/* then it is a matter of the protocol */
	if (!flags || !~flags)
		return;
	begin(writer, "flags", set->has_flagless);
	for (i = 0; i < 64; i++) {
		if ((flags >> i & 1) == set->has_flagless)
			continue;
		tpr_rule_flags(i, text);
		put(writer, text);
	}
}

/* What would end an element or a word of the rules is octal. */
static void put_dev(struct writer *writer, const char *name)
{
	put(writer, "");
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;

		fprintf(writer->out, c <= ' ' || c >= 0x7f || strchr("\\,!#", c) ? "\\%03o" : "%c", c);
	}
}

static void write_devs(struct writer *writer, const struct tpr_rule_names *devs)
{
	unsigned int i;

	if (!devs->nr)
		return;
	begin(writer, "dev", devs->is_not);
	for (i = 0; i < devs->nr; i++)
		put_dev(writer, devs->list[i]);
}

static bool has_port(const uint64_t *ports, unsigned int port)
{
	return ports[port / 64] >> port % 64 & 1;
}

/* The next ports in a row that are, or are not, in a set; false if there are no more. */
static bool next_range(const uint64_t *ports, bool is_in, unsigned int *first, unsigned int *last)
{
	while (*first <= UINT16_MAX && has_port(ports, *first) != is_in)
		++*first;
	*last = *first;
	while (*last < UINT16_MAX && has_port(ports, *last + 1) == is_in)
		++*last;
	return *first <= UINT16_MAX;
}

static unsigned int count_ranges(const uint64_t *ports, bool is_in)
{
	unsigned int first, last, nr = 0;

	for (first = 0; next_range(ports, is_in, &first, &last); first = last + 1)
		nr++;
	return nr;
}

static void write_ports(struct writer *writer, const uint64_t *ports, const char *key,
			bool may_negate)
{
	unsigned int others_nr = count_ranges(ports, false), first, last;
	bool is_not = may_negate && others_nr < count_ranges(ports, true);

	if (!others_nr)
		return;
	begin(writer, key, is_not);
	for (first = 0; next_range(ports, !is_not, &first, &last); first = last + 1) {
		put(writer, "");
		fprintf(writer->out, first == last ? "%u" : "%u-%u", first, last);
		writer->ports_nr++;
	}
}

/* The module has two spaces of addresses, the reader one with IPv4 in it, as ::ffff:0:0/96. */
static void put_address(struct writer *writer, const struct tpr_prefix *prefix, int family)
{
	unsigned int skipped = family == AF_INET ? IPV4_BITS : 0, bits = prefix->bits - skipped;
	bool has_brackets = prefix->has_port && family == AF_INET6;
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family, prefix->addr + skipped / 8, text, sizeof(text));
	put(writer, "");
	fprintf(writer->out, has_brackets ? "[%s]" : "%s", text);
	if (bits != 128 - skipped)
		fprintf(writer->out, "/%u", bits);
	if (prefix->has_port)
		fprintf(writer->out, ":%u", prefix->port);
	writer->addrs_nr++;
}

static void put_prefix(struct writer *writer, const struct tpr_prefix *prefix)
{
	static const struct tpr_prefix ipv4 = {
		.addr = { [10] = 0xff, [11] = 0xff }, .bits = IPV4_BITS,
	};
	struct tpr_endpoint end = { .port = prefix->port };
	struct tpr_prefix all_ipv4 = ipv4;

	memcpy(end.addr, prefix->addr, sizeof(end.addr));
	if (prefix->bits >= IPV4_BITS && tpr_endpoint_is(&end, &ipv4)) {
		put_address(writer, prefix, AF_INET);
		return;
	}
	put_address(writer, prefix, AF_INET6);
	memcpy(end.addr, ipv4.addr, sizeof(end.addr));
	if (prefix->bits >= IPV4_BITS || !tpr_endpoint_is(&end, prefix))
		return;
	all_ipv4.has_port = prefix->has_port;
	all_ipv4.port = prefix->port;
	put_address(writer, &all_ipv4, AF_INET);
}

static void write_prefixes(struct writer *writer, const struct tpr_rule_prefixes *list,
			   const char *key, bool is_not)
{
	unsigned int i;

	if (!list->nr)
		return;
	begin(writer, key, is_not);
	for (i = 0; i < list->nr; i++)
		put_prefix(writer, &list->list[i]);
}

static void write_end(struct writer *writer, const struct tpr_rule_end *end, const char *key)
{
	write_prefixes(writer, &end->is, key, false);
	write_prefixes(writer, &end->is_not, key, true);
}

static void write_keys(struct writer *writer, const struct tpr_rule_set *set)
{
	write_protos(writer, set);
	write_ports(writer, set->ports[TPR_RULE_EITHER - TPR_RULE_SPORT], "port", false);
	write_ports(writer, set->ports[0], "lport", true);
	write_ports(writer, set->ports[TPR_RULE_DPORT - TPR_RULE_SPORT], "fport", true);
	write_end(writer, &set->ends[0], "local");
	write_end(writer, &set->ends[1], "foreign");
	write_words(writer, set, TPR_RULE_VIA, "via");
	write_words(writer, set, TPR_RULE_MATCH, "match");
	write_outcomes(writer, set);
	write_flags(writer, set);
	write_devs(writer, &set->devs);
}

static void write_all(struct writer *writer, const struct tpr_rule_set *set, uint32_t sample)
{
	if (tpr_rule_set_is_none(set) || !protos_of(set)) {
		fputs("none", writer->out);
		return;
	}
	write_keys(writer, set);
	if (sample > 1)
		fprintf(writer->out, "%ssample=%u", writer->has_word ? " " : "", sample);
	else if (!writer->has_word)
		fputs("all", writer->out);
}

/**
 * tpr_rule_set_write() - a set as rules of the module's filter
 * @set: the set
 * @sample: take one of so many, 1 for all
 * @text: set to the rules, to be freed, or to NULL if there is no memory
 *
 * Return: TPR_RULE_DONE, or TPR_RULE_MANY if the module would not take so many.
 */
enum tpr_rule_result tpr_rule_set_write(const struct tpr_rule_set *set, uint32_t sample,
					char **text)
{
	struct writer writer = { 0 };
	size_t bytes = 0;

	*text = NULL;
	writer.out = open_memstream(text, &bytes);
	if (!writer.out)
		return TPR_RULE_DONE;
	write_all(&writer, set, sample);
	if (fclose(writer.out))
		*text = NULL;
	if (writer.ports_nr <= TPR_RULE_PORTS && writer.addrs_nr <= TPR_RULE_ADDRS &&
	    set->devs.nr <= TPR_RULE_DEVS && bytes < TPR_RULE_BYTES - 1)
		return TPR_RULE_DONE;
	free(*text);
	*text = NULL;
	return TPR_RULE_MANY;
}
