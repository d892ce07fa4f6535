// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of the kernel's filter: what they let through, and what is said of wrong ones.
 */
#include "module/filter/rules.h"

#include "test/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

/* Some of a kernel's, each at its own number; the rest have no name here. */
const char *tpw_reason_name(unsigned int reason)
{
	switch (reason) {
	case 3:
		return "NO_SOCKET";
	case 5:
		return "TCP_CSUM";
	case 70:
		return "TCP_MINTTL";
	default:
		return "OTHER";
	}
}

static struct tpw_verdict syn(void)
{
	struct tpw_verdict v = {
		.tuple = {
			.local.ip = htonl(0x0a010203),		/* 10.1.2.3 */
			.foreign.ip = htonl(0xc0a8010d),	/* 192.168.1.13 */
			.lport = htons(80),
			.fport = htons(54240),
			.family = AF_INET,
			.proto = IPPROTO_TCP,
		},
		.dev = "eth0",
		.family = TPW_TCP4,
		.via = TPW_VIA_LISTENER_ANY,
		.match = TPW_MATCH_LISTENER,
		.outcome = TPW_OUTCOME_HANDED,
		.flags = TPW_TCP_SYN,
	};

	return v;
}

static struct tpw_verdict datagram6(void)
{
	struct tpw_verdict v = {
		.tuple = {
			.lport = htons(53),
			.fport = htons(999),
			.family = AF_INET6,
			.proto = IPPROTO_UDP,
		},
		.dev = "a b,c",
		.family = TPW_UDP6,
		.via = TPW_VIA_NONE,
		.match = TPW_MATCH_NONE,
		.outcome = TPW_OUTCOME_DROPPED,
		.reason = 70,
	};

	inet_pton(AF_INET6, "fd77::1", v.tuple.local.ip6);
	inet_pton(AF_INET6, "2001:db8:1:2:3:4:5:6", v.tuple.foreign.ip6);
	return v;
}

/* 1, 0, or 2 if the rules are wrong; in which case what is said of them is printed. */
static int lets(const char *text, const struct tpw_verdict *v)
{
	struct tpw_rules_error error;
	struct tpw_rules rules;

	if (tpw_rules_parse(&rules, text, strlen(text), &error)) {
		printf("  # %s: %s\n", text, error.why);
		return 2;
	}
	return tpw_rules_match(&rules, v);
}

/** struct lets_case - a condition, and whether two verdicts meet it */
struct lets_case {
	const char *text;
	int syn;
	int datagram6;
};

static const struct lets_case lets_cases[] = {
	{ "all", 1, 1 },
	{ "none", 0, 0 },
	{ "proto=tcp", 1, 0 },
	{ "proto=tcp6", 0, 0 },
	{ "proto=udp,tcp4", 1, 1 },
	{ "proto=udp4", 0, 0 },
	{ "port=80", 1, 0 },
	{ "port=54240", 1, 0 },
	{ "port=1-100", 1, 1 },
	{ "port=22,998-1000", 0, 1 },
	{ "port=0-65535", 1, 1 },
	{ "lport=80", 1, 0 },
	{ "lport=54240", 0, 0 },
	{ "fport=80", 0, 0 },
	{ "fport=54240-54240", 1, 0 },
	{ "local=10.1.2.3", 1, 0 },
	{ "local=10.1.2.4/31", 0, 0 },
	{ "local=10.1.2.2/31", 1, 0 },
	{ "local=10.0.0.0/8", 1, 0 },
	{ "local=10.9.9.9/8", 1, 0 },
	{ "local=0.0.0.0/0", 1, 0 },
	{ "local=::/0", 0, 1 },
	{ "local=::ffff:10.1.2.3", 1, 0 },
	{ "local=::ffff:10.0.0.0/104", 1, 0 },
	{ "local=::ffff:0:0/96", 1, 0 },
	{ "local=[::ffff:10.1.2.3]:80", 1, 0 },
	{ "local=10.1.2.3:80", 1, 0 },
	{ "local=10.1.2.3:81", 0, 0 },
	{ "local=10.0.0.0/8:79-81", 1, 0 },
	{ "local=192.168.1.13", 0, 0 },
	{ "local=fd77::1", 0, 1 },
	{ "local=[fd77::1]", 0, 1 },
	{ "local=[fd77::1]:53", 0, 1 },
	{ "local=[fd77::1]:54", 0, 0 },
	{ "local=FD77::/16", 0, 1 },
	{ "local=[fd77::]/16:53", 0, 1 },
	{ "local=[fd77::/16]:53", 0, 1 },
	{ "local=fd77::2/127", 0, 0 },
	{ "foreign=192.168.1.13:54240", 1, 0 },
	{ "foreign=10.1.2.3", 0, 0 },
	{ "foreign=2001:db8:1:2::/65", 0, 1 },
	{ "foreign=2001:db8:1:2:8000::/65", 0, 0 },
	{ "foreign=192.168.0.0/16,2001:db8::/32", 1, 1 },
	{ "via=listener-any", 1, 0 },
	{ "via=listener-addr,none", 0, 1 },
	{ "via=?", 0, 0 },
	{ "match=listener", 1, 0 },
	{ "match=none", 0, 1 },
	{ "outcome=handed", 1, 0 },
	{ "outcome=dropped", 0, 1 },
	{ "outcome=dropped:TCP_MINTTL", 0, 1 },
	{ "outcome=dropped:TCP_CSUM", 0, 0 },
	{ "outcome=dropped:OTHER", 0, 0 },
	{ "outcome=handed,dropped:TCP_CSUM,dropped:TCP_MINTTL", 1, 1 },
	{ "flags=S", 1, 0 },
	{ "flags=S.", 0, 0 },
	{ "flags=.S,S", 1, 0 },
	{ "flags=none", 0, 0 },
	{ "dev=eth0", 1, 0 },
	{ "dev=eth", 0, 0 },
	{ "dev=eth01", 0, 0 },
	{ "dev=lo,a\\040b\\054c", 0, 1 },
};

static void conditions(void)
{
	const struct tpw_verdict v = syn(), v6 = datagram6();
	size_t i;

	for (i = 0; i < sizeof(lets_cases) / sizeof(lets_cases[0]); i++) {
		const struct lets_case *c = &lets_cases[i];
		const char *equals = strchr(c->text, '=');
		char forms[3][128];
		size_t form;

		if (lets(c->text, &v) != c->syn || lets(c->text, &v6) != c->datagram6)
			printf("  # %s\n", c->text);
		CHECK_NUMBER(lets(c->text, &v), c->syn);
		CHECK_NUMBER(lets(c->text, &v6), c->datagram6);
		if (!equals)
			continue;
		snprintf(forms[0], 128, "%.*s!%s", (int)(equals - c->text), c->text, equals);
		snprintf(forms[1], 128, "!%s", c->text);
		snprintf(forms[2], 128, "%.*s=!%s", (int)(equals - c->text), c->text, equals + 1);
		for (form = 0; form < 3; form++) {
			CHECK_NUMBER(lets(forms[form], &v), !c->syn);
			CHECK_NUMBER(lets(forms[form], &v6), !c->datagram6);
		}
	}
}

/* Taken and read as by inet_pton(), or refused as by it. */
static void addresses(void)
{
	static const char *const texts[] = {
		"0.0.0.0", "255.255.255.255", "1.2.3.4", "01.2.3.4", "1.2.3", "1.2.3.4.5", "1.2.3.",
		".1.2.3", "1..2.3", "256.1.1.1", "1.2.3.4 ", "", "a.b.c.d", "1.2.3.4x",
		"::", "::1", "1::", "1::8", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6::8", "1::3:4:5:6:7:8",
		"1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", ":::",
		"1:2:3::4:5:6:7:8", "::1:2:3:4:5:6:7:8", "1::2::3", ":1", "1:", "12345::", "g::",
		"ABCD:ef01::", "::1.2.3.4", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5::1.2.3.4",
		"1:2:3:4:5:6:7:1.2.3.4", "1::1.2.3.4:5", "::1.2.3", "::1.2.3.4.5", "::a.2.3.4", "1.2.3.4::",
		"::00001", "::0001", "1:2:3:4::5:6:1.2.3.4",
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct tpw_span span = { texts[i], strlen(texts[i]) };
		int family_expected = strchr(texts[i], ':') ? AF_INET6 : AF_INET;
		union tpw_addr addr, expected = { .word = { 0, 0 } };
		int is_good = inet_pton(family_expected, texts[i], &expected) == 1;
		__u8 family;

		if (tpw_address_parse(span, &family, &addr) != is_good)
			printf("  # \"%s\"\n", texts[i]);
		CHECK_NUMBER(tpw_address_parse(span, &family, &addr), is_good);
		if (!is_good)
			continue;
		CHECK_NUMBER(family, family_expected);
		CHECK_NUMBER(addr.word[0], expected.word[0]);
		CHECK_NUMBER(addr.word[1], expected.word[1]);
	}
}

static void together(void)
{
	const struct tpw_verdict v = syn(), v6 = datagram6();

	CHECK_NUMBER(lets("proto=tcp port=80 match=listener flags=S", &v), 1);
	CHECK_NUMBER(lets("proto=tcp port=81 match=listener flags=S", &v), 0);
	CHECK_NUMBER(lets("proto=tcp port=80 match=none", &v), 0);
	CHECK_NUMBER(lets("local=10.0.0.0/8 local!=10.1.2.3", &v), 0);
	CHECK_NUMBER(lets("local=10.0.0.0/8 local!=10.1.2.4", &v), 1);
	CHECK_NUMBER(lets("port=80,81 port!=54240", &v), 0);
	CHECK_NUMBER(lets("outcome=dropped outcome!=dropped:TCP_MINTTL", &v6), 0);
	CHECK_NUMBER(lets("outcome=dropped outcome!=dropped:TCP_CSUM", &v6), 1);
	CHECK_NUMBER(lets("flags!=S", &v6), 1);
	CHECK_NUMBER(lets("flags=S proto=udp", &v6), 0);
	CHECK_NUMBER(lets("sample=5 via=none", &v6), 1);
}

static void check_text(const char *text, const char *expected)
{
	struct tpw_rules_error error;
	struct tpw_rules rules;

	CHECK_NUMBER(tpw_rules_parse(&rules, text, strlen(text), &error), 0);
	CHECK_STRING(rules.text, expected);
	CHECK_NUMBER(rules.text_len, strlen(expected));
}

static void kept_text(void)
{
	struct tpw_rules_error error;
	struct tpw_rules rules;

	check_text("all\n", "all");
	check_text("  proto=tcp\tport!=22\r\n\n!dev=lo ", "proto=tcp port!=22 !dev=lo");
	check_text("# tuplewatch 2 filter netns=1\n# error: x: y\nport=80\n# no\n", "port=80");
	check_text("port=80\n  #no word: this line begins with blanks\nproto=tcp",
		   "port=80 proto=tcp");
	CHECK_NUMBER(tpw_rules_parse(&rules, "sample=4294967295", 17, &error), 0);
	CHECK_NUMBER(rules.sample, 4294967295);
	/* The text need not end with a 0. */
	CHECK_NUMBER(tpw_rules_parse(&rules, "nonesuch", 4, &error), 0);
	CHECK_STRING(rules.text, "none");
}

/** struct wrong_case - what is wrong, and the word and the part of it that are named */
struct wrong_case {
	const char *text;
	const char *word;
	const char *part;
	const char *why;
};

static const struct wrong_case wrong_cases[] = {
	{ "", "", "", "no rules" },
	{ " \n# only a comment\n", "", "", "no rules" },
	{ "any", "any", "", "neither all nor none" },
	{ "port 80", "port", "", "no blanks" },
	{ "proto=tcp port = 80", "port", "", "no blanks" },
	{ "! port=80", "!", "", "neither all nor none" },
	{ "all port=80", "port=80", "", "beside all or none" },
	{ "port=80 none", "none", "", "alone" },
	{ "all all", "all", "", "beside" },
	{ "sport=80", "sport=80", "sport", "none of proto port" },
	{ "=80", "=80", "", "none of proto port" },
	{ "Port=80", "Port=80", "Port", "none of proto port" },
	{ "!port=!80", "!port=!80", "", "one !" },
	{ "port!=!80", "port!=!80", "", "one !" },
	{ "port=!!80", "port=!!80", "", "one !" },
	{ "dev=!!eth0", "dev=!!eth0", "", "one !" },
	{ "!!port=80", "!!port=80", "!port", "none of proto port" },
	{ "port=80 proto=tcp port=81", "port=81", "port", "twice" },
	{ "port!=80 !port=81", "!port=81", "port", "twice" },
	{ "port=", "port=", "", "empty" },
	{ "port=80,", "port=80,", "", "empty" },
	{ "port=,80", "port=,80", "", "empty" },
	{ "port=80,,81", "port=80,,81", "", "empty" },
	{ "port=80,!81", "port=80,!81", "!81", "neither a port" },
	{ "port=65536", "port=65536", "65536", "neither a port" },
	{ "port=http", "port=http", "http", "neither a port" },
	{ "port=90-80", "port=90-80", "90-80", "neither a port" },
	{ "port=80-", "port=80-", "80-", "neither a port" },
	{ "port=-80", "port=-80", "-80", "neither a port" },
	{ "lport=+1", "lport=+1", "+1", "neither a port" },
	{ "fport=0x50", "fport=0x50", "0x50", "neither a port" },
	{ "port=18446744073709551696", "port=18446744073709551696", "18446744073709551696",
	  "neither a port" },
	{ "local=10.0.0", "local=10.0.0", "10.0.0", "no address" },
	{ "local=10.0.0.256", "local=10.0.0.256", "10.0.0.256", "no address" },
	{ "local=10.0.0.010", "local=10.0.0.010", "10.0.0.010", "no address" },
	{ "local=10.0.0.0/33", "local=10.0.0.0/33", "10.0.0.0/33", "no address" },
	{ "local=10.0.0.0/", "local=10.0.0.0/", "10.0.0.0/", "no address" },
	{ "local=10.0.0.1:", "local=10.0.0.1:", "10.0.0.1:", "no address" },
	{ "local=10.0.0.1:http", "local=10.0.0.1:http", "10.0.0.1:http", "no address" },
	{ "local=[10.0.0.1]:80", "local=[10.0.0.1]:80", "[10.0.0.1]:80", "no address" },
	{ "local=[::1", "local=[::1", "[::1", "no address" },
	{ "local=[::1]80", "local=[::1]80", "[::1]80", "no address" },
	{ "local=[::/8]/8", "local=[::/8]/8", "[::/8]/8", "no address" },
	{ "local=::1/129", "local=::1/129", "::1/129", "no address" },
	{ "local=fe80::1%eth0", "local=fe80::1%eth0", "fe80::1%eth0", "no address" },
	{ "foreign=localhost", "foreign=localhost", "localhost", "no address" },
	{ "via=listener", "via=listener", "listener", "file counters" },
	{ "match=established,listenr", "match=established,listenr", "listenr", "file counters" },
	{ "outcome=droped", "outcome=droped", "droped", "file counters" },
	{ "outcome=dropped:", "outcome=dropped:", "", "no reason" },
	{ "outcome=dropped:tcp_csum", "outcome=dropped:tcp_csum", "tcp_csum", "no reason" },
	{ "outcome=refused:X", "outcome=refused:X", "refused:X", "file counters" },
	{ "proto=icmp", "proto=icmp", "icmp", "tcp6, udp" },
	{ "flags=SYN", "flags=SYN", "SYN", "tcpdump's letters" },
	{ "flags=[S]", "flags=[S]", "[S]", "tcpdump's letters" },
	{ "dev=a23456789012345f", "dev=a23456789012345f", "a23456789012345f", "15 bytes" },
	{ "dev=a\\04", "dev=a\\04", "a\\04", "15 bytes" },
	{ "dev=a\\000", "dev=a\\000", "a\\000", "15 bytes" },
	{ "dev=a\\400", "dev=a\\400", "a\\400", "15 bytes" },
	{ "sample=0", "sample=0", "0", "1 to" },
	{ "sample=4294967296", "sample=4294967296", "4294967296", "1 to" },
	{ "sample=2,3", "sample=2,3", "3", "1 to" },
	{ "sample!=2", "sample!=2", "", "negated" },
	{ "port=80 \001", "\001", "", "printable" },
	{ "dev=\xc3\xa9", "dev=\xc3\xa9", "", "printable" },
};

static void check_wrong(const struct wrong_case *c)
{
	struct tpw_rules_error error;
	char word[100], part[100];
	struct tpw_rules rules;

	CHECK_NUMBER(tpw_rules_parse(&rules, c->text, strlen(c->text), &error), -EINVAL);
	snprintf(word, sizeof(word), "%.*s", error.word_len, error.word);
	snprintf(part, sizeof(part), "%.*s", error.part_len, error.part);
	CHECK_STRING(word, c->word);
	CHECK_STRING(part, c->part);
	if (!error.why || !strstr(error.why, c->why))
		CHECK_STRING(error.why, c->why);
}

static void wrong(void)
{
	size_t i;

	for (i = 0; i < sizeof(wrong_cases) / sizeof(wrong_cases[0]); i++)
		check_wrong(&wrong_cases[i]);
}

/* KEY=ELEMENT,ELEMENT... with so many elements */
static int parse_many(const char *key, const char *element, unsigned int nr,
		      struct tpw_rules_error *error)
{
	static char text[2 * TPW_RULES_BYTES];
	struct tpw_rules rules;
	size_t n;

	n = sprintf(text, "%s=%s", key, element);
	while (--nr)
		n += sprintf(text + n, ",%s", element);
	return tpw_rules_parse(&rules, text, n, error);
}

static void limits(void)
{
	struct tpw_rules_error error;
	char text[TPW_RULES_BYTES];
	struct tpw_rules rules;

	CHECK_NUMBER(parse_many("port", "1", TPW_RULES_PORTS, &error), 0);
	CHECK_NUMBER(parse_many("port", "1", TPW_RULES_PORTS + 1, &error), -E2BIG);
	CHECK_STRING(error.why, "is one port too many, there may be 128");
	CHECK_NUMBER(error.word_len, sizeof(error.word));
	CHECK_NUMBER(parse_many("local", "::1", TPW_RULES_ADDRS, &error), 0);
	CHECK_NUMBER(parse_many("local", "::1", TPW_RULES_ADDRS + 1, &error), -E2BIG);
	CHECK_STRING(error.why, "is one address too many, there may be 64");
	CHECK_NUMBER(parse_many("dev", "lo", TPW_RULES_DEVS, &error), 0);
	CHECK_NUMBER(parse_many("dev", "lo", TPW_RULES_DEVS + 1, &error), -E2BIG);
	CHECK_STRING(error.why, "is one device too many, there may be 16");
	memset(text, ' ', sizeof(text));
	memcpy(text, "all", 3);
	CHECK_NUMBER(tpw_rules_parse(&rules, text, sizeof(text) - 1, &error), 0);
	CHECK_NUMBER(tpw_rules_parse(&rules, text, sizeof(text), &error), -E2BIG);
	CHECK_NUMBER(parse_many("match", "none", 818, &error), 0);
	CHECK_NUMBER(error.word_len, 0);
}

/* Each combination, for what little can be said before the packet is read. */
static void may_match(void)
{
	static const char *const texts[] = {
		"none", "proto=udp6", "via=none", "match=none", "outcome=dropped",
		"outcome=dropped:TCP_CSUM", "flags=S", "outcome!=dropped", "match!=listener",
	};
	const struct tpw_verdict_key seen = {
		.family = TPW_TCP4, .via = TPW_VIA_LISTENER_ANY,
		.match = TPW_MATCH_LISTENER, .outcome = TPW_OUTCOME_HANDED,
	};
	static const _Bool expected[] = { 0, 0, 0, 0, 0, 0, 1, 1, 0 };
	struct tpw_rules_error error;
	struct tpw_rules rules;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CHECK_NUMBER(tpw_rules_parse(&rules, texts[i], strlen(texts[i]), &error), 0);
		CHECK_NUMBER(tpw_rules_may_match(&rules, seen), expected[i]);
	}
}

const struct unit_case unit_rules[] = {
	UNIT_CASE(conditions, "a filter's conditions let through what they say, negated the rest"),
	UNIT_CASE(addresses, "a filter's addresses are those of inet_pton()"),
	UNIT_CASE(together, "a filter's conditions have to be met together"),
	UNIT_CASE(kept_text, "a filter's text is kept with single blanks and without comments"),
	UNIT_CASE(wrong, "what is wrong in a filter is named"),
	UNIT_CASE(limits, "a filter's lists and text have limits"),
	UNIT_CASE(may_match, "a filter says early what it can not want"),
	{ .name = NULL },
};
