// SPDX-License-Identifier: GPL-2.0
/*
 * What a segment has to pass before the lookup, and what becomes of it behind
 * that: set-ups at random, a question, and then the segment itself, from a host
 * that sends whatever it likes.
 */
#define _GNU_SOURCE
#include "explain.h"
#include "program.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ip_vs.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* TPW_WAYS: or as many as that. */
#define LONG_RUN	2000	/* TPW_LONG */
#define PER_SCENE	3	/* segments to the same set-up */
#define FILLERS		24	/* sockets and segments that fill a queue */

/* Connection tracking looks on, and no rule is on the way. */
#define COUNTER	"table inet t { chain c { type filter hook output priority 0; ct state new counter; }; }"
#define NAT(verdict) \
	"table inet n { chain c { type nat hook prerouting priority -100; %1$s dport %2$u " verdict "; }; }"
#define INPUT(rules) "table inet t { chain c { type filter hook input priority 0; " rules " }; }"
#define MARK(statement) \
	"table inet t { chain c { type filter hook prerouting priority -150; " statement "meta mark set 1; }; }"

/*
 * %1$s is the protocol, %2$u the port of the segment, %3$u the one that is served instead.  What is
 * late comes when the first segment has been there.
 */
static const struct {
	const char *text;
	bool is_nat;
	bool is_marking;
	const char *late;
} rules[] = {
	{ .text = "table inet t { chain c { type filter hook prerouting priority 0; }; }" },
	{ .text = "table inet t { chain c { type filter hook prerouting priority 0; policy drop; }; }" },
	{ .text = "table inet t { chain c { type filter hook input priority 0; }; }" },
	{ .text = "table inet t { chain c { type filter hook input priority 0; policy drop; }; }" },
	{ .text = "table inet t { chain c { type filter hook input priority 0; %1$s dport %2$u drop; }; }" },
	{ .text = "table inet t { chain c { type filter hook input priority 0; %1$s dport %3$u drop; }; }" },
	{ .text = "table inet t { chain c { type filter hook forward priority 0; policy drop; }; }" },
	{ .text = "table ip t { chain c { type filter hook input priority 0; policy drop; }; }" },
	{ .text = "table ip6 t { chain c { type filter hook prerouting priority 0; policy drop; }; }" },
	{ .text = "table netdev t { chain c { type filter hook ingress device v1 priority 0; }; }" },
	{ .text = "table netdev t { chain c { type filter hook ingress device v1 priority 0; policy drop; }; }" },
	{ .text = "table netdev t { chain c { type filter hook ingress device v2 priority 0; policy drop; }; }" },
	{ .text = "table inet t { chain c { type filter hook output priority 0; ct state new counter; }; }" },
	{ .text = "table inet t { chain c { type nat hook prerouting priority -100; %1$s dport %2$u redirect to :%3$u; }; }", .is_nat = true },
	{ .text = "table inet t { chain c { type nat hook prerouting priority -100; %1$s dport %2$u redirect to :%3$u; }; }", .is_nat = true },
	{ .text = "table inet t { chain c { type nat hook prerouting priority -100; %1$s dport %2$u dnat ip to 10.2.2.1:%3$u; }; }", .is_nat = true },
	{ .text = "table inet t { chain c { type nat hook prerouting priority -100; %1$s dport %3$u redirect to :9; }; }" },
	{ .text = MARK(""), .is_marking = true },
	{ .text = MARK("%1$s dport %3$u tproxy to :%2$u "), .is_marking = true },
	{ .text = MARK("%1$s dport %2$u tproxy to :%3$u "), .is_nat = true, .is_marking = true },
	{ .text = INPUT("counter; %1$s dport != %2$u drop;") },
	{ .text = INPUT("ct state invalid drop; %1$s dport %2$u accept; drop;") },
	{ .text = INPUT("meta l4proto udp accept; %1$s dport %2$u log drop;") },
	{ .text = INPUT("meta mark 7 drop; ip daddr 10.1.1.1 drop; ip saddr 10.1.1.50 accept; %1$s dport %3$u drop;") },
	{ .text = INPUT("ct state established,related accept; meta nfproto ipv4 return; %1$s sport 1-9 drop;") },
	{ .text = INPUT("ip protocol tcp drop; ip6 nexthdr tcp drop; meta protocol ip accept;") },
	{ .text = INPUT("policy drop; meta mark 7 accept; %1$s dport { %2$u, 9 } accept; meta nfproto ipv6 accept;") },
	{ .text = "table inet t { chain d { drop; }; chain c { type filter hook input priority 0; %1$s dport %2$u jump d; }; }" },
	{ .text = "table ip t { chain c { type filter hook prerouting priority -300; ip saddr & 255.255.255.254 == 10.1.1.50 drop; }; }" },
	{ .text = COUNTER, .late = NAT("drop") },
	{ .text = NAT("redirect to :%3$u"), .is_nat = true, .late = "flush table inet n\n" NAT("redirect to :9") },
};

/* Each of them once, and as often none. */
#define SHORT_RUN	(2 * ARRAY_SIZE(rules) * PER_SCENE)

/* On the device of the cable. */
enum device { NOTHING, TC_EMPTY, TC_DROP, XDP_PASSES, XDP_DROPS, DEVICE_NR };

static const char *const tc_commands[DEVICE_NR] = {
	[TC_EMPTY] = "tc qdisc add dev v1 clsact",
	[TC_DROP] = "tc qdisc add dev v1 clsact && tc filter add dev v1 ingress matchall action drop",
};

/* At the socket. */
enum state { PLAIN, NOBODY, FULL, REQUESTS_FULL, BACKLOG_SHORT, COOKIES, FILTERED, CONNECTED, STATE_NR };

/**
 * struct way - a segment, and what is on its way
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @family: AF_INET or AF_INET6
 * @foreign: where it comes from
 * @local: where it goes to
 * @port: its port there
 * @served: the port that is served
 * @rules: of nft, ARRAY_SIZE(rules) for none
 * @world: how the server routes
 * @has_ipvs: it balances that port
 * @device: on its device
 * @state: of the socket
 * @fd: the socket, -1 for none
 * @filler: other sockets
 * @fillers: how many
 * @program: a link to a program of XDP, -1 for none
 * @is_chosen: the socket is connected to the other end
 * @is_late: the late rules are there
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
	enum world world;
	bool has_ipvs;
	enum device device;
	enum state state;
	int fd;
	int filler[FILLERS];
	unsigned int fillers;
	int program;
	bool is_chosen;
	bool is_late;
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
	unsigned int world[WORLD_NR];
	unsigned int ipvs;
	unsigned int connected;
} sum;

/* Who has decided, and how often. */
static struct {
	char who[40];
	unsigned int nr;
} deciders[24];

static bool knows_ipvs;

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
	{ "::1", 4, true, false }, { "ff01::1", 2, true, false }, {},
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

static bool has_rules(const struct way *w)
{
	return w->rules < ARRAY_SIZE(rules);
}

/* Each ruleset has its turn, and between them each state of the socket, not always in the same worlds. */
static void choose_obstacle(struct way *w, unsigned int scene)
{
	unsigned int turn = scene / 2 + scene / (2 * STATE_NR);

	w->rules = scene & 1 ? ARRAY_SIZE(rules) : scene / 2 % ARRAY_SIZE(rules);
	w->state = scene & 1 ? turn % STATE_NR : chance(70) ? PLAIN : below(STATE_NR);
	if (w->proto == IPPROTO_UDP &&
	    (w->state == REQUESTS_FULL || w->state == BACKLOG_SHORT || w->state == COOKIES))
		w->state = FULL;
	if (has_rules(w) && rules[w->rules].is_nat && w->state == CONNECTED)
		w->state = PLAIN;
}

/* A mark is set by rules alone. Where there are none, each world has its turn. */
static void choose_world(struct way *w, unsigned int scene)
{
	unsigned int turn = scene / 2 % (2 * WORLD_NR);

	if (has_rules(w) && rules[w->rules].is_marking)
		w->world = WORLD_BY_MARK;
	else if (has_rules(w))
		w->world = chance(80) ? WORLD_HOME : below(WORLD_NR);
	else
		w->world = turn < WORLD_NR ? turn : WORLD_HOME;
	w->has_ipvs = knows_ipvs && !is_v6(w) && !has_rules(w) && chance(4);
}

/* What several segments have in common. */
static void choose_scene(struct way *w, unsigned int scene)
{
	memset(w, 0, sizeof(*w));
	w->proto = chance(60) ? IPPROTO_TCP : IPPROTO_UDP;
	w->family = chance(25) ? AF_INET6 : AF_INET;
	w->port = 20000 + 2 * below(20000);
	choose_obstacle(w, scene);
	choose_world(w, scene);
	w->served = w->port + (has_rules(w) && rules[w->rules].is_nat && chance(80));
	w->device = chance(90) ? NOTHING : below(DEVICE_NR);
	w->fd = -1;
	w->program = -1;
}

static void choose_ends(struct way *w)
{
	const struct place *foreign = choose_place(is_v6(w) ? foreign6 : foreign4);
	const struct place *local = choose_place(is_v6(w) ? local6 : local4);

	address_set(&w->foreign, foreign->address, 1024 + below(60000));
	address_set(&w->local, local->address, w->port);
	w->needs_device = foreign->needs_device || local->needs_device;
	w->is_mute = foreign->is_mute;
}

/* Where a world has other ways back, the question says where it comes in. */
static void choose_segment(struct way *w)
{
	if (!w->is_chosen)
		choose_ends(w);
	w->needs_device |= w->world != WORLD_HOME;
	if (has_rules(w) || w->is_chosen)
		w->is_primed = chance(has_rules(w) && rules[w->rules].is_nat ? 90 : 60);
	else
		w->is_primed = false;
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

/* A connection of the client. */
static void connect_tcp(struct way *w)
{
	int client;

	address_set(&w->local, is_v6(w) ? "fd01::1" : "10.1.1.1", w->served);
	place_client();
	client = sock_try_connect(is_v6(w) ? "fd01::1" : "10.1.1.1", w->served, 0);
	place_server();
	fence();
	w->filler[w->fillers++] = client;
	w->filler[w->fillers++] = w->fd;
	address_set(&w->foreign, is_v6(w) ? "fd01::2" : "10.1.1.2", sock_port(client));
	w->fd = sock_try_accept(w->fd);
	if (w->fd < 0)
		bail("no connection");
}

/* A socket that knows its peer, who may come by another way than the one back. */
static void connect_udp(struct way *w)
{
	socklen_t len;

	close(w->fd);
	do {
		choose_ends(w);
	} while (w->is_mute);
	len = address_set(&w->local, is_v6(w) ? "fd01::1" : chance(70) ? "10.1.1.1" : "10.2.2.1",
			  w->served);
	w->fd = sock_bound(is_v6(w) ? "fd01::1" : inet_ntoa(w->local.in.sin_addr), w->served,
			   SOCK_DGRAM, 0);
	if (connect(w->fd, &w->foreign.sa, len))
		bail("connect");
	w->needs_device = true;
}

static void connect_it(struct way *w)
{
	if (w->proto == IPPROTO_TCP)
		connect_tcp(w);
	else
		connect_udp(w);
	w->is_chosen = true;
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
	bool is_off = w->state == REQUESTS_FULL || w->state == BACKLOG_SHORT;

	sysctl_set("net/ipv4/tcp_max_syn_backlog", w->state == BACKLOG_SHORT ? "4" : "128");
	sysctl_set("net/ipv4/tcp_syncookies", is_off ? "0" :
					      w->state == COOKIES && chance(50) ? "2" : "1");
	open_socket(w);
	if (w->state == FULL && w->proto == IPPROTO_TCP) {
		fill_accept_queue(w);
	} else if (w->state == FULL) {
		shrink_buffer(w->fd);
		send_requests(w, FILLERS);
	} else if (w->state == REQUESTS_FULL || w->state == COOKIES) {
		send_requests(w, 2);
	} else if (w->state == BACKLOG_SHORT) {
		send_requests(w, 4);
	} else if (w->state == FILTERED) {
		sock_drop_all(w->fd);
	} else if (w->state == CONNECTED) {
		connect_it(w);
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

static const char *proto_of(const struct way *w)
{
	return w->proto == IPPROTO_TCP ? "tcp" : "udp";
}

static void add_rules(const struct way *w, const char *text)
{
	FILE *nft = popen("exec nft -f -", "w");

	if (!nft)
		bail("nft");
	fprintf(nft, text, proto_of(w), w->port, w->served);
	fputs("\n", nft);
	if (pclose(nft))
		bail("nft: %s", text);
}

static void set_rules(const struct way *w)
{
	if (has_rules(w))
		add_rules(w, rules[w->rules].text);
}

static void set_late_rules(struct way *w)
{
	if (!has_rules(w) || !rules[w->rules].late || w->is_late)
		return;
	add_rules(w, rules[w->rules].late);
	w->is_late = true;
}

/* Another host by NAT, this one, or another one as it is. */
static void set_ipvs(const struct way *w)
{
	static const struct {
		const char *server;
		unsigned int flags;
	} servers[] = {
		{ "10.2.2.2", IP_VS_CONN_F_MASQ }, { "10.1.1.1", IP_VS_CONN_F_MASQ },
		{ "10.1.1.1", IP_VS_CONN_F_DROUTE }, { "10.2.2.2", IP_VS_CONN_F_DROUTE },
	};
	unsigned int nr = below(4);

	if (w->has_ipvs)
		ipvs_add(w->proto, chance(80) ? "10.1.1.1" : "10.2.2.1", w->port, servers[nr].server,
			 w->served, servers[nr].flags);
}

/* In a VRF its sockets are found, and others where that is allowed. */
static void set_world(struct way *w)
{
	world_set(w->world, is_v6(w), proto_of(w), w->port);
	if (w->world != WORLD_VRF || w->fd < 0 || w->state == CONNECTED || chance(50))
		return;
	if (setsockopt(w->fd, SOL_SOCKET, SO_BINDTODEVICE, "vrf1", sizeof("vrf1")))
		bail("SO_BINDTODEVICE");
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
	sysctl_set("net/ipv4/tcp_l3mdev_accept", levels[below(2)]);
	sysctl_set("net/ipv4/udp_l3mdev_accept", levels[below(2)]);
}

static void clear(struct way *w)
{
	unsigned int i;

	if (w->program >= 0)
		close(w->program);
	if (tc_commands[w->device] && system("exec tc qdisc del dev v1 clsact"))
		bail("tc");
	if (has_rules(w) && system("exec nft flush ruleset"))
		bail("nft flush ruleset");
	if (w->has_ipvs)
		ipvs_flush();
	world_clear(w->world, is_v6(w), proto_of(w), w->port);
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
 * @seq: of the last row there is
 * @drops: the socket has thrown away as many
 * @resets: as many RSTs came besides: where routing leads the answer of a listener back
 *	to this host, which has no socket for it, the listener gets an RST and drops it
 * @has_come: this one came
 * @is_dropped: and was thrown away
 * @cookie: of its socket
 * @outcome: what became of it
 * @local: where it went to, as its receiver has it
 */
struct arrival {
	uint64_t seq;
	uint32_t drops;
	uint32_t resets;
	bool has_come;
	bool is_dropped;
	uint64_t cookie;
	char outcome[16];
	char local[ENDPOINT_LEN];
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

/*
 * The first row behind those that were there before; or without such, how far the log goes.  The
 * log forgets its oldest rows meanwhile, so rows are told by their numbers.
 */
static void find_arrival(const struct way *w, const struct arrival *before, struct arrival *to)
{
	char foreign[ENDPOINT_LEN];
	struct table t;
	uint64_t seq;
	size_t i;

	memset(to, 0, sizeof(*to));
	to->drops = drops_of(w);
	address_format(&w->foreign, foreign);
	table_read(&t, DIRECTORY "log");
	for (i = 0; i < t.rows; i++) {
		seq = strtoull(table_cell(&t, i, "seq"), NULL, 10);
		if (seq > to->seq)
			to->seq = seq;
		if (!before || seq <= before->seq || !table_is(&t, i, "foreign", foreign))
			continue;
		if (to->has_come) {
			to->resets += table_is(&t, i, "flags", "R");
			continue;
		}
		to->has_come = true;
		to->cookie = table_is(&t, i, "cookie", "?") ?
				     NOT_KNOWN :
				     strtoull(table_cell(&t, i, "cookie"), NULL, 16);
		snprintf(to->outcome, sizeof(to->outcome), "%s", table_cell(&t, i, "outcome"));
		snprintf(to->local, sizeof(to->local), "%s", table_cell(&t, i, "local"));
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
	/* A connection counts a SYN among what it drops. */
	if (has_after(a, "drops") != now->is_dropped && !w->is_mute &&
	    !table_is(&a->t, row, "fate", "established"))
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

/* Where NAT sends it, by the entry of its tuple. */
static bool is_translated(const struct answer *a, const struct arrival *now)
{
	size_t row = table_find(&a->t, "fate", "translates");

	return row == NO_ROW || !strcmp(table_cell(&a->t, row, "local"), now->local);
}

static bool begins(const char *text, const char *begin)
{
	return !strncmp(text, begin, strlen(begin));
}

/* May that one decide in this set-up? */
static bool may_decide(const struct way *w, const struct answer *a, size_t row)
{
	const char *who = table_cell(&a->t, row, "who");

	if (table_is(&a->t, row, "name", "tc"))
		return w->device == TC_EMPTY || w->device == TC_DROP;
	if (table_is(&a->t, row, "name", "xdp"))
		return w->device == XDP_PASSES || w->device == XDP_DROPS;
	if (begins(who, "nft:") || begins(who, "nf_nat_") || begins(who, "nft_do_chain"))
		return has_rules(w);
	return begins(who, "ip_vs_") && w->has_ipvs;
}

/* What is not decided is so because of somebody who is there, and is named. */
static bool is_honest(const struct way *w, const struct answer *a)
{
	unsigned int named = 0;
	size_t i;

	for (i = 0; i < a->t.rows; i++) {
		if (!table_is(&a->t, i, "row", "before") || !table_is(&a->t, i, "fate", "decides"))
			continue;
		if (!may_decide(w, a, i))
			return false;
		named++;
	}
	return named;
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
		return is_honest(w, a);
	if (w->proto == IPPROTO_TCP && is_for_many(w))
		return !now->has_come;
	return now->has_come && is_receiver(a, now) && is_outcome(w, a, now) &&
	       is_translated(a, now);
}

/* The first of those who decide, by what it is: "input" and "nft:inet", say. */
static void count_decider(const struct answer *a)
{
	size_t row = table_find(&a->t, "fate", "decides"), i;
	char who[sizeof(deciders[0].who)] = "behind the lookup";

	if (row != NO_ROW)
		snprintf(who, sizeof(who), "%s of %.8s", table_cell(&a->t, row, "name"),
			 table_cell(&a->t, row, "who"));
	for (i = 0; i < ARRAY_SIZE(deciders) - 1 && deciders[i].nr; i++)
		if (!strcmp(deciders[i].who, who))
			break;
	strcpy(deciders[i].who, who);
	deciders[i].nr++;
}

static void count(const struct way *w, const struct answer *a)
{
	size_t row = answer_row(a, "arrives");
	bool is_open;

	sum.ways++;
	sum.passed += table_is(&a->t, row, "fate", "passes") && a->cookie != NOT_KNOWN;
	sum.dropped += table_is(&a->t, row, "fate", "drops");
	sum.forwarded += table_is(&a->t, row, "fate", "forwards");
	is_open = table_is(&a->t, row, "fate", "decides") ||
		  (table_is(&a->t, row, "fate", "passes") && a->cookie == NOT_KNOWN);
	sum.open += is_open;
	if (is_open)
		count_decider(a);
	sum.translated += table_find(&a->t, "fate", "translates") != NO_ROW;
	sum.after += table_is(&a->t, row, "fate", "passes") && has_after(a, "drops");
	sum.route += table_is(&a->t, row, "name", "route");
	sum.world[w->world]++;
	sum.ipvs += w->has_ipvs;
	sum.connected += w->is_chosen;
}

/* What has come from there so far. */
static void show_log(const struct way *w)
{
	char foreign[ENDPOINT_LEN];
	struct table t;
	size_t i;

	address_format(&w->foreign, foreign);
	table_read(&t, DIRECTORY "log");
	for (i = 0; i < t.rows; i++)
		if (table_is(&t, i, "foreign", foreign))
			diag("log: %s > %s on %s, %s: %s %s, cookie %s, %s", foreign,
			     table_cell(&t, i, "local"), table_cell(&t, i, "dev"),
			     table_cell(&t, i, "flags"), table_cell(&t, i, "via"),
			     table_cell(&t, i, "match"), table_cell(&t, i, "cookie"),
			     table_cell(&t, i, "outcome"));
	table_free(&t);
}

static void show(const struct way *w, const struct answer *a, const char *question,
		 const struct arrival *now)
{
	diag("%s: %s%s, cookie %llx; rules %s; device %d, state %d%s",
	     now->has_come ? "came" : "did not come", now->outcome,
	     now->is_dropped ? " and dropped by its socket" : "", (unsigned long long)now->cookie,
	     has_rules(w) ? rules[w->rules].text : "none", w->device, w->state,
	     w->is_primed ? ", primed" : "");
	diag("world %d%s", w->world, w->has_ipvs ? ", IPVS" : "");
	show_log(w);
	answer_show(a, question);
}

/* Where rules make all local, the answer comes here, and the answer to that too: until all is quiet. */
static void prime(struct way *w)
{
	struct arrival before, now;

	wire_send(w->proto, &w->foreign, &w->local);
	find_arrival(w, NULL, &now);
	do {
		before = now;
		usleep(10000);
		find_arrival(w, NULL, &now);
	} while (now.seq != before.seq);
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
		prime(w);
	set_late_rules(w);
	write_question(w, question);
	find_arrival(w, NULL, &before);
	ask(&a, question);
	wire_send(w->proto, &w->foreign, &w->local);
	find_arrival(w, &before, &now);
	now.is_dropped = now.drops > before.drops + now.resets;
	count(w, &a);
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
	set_world(&w);
	set_rules(&w);
	set_ipvs(&w);
	set_device(&w);
	for (i = 0; i < PER_SCENE && sum.ways < nr; i++)
		try_segment(&w);
	clear(&w);
}

/* A table of iptables stays until its namespace goes, so it is the last thing that is tried. */
static void try_iptables(const char *rule, const char *who)
{
	char question[QUESTION_LEN];
	struct answer a;
	struct way w;

	if (system(rule))
		bail("%s", rule);
	choose_scene(&w, 1);
	w.proto = IPPROTO_TCP;
	address_set(&w.local, "10.1.1.1", 700);
	address_set(&w.foreign, "10.1.1.50", 1024);
	write_question(&w, question);
	ask(&a, question);
	result(table_is(&a.t, answer_row(&a, "arrives"), "fate", "decides") &&
	       table_find(&a.t, "who", who) != NO_ROW, "%s decides, and is named: %s", who,
	       table_cell(&a.t, answer_row(&a, "arrives"), "who"));
	answer_free(&a);
}

static void run(void)
{
	const char *wanted = getenv("TPW_WAYS");
	unsigned int nr = is_long_run ? LONG_RUN : SHORT_RUN, i;

	unsigned int most_open;

	if (wanted)
		nr = strtoul(wanted, NULL, 10);
	/* of few by chance more; and where no chain is read */
	most_open = !kernel_is_since(5, 14) ? 50 : nr < LONG_RUN ? 30 : 15;
	place_make();
	world_make();
	knows_ipvs = ipvs_open();
	wire_open();
	module_load("log_records=256");
	while (sum.ways < nr)
		try_scene(nr);
	diag("passes %u, drops %u, forwards %u, not decided %u", sum.passed, sum.dropped,
	     sum.forwarded, sum.open);
	for (i = 0; i < ARRAY_SIZE(deciders) && deciders[i].nr; i++)
		diag("not decided, %s: %u", deciders[i].who, deciders[i].nr);
	for (i = 0; i < WORLD_NR; i++)
		diag("world %u: %u", i, sum.world[i]);
	diag("IPVS: %u, a connection of its own: %u", sum.ipvs, sum.connected);
	result_is("ways", sum.ways, nr);
	result(!sum.wrong, "the segment goes where explain says: wrong %u of %u", sum.wrong,
	       sum.ways - sum.open);
	result(sum.open * 100 <= sum.ways * most_open, "not decided: %u of %u, at most %u %%", sum.open,
	       sum.ways, most_open);
	result_at_least("arrives", sum.passed, sum.ways, 20);
	result_at_least("is dropped before the lookup", sum.dropped, sum.ways, 10);
	result_at_least("goes elsewhere", sum.forwarded, sum.ways, 1);
	result_at_least("is stopped by routing", sum.route, sum.ways, 10);
	/* of some 15 with such rules, by chance two or six */
	result_at_least("is translated", sum.translated, sum.ways, nr < LONG_RUN ? 0 : 1);
	result_at_least("is dropped at its socket", sum.after, sum.ways, 2);
	try_iptables("iptables-legacy -A INPUT -p tcp --dport 9 -j DROP", "iptables:filter");
	try_iptables("iptables-legacy -t mangle -A PREROUTING -p tcp --dport 9 -j TPROXY --on-port 8",
		     "iptables:mangle");
	result_is("disagreements counted", disagreements(), 0);
}

const struct topic explain_way_topic = {
	.name = "way",
	.results = 12,
	.run = run,
};
