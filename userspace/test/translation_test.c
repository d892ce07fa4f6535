// SPDX-License-Identifier: GPL-2.0
/*
 * Filter words as rules of the module's filter: what becomes of each word, and what is refused.
 */
#include "where/rules.h"

#include "where/rule_set.h"
#include "test/unit.h"
#include "module/filter/rules.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTED(id, word, meaning)	" " word

_Static_assert(TPR_RULE_PORTS == TPW_RULES_PORTS, "ports");
_Static_assert(TPR_RULE_ADDRS == TPW_RULES_ADDRS, "addresses");
_Static_assert(TPR_RULE_DEVS == TPW_RULES_DEVS, "devices");
_Static_assert(TPR_RULE_BYTES == TPW_RULES_BYTES, "bytes");

/** struct pair - words, and what becomes of them */
struct pair {
	const char *words;
	const char *result;
};

static int saved_stderr;

/* Messages are not for the eyes of who runs the tests. */
static void mute(void)
{
	int null = open("/dev/null", O_WRONLY);

	saved_stderr = dup(STDERR_FILENO);
	dup2(null, STDERR_FILENO);
	close(null);
}

static void unmute(void)
{
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
}

/* Rules of words that stand for an expression, or why there are none. */
static const char *translated(const char *words)
{
	static char result[TPW_RULES_BYTES + 512];
	struct tpr_expression *expression;
	struct tpr_refusal refusal;
	char *copy = strdup(words), *rules = NULL;

	mute();
	expression = tpr_expression_parse(1, &copy);
	unmute();
	strcpy(result, "not parsed");
	if (expression) {
		rules = tpr_rules_compile(expression, 1, &refusal);
		snprintf(result, sizeof(result), "%s", rules ? rules : refusal.why);
		if (!rules && refusal.command)
			snprintf(result + strlen(result), 32, "; %s", refusal.command);
	}
	free(rules);
	tpr_expression_destroy(expression);
	free(copy);
	return result;
}

static void check_pairs(const struct pair *pairs)
{
	for (; pairs->words; pairs++) {
		const char *result = translated(pairs->words);

		if (strcmp(result, pairs->result))
			printf("  # %s\n", pairs->words);
		CHECK_STRING(result, pairs->result);
	}
}

static void words(void)
{
	static const struct pair pairs[] = {
		{ "", "all" },
		{ "proto = tcp", "proto=tcp4" },
		{ "proto = tcp6", "proto=tcp6" },
		{ "proto = tcp or proto = tcp6", "proto=tcp" },
		{ "proto = udp6 or proto = tcp", "proto=tcp4,udp6" },
		{ "proto != udp", "proto!=udp4" },
		{ "via = ehash", "via=ehash" },
		{ "via != none", "via!=none" },
		{ "via = ?", "via=?" },
		{ "match = listener or match = none", "match=listener,none" },
		{ "outcome = refused", "outcome=refused" },
		{ "outcome = ?", "outcome=?" },
		{ "outcome != refused", "outcome!=refused" },
		{ "outcome = dropped", "outcome=dropped" },
		{ "outcome != dropped", "outcome!=dropped" },
		{ "outcome = dropped:UDP_CSUM", "outcome=dropped:UDP_CSUM" },
		{ "outcome != dropped:UDP_CSUM", "outcome!=dropped:UDP_CSUM" },
		{ "reason = UDP_CSUM", "outcome=dropped:UDP_CSUM" },
		{ "reason = -", "outcome!=dropped" },
		{ "reason != -", "outcome=dropped" },
		{ "outcome = refused or outcome = dropped:TCP_CSUM", "outcome=refused,dropped:TCP_CSUM" },
		{ "outcome = dropped reason != TCP_CSUM", "outcome=dropped outcome!=dropped:TCP_CSUM" },
		{ "outcome != handed reason != TCP_CSUM", "outcome!=handed,dropped:TCP_CSUM" },
		{ "outcome = handed outcome = dropped", "none" },
		{ "flags = S", "flags=S" },
		{ "flags != S", "flags!=S" },
		{ "flags = S or flags = S.", "flags=S,S." },
		{ "flags = none", "flags=none" },
		{ "flags = -", "proto=udp" },
		{ "flags != -", "proto=tcp" },
		{ "flags = - proto = tcp", "none" },
		{ "dev = eth0", "dev=eth0" },
		{ "dev != lo dev != eth0", "dev!=lo,eth0" },
		{ "dev = a,b\\", "dev=a\\054b\\134" },
		{ "dev = lo dev != eth0", "dev=lo" },
		{ "dev = lo dev = eth0", "none" },
		{ NULL, NULL },
	};

	check_pairs(pairs);
	/* all flags but one, in a list */
	CHECK_NUMBER(strlen(translated("flags != - flags != S")), 263);
}

static void ends(void)
{
	static const struct pair pairs[] = {
		{ "sport = :80", "lport=80" },
		{ "dport 80", "fport=80" },
		{ "sport = :http", "lport=80" },
		{ "sport != :80", "lport!=80" },
		{ "not dport = :80", "fport!=80" },
		{ "dport = :80 or dport = :443", "fport=80,443" },
		{ "dport >= :8000 dport <= :8100", "fport=8000-8100" },
		{ "dport > :8000 dport < :8100", "fport=8001-8099" },
		{ "dport < :22 or dport > :22", "fport!=22" },
		{ "sport >= :0", "all" },
		{ "sport < :0", "none" },
		{ "sport > :65535", "none" },
		{ "sport = :80 or dport = :80", "port=80" },
		{ "dport = :80 or sport = :80 or sport = :443 or dport = :443", "port=80,443" },
		{ "not ( sport = :80 or dport = :80 )", "lport!=80 fport!=80" },
		{ "not ( sport = :80 and dport = :80 )", "port=0-79,81-65535" },
		{ "sport = :80 dport = :80", "lport=80 fport=80" },
		{ "src 10.0.0.1", "local=10.0.0.1" },
		{ "local = 10.0.0.1", "local=10.0.0.1" },
		{ "dst 10.0.0.0/8", "foreign=10.0.0.0/8" },
		{ "dst 10.0.0.0/8:80", "foreign=10.0.0.0/8:80" },
		{ "foreign != 10.0.0.1:80", "foreign!=10.0.0.1:80" },
		{ "src ::ffff:10.0.0.1", "local=10.0.0.1" },
		{ "src [fd00::1]:80", "local=[fd00::1]:80" },
		{ "src fd00::/8", "local=fd00::/8" },
		{ "src 0.0.0.0/0", "local=0.0.0.0/0" },
		{ "src ::/0", "all" },
		{ "src ::/8", "local=::/8,0.0.0.0/0" },
		{ "src [::]/8:80", "local=[::]/8:80,0.0.0.0/0:80" },
		{ "src ::/96", "local=::/96" },
		{ "src *", "all" },
		{ "src != *", "none" },
		{ "src :80", "lport=80" },
		{ "dst != *:80", "fport!=80" },
		{ "src 10.0.0.1 or src 10.0.0.2", "local=10.0.0.1,10.0.0.2" },
		{ "src 10.0.0.0/8 not src 10.1.0.0/16", "local=10.0.0.0/8 local!=10.1.0.0/16" },
		{ "src 10.0.0.0/8 src 10.1.0.0/16", "local=10.1.0.0/16" },
		{ "src 10.0.0.0/8 src 10.1.0.0/16:80", "local=10.1.0.0/16:80" },
		{ "src 10.0.0.0/8 src 11.0.0.0/8", "none" },
		{ "src != 10.0.0.0/8 or src != 10.1.0.0/16", "local!=10.1.0.0/16" },
		{ NULL, NULL },
	};

	check_pairs(pairs);
}

static void logic(void)
{
	static const struct pair pairs[] = {
		{ "proto = tcp and dport = :80", "proto=tcp4 fport=80" },
		{ "not ( proto = tcp or dport = :80 )", "proto!=tcp4 fport!=80" },
		{ "not not dport = :80", "fport=80" },
		{ "( dport = :80 or dport = :81 ) and via = none", "fport=80-81 via=none" },
		{ "proto = tcp dport = :80 or proto = tcp dport = :90", "proto=tcp4 fport=80,90" },
		{ "proto = tcp or proto = tcp dport = :80", "proto=tcp4" },
		{ "dport = :80 or sport < :0", "fport=80" },
		{ "dev = lo or proto = tcp or dev != lo", "all" },
		{ "dport = :80 or proto = tcp",
		  "the module's filter cannot tell 'or' between 'proto' and 'dport'; follow" },
		{ "not ( dport = :80 and proto = tcp )",
		  "the module's filter cannot tell 'or' between 'proto' and 'dport'; follow" },
		{ "proto = tcp dport = :80 or proto = udp dport = :53 via = none",
		  "the module's filter cannot tell 'or' between 'proto', 'via' and 'dport'; follow" },
		{ "src 10.0.0.1 or src != 10.0.0.0/8",
		  "the module's filter cannot tell 'or' between 'src' and 'not src'; follow" },
		{ "src 10.0.0.1 or dst 10.0.0.1",
		  "the module's filter cannot tell 'or' between 'src' and 'dst'; follow" },
		{ "( sport = :1 or dport = :1 ) ( sport = :2 or dport = :2 )",
		  "the module's filter cannot tell two times 'sport or dport'; follow" },
		{ "( sport = :1 or dport = :1 ) ( sport < :3 or dport < :3 )", "port=1" },
		{ NULL, NULL },
	};

	check_pairs(pairs);
}

static void refusals(void)
{
	static const struct pair pairs[] = {
		{ "comm = nginx", "the module's filter cannot tell 'comm'; connections" },
		{ "syns > 3", "the module's filter cannot tell 'syns'; listeners" },
		{ "state established", "the module's filter cannot tell 'state'; follow" },
		{ "state all", "the module's filter cannot tell 'state'; follow" },
		{ "exclude listening", "the module's filter cannot tell 'state'; follow" },
		{ "len > 100", "the module's filter cannot tell 'len'; follow" },
		{ "dport = :80 and not mods = dual", "the module's filter cannot tell 'mods'; follow" },
		{ "cookie = 2a", "the module's filter cannot tell 'cookie'; follow" },
		{ "colour = red", "the log has no column 'colour'" },
		{ "sample = 100", "'sample' has no operator and stands behind all else: sample 100" },
		{ "proto = tcp4", "'tcp4' is no proto in the log; there are tcp tcp6 udp udp6" },
		{ "match = any", "'any' is no match in the log; there are" TPW_MATCH_NAMES(LISTED) },
		{ "outcome = lost", "'lost' is no outcome in the log; there are" TPW_OUTCOME_NAMES(LISTED) },
		{ "via > none", "'via' holds words: it takes = and != only" },
		{ "dev < lo", "'dev' holds words: it takes = and != only" },
		{ "outcome = dropped:", "'' is no reason of a drop, such as UDP_CSUM" },
		{ "reason = a,b", "'a,b' is no reason of a drop, such as UDP_CSUM" },
		{ "flags = .S", "the log has the flags '.S' as 'S.'" },
		{ "flags = SS", "the log has the flags 'SS' as 'S'" },
		{ "flags = X", "'X' is neither none nor made of tcpdump's letters F S R P . U" },
		{ "dev = ?", "the module's filter cannot tell 'dev = ?'; follow" },
		{ "dev = sixteen-bytes-ok", "'sixteen-bytes-ok' is no name of a device: they have 15 bytes at most" },
		{ NULL, NULL },
	};

	check_pairs(pairs);
}

/* What stands on the command line as one text; "" after a message. */
static const char *made(const char *text)
{
	static char result[TPW_RULES_BYTES];
	char *rules;

	mute();
	rules = tpr_rules_make(text);
	unmute();
	snprintf(result, sizeof(result), "%s", rules ? rules : "(refused)");
	free(rules);
	return result;
}

static void forms(void)
{
	CHECK_STRING(made("all"), "all");
	CHECK_STRING(made("none"), "none");
	CHECK_STRING(made(""), "");
	CHECK_STRING(made("proto=tcp port!=22 !dev=lo via=!none"), "proto=tcp port!=22 !dev=lo via=!none");
	/* wrong rules are the file's to refuse */
	CHECK_STRING(made("proto=icmp"), "proto=icmp");
	CHECK_STRING(made("dport = :80"), "fport=80");
	CHECK_STRING(made("dport=:80"), "fport=80");
	CHECK_STRING(made("outcome==refused"), "outcome=refused");
	CHECK_STRING(made("dport = :80 sample 100"), "fport=80 sample=100");
	CHECK_STRING(made("dport = :80 and sample 100"), "fport=80 sample=100");
	CHECK_STRING(made("sample 100"), "sample=100");
	CHECK_STRING(made("all sample 100"), "sample=100");
	CHECK_STRING(made("none sample 100"), "none");
	CHECK_STRING(made("dport = :80 sample 1"), "fport=80");
	CHECK_STRING(made("dev = sample"), "dev=sample");
	CHECK_STRING(made("sample 0"), "(refused)");
	CHECK_STRING(made("sample 4294967296"), "(refused)");
	CHECK_STRING(made("sample 5 dport = :80"), "(refused)");
	CHECK_STRING(made("dport = :80 or sample 5"), "(refused)");
	CHECK_STRING(made("proto=tcp dport = :80"), "(refused)");
	CHECK_STRING(made("proto=tcp and dport=80"), "(refused)");
	CHECK_STRING(made("proto=tcp sample 5"), "(refused)");
	CHECK_STRING(made("comm=nginx"), "(refused)");
}

/* "dev = d0 or dev = d1 ..." of so many. */
static const char *many(const char *format, unsigned int nr)
{
	static char text[TPW_RULES_BYTES * 4];
	size_t bytes = 0;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		bytes += (size_t)snprintf(text + bytes, sizeof(text) - bytes, i ? " or " : "");
		bytes += (size_t)snprintf(text + bytes, sizeof(text) - bytes, format, 2 * i);
	}
	return translated(text);
}

static void limits(void)
{
	static const char too_many[] =
		"that is more than the module's filter takes: 128 ports and ranges, 64 addresses, 16 devices, 4095 bytes; follow";

	CHECK_NUMBER(!strncmp(many("dev = d%u", 16), "dev=", 4), 1);
	CHECK_STRING(many("dev = d%u", 17), too_many);
	CHECK_NUMBER(!strncmp(many("dport = %u", 128), "fport=", 6), 1);
	CHECK_STRING(many("dport = %u", 129), too_many);
	CHECK_NUMBER(!strncmp(many("src 10.0.0.%u", 64), "local=", 6), 1);
	CHECK_STRING(many("src 10.0.0.%u", 65), too_many);
	CHECK_STRING(many("reason = R%u", 129), too_many);
	CHECK_STRING(many("reason = A_LONG_NAME_OF_A_REASON_FOR_A_DROP_%u", 100), too_many);
}

const struct unit_case unit_translation[] = {
	UNIT_CASE(words, "filter words become rules: columns"),
	UNIT_CASE(ends, "filter words become rules: addresses and ports"),
	UNIT_CASE(logic, "filter words become rules: and, or, not, brackets"),
	UNIT_CASE(refusals, "filter words that no rule can tell are named"),
	UNIT_CASE(forms, "filter words and rules are told apart, and have a sample"),
	UNIT_CASE(limits, "filter words are no more than the module's filter takes"),
	{ 0 },
};
