// SPDX-License-Identifier: GPL-2.0
/*
 * What a segment has to pass before the lookup, and what becomes of it behind
 * that: set-ups at random, a question, and then the segment itself, from a host
 * that sends whatever it likes.
 */
#define _GNU_SOURCE
#include "explain.h"
#include "program.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* TPW_WAYS: or as many as that. */
#define SHORT_RUN	200
#define LONG_RUN	2000	/* TPW_LONG */
#define PER_SCENE	4	/* segments to the same set-up */
#define FILLERS		24	/* sockets and segments that fill a queue */

/* %1$s is the protocol, %2$u the port of the segment, %3$u the one that is served instead. */
static const struct {
	const char *text;
	bool is_nat;
} rules[] = {
	{ "table inet t { chain c { type filter hook prerouting priority 0; }; }", false },
	{ "table inet t { chain c { type filter hook prerouting priority 0; policy drop; }; }", false },
	{ "table inet t { chain c { type filter hook input priority 0; }; }", false },
	{ "table inet t { chain c { type filter hook input priority 0; policy drop; }; }", false },
	{ "table inet t { chain c { type filter hook input priority 0; %1$s dport %2$u drop; }; }", false },
	{ "table inet t { chain c { type filter hook input priority 0; %1$s dport %3$u drop; }; }", false },
	{ "table inet t { chain c { type filter hook forward priority 0; policy drop; }; }", false },
	{ "table ip t { chain c { type filter hook input priority 0; policy drop; }; }", false },
	{ "table ip6 t { chain c { type filter hook prerouting priority 0; policy drop; }; }", false },
	{ "table netdev t { chain c { type filter hook ingress device v1 priority 0; }; }", false },
	{ "table netdev t { chain c { type filter hook ingress device v1 priority 0; policy drop; }; }", false },
	{ "table netdev t { chain c { type filter hook ingress device v2 priority 0; policy drop; }; }", false },
	{ "table inet t { chain c { type filter hook output priority 0; ct state new counter; }; }", false },
	{ "table inet t { chain c { type nat hook prerouting priority -100; %1$s dport %2$u redirect to :%3$u; }; }", true },
	{ "table inet t { chain c { type nat hook prerouting priority -100; %1$s dport %2$u redirect to :%3$u; }; }", true },
	{ "table inet t { chain c { type nat hook prerouting priority -100; %1$s dport %2$u dnat ip to 10.2.2.1:%3$u; }; }", true },
	{ "table inet t { chain c { type nat hook prerouting priority -100; %1$s dport %3$u redirect to :9; }; }", false },
};

/* On the device of the cable. */
enum device { NOTHING, TC_EMPTY, TC_DROP, XDP_PASSES, XDP_DROPS, DEVICE_NR };

static const char *const tc_commands[DEVICE_NR] = {
	[TC_EMPTY] = "tc qdisc add dev v1 clsact",
	[TC_DROP] = "tc qdisc add dev v1 clsact && tc filter add dev v1 ingress matchall action drop",
};

/* At the socket. */
enum state { PLAIN, NOBODY, FULL, REQUESTS_FULL, COOKIES, FILTERED, STATE_NR };

/**
 * struct way - a segment, and what is on its way
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: AF_INET or AF_INET6
 * @foreign: where it comes from
 * @local: where it goes to
 * @port: its port there
 * @served: the port that is served
 * @rules: of nft, ARRAY_SIZE(rules) for none
 * @device: on its device
 * @state: of the socket
 * @fd: the socket, -1 for none
 * @filler: other sockets
 * @fillers: how many
 * @program: a link to a program of XDP, -1 for none
 * @is_primed: the same segment has come before
 * @needs_device: the question must name it
 * @is_mute: nobody there hears an answer
 */
struct way {
	int proto;
	int family;
	union address foreign;
	union address local;
	uint16_t port;
	uint16_t served;
	unsigned int rules;
	enum device device;
	enum state state;
	int fd;
	int filler[FILLERS];
	unsigned int fillers;
	int program;
	bool is_primed;
	bool needs_device;
	bool is_mute;
};

static struct {
	unsigned int ways;
	unsigned int wrong;
	unsigned int passed;
	unsigned int dropped;
	unsigned int forwarded;
	unsigned int open;
	unsigned int translated;
	unsigned int after;
	unsigned int route;
} sum;

/**
 * struct place - an address of a segment
 * @address: it
 * @weight: how often it is taken
 * @needs_device: no route leads there by way of the cable
 * @is_mute: no answer gets there, or a host of the cable has it for its own
 */
struct place {
	const char *address;
	unsigned int weight;
	bool needs_device;
	bool is_mute;
};

/* Where the segment comes from, where it goes to; of either family. */
static const struct place foreign4[] = {
	{ "10.1.1.50", 30, false, false }, { "10.1.1.51", 30, false, false },
	{ "10.2.2.50", 14, true, false }, { "9.9.9.9", 8, true, true },
	{ "127.0.0.1", 3, true, true }, { "224.0.0.9", 2, true, true },
	{ "240.0.0.1", 2, true, true }, { "255.255.255.255", 2, true, true },
	{ "10.1.1.1", 3, true, true }, { "10.2.2.1", 3, true, true },
	{ "10.1.1.255", 3, true, true }, {},
};

static const struct place local4[] = {
	{ "10.1.1.1", 60, false, false }, { "10.2.2.1", 8, false, false },
	{ "10.9.9.9", 7, false, false }, { "10.2.2.77", 18, false, false },
	{ "10.1.1.255", 3, false, false }, { "224.1.1.1", 3, false, false },
	{ "224.1.1.2", 2, false, false }, { "224.0.0.1", 2, false, false },
	{ "127.0.0.1", 3, true, false }, { "255.255.255.255", 2, false, false },
	{ "240.0.0.1", 2, false, false }, {},
};

static const struct place foreign6[] = {
	{ "fd01::50", 30, false, false }, { "fd01::51", 30, false, false },
	{ "fd02::50", 14, true, false }, { "fd0a::1", 10, true, true },
	{ "::1", 4, true, true }, { "ff02::9", 4, true, true }, { "fe80::50", 4, true, true },
	{ "fd01::1", 2, true, true }, { "fd02::1", 2, true, true }, {},
};

static const struct place local6[] = {
	{ "fd01::1", 66, false, false }, { "fd02::1", 8, false, false },
	{ "fd09::9", 8, false, false }, { "fd02::77", 18, false, false },
	{ "ff02::1", 3, true, false }, { "ff02::1234", 3, true, false },
	{ "::1", 4, true, false }, {},
};

static const struct place *choose_place(const struct place *from)
{
	unsigned int total = 0, at;
	const struct place *p;

	for (p = from; p->address; p++)
		total += p->weight;
	at = below(total);
	for (p = from; at >= p->weight; p++)
		at -= p->weight;
	return p;
}

static bool is_v6(const struct way *w)
{
	return w->family == AF_INET6;
}

/* Each ruleset has its turn, and between them each state of the socket. */
static void choose_obstacle(struct way *w, unsigned int scene)
{
	w->rules = scene & 1 ? ARRAY_SIZE(rules) : scene / 2 % ARRAY_SIZE(rules);
	w->state = scene & 1 ? scene / 2 % STATE_NR : chance(70) ? PLAIN : below(STATE_NR);
	if (w->proto == IPPROTO_UDP && (w->state == REQUESTS_FULL || w->state == COOKIES))
		w->state = FULL;
}

/* What several segments have in common. */
static void choose_scene(struct way *w, unsigned int scene)
{
	memset(w, 0, sizeof(*w));
	w->proto = chance(60) ? IPPROTO_TCP : IPPROTO_UDP;
	w->family = chance(25) ? AF_INET6 : AF_INET;
	w->port = 20000 + 2 * below(20000);
	choose_obstacle(w, scene);
	w->served = w->port + (w->rules < ARRAY_SIZE(rules) && rules[w->rules].is_nat && chance(80));
	w->device = chance(90) ? NOTHING : below(DEVICE_NR);
	w->fd = -1;
	w->program = -1;
}

static void choose_segment(struct way *w)
{
	const struct place *foreign = choose_place(is_v6(w) ? foreign6 : foreign4);
	const struct place *local = choose_place(is_v6(w) ? local6 : local4);

	address_set(&w->foreign, foreign->address, 1024 + below(60000));
	address_set(&w->local, local->address, w->port);
	w->needs_device = foreign->needs_device || local->needs_device;
	w->is_mute = foreign->is_mute;
	w->is_primed = w->rules < ARRAY_SIZE(rules) && chance(60);
}

/* From another port each, so that each makes a request of its own. */
static void send_requests(const struct way *w, unsigned int nr)
{
	union address from;

	address_set(&from, is_v6(w) ? "fd01::60" : "10.1.1.60", 0);
	while (nr--) {
		union address to;

		address_set(&to, is_v6(w) ? "fd01::1" : "10.1.1.1", w->served);
		from.in.sin_port = htons(1024 + below(60000));
		wire_send(w->proto, &from, &to);
	}
}

static void fill_accept_queue(struct way *w)
{
	unsigned int i;

	place_client();
	for (i = 0; i < 3; i++)
		w->filler[w->fillers++] = sock_try_connect(is_v6(w) ? "fd01::1" : "10.1.1.1",
							   w->served, 0);
	place_server();
	fence();
}

static void shrink_buffer(int fd)
{
	int size = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)))
		bail("SO_RCVBUF");
}

static void open_socket(struct way *w)
{
	const char *any = is_v6(w) ? "::" : "0.0.0.0";

	if (w->state == NOBODY)
		return;
	if (w->proto == IPPROTO_TCP)
		w->fd = sock_listen(any, w->served, 0, w->state == FULL ||
				    w->state == REQUESTS_FULL || w->state == COOKIES ? 1 : 64);
	else
		w->fd = sock_bound(any, w->served, SOCK_DGRAM, 0);
}

/* Before anything is on the way of what fills it. */
static void set_state(struct way *w)
{
	sysctl_set("net/ipv4/tcp_syncookies", w->state == REQUESTS_FULL ? "0" :
					      w->state == COOKIES && chance(50) ? "2" : "1");
	open_socket(w);
	if (w->state == FULL && w->proto == IPPROTO_TCP) {
		fill_accept_queue(w);
	} else if (w->state == FULL) {
		shrink_buffer(w->fd);
		send_requests(w, FILLERS);
	} else if (w->state == REQUESTS_FULL || w->state == COOKIES) {
		send_requests(w, 2);
	} else if (w->state == FILTERED) {
		sock_drop_all(w->fd);
	}
}

static void join(const struct way *w)
{
	struct ip_mreqn group = { .imr_ifindex = if_nametoindex("v1") };

	if (w->fd < 0 || is_v6(w) || w->proto != IPPROTO_UDP ||
	    !IN_MULTICAST(ntohl(w->local.in.sin_addr.s_addr)) || chance(50))
		return;
	group.imr_multiaddr = w->local.in.sin_addr;
	if (setsockopt(w->fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)) &&
	    errno != EADDRINUSE)
		bail("IP_ADD_MEMBERSHIP");
}

static void set_rules(const struct way *w)
{
	FILE *nft;

	if (w->rules == ARRAY_SIZE(rules))
		return;
	nft = popen("exec nft -f -", "w");
	if (!nft)
		bail("nft");
	fprintf(nft, rules[w->rules].text, w->proto == IPPROTO_TCP ? "tcp" : "udp",
		w->port, w->served);
	fputs("\n", nft);
	if (pclose(nft))
		bail("nft: %s", rules[w->rules].text);
}

static void set_device(struct way *w)
{
	if (tc_commands[w->device] && system(tc_commands[w->device]))
		bail("%s", tc_commands[w->device]);
	if (w->device == XDP_PASSES || w->device == XDP_DROPS)
		w->program = program_xdp("v1", w->device == XDP_PASSES);
}

static void set_routing(void)
{
	static const char *const levels[] = { "0", "1", "2" };

	sysctl_set("net/ipv4/conf/v1/rp_filter", levels[below(3)]);
	sysctl_set("net/ipv4/conf/all/rp_filter", chance(80) ? "0" : levels[below(3)]);
	sysctl_set("net/ipv4/ip_forward", levels[below(2)]);
	sysctl_set("net/ipv6/conf/all/forwarding", levels[below(2)]);
	sysctl_set("net/ipv4/ip_early_demux", levels[chance(80)]);
}

static void clear(struct way *w)
{
	unsigned int i;

	if (w->program >= 0)
		close(w->program);
	if (tc_commands[w->device] && system("exec tc qdisc del dev v1 clsact"))
		bail("tc");
	if (w->rules < ARRAY_SIZE(rules) && system("exec nft flush ruleset"))
		bail("nft flush ruleset");
	for (i = 0; i < w->fillers; i++)
		close(w->filler[i]);
	if (w->fd >= 0)
		close(w->fd);
}

static void write_question(const struct way *w, char text[QUESTION_LEN])
{
	char foreign[ENDPOINT_LEN], local[ENDPOINT_LEN];

	address_format(&w->foreign, foreign);
	address_format(&w->local, local);
	snprintf(text, QUESTION_LEN, "%s %s %s%s", w->proto == IPPROTO_TCP ? "tcp" : "udp", foreign,
		 local, w->needs_device || chance(50) ? " dev v1" : "");
}

/**
 * struct arrival - what the log has of the segment
 * @rows: as many came from its address and port
 * @drops: the socket has thrown away as many
 * @has_come: and this one came
 * @is_dropped: and was thrown away
 * @cookie: of its socket
 * @outcome: what became of it
 */
struct arrival {
	size_t rows;
	uint32_t drops;
	bool has_come;
	bool is_dropped;
	uint64_t cookie;
	char outcome[16];
};

/* Did the socket throw it away? */
static uint32_t drops_of(const struct way *w)
{
	uint32_t info[SK_MEMINFO_VARS] = {};
	socklen_t len = sizeof(info);

	if (w->fd >= 0 && getsockopt(w->fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		bail("SO_MEMINFO");
	return info[SK_MEMINFO_DROPS];
}

/* What came since @before, or before that at all; answers to answers come behind it. */
static void find_arrival(const struct way *w, const struct arrival *before, struct arrival *to)
{
	char foreign[ENDPOINT_LEN];
	struct table t;
	size_t i;

	memset(to, 0, sizeof(*to));
	to->drops = drops_of(w);
	address_format(&w->foreign, foreign);
	table_read(&t, DIRECTORY "log");
	for (i = 0; i < t.rows; i++) {
		if (!table_is(&t, i, "foreign", foreign))
			continue;
		if (before && to->rows++ != before->rows)
			continue;
		to->rows += !before;
		to->cookie = table_is(&t, i, "cookie", "?") ?
				     NOT_KNOWN :
				     strtoull(table_cell(&t, i, "cookie"), NULL, 16);
		snprintf(to->outcome, sizeof(to->outcome), "%s", table_cell(&t, i, "outcome"));
	}
	table_free(&t);
}

static bool has_after(const struct answer *a, const char *fate)
{
	size_t i;

	for (i = 0; i < a->t.rows; i++)
		if (table_is(&a->t, i, "row", "after") && table_is(&a->t, i, "fate", fate))
			return true;
	return false;
}

/* A listener also drops what it cannot answer, which no question is about. */
static bool is_outcome(const struct way *w, const struct answer *a, const struct arrival *now)
{
	size_t row = answer_row(a, "result");

	/* The kernel counts each segment of a request as a drop of the listener. */
	if (table_is(&a->t, row, "fate", "request"))
		return !strcmp(now->outcome, "answered");
	if (has_after(a, "decides"))
		return true;
	if (has_after(a, "drops") != now->is_dropped && !w->is_mute)
		return false;
	if (table_find(&a->t, "name", "accept-queue") != NO_ROW)
		return !strcmp(now->outcome, "queue-full");
	if (table_is(&a->t, row, "fate", "none"))
		return !strcmp(now->outcome, "refused") || !strcmp(now->outcome, "ignored");
	return !strcmp(now->outcome, "handed");
}

/* Some kernels do not say whose filter has thrown a segment away. */
static bool is_receiver(const struct answer *a, const struct arrival *now)
{
	if (now->cookie == NOT_KNOWN)
		return has_after(a, "decides") && !strcmp(now->outcome, "dropped");
	return now->cookie == a->cookie;
}

static bool is_for_many(const struct way *w)
{
	uint32_t ip = ntohl(w->local.in.sin_addr.s_addr);

	if (is_v6(w))
		return IN6_IS_ADDR_MULTICAST(&w->local.in6.sin6_addr);
	return IN_MULTICAST(ip) || (ip & 0xff) == 0xff;
}

/* Did it come as far as explain says, and there? TCP throws a frame away that is for many. */
static bool is_right(const struct way *w, const struct answer *a, const struct arrival *now)
{
	const char *said = table_cell(&a->t, answer_row(a, "arrives"), "fate");

	if (!strcmp(said, "drops") || !strcmp(said, "forwards"))
		return !now->has_come;
	if (strcmp(said, "passes") || a->cookie == NOT_KNOWN)
		return true;
	if (w->proto == IPPROTO_TCP && is_for_many(w))
		return !now->has_come;
	return now->has_come && is_receiver(a, now) && is_outcome(w, a, now);
}

static void count(const struct answer *a)
{
	size_t row = answer_row(a, "arrives");

	sum.ways++;
	sum.passed += table_is(&a->t, row, "fate", "passes") && a->cookie != NOT_KNOWN;
	sum.dropped += table_is(&a->t, row, "fate", "drops");
	sum.forwarded += table_is(&a->t, row, "fate", "forwards");
	sum.open += table_is(&a->t, row, "fate", "decides") ||
		    (table_is(&a->t, row, "fate", "passes") && a->cookie == NOT_KNOWN);
	sum.translated += table_find(&a->t, "fate", "translates") != NO_ROW;
	sum.after += table_is(&a->t, row, "fate", "passes") && has_after(a, "drops");
	sum.route += table_is(&a->t, row, "name", "route");
}

static void show(const struct way *w, const struct answer *a, const char *question,
		 const struct arrival *now)
{
	diag("%s: %s%s, cookie %llx; rules %s; device %d, state %d%s",
	     now->has_come ? "came" : "did not come", now->outcome,
	     now->is_dropped ? " and dropped by its socket" : "", (unsigned long long)now->cookie,
	     w->rules < ARRAY_SIZE(rules) ? rules[w->rules].text : "none", w->device, w->state,
	     w->is_primed ? ", primed" : "");
	answer_show(a, question);
}

static void try_segment(struct way *w)
{
	char question[QUESTION_LEN];
	struct arrival before, now;
	struct answer a;

	choose_segment(w);
	join(w);
	set_routing();
	if (w->is_primed)
		wire_send(w->proto, &w->foreign, &w->local);
	write_question(w, question);
	find_arrival(w, NULL, &before);
	ask(&a, question);
	wire_send(w->proto, &w->foreign, &w->local);
	find_arrival(w, &before, &now);
	now.has_come = now.rows > before.rows;
	now.is_dropped = now.drops > before.drops;
	count(&a);
	if (!is_right(w, &a, &now)) {
		sum.wrong++;
		show(w, &a, question, &now);
	}
	answer_free(&a);
}

/* Programs that set rules take longer than all else. */
static void try_scene(unsigned int nr)
{
	struct way w;
	unsigned int i;

	choose_scene(&w, sum.ways / PER_SCENE);
	set_state(&w);
	set_rules(&w);
	set_device(&w);
	for (i = 0; i < PER_SCENE && sum.ways < nr; i++)
		try_segment(&w);
	clear(&w);
}

/* A table of iptables stays until its namespace goes, so it is the last thing that is tried. */
static void try_iptables(void)
{
	char question[QUESTION_LEN];
	struct answer a;
	struct way w;

	if (system("iptables-legacy -A INPUT -p tcp --dport 9 -j DROP"))
		bail("iptables-legacy");
	choose_scene(&w, 1);
	w.proto = IPPROTO_TCP;
	address_set(&w.local, "10.1.1.1", 700);
	address_set(&w.foreign, "10.1.1.50", 1024);
	write_question(&w, question);
	ask(&a, question);
	result(table_is(&a.t, answer_row(&a, "arrives"), "fate", "decides") &&
	       table_find(&a.t, "who", "iptables:filter") != NO_ROW,
	       "iptables: its table decides, and is named");
	answer_free(&a);
}

static void run(void)
{
	const char *wanted = getenv("TPW_WAYS");
	unsigned int nr = is_long_run ? LONG_RUN : SHORT_RUN;

	if (wanted)
		nr = strtoul(wanted, NULL, 10);
	place_make();
	wire_open();
	module_load("log_records=256");
	while (sum.ways < nr)
		try_scene(nr);
	diag("passes %u, drops %u, forwards %u, not decided %u", sum.passed, sum.dropped,
	     sum.forwarded, sum.open);
	result_is("ways", sum.ways, nr);
	result(!sum.wrong, "the segment goes where explain says: wrong %u of %u", sum.wrong,
	       sum.ways - sum.open);
	result(sum.open * 100 <= sum.ways * 45, "not decided: %u of %u, at most 45 %%", sum.open,
	       sum.ways);
	result_at_least("arrives", sum.passed, sum.ways, 20);
	result_at_least("is dropped before the lookup", sum.dropped, sum.ways, 10);
	result_at_least("goes elsewhere", sum.forwarded, sum.ways, 1);
	result_at_least("is stopped by routing", sum.route, sum.ways, 10);
	result_at_least("is translated", sum.translated, sum.ways, 1);
	result_at_least("is dropped at its socket", sum.after, sum.ways, 2);
	try_iptables();
	result_is("disagreements counted", disagreements(), 0);
}

const struct topic explain_way_topic = {
	.name = "way",
	.results = 11,
	.run = run,
};
