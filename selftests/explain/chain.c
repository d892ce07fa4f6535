// SPDX-License-Identifier: GPL-2.0
/*
 * Chains of nftables: what explain reads in them must be what the kernel does with
 * the segment, and where the rules leave one way only, it must say so.
 */
#include "explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT	700	/* is served, and asked for */
#define OTHER	701
#define FOREIGN	40000	/* and those above it: each segment has one of its own */

#define INPUT(rules) "table inet t { chain c { type filter hook input priority 0; " rules " }; }"

/**
 * enum want - what is to come out
 * @PASS: it passes
 * @DROP: it is dropped
 * @OPEN: that is not decided
 * @DROP4: IPv4 is dropped, IPv6 passes
 * @DROP6: the other way round
 * @OPEN6: that is not decided of IPv6, IPv4 passes
 * @DROP_TCP: TCP is dropped, UDP passes
 */
enum want { PASS, DROP, OPEN, DROP4, DROP6, OPEN6, DROP_TCP };

/* %1$s is the protocol, %2$u the port that is asked for, %3$u another one. */
static const struct {
	const char *text;
	enum want want;
} chains[] = {
	{ INPUT("%1$s dport %2$u drop;"), DROP },
	{ INPUT("%1$s dport %3$u drop;"), PASS },
	{ INPUT("%1$s dport != %3$u drop;"), DROP },
	{ INPUT("%1$s dport != %2$u drop;"), PASS },
	{ INPUT("%1$s sport %2$u drop;"), PASS },
	{ INPUT("%1$s sport & 0x8000 == 0x8000 drop;"), OPEN },
	{ INPUT("%1$s sport & 0x8000 == 0 drop;"), OPEN },
	{ INPUT("counter; log; %1$s dport %2$u counter drop;"), DROP },
	{ INPUT("meta l4proto tcp drop;"), DROP_TCP },
	{ INPUT("meta nfproto ipv4 drop;"), DROP4 },
	{ INPUT("meta protocol ip6 drop;"), DROP6 },
	{ INPUT("ip daddr 10.1.1.1 drop;"), DROP4 },
	{ INPUT("ip saddr 10.1.1.50 drop;"), DROP4 },
	{ INPUT("ip saddr 10.1.1.51 drop; ip daddr 10.1.1.50 drop;"), PASS },
	{ INPUT("ip saddr 10.1.1.0/24 drop;"), DROP4 },
	{ INPUT("ip saddr 10.1.2.0/24 drop; ip daddr 11.0.0.0/8 drop;"), PASS },
	{ INPUT("ip daddr 10.1.0.0/15 drop;"), DROP4 },
	{ INPUT("ip saddr 10.1.1.52/30 drop;"), PASS },
	{ INPUT("ip6 daddr fd01::/16 drop;"), DROP6 },
	{ INPUT("ip6 saddr fd02::/16 drop; ip6 saddr fd01:1::/32 drop;"), PASS },
	{ INPUT("ip6 daddr fd01::1 drop;"), OPEN6 },
	{ INPUT("ip protocol tcp meta l4proto tcp drop; meta nfproto ipv6 meta l4proto tcp drop;"),
	  DROP_TCP },
	{ INPUT("%1$s dport %2$u accept; drop;"), PASS },
	{ INPUT("%1$s dport %3$u accept; drop;"), DROP },
	{ INPUT("%1$s dport %2$u return; drop;"), PASS },
	{ INPUT("policy drop; %1$s dport %2$u accept;"), PASS },
	{ INPUT("policy drop; %1$s dport %3$u accept;"), DROP },
	{ INPUT("policy drop; %1$s dport %2$u return; accept;"), DROP },
	{ INPUT("meta mark 7 accept; %1$s dport %2$u accept; drop;"), PASS },
	{ INPUT("ct state established accept; %1$s dport %2$u drop; meta mark 7 drop;"), OPEN },
	{ INPUT("meta mark 7 drop; %1$s dport %2$u drop;"), DROP },
	{ INPUT("meta mark 7 drop;"), OPEN },
	{ INPUT("meta mark 0 drop;"), OPEN },
	{ INPUT("iifname \"v1\" drop;"), OPEN },
	{ INPUT("%1$s dport { %2$u, 9 } drop;"), OPEN },
	{ INPUT("%1$s dport %2$u-%3$u drop;"), OPEN },
	{ INPUT("%1$s dport %2$u reject;"), OPEN },
	{ INPUT("%1$s dport %3$u reject;"), PASS },
	{ INPUT("%1$s dport %2$u meta mark set 1; accept;"), OPEN },
	{ INPUT("%1$s dport %3$u meta mark set 1; %1$s dport %2$u drop;"), DROP },
	{ "table inet t { chain d { drop; }; "
	  "chain c { type filter hook input priority 0; %1$s dport %2$u jump d; }; }", OPEN },
	{ "table inet t { chain d { drop; }; "
	  "chain c { type filter hook input priority 0; %1$s dport %3$u jump d; }; }", PASS },
	{ "table ip t { chain c { type filter hook prerouting priority -300; "
	  "%1$s dport %2$u drop; }; }", DROP4 },
	{ "table netdev t { chain c { type filter hook ingress device v1 priority 0; "
	  "%1$s dport %2$u drop; }; }", DROP },
	{ "table netdev t { chain c { type filter hook ingress device v1 priority 0; "
	  "meta protocol ip %1$s dport %2$u drop; }; }", DROP4 },
};

static struct {
	unsigned int nr;
	unsigned int decided;
	unsigned int unwanted;
	unsigned int wrong;
} sum;

static void set_chain(const char *text, const char *proto)
{
	FILE *nft = popen("exec nft -f -", "w");

	if (!nft)
		bail("nft");
	fputs("flush ruleset\n", nft);
	fprintf(nft, text, proto, PORT, OTHER);
	fputs("\n", nft);
	if (pclose(nft))
		bail("nft: %s", text);
}

static const char *fate_wanted(enum want want, int proto, bool is_ipv6)
{
	if (want == OPEN || (want == OPEN6 && is_ipv6))
		return "decides";
	if (want == DROP || (want == DROP4 && !is_ipv6) || (want == DROP6 && is_ipv6) ||
	    (want == DROP_TCP && proto == IPPROTO_TCP))
		return "drops";
	return "passes";
}

static bool has_come(const char *foreign)
{
	struct table t;
	bool has;

	table_read(&t, DIRECTORY "log");
	has = table_find(&t, "foreign", foreign) != NO_ROW;
	table_free(&t);
	return has;
}

static void try_segment(const char *text, enum want want, int proto, bool is_ipv6)
{
	char question[QUESTION_LEN], foreign[ENDPOINT_LEN], local[ENDPOINT_LEN];
	const char *said, *wanted = fate_wanted(want, proto, is_ipv6);
	union address from, to;
	struct answer a;
	bool has;

	address_set(&from, is_ipv6 ? "fd01::50" : "10.1.1.50", FOREIGN + sum.nr++);
	address_set(&to, is_ipv6 ? "fd01::1" : "10.1.1.1", PORT);
	address_format(&from, foreign);
	address_format(&to, local);
	snprintf(question, sizeof(question), "%s %s %s dev v1",
		 proto == IPPROTO_TCP ? "tcp" : "udp", foreign, local);
	ask(&a, question);
	wire_send(proto, &from, &to);
	has = has_come(foreign);
	said = table_cell(&a.t, answer_row(&a, "arrives"), "fate");
	sum.decided += !!strcmp(said, "decides");
	sum.unwanted += !!strcmp(said, wanted);
	sum.wrong += strcmp(said, "decides") && has != !strcmp(said, "passes");
	if (strcmp(said, wanted) || (strcmp(said, "decides") && has != !strcmp(said, "passes"))) {
		diag("%s %s: %s is said, %s is wanted, and it %s", text, question, said, wanted,
		     has ? "came" : "did not come");
		answer_show(&a, question);
	}
	answer_free(&a);
}

static void try_chain(size_t i, int proto)
{
	set_chain(chains[i].text, proto == IPPROTO_TCP ? "tcp" : "udp");
	try_segment(chains[i].text, chains[i].want, proto, false);
	try_segment(chains[i].text, chains[i].want, proto, true);
}

static void run(void)
{
	int tcp, udp;
	size_t i;

	place_make();
	wire_open();
	module_load("log_records=1024");
	tcp = sock_listen("::", PORT, 0, 1024);
	udp = sock_bound("::", PORT, SOCK_DGRAM, 0);
	for (i = 0; i < ARRAY_SIZE(chains); i++) {
		try_chain(i, IPPROTO_TCP);
		try_chain(i, IPPROTO_UDP);
	}
	result_is("segments", sum.nr, 4 * ARRAY_SIZE(chains));
	result_is("those that come, or do not, against what is said", sum.wrong, 0);
	result_is("fates that are not the one that the rules leave", sum.unwanted, 0);
	result_at_least("decided", sum.decided, sum.nr, 70);
	close(tcp);
	close(udp);
}

const struct topic explain_chain_topic = {
	.name = "chain",
	.results = 4,
	.run = run,
};
