// SPDX-License-Identifier: GPL-2.0
/*
 * Chains of nftables: what explain reads in them must be what the kernel does with
 * the segment, and where the rules leave one way only, it must say so.
 */
#include "explain.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT	700	/* is served, and asked for */
#define OTHER	701
#define FOREIGN	40000	/* and those above it: each segment has one of its own */

#define HOOK "type filter hook input priority 0; "
#define INPUT(rules) "table inet t { chain c { " HOOK rules " }; }"
#define BEFORE(rules) "table inet t { chain c { type filter hook prerouting priority 0; " rules " }; }"
#define NAT(rules) "table inet n { chain c { type nat hook prerouting priority -100; " rules " }; }\n"
/* Connection tracking looks on, without which no chain of NAT is run. */
#define TRACK "table inet o { chain c { type filter hook output priority 0; ct state new counter; }; }\n"
/* Besides what the base chain has: sets, and chains to jump to. */
#define WITH(besides, rules) "table inet t { " besides "; chain c { " HOOK rules " }; }"

/**
 * enum want - what is to come out
 * @PASS: it passes
 * @DROP: it is dropped
 * @REJECT: it is dropped, and answered
 * @OPEN: that is not decided
 * @DROP4: IPv4 is dropped, IPv6 passes
 * @DROP6: the other way round
 * @OPEN6: that is not decided of IPv6, IPv4 passes
 * @DROP_TCP: TCP is dropped, UDP passes
 * @OPEN4: that is not decided of IPv4, IPv6 passes
 * @FORWARD4: IPv4 is sent on, IPv6 passes
 * @FORWARD6: the other way round
 */
enum want { PASS, DROP, REJECT, OPEN, DROP4, DROP6, OPEN6, DROP_TCP, OPEN4, FORWARD4, FORWARD6 };

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
	{ INPUT("%1$s sport & 0x8000 == 0x8000 drop;"), DROP },
	{ INPUT("%1$s sport & 0x8000 == 0 drop;"), PASS },
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
	{ INPUT("ip6 daddr fd01::1 drop;"), DROP6 },
	{ INPUT("ip6 daddr fd01::2 drop; ip6 saddr != fd01::50 drop;"), PASS },
	{ INPUT("ip6 saddr fd01::/120 ip6 daddr fd01::1 drop;"), DROP6 },
	{ INPUT("ip6 saddr fd01::50-fd01::5f drop;"), DROP6 },
	{ INPUT("ip saddr 10.1.1.49-10.1.1.60 drop;"), DROP4 },
	{ INPUT("ip saddr 10.1.1.51-10.1.1.60 drop;"), PASS },
	{ INPUT("ip6 hoplimit 64 drop;"), OPEN6 },
	{ INPUT("ip protocol tcp meta l4proto tcp drop; meta nfproto ipv6 meta l4proto tcp drop;"),
	  DROP_TCP },
	{ INPUT("%1$s dport %2$u accept; drop;"), PASS },
	{ INPUT("%1$s dport %3$u accept; drop;"), DROP },
	{ INPUT("%1$s dport %2$u return; drop;"), PASS },
	{ INPUT("policy drop; %1$s dport %2$u accept;"), PASS },
	{ INPUT("policy drop; %1$s dport %3$u accept;"), DROP },
	{ INPUT("policy drop; %1$s dport %2$u return; accept;"), DROP },
	{ INPUT("meta mark 7 accept; %1$s dport %2$u accept; drop;"), PASS },
	{ INPUT("ct state established accept; %1$s dport %2$u drop; meta mark 7 drop;"), DROP },
	{ INPUT("ct state established,related accept; %1$s dport %3$u accept; drop;"), DROP },
	{ INPUT("ct state invalid drop; ct state new %1$s dport %2$u accept; drop;"), PASS },
	{ INPUT("ct state { established, related } accept; ct state != new accept; drop;"), DROP },
	{ INPUT("ct state vmap { established : accept, invalid : drop, new : accept }; drop;"), PASS },
	{ INPUT("ct mark 7 accept; drop;"), OPEN },
	{ INPUT("ct mark 7 drop; drop;"), DROP },
	{ "table inet t { chain c { type filter hook prerouting priority raw; ct state new drop; }; "
	  "chain d { " HOOK "ct state new accept; drop; }; }", OPEN },
	{ INPUT("meta mark 7 drop; %1$s dport %2$u drop;"), DROP },
	{ INPUT("meta mark 7 drop;"), OPEN },
	{ INPUT("meta mark 0 drop;"), OPEN },
	{ INPUT("iifname \"v1\" drop;"), DROP },
	{ INPUT("iif v1 drop;"), DROP },
	{ INPUT("iif lo drop; iifname \"v*\" accept; drop;"), PASS },
	{ INPUT("iifname \"v\" drop; iifname { lo, v0 } drop;"), PASS },
	{ INPUT("iifname { lo, v1 } %1$s dport %2$u drop;"), DROP },
	{ INPUT("limit rate 1/day accept; drop;"), OPEN },
	{ INPUT("limit rate 1/day drop; drop;"), DROP },
	{ INPUT("%1$s dport { %2$u, 9 } drop;"), DROP },
	{ INPUT("%1$s dport { %3$u, 9 } drop;"), PASS },
	{ INPUT("%1$s dport != { %3$u, 9 } drop;"), DROP },
	{ INPUT("%1$s dport != { %2$u, 9 } drop;"), PASS },
	{ INPUT("%1$s dport { 9, 600-%2$u } drop;"), DROP },
	{ INPUT("%1$s dport { 9, 600-699, %3$u-710 } drop;"), PASS },
	{ INPUT("meta l4proto { tcp, icmp } drop;"), DROP_TCP },
	{ INPUT("ip saddr { 10.1.1.0/28, 10.1.1.48/28 } drop;"), DROP4 },
	{ INPUT("ip saddr . %1$s dport { 10.1.1.50 . %2$u } drop;"), DROP4 },
	{ INPUT("ip saddr . %1$s dport { 10.1.1.50 . %3$u, 10.1.1.51 . %2$u } drop;"), PASS },
	{ INPUT("ip6 saddr . %1$s dport { fd01::/64 . 600-%2$u } drop;"), DROP6 },
	{ INPUT("ip6 saddr . ip6 daddr { fd01::50 . fd01::1 } drop;"), DROP6 },
	{ INPUT("meta mark { 7, 8 } accept; drop;"), OPEN },
	{ INPUT("%1$s dport vmap { %2$u : drop, %3$u : accept }; accept;"), DROP },
	{ INPUT("%1$s dport vmap { %3$u : drop }; accept;"), PASS },
	{ INPUT("meta mark vmap { 7 : drop }; accept;"), OPEN },
	{ INPUT("%1$s dport vmap { %2$u : drop, * : accept }; accept;"), OPEN },
	{ WITH("set s { type inet_service; elements = { %2$u } }", "%1$s dport @s drop;"), DROP },
	{ WITH("set s { type inet_service; }", "%1$s dport @s drop;"), PASS },
	{ WITH("set s { type inet_service; flags timeout; elements = { %2$u timeout 1h } }",
	       "%1$s dport @s drop;"), DROP },
	{ WITH("set s { type inet_service; flags dynamic; counter; elements = { %2$u } }",
	       "%1$s dport @s drop;"), OPEN },
	{ WITH("set s { type ipv4_addr; flags interval; auto-merge; elements = { 10.1.0.0/16 } }",
	       "ip saddr @s drop;"), DROP4 },
	{ WITH("chain d { %1$s dport %2$u return; drop; }", "jump d; accept;"), PASS },
	{ WITH("chain d { %1$s dport %3$u return; drop; }", "jump d; accept;"), DROP },
	{ WITH("chain d { %1$s dport %2$u return; drop; }", "goto d; drop;"), PASS },
	{ WITH("chain d { accept; }", "goto d; drop;"), PASS },
	{ INPUT("%1$s dport %2$u-%3$u drop;"), DROP },
	{ INPUT("%1$s dport 1-699 drop; %1$s dport != 1-%2$u drop; %1$s dport > %2$u drop;"), PASS },
	{ INPUT("%1$s dport >= %2$u %1$s dport < %3$u drop;"), DROP },
	{ INPUT("%1$s dport %2$u reject;"), REJECT },
	{ INPUT("meta mark 7 drop; reject;"), OPEN },
	{ INPUT("%1$s dport %3$u reject;"), PASS },
	{ INPUT("%1$s dport %2$u meta mark set 1; accept;"), PASS },
	{ INPUT("meta mark set 7; meta mark 7 drop;"), DROP },
	{ INPUT("%1$s dport %3$u meta mark set 7; meta mark 7 drop;"), OPEN },
	{ INPUT("meta mark 5 accept; meta mark set 7; drop;"), OPEN },
	{ INPUT("meta mark 5 meta mark set 7; drop;"), OPEN },
	{ INPUT("meta nftrace set 1; drop;"), DROP },
	{ INPUT("%1$s dport %3$u meta mark set 1; %1$s dport %2$u drop;"), DROP },
	{ WITH("chain d { drop; }", "%1$s dport %2$u jump d;"), DROP },
	{ WITH("chain d { drop; }", "%1$s dport %3$u jump d;"), PASS },
	{ WITH("chain d { drop; }", "meta mark 7 jump d;"), OPEN },
	{ WITH("chain d { drop; }", "meta mark 7 jump d; drop;"), DROP },
	{ WITH("chain d { meta mark 7 accept; }", "jump d; drop;"), OPEN },
	{ WITH("chain d { meta mark 7 return; accept; }", "jump d; accept;"), PASS },
	{ WITH("chain e { %1$s dport %3$u drop; }; chain d { goto e; drop; }", "jump d; accept;"), PASS },
	{ WITH("chain e { %1$s dport %2$u drop; }; chain d { jump e; accept; }", "jump d; accept;"), DROP },
	{ WITH("chain d { drop; }", "%1$s dport vmap { %3$u : accept, %2$u : jump d }; accept;"), DROP },
	{ WITH("chain d { return; }", "%1$s dport vmap { %2$u : goto d }; drop;"), PASS },
	{ "table ip t { chain c { type filter hook prerouting priority -300; "
	  "%1$s dport %2$u drop; }; }", DROP4 },
	{ "table netdev t { chain c { type filter hook ingress device v1 priority 0; "
	  "%1$s dport %2$u drop; }; }", DROP },
	{ "table netdev t { chain c { type filter hook ingress device v1 priority 0; "
	  "meta protocol ip %1$s dport %2$u drop; }; }", DROP4 },
	{ NAT("%1$s dport %2$u drop;"), PASS },
	{ NAT("%1$s dport %2$u redirect to :%3$u;"), PASS },
	{ NAT("%1$s dport %2$u redirect;"), PASS },
	{ NAT("%1$s dport %3$u redirect to :9;"), PASS },
	{ NAT("%1$s dport %2$u dnat ip to 10.2.2.1;"), PASS },
	{ NAT("%1$s dport %2$u dnat ip to 10.2.2.1:%3$u; "
	      "%1$s dport %2$u dnat ip6 to [fd02::1]:%3$u;"), PASS },
	{ NAT("%1$s dport %2$u dnat ip to 10.2.2.2:%3$u;"), FORWARD4 },
	{ NAT("%1$s dport %2$u dnat ip6 to fd02::2;"), FORWARD6 },
	{ NAT("%1$s dport %3$u accept; %1$s dport %2$u dnat ip to 127.0.0.1;"), DROP4 },
	{ NAT("%1$s dport %2$u accept; dnat ip to 10.2.2.2;"), PASS },
	{ NAT("%1$s dport %2$u redirect to :%2$u-%3$u;"), OPEN },
	{ NAT("%1$s dport %2$u redirect to :%3$u random;"), OPEN },
	{ NAT("%1$s dport %2$u dnat ip to 10.2.2.1-10.2.2.2;"), OPEN4 },
	{ NAT("%1$s dport %2$u dnat ip to 10.2.2.2 persistent;"), OPEN4 },
	{ NAT("%1$s dport %2$u dnat ip to ip saddr map { 10.1.1.50 : 10.2.2.2 };"), FORWARD4 },
	{ NAT("dnat ip to %1$s dport map { %3$u : 10.2.2.2 };"), PASS },
	{ NAT("dnat ip addr . port to %1$s dport map { %2$u : 10.2.2.1 . %3$u };"), PASS },
	{ NAT("dnat ip to meta mark map { 7 : 10.2.2.2 };"), OPEN4 },
	{ INPUT("meta mark set %1$s dport map { %2$u : 7, %3$u : 8 }; meta mark 7 drop;"), DROP },
	{ NAT("meta mark 7 %1$s dport %2$u redirect to :%3$u;"), OPEN },
	{ NAT("meta mark 7 %1$s dport %2$u redirect to :9; %1$s dport %2$u redirect to :%3$u;"), OPEN },
	{ NAT("meta mark 7 %1$s dport %2$u redirect to :%3$u; %1$s dport %2$u redirect to :%3$u;"), PASS },
	{ TRACK NAT("%1$s dport %2$u drop;"), DROP },
	{ TRACK NAT("%1$s dport %3$u drop;"), PASS },
	{ TRACK NAT("meta mark 7 drop;"), OPEN },
	{ "table ip n { chain c { type nat hook prerouting priority -100; "
	  "%1$s dport %2$u dnat to 10.2.2.2; }; }", FORWARD4 },
	{ "table inet n { chain d { %1$s dport %2$u redirect to :%3$u; }; "
	  "chain c { type nat hook prerouting priority -100; %1$s dport %2$u jump d; drop; }; }", PASS },
	{ "table inet n { chain c { type nat hook prerouting priority -90; drop; }; "
	  "chain d { type nat hook prerouting priority -100; %1$s dport %2$u redirect to :%3$u; }; }", PASS },
	{ "table inet n { chain c { type nat hook prerouting priority -110; drop; }; "
	  "chain d { type nat hook prerouting priority -100; %1$s dport %2$u redirect to :%3$u; }; }", DROP },
	{ "table inet n { chain c { type nat hook prerouting priority -110; %1$s dport %3$u drop; }; "
	  "chain d { type nat hook prerouting priority -100; %1$s dport %2$u redirect to :%3$u; }; }", PASS },
	{ NAT("%1$s dport %2$u redirect to :%3$u;") INPUT("%1$s dport %3$u drop;"), DROP },
	{ NAT("%1$s dport %2$u redirect to :%3$u;") INPUT("%1$s dport %2$u drop;"), PASS },
	{ NAT("%1$s dport %2$u redirect to :%3$u;") BEFORE("%1$s dport %3$u drop;"), DROP },
	{ NAT("%1$s dport %2$u redirect to :%3$u;") "table inet t { chain c { "
	  "type filter hook prerouting priority -150; %1$s dport %2$u drop; }; }", DROP },
	{ "table inet n { chain c { type nat hook postrouting priority 100; masquerade; }; }", PASS },
	{ "table inet n { chain c { type nat hook input priority 100; %1$s dport %2$u snat ip to 10.1.1.99; }; }",
	  OPEN4 },
	{ "table inet n { chain c { type nat hook input priority 100; %1$s dport %3$u snat ip to 10.1.1.99; }; }",
	  PASS },
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

/* Before there is something that tells a chain from other hooks, it is named and not read. */
static bool reads_chains(void)
{
	return kernel_is_since(5, 14);
}

/* Of one that is not read: who has no such packet does not decide. */
static const char *fate_unread(const char *text, bool is_ipv6)
{
	const char *other = is_ipv6 ? "table ip t" : "table ip6 t";

	return strncmp(text, other, strlen(other)) ? "decides" : "passes";
}

static const char *fate_wanted(const char *text, enum want want, int proto, bool is_ipv6)
{
	if (!reads_chains())
		return fate_unread(text, is_ipv6);
	if (want == OPEN || (want == OPEN6 && is_ipv6) || (want == OPEN4 && !is_ipv6))
		return "decides";
	if ((want == FORWARD4 && !is_ipv6) || (want == FORWARD6 && is_ipv6))
		return "forwards";
	if (want == REJECT)
		return "rejects";
	if (want == DROP || (want == DROP4 && !is_ipv6) || (want == DROP6 && is_ipv6) ||
	    (want == DROP_TCP && proto == IPPROTO_TCP))
		return "drops";
	return "passes";
}

/* To where it is said to be sent, if NAT sends it elsewhere. */
static bool has_come(const char *foreign, const struct answer *a)
{
	size_t translated = table_find(&a->t, "fate", "translates"), row;
	struct table t;
	bool has;

	table_read(&t, DIRECTORY "log");
	row = table_find(&t, "foreign", foreign);
	has = row != NO_ROW && (translated == NO_ROW ||
				table_is(&t, row, "local", table_cell(&a->t, translated, "local")));
	table_free(&t);
	return has;
}

static void try_segment(const char *text, enum want want, int proto, bool is_ipv6, const char *device)
{
	char question[QUESTION_LEN], foreign[ENDPOINT_LEN], local[ENDPOINT_LEN];
	const char *said, *wanted = fate_wanted(text, want, proto, is_ipv6);
	union address from, to;
	struct answer a;
	bool has;

	address_set(&from, is_ipv6 ? "fd01::50" : "10.1.1.50", FOREIGN + sum.nr++);
	address_set(&to, is_ipv6 ? "fd01::1" : "10.1.1.1", PORT);
	address_format(&from, foreign);
	address_format(&to, local);
	snprintf(question, sizeof(question), "%s %s %s dev %s",
		 proto == IPPROTO_TCP ? "tcp" : "udp", foreign, local, device);
	ask(&a, question);
	wire_send(proto, &from, &to);
	has = has_come(foreign, &a);
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

/* Before 5.13 a set has no element for all else. */
static bool is_known(size_t i)
{
	return kernel_is_since(5, 13) || !strstr(chains[i].text, "* :");
}

static unsigned int known_chains(void)
{
	unsigned int nr = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(chains); i++)
		nr += is_known(i);
	return nr;
}

static void try_chain(size_t i, int proto)
{
	if (!is_known(i))
		return;
	set_chain(chains[i].text, proto == IPPROTO_TCP ? "tcp" : "udp");
	try_segment(chains[i].text, chains[i].want, proto, false, "v1");
	try_segment(chains[i].text, chains[i].want, proto, true, "v1");
}

/* How far a segment comes, as is said. */
static bool fate_is(const char *question, const char *want)
{
	struct answer a;
	bool is;

	ask(&a, question);
	is = table_is(&a.t, answer_row(&a, "arrives"), "fate", reads_chains() ? want : "decides");
	if (!is)
		answer_show(&a, question);
	answer_free(&a);
	return is;
}

/* A mark that routing is asked for anew may send it elsewhere. */
static void mark_own(void)
{
	static const char own[] = "tcp 10.1.1.1:9 10.1.1.1:700";
	static const char text[] =
		"table inet t { chain c { " HOOK "meta mark 7 drop; }; "
		"chain d { type %s hook output priority -150; meta mark set 7; }; }";
	char rules[256];

	snprintf(rules, sizeof(rules), text, "filter");
	set_chain(rules, "tcp");
	result(fate_is(own, "drops"), "a mark set in a chain of type filter is known");
	snprintf(rules, sizeof(rules), text, "route");
	set_chain(rules, "tcp");
	result(fate_is(own, "decides"), "one set in a chain of type route is not");
}

/* A SYN is the first segment, whatever else would be. */
static void track_strictly(void)
{
	unsigned int unwanted = sum.unwanted, wrong = sum.wrong;
	static const char text[] = INPUT("ct state new %1$s dport %2$u accept; drop;");

	set_chain(text, "tcp");
	sysctl_set("net/netfilter/nf_conntrack_tcp_loose", "0");
	try_segment(text, PASS, IPPROTO_TCP, false, "v1");
	try_segment(text, PASS, IPPROTO_TCP, true, "v1");
	sysctl_set("net/netfilter/nf_conntrack_tcp_loose", "1");
	result(sum.unwanted == unwanted && sum.wrong == wrong, "ct state new, with tcp_loose 0");
}

/* What comes on lo is this host's own: OUTPUT has seen it, so PREROUTING does not translate it. */
static void come_on_lo(void)
{
	set_chain(NAT("%1$s dport %2$u redirect to :%3$u;") TRACK, "udp");
	result(fate_is("udp 127.0.0.1:39998 127.0.0.1:700 dev lo", "decides"), "NAT of what comes on lo is not followed");
}

/* The answers of this one are those of another that NAT has sent here: its source gets another port. */
static void take_answers(void)
{
	union address from, to;

	set_chain(NAT("%1$s dport %3$u redirect to :%2$u;"), "udp");
	address_set(&from, "10.1.1.50", FOREIGN - 1);
	address_set(&to, "10.1.1.1", OTHER);
	result(fate_is("udp 10.1.1.50:39999 10.1.1.1:700 dev v1", "passes"), "before its answers are taken");
	wire_send(IPPROTO_UDP, &from, &to);
	result(fate_is("udp 10.1.1.50:39999 10.1.1.1:700 dev v1", "decides"), "and then");
}

#define SETS	1000

static void set_many(unsigned int rules)
{
	FILE *nft = popen("exec nft -f -", "w");
	unsigned int i;

	if (!nft)
		bail("nft");
	fputs("flush ruleset\ntable inet t {\n", nft);
	for (i = 0; i < SETS; i++)
		fprintf(nft, "set s%u { type inet_service; }\n", i);
	fputs("chain c { " HOOK "policy drop;\n", nft);
	for (i = 0; i < rules; i++)
		fprintf(nft, "tcp dport @s%u accept\n", SETS - 1);
	fputs("}\n}\n", nft);
	if (pclose(nft))
		bail("nft: many sets");
}

/* A rule names its set, which is looked for among all of them. */
static void search_sets(void)
{
	set_many(10);
	result(fate_is("tcp 10.1.1.50:9 10.1.1.1:700 dev v1", "drops"), "10 rules find their set among %u", SETS);
	set_many(70);
	result(fate_is("tcp 10.1.1.50:9 10.1.1.1:700 dev v1", "decides"), "70 rules would take too long");
}

static void send_rules(const char *text)
{
	FILE *nft = popen("exec nft -f -", "w");

	if (!nft || fputs(text, nft) < 0 || pclose(nft))
		bail("nft: %s", text);
}

/* The rule that drops is at one end of the chain or at the other, always at one. */
static pid_t start_commits(void)
{
	pid_t child = fork();

	if (child < 0)
		bail("fork");
	while (!child) {
		send_rules("flush chain inet t first\nadd rule inet t last drop\n");
		send_rules("flush chain inet t last\nadd rule inet t first drop\n");
	}
	return child;
}

#define LONG_CHAIN	15000
#define COMMIT_TRIES	2000

static void set_long_chain(void)
{
	FILE *nft = popen("exec nft -f -", "w");
	unsigned int i;

	if (!nft)
		bail("nft");
	fputs("flush ruleset\ntable inet t { chain first { drop; }; chain last { }; chain c { " HOOK
	      "jump first;\n", nft);
	for (i = 0; i < LONG_CHAIN; i++)
		fprintf(nft, "tcp dport %u accept\n", 1000 + i);
	fputs("jump last\n}\n}\n", nft);
	if (pclose(nft))
		bail("nft: a long chain");
}

/* Half of one ruleset and half of another would let it pass. */
static void commit_meanwhile(void)
{
	unsigned int passed = 0, met = 0, i;
	struct answer a;
	pid_t child;

	set_long_chain();
	child = start_commits();
	for (i = 0; i < COMMIT_TRIES && met < 3; i++) {
		ask(&a, "tcp 10.1.1.50:9 10.1.1.1:700 dev v1");
		passed += table_is(&a.t, answer_row(&a, "arrives"), "fate", "passes");
		met += table_is(&a.t, answer_row(&a, "arrives"), "fate", "decides");
		answer_free(&a);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	diag("%u questions, of which %u met a commit", i, met);
	result_is("with rules of two rulesets", passed, 0);
	result(met, "a commit meanwhile is seen");
}

/* Rules see the bridge, and not the device below it. */
static void try_bridge(void)
{
	static const char below[] = BEFORE("iifname \"v1\" drop;"), above[] = BEFORE("iifname \"br0\" drop;");
	unsigned int unwanted = sum.unwanted, wrong = sum.wrong;

	if (system("ip addr flush dev v1 && ip link add br0 type bridge && ip link set v1 master br0 && "
		   "ip link set br0 up && ip addr add 10.1.1.1/24 dev br0 && "
		   "ip addr add fd01::1/64 dev br0 nodad"))
		bail("a bridge");
	netns_settle();
	set_chain(below, "udp");
	try_segment(below, OPEN, IPPROTO_UDP, false, "v1");
	try_segment(below, PASS, IPPROTO_UDP, false, "br0");
	try_segment(below, PASS, IPPROTO_UDP, true, "br0");
	set_chain(above, "udp");
	try_segment(above, DROP, IPPROTO_UDP, false, "br0");
	result(sum.unwanted == unwanted && sum.wrong == wrong, "a device below a bridge is not the one that rules see");
}

/* The handle of the rule of chain d that drops, as nft lists it. */
static unsigned int handle_listed(void)
{
	FILE *nft = popen("nft -a list chain inet t d", "r");
	char line[256], *at;
	unsigned int handle = 0;

	while (nft && fgets(line, sizeof(line), nft)) {
		at = strstr(line, "drop # handle ");
		if (at)
			handle = atoi(at + strlen("drop # handle "));
	}
	if (!nft || pclose(nft) || !handle)
		bail("nft -a");
	return handle;
}

/* The handle of the rule that drops what is asked for, 0 if none is named. */
static unsigned int handle_said(void)
{
	struct answer a;
	const char *who;
	unsigned int handle;

	ask(&a, "tcp 10.1.1.50:9 10.1.1.1:700 dev v1");
	who = table_cell(&a.t, answer_row(&a, "arrives"), "who");
	handle = strchr(who, '#') ? atoi(strchr(who, '#') + 1) : 0;
	answer_free(&a);
	return handle;
}

static void name_rules(void)
{
	set_chain(WITH("chain d { %1$s dport %3$u drop; %1$s dport %2$u drop; }", "jump d;"), "tcp");
	result_is("the rule that drops", handle_said(), reads_chains() ? handle_listed() : 0);
	set_chain(WITH("chain d { meta mark 7 drop; drop; }", "jump d;"), "tcp");
	result_is("of two rules", handle_said(), 0);
	set_chain(WITH("chain d { %1$s dport %3$u drop; }", "jump d; policy drop;"), "tcp");
	result_is("of the policy", handle_said(), 0);
}

static void run(void)
{
	const char *text = getenv("TPW_SHORT");
	bool is_short = text && *text;
	int tcp, udp;
	size_t i;

	place_make();
	sysctl_set("net/ipv4/ip_forward", "1");
	sysctl_set("net/ipv6/conf/all/forwarding", "1");
	wire_open();
	module_load("log_records=1024");
	tcp = sock_listen("::", PORT, 0, 1024);
	udp = sock_bound("::", PORT, SOCK_DGRAM, 0);
	/* In the short form each with one of the protocols. */
	for (i = 0; i < ARRAY_SIZE(chains); i++) {
		if (!is_short || i % 2)
			try_chain(i, IPPROTO_TCP);
		if (!is_short || i % 2 == 0)
			try_chain(i, IPPROTO_UDP);
	}
	result_is("segments", sum.nr, (is_short ? 2 : 4) * known_chains());
	result_is("those that come, or do not, against what is said", sum.wrong, 0);
	result_is("fates that are not the one that the rules leave", sum.unwanted, 0);
	result_at_least("decided", sum.decided, sum.nr, reads_chains() ? 80 : 0);
	name_rules();
	mark_own();
	track_strictly();
	come_on_lo();
	take_answers();
	search_sets();
	commit_meanwhile();
	try_bridge();
	close(tcp);
	close(udp);
}

const struct topic explain_chain_topic = {
	.name = "chain",
	.results = 18,
	.run = run,
};
