// SPDX-License-Identifier: GPL-2.0
/*
 * What a segment has to pass before the lookup: netfilter, programs on the device, connection
 * tracking, routing, IPsec. What surely lets it through is listed with -e.
 */
#include "command/explain/explain.h"

#include "lib/text.h"
#include "lib/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NAME_WIDTH	17

static const struct {
	const char *begin;
	const char *words;
} owners[] = {
	{ "nft:", "nftables chain " },
	{ "iptables:", "iptables table " },
	{ "ip6tables:", "ip6tables table " },
};

static const struct {
	const char *begin;
	const char *name;
} functions[] = {
	{ "nf_nat_", "NAT" },
	{ "ip_vs_", "IPVS" },
	{ "nf_hook_run_bpf", "a BPF program" },
	{ "selinux_", "SELinux" },
};

static bool begins(const char *text, const char *begin)
{
	return !strncmp(text, begin, strlen(begin));
}

/* A rule has the number that nft(8) calls its handle. Takes @text, which is to be freed. */
static char *with_rule(char *text)
{
	char *rule = strrchr(text, '#'), *with = NULL;

	if (!rule)
		return text;
	if (asprintf(&with, "%.*s (rule %s)", (int)(rule - text), text, rule + 1) < 0)
		with = NULL;
	free(text);
	return with;
}

/* "nft:ip/filter/input#4" is "nftables chain ip filter input (rule 4)". */
static char *name_of_rules(const char *who)
{
	char *text = NULL, *c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(owners); i++) {
		if (!begins(who, owners[i].begin))
			continue;
		if (asprintf(&text, "%s%s", owners[i].words, who + strlen(owners[i].begin)) < 0)
			return NULL;
		for (c = text; (c = strchr(c, '/')); )
			*c = ' ';
		return with_rule(text);
	}
	return NULL;
}

/* A function of the kernel, without the module that it is in. */
static char *name_of_function(const char *who)
{
	int bytes = (int)strcspn(who, "\\ ");
	char *text = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		if (begins(who, functions[i].begin))
			return strdup(functions[i].name);
	}
	return asprintf(&text, "%.*s", bytes, who) < 0 ? NULL : text;
}

static char *name_on_device(const struct tpr_explained *explained, size_t row, const char *what)
{
	const char *ids = tpr_explain_programs(explained, row);
	bool has_id = tpr_table_is_value(ids) && strcmp(ids, "0");
	char *text = NULL;

	if (asprintf(&text, "%s%s%s on %s", what, has_id ? " " : "", has_id ? ids : "",
		     tpr_explain_get(explained, row, "who")) < 0)
		return NULL;
	return text;
}

/* Who stands there, in words; to be freed. */
static char *name_of(const struct tpr_explained *explained, size_t row)
{
	const char *who = tpr_explain_get(explained, row, "who");
	char *text;

	if (tpr_explain_is(explained, row, "name", TPR_GATE_XDP))
		return name_on_device(explained, row, "XDP program");
	if (tpr_explain_is(explained, row, "name", TPR_GATE_TC))
		return name_on_device(explained, row, "tc");
	if (tpr_explain_is(explained, row, "name", TPR_GATE_CONNTRACK))
		return strdup("its entry");
	if (tpr_explain_is(explained, row, "name", TPR_GATE_IPSEC))
		return strdup("policies of IPsec");
	if (!strcmp(who, "no-device"))
		return strdup("input routing on a device that is not known");
	if (tpr_table_is_hidden(who))
		return strdup("somebody hidden from you");
	text = name_of_rules(who);
	return text ? text : name_of_function(who);
}

static const struct {
	const char *fate;
	const char *words;
} fates[] = {
	{ TPR_GATE_FATE_PASSES, "lets it through" },
	{ TPR_GATE_FATE_DECIDES, "decides, not run here" },
	{ TPR_GATE_FATE_FORWARDS, "sends it on" },
	{ TPR_GATE_FATE_DROPS, "drops it" },
	{ TPR_GATE_FATE_REJECTS, "rejects it" },
};

/* What it does; to be freed. */
static char *fate_of(const struct tpr_explained *explained, size_t row)
{
	char *text = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fates); i++) {
		if (tpr_explain_is(explained, row, "fate", fates[i].fate))
			return strdup(fates[i].words);
	}
	if (asprintf(&text, "makes it %s > %s", tpr_explain_get(explained, row, "foreign"),
		     tpr_explain_get(explained, row, "local")) < 0)
		return NULL;
	return text;
}

static bool is_shown(const struct tpr_explained *explained, size_t row)
{
	return explained->options->is_extended ||
	       !tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_PASSES);
}

/**
 * tpr_explain_find_gate() - the next thing to show that is passed before the lookup
 * @explained: the answer
 * @from: the first row to look at
 *
 * Return: the row, or TPR_EXPLAIN_NONE.
 */
size_t tpr_explain_find_gate(const struct tpr_explained *explained, size_t from)
{
	size_t row = from;

	for (; (row = tpr_explain_find(explained, row, "before")) != TPR_EXPLAIN_NONE; row++) {
		if (is_shown(explained, row))
			return row;
	}
	return TPR_EXPLAIN_NONE;
}

/**
 * tpr_explain_gate_init() - put such a thing into words
 * @gate: filled in, for tpr_explain_gate_exit()
 * @explained: the answer
 * @row: from tpr_explain_find_gate()
 */
void tpr_explain_gate_init(struct tpr_gate *gate, const struct tpr_explained *explained, size_t row)
{
	*gate = (struct tpr_gate){
		.place = tpr_explain_get(explained, row, "name"),
		.name = name_of(explained, row),
		.fate = fate_of(explained, row),
	};
}

/**
 * tpr_explain_gate_exit() - free what it holds
 * @gate: from tpr_explain_gate_init()
 */
void tpr_explain_gate_exit(struct tpr_gate *gate)
{
	free(gate->name);
	free(gate->fate);
}

static size_t measure(const struct tpr_explained *explained)
{
	size_t row = 0, width = 24;

	for (; (row = tpr_explain_find_gate(explained, row)) != TPR_EXPLAIN_NONE; row++) {
		char *name = name_of(explained, row);
		size_t has = name ? tpr_text_width(name) : 0;

		width = has > width ? has : width;
		free(name);
	}
	return width;
}

static void write_gate(const struct tpr_explained *explained, size_t row, size_t width)
{
	struct tpr_gate gate;
	size_t has;

	tpr_explain_gate_init(&gate, explained, row);
	has = gate.name ? tpr_text_width(gate.name) : 0;
	printf("  -  %-*s  ", NAME_WIDTH, gate.place);
	if (gate.name)
		tpr_text_show(stdout, gate.name);
	printf("%*s   %s\n", (int)(has < width ? width - has : 0), "", gate.fate ? gate.fate : "?");
	tpr_explain_gate_exit(&gate);
}

/**
 * tpr_explain_before() - what is passed before the lookup, a line each
 * @explained: the answer
 */
void tpr_explain_before(const struct tpr_explained *explained)
{
	size_t width = measure(explained), row = 0;

	for (; (row = tpr_explain_find_gate(explained, row)) != TPR_EXPLAIN_NONE; row++)
		write_gate(explained, row, width);
}

/**
 * tpr_explain_arrival() - how far the segment comes
 * @explained: the answer
 *
 * Return: see there; that it arrives, if the answer does not tell.
 */
enum tpr_arrival tpr_explain_arrival(const struct tpr_explained *explained)
{
	size_t row = tpr_explain_find(explained, 0, "arrives");

	if (row == TPR_EXPLAIN_NONE ||
	    tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_PASSES))
		return TPR_ARRIVES;
	return tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_DECIDES) ? TPR_ARRIVAL_OPEN :
									       TPR_ARRIVES_NOT;
}

static bool decides(const struct tpr_explained *explained, size_t row)
{
	return tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_DECIDES);
}

/* "IPVS (input)", to be freed; NULL if that row does not decide. */
static char *decider_of(const struct tpr_explained *explained, size_t row)
{
	char *name = decides(explained, row) ? name_of(explained, row) : NULL, *text = NULL;

	if (name && asprintf(&text, "%s (%s)", name, tpr_explain_get(explained, row, "name")) < 0)
		text = NULL;
	free(name);
	return text;
}

/* Who has several hooks at one place is named once. */
static bool is_named_before(const struct tpr_explained *explained, size_t last, const char *text)
{
	size_t row = 0;
	bool is = false;

	for (; !is && (row = tpr_explain_find(explained, row, "before")) < last; row++) {
		char *other = decider_of(explained, row);

		is = other && !strcmp(other, text);
		free(other);
	}
	return is;
}

/* The next that decides, to be freed, from *row on, which is behind it then; NULL if there is none. */
static char *next_decider(const struct tpr_explained *explained, size_t *row)
{
	for (; (*row = tpr_explain_find(explained, *row, "before")) != TPR_EXPLAIN_NONE; ++*row) {
		char *text = decider_of(explained, *row);

		if (text && !is_named_before(explained, *row, text)) {
			++*row;
			return text;
		}
		free(text);
	}
	return NULL;
}

static size_t count_deciders(const struct tpr_explained *explained)
{
	size_t row = 0, nr = 0;
	char *text;

	while ((text = next_decider(explained, &row))) {
		nr++;
		free(text);
	}
	return nr;
}

/* "A", "A and B", "A, B and C"; to be freed. */
static char *name_deciders(const struct tpr_explained *explained, size_t nr)
{
	size_t row = 0, at = 0, bytes;
	char *text = NULL, *name;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	while ((name = next_decider(explained, &row))) {
		if (at)
			fputs(at + 1 == nr ? " and " : ", ", out);
		fputs(name, out);
		at++;
		free(name);
	}
	return fclose(out) ? NULL : text;
}

static void say_open(const struct tpr_explained *explained)
{
	size_t nr = count_deciders(explained);
	char *names = name_deciders(explained, nr);

	if (names)
		tpr_explain_say("RESULT", "? %s %s it first, and %s not run to answer a question.",
				names, nr > 1 ? "see" : "sees", nr > 1 ? "are" : "is");
	free(names);
}

static bool is_elsewhere(const struct tpr_explained *explained)
{
	return !strcmp(tpr_explain_fact(explained, "local_is"), TPR_LOCAL_ELSEWHERE);
}

static void say_routed(const struct tpr_explained *explained, const char *why)
{
	const char *foreign = tpr_explain_fact(explained, "foreign");
	const char *local = tpr_explain_fact(explained, "local");
	const char *dev = tpr_explain_fact(explained, "dev");

	if (!strcmp(why, "rp_filter"))
		tpr_explain_say("RESULT", "nobody: the kernel drops it, as the way back to %s does not "
				"lead over %s (rp_filter).", foreign, dev);
	else if (!strcmp(why, "martian"))
		tpr_explain_say("RESULT", "nobody: the kernel drops it, as %s cannot be a source on %s "
				"(a martian).", foreign, dev);
	else if (!strcmp(why, "scope"))
		tpr_explain_say("RESULT", "nobody: the kernel drops it, as %s does not reach over a "
				"link, and %s is one.", local, dev);
	else if (!strcmp(why, "ipv6-off"))
		tpr_explain_say("RESULT", "nobody: the kernel drops it, as IPv6 is off on %s "
				"(disable_ipv6).", dev);
	else if (!strcmp(why, "down"))
		tpr_explain_say("RESULT", "nobody: %s is down.", dev);
	else if (!strcmp(why, "not-joined"))
		tpr_explain_say("RESULT", "nobody: the kernel drops it, as nobody has joined the group "
				"of %s on %s.", local, dev);
	else if (is_elsewhere(explained))
		tpr_explain_say("RESULT", "nobody: %s is no address of this host, which forwards "
				"nothing that comes in on %s.", local, dev);
	else
		tpr_explain_say("RESULT", "nobody: routing drops it.");
}

/* Where it goes may be a container of this host, which is asked by what NAT has made of it. */
static void say_forwarded(const struct tpr_explained *explained)
{
	size_t row = 0;

	tpr_explain_say("RESULT", "nobody here: its destination is no address of this host, and it "
			"is forwarded.");
	for (; (row = tpr_explain_find(explained, row, "before")) != TPR_EXPLAIN_NONE; row++) {
		if (tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_TRANSLATES))
			tpr_explain_say("ADVICE", "\"tuplewatch who %s %s\" says which container of "
					"this host has it, if one has.",
					tpr_explain_get(explained, row, "foreign"),
					tpr_explain_get(explained, row, "local"));
	}
}

static void say_dropped(const struct tpr_explained *explained, size_t row)
{
	bool rejects = tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_REJECTS);
	const char *who = tpr_explain_get(explained, row, "who");
	char *name;

	if (tpr_explain_is(explained, row, "name", TPR_GATE_ROUTE)) {
		say_routed(explained, who);
		return;
	}
	name = name_of(explained, row);
	if (name)
		tpr_explain_say("RESULT", "nobody: %s %s.%s", name,
				rejects ? "rejects it: who sent it is told so, with RST or ICMP" :
				strchr(who, '#') ? "drops it" :
						   "drops it, by its policy or by several rules",
				strchr(who, '#') ? " \"nft -a list ruleset\" shows that rule." : "");
	free(name);
}

/**
 * tpr_explain_say_arrival() - what becomes of a segment that may not come to the lookup
 * @explained: the answer
 */
void tpr_explain_say_arrival(const struct tpr_explained *explained)
{
	size_t row = tpr_explain_find(explained, 0, "arrives");

	if (tpr_explain_arrival(explained) == TPR_ARRIVAL_OPEN)
		say_open(explained);
	else if (tpr_explain_is(explained, row, "fate", TPR_GATE_FATE_FORWARDS))
		say_forwarded(explained);
	else
		say_dropped(explained, row);
}
