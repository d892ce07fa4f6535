// SPDX-License-Identifier: GPL-2.0
/*
 * Who gets a copy of a datagram that goes to many: UDP sockets at random, of
 * which some have joined groups, a question, and then the datagram itself, from
 * a host that sends from several addresses.  Then all that once more in a VRF.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL	29
#endif

/* TPW_DATAGRAMS: or as many as that. */
#define SHORT_RUN	240
#define LONG_RUN	600	/* TPW_LONG */
#define PER_CROWD	4	/* datagrams to the same sockets */
#define MEMBERS_MAX	16
#define SOURCES		4
#define GROUPS		3

/* The first is where most goes, the last one is joined by every host. */
static const char *const groups4[GROUPS] = { "224.1.2.3", "239.9.8.7", "224.0.0.1" };
static const char *const groups6[GROUPS] = { "ff05::101", "ff02::102", "ff02::1" };
static const char *const sources4[SOURCES] = { "10.1.1.50", "10.1.1.51", "10.1.1.52", "10.2.2.50" };
static const char *const sources6[SOURCES] = { "fd01::50", "fd01::51", "fd01::52", "fd02::50" };
static const char *const broadcasts[] = { "255.255.255.255", "10.1.1.255" };
static const char *const unicasts[][2] = { { "10.1.1.1", "fd01::1" }, { "10.2.2.1", "fd02::1" } };
static const char *const devices[] = { "v1", "v1", "v2", "lo", "vrf0" };

/* Without vrf0, as long as there is none. */
static unsigned int device_nr = ARRAY_SIZE(devices) - 1;

static const char *const fates[] = {
	"copy", "not-joined", "source-filter", "other-address", "other-peer", "other-device",
	"only-ipv4", "only-ipv6",
};

/**
 * struct crowd - UDP sockets, most of them on one port
 * @family: of the datagrams
 * @port: the port
 * @foreign_port: where datagrams come from; or the one behind it
 * @group: that most are about
 * @fd: the sockets
 * @is_elsewhere: the socket has another port
 * @nr: how many
 */
struct crowd {
	int family;
	uint16_t port;
	uint16_t foreign_port;
	const char *group;
	int fd[MEMBERS_MAX];
	bool is_elsewhere[MEMBERS_MAX];
	unsigned int nr;
};

/**
 * struct arrival - what came of a datagram
 * @got: has the socket received it?
 * @nr: how many have
 * @has_row: it is in the log
 * @via: as the log says
 * @receivers: as the log says
 * @dev: the device it came in on, as the log says
 * @cookie: of the socket of the log
 */
struct arrival {
	bool got[MEMBERS_MAX];
	unsigned int nr;
	bool has_row;
	char via[20];
	char receivers[12];
	char dev[20];
	uint64_t cookie;
};

static struct {
	unsigned int asked;
	unsigned int right;
	unsigned int open;
	unsigned int fate[ARRAY_SIZE(fates)];
	unsigned int early;
	unsigned int several;
	unsigned int nobody;
	unsigned int broadcast;
	unsigned int dropped;
	unsigned int ipv6;
	unsigned int long_bucket;
	unsigned int vrf;
} sum;

static bool is_in_vrf(void)
{
	return device_nr == ARRAY_SIZE(devices);
}

static bool is_v6(const struct crowd *c)
{
	return c->family == AF_INET6;
}

static void set(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		bail("setsockopt %d:%d", level, name);
}

static const char *choose_group(const struct crowd *c)
{
	return chance(75) ? c->group : (is_v6(c) ? groups6 : groups4)[below(GROUPS)];
}

static const char *choose_source(const struct crowd *c)
{
	return (is_v6(c) ? sources6 : sources4)[below(SOURCES)];
}

/* Link-local addresses are told by their device. */
static socklen_t put_address(union address *a, const char *text, uint16_t port)
{
	socklen_t len = address_set(a, text, port);

	if (a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_MC_LINKLOCAL(&a->in6.sin6_addr))
		a->in6.sin6_scope_id = if_nametoindex("v1");
	return len;
}

static int level_of(const struct crowd *c)
{
	return is_v6(c) ? IPPROTO_IPV6 : IPPROTO_IP;
}

/* In the words that both families have. */
static void apply(const struct crowd *c, int fd, int option, const char *group, const char *source,
		  unsigned int ifindex)
{
	struct group_source_req req = { .gsr_interface = ifindex };
	union address a;

	memcpy(&req.gsr_group, &a, put_address(&a, group, 0));
	memcpy(&req.gsr_source, &a, put_address(&a, source, 0));
	if (setsockopt(fd, level_of(c), option, &req, sizeof(req)) && errno != EADDRNOTAVAIL)
		bail("%s of %s: option %d", group, source, option);
}

/* In the words of IPv4, which know a device by its number or by its address. */
static void apply4(int fd, int option, const char *group, const char *source, const char *device)
{
	struct ip_mreq_source req = {};
	union address a;

	address_set(&a, group, 0);
	req.imr_multiaddr = a.in.sin_addr;
	address_set(&a, source, 0);
	req.imr_sourceaddr = a.in.sin_addr;
	address_set(&a, unicasts[!strcmp(device, "v2")][0], 0);
	req.imr_interface = a.in.sin_addr;
	if (setsockopt(fd, IPPROTO_IP, option, &req, sizeof(req)) && errno != EADDRNOTAVAIL)
		bail("%s of %s: option %d", group, source, option);
}

static void join_all(const struct crowd *c, int fd, const char *group, unsigned int ifindex)
{
	struct ip_mreqn mreq4 = { .imr_ifindex = ifindex };
	struct ipv6_mreq mreq6 = { .ipv6mr_interface = ifindex };
	union address a;
	int err;

	put_address(&a, group, 0);
	mreq4.imr_multiaddr = a.in.sin_addr;
	mreq6.ipv6mr_multiaddr = a.in6.sin6_addr;
	err = is_v6(c) ? setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &mreq6, sizeof(mreq6)) :
			 setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq4, sizeof(mreq4));
	if (err)
		bail("joining %s", group);
}

/* One or two sources are blocked, or they are all that is wanted. */
static void join_sources(const struct crowd *c, int fd, const char *group, const char *device,
			 bool is_blocking)
{
	/* Those name the device by an address, and a VRF has none. */
	bool is_old = !is_v6(c) && strcmp(device, "vrf0") && chance(50);
	unsigned int nr = 1 + below(2);

	while (nr--) {
		const char *source = choose_source(c);

		if (is_old)
			apply4(fd, is_blocking ? IP_BLOCK_SOURCE : IP_ADD_SOURCE_MEMBERSHIP, group,
			       source, device);
		else
			apply(c, fd, is_blocking ? MCAST_BLOCK_SOURCE : MCAST_JOIN_SOURCE_GROUP,
			      group, source, if_nametoindex(device));
	}
}

static void join_on(const struct crowd *c, int fd, const char *device)
{
	const char *group = choose_group(c);
	unsigned int kind = below(4);

	if (kind == 3) {
		join_sources(c, fd, group, device, false);
		return;
	}
	join_all(c, fd, group, if_nametoindex(device));
	if (kind)
		join_sources(c, fd, group, device, true);
}

static void join(const struct crowd *c, int fd, int family)
{
	if (is_v6(c) && family == AF_INET)
		return;
	if (chance(50))
		set(fd, level_of(c), is_v6(c) ? IPV6_MULTICAST_ALL : IP_MULTICAST_ALL, chance(30));
	if (chance(55))
		join_on(c, fd, "v1");
	if (chance(15))
		join_on(c, fd, "v2");
	if (is_in_vrf() && chance(25))
		join_on(c, fd, "vrf0");
}

static int choose_family(const struct crowd *c)
{
	return chance(75) ? c->family : is_v6(c) ? AF_INET : AF_INET6;
}

/* Of the family of the socket, which may not be that of the datagram. */
static const char *choose_local(const struct crowd *c, int family)
{
	static char mapped[64];
	unsigned int kind = below(100);

	if (kind < 45)
		return family == AF_INET6 ? "::" : "0.0.0.0";
	if (kind < 60)
		return unicasts[chance(20)][family == AF_INET6];
	if (family == AF_INET && kind < 70)
		return broadcasts[below(ARRAY_SIZE(broadcasts))];
	if (family == c->family)
		return choose_group(c);
	if (family == AF_INET)
		return groups4[below(GROUPS)];
	snprintf(mapped, sizeof(mapped), "::ffff:%s", choose_group(c));
	return mapped;
}

/* To the sender, to a neighbour of its, or to another port there. Some have no way there. */
static void connect_somewhere(const struct crowd *c, int fd, int family)
{
	union address a;

	if (family != c->family)
		return;
	connect(fd, &a.sa, address_set(&a, choose_source(c), c->foreign_port + below(2)));
}

static bool bind_one(const struct crowd *c, int fd, int family, bool is_elsewhere)
{
	const char *local = choose_local(c, family);
	union address a;
	socklen_t len = put_address(&a, local, c->port + is_elsewhere);

	if (family == AF_INET6 && strncmp(local, "::ffff:", 7) && chance(40))
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (chance(25)) {
		const char *device = devices[below(device_nr)];

		if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device) + 1))
			bail("SO_BINDTODEVICE");
	}
	return !bind(fd, &a.sa, len);
}

/* Some addresses are on no device, or not on that one. */
static void add(struct crowd *c)
{
	int family = choose_family(c);
	int fd = sock_new(family, SOCK_DGRAM, chance(50) ? OPT_REUSEPORT : 0);
	bool is_elsewhere = chance(8);

	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!bind_one(c, fd, family, is_elsewhere)) {
		close(fd);
		return;
	}
	c->is_elsewhere[c->nr] = is_elsewhere;
	c->fd[c->nr++] = fd;
	join(c, fd, family);
	if (chance(30))
		connect_somewhere(c, fd, family);
}

/* Few, or the kernel's early demux has nothing to find; or more than it looks at. */
static unsigned int choose_size(void)
{
	if (chance(25))
		return MEMBERS_MAX;
	return 1 + below(chance(40) ? 3 : 9);
}

static void crowd_make(struct crowd *c)
{
	unsigned int tries = choose_size();

	memset(c, 0, sizeof(*c));
	c->family = chance(45) ? AF_INET6 : AF_INET;
	c->port = 20000 + 2 * below(20000);
	c->foreign_port = 1024 + below(18000);
	c->group = (is_v6(c) ? groups6 : groups4)[below(2)];
	sysctl_set("net/ipv4/ip_early_demux", chance(90) ? "1" : "0");
	sysctl_set("net/ipv4/udp_l3mdev_accept", chance(50) ? "1" : "0");
	while (tries--)
		add(c);
}

static void crowd_close(struct crowd *c)
{
	while (c->nr)
		close(c->fd[--c->nr]);
}

static bool has_got(int fd)
{
	bool got = false;
	char byte;

	while (recv(fd, &byte, 1, MSG_DONTWAIT) >= 0)
		got = true;
	return got;
}

static void find_receivers(const struct crowd *c, struct arrival *to)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		to->got[i] = has_got(c->fd[i]);
		to->nr += to->got[i];
	}
}

/* How far the log has come. */
static uint64_t log_end(void)
{
	uint64_t end = 0;
	struct table t;

	table_read(&t, DIRECTORY "log");
	if (t.rows)
		end = table_number(&t, t.rows - 1, "seq");
	table_free(&t);
	return end;
}

static void find_in_log(uint64_t before, const union address *foreign, const union address *local,
			struct arrival *to)
{
	char from[ENDPOINT_LEN], at[ENDPOINT_LEN];
	struct table t;
	size_t i;

	address_format(foreign, from);
	address_format(local, at);
	table_read(&t, DIRECTORY "log");
	for (i = 0; i < t.rows; i++) {
		if (table_number(&t, i, "seq") <= before || !table_is(&t, i, "foreign", from) ||
		    !table_is(&t, i, "local", at))
			continue;
		to->has_row = true;
		to->cookie = strtoull(table_cell(&t, i, "cookie"), NULL, 16);
		snprintf(to->via, sizeof(to->via), "%s", table_cell(&t, i, "via"));
		snprintf(to->dev, sizeof(to->dev), "%s", table_cell(&t, i, "dev"));
		snprintf(to->receivers, sizeof(to->receivers), "%s",
			 table_cell(&t, i, "receivers"));
	}
	table_free(&t);
}

static bool arrives(const struct answer *a)
{
	return table_is(&a->t, answer_row(a, "arrives"), "fate", "passes");
}

/* The row of a socket; NO_ROW, or there is more than one. */
static size_t row_of(const struct answer *a, int fd)
{
	uint64_t cookie = sock_cookie(fd);
	size_t i, found = NO_ROW;

	for (i = 0; i < a->t.rows; i++) {
		if (!table_is(&a->t, i, "row", "socket") ||
		    strtoull(table_cell(&a->t, i, "cookie"), NULL, 16) != cookie)
			continue;
		if (found != NO_ROW)
			return NO_ROW;
		found = i;
	}
	return found;
}

/* One of a group, and which one is not told: it is in the row of who was found before that. */
static bool is_open(const struct answer *a)
{
	size_t row = answer_row(a, "result");

	return a->cookie == NOT_KNOWN && table_is(&a->t, row, "name", "early-demux") &&
	       table_is(&a->t, row, "chooser", "hash") &&
	       table_find(&a->t, "fate", "group-stops") != NO_ROW;
}

/* It has SO_REUSEPORT, as all of the group. */
static bool is_of_group(const struct crowd *c, const struct answer *a, const struct arrival *now)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		if (now->got[i])
			return now->nr == 1 &&
			       table_is(&a->t, row_of(a, c->fd[i]), "flags", "reuseport");
	return false;
}

/* All sockets of the port are listed, no other, and those get a copy that are said to. */
static bool are_receivers(const struct crowd *c, const struct answer *a, const struct arrival *now)
{
	unsigned int i, nr = 0;

	if (arrives(a) && is_open(a))
		return is_of_group(c, a, now);
	for (i = 0; i < c->nr; i++) {
		size_t row = row_of(a, c->fd[i]);

		nr += !c->is_elsewhere[i];
		if (c->is_elsewhere[i] ? now->got[i] : row == NO_ROW)
			return false;
		if (!c->is_elsewhere[i] && arrives(a) &&
		    table_is(&a->t, row, "fate", "copy") != now->got[i])
			return false;
	}
	return a->sockets == nr && (arrives(a) || !now->nr);
}

/* What is for nobody the kernel drops behind its search, or before. */
static bool is_logged(const struct answer *a, const struct arrival *now)
{
	char receivers[12];
	size_t row = answer_row(a, "result");
	bool is_early = table_is(&a->t, row, "name", "early-demux");

	if (!arrives(a))
		return !now->has_row;
	if (is_open(a))
		return now->has_row && now->cookie;
	if (!now->nr)
		return !now->cookie && !a->cookie;
	snprintf(receivers, sizeof(receivers), "%u", now->nr);
	return now->has_row && now->cookie == a->cookie &&
	       table_is(&a->t, row, "name", now->via) &&
	       !strcmp(now->receivers, is_early ? "-" : receivers);
}

static void count_fates(const struct answer *a)
{
	unsigned int f;
	size_t i;

	for (i = 0; i < a->t.rows; i++)
		for (f = 0; table_is(&a->t, i, "row", "socket") && f < ARRAY_SIZE(fates); f++)
			sum.fate[f] += table_is(&a->t, i, "fate", fates[f]);
}

static void count(const struct crowd *c, const struct answer *a, const struct arrival *now)
{
	sum.asked++;
	sum.open += is_open(a);
	sum.ipv6 += is_v6(c);
	sum.dropped += !arrives(a);
	sum.nobody += arrives(a) && !now->nr;
	sum.several += now->nr > 1;
	sum.long_bucket += now->nr > 1 && a->sockets > 10;
	sum.vrf += now->nr && is_in_vrf();
	sum.broadcast += now->nr && answer_fact_is(a, "local_is", "broadcast");
	sum.early += now->nr && table_is(&a->t, answer_row(a, "result"), "name", "early-demux");
	count_fates(a);
}

static void show(const struct crowd *c, const struct answer *a, const char *question,
		 const struct arrival *now)
{
	unsigned int i;

	diag("%u received it; log: %s on %s, receivers %s, cookie %llx", now->nr,
	     now->has_row ? now->via : "no row", now->dev, now->receivers,
	     (unsigned long long)now->cookie);
	for (i = 0; i < c->nr; i++)
		if (now->got[i])
			diag("received by %llx", (unsigned long long)sock_cookie(c->fd[i]));
	answer_show(a, question);
}

/* The device is needed if the way back is another one. */
static void write_question(const struct crowd *c, const union address *foreign,
			   const union address *local, bool needs_device, char text[QUESTION_LEN])
{
	char from[ENDPOINT_LEN], at[ENDPOINT_LEN];

	address_format(foreign, from);
	address_format(local, at);
	snprintf(text, QUESTION_LEN, "udp %s %s%s", from, at,
		 is_v6(c) || needs_device || chance(50) ? " dev v1" : "");
}

static void choose_datagram(const struct crowd *c, union address *foreign, union address *local,
			    bool *needs_device)
{
	const char *source = choose_source(c);

	*needs_device = is_in_vrf() || !strcmp(source, sources4[SOURCES - 1]);
	address_set(foreign, source, c->foreign_port + chance(20));
	address_set(local, !is_v6(c) && chance(20) ? broadcasts[below(ARRAY_SIZE(broadcasts))] :
						     choose_group(c), c->port);
}

/* Ask, send, and see who gets it. Returns whether that is as explain said. */
static bool play(const struct crowd *c, const char *question, const union address *foreign,
		 const union address *local)
{
	uint64_t before = log_end();
	struct arrival now = {};
	struct answer a;
	bool is_right;

	ask(&a, question);
	wire_send(IPPROTO_UDP, foreign, local);
	find_receivers(c, &now);
	find_in_log(before, foreign, local, &now);
	count(c, &a, &now);
	is_right = are_receivers(c, &a, &now) && is_logged(&a, &now);
	if (!is_right)
		show(c, &a, question, &now);
	answer_free(&a);
	return is_right;
}

static void try_datagram(const struct crowd *c)
{
	char question[QUESTION_LEN];
	union address foreign, local;
	bool needs_device;

	choose_datagram(c, &foreign, &local, &needs_device);
	write_question(c, &foreign, &local, needs_device, question);
	sum.right += play(c, question, &foreign, &local);
}

static void try_crowds(unsigned int nr)
{
	struct crowd c;
	unsigned int i;

	while (sum.asked < nr) {
		crowd_make(&c);
		for (i = 0; i < PER_CROWD && sum.asked < nr; i++)
			try_datagram(&c);
		crowd_close(&c);
	}
}

/* The cable belongs to a VRF from now on. */
static void enter_vrf(void)
{
	place_vrf();
	if (system("ip link set v1 master vrf0 && ip addr replace fd01::1/64 dev v1 nodad"))
		bail("v1 in a VRF");
	netns_settle();
	device_nr = ARRAY_SIZE(devices);
}

static void result_of_fates(void)
{
	unsigned int i, missing = 0;

	for (i = 0; i < ARRAY_SIZE(fates); i++) {
		diag("%s: %u sockets", fates[i], sum.fate[i]);
		missing += !sum.fate[i];
	}
	result_is("fates that did not occur", missing, 0);
}

static void run(void)
{
	const char *wanted = getenv("TPW_DATAGRAMS");
	unsigned int nr = is_long_run ? LONG_RUN : SHORT_RUN;

	if (wanted)
		nr = strtoul(wanted, NULL, 10);
	place_make();
	wire_open();
	module_load("log_records=256");
	try_crowds(nr * 2 / 3);
	enter_vrf();
	try_crowds(nr);
	result_is("datagrams", sum.asked, nr);
	result(sum.right == nr, "those get a copy that explain names: wrong %u of %u",
	       nr - sum.right, nr);
	result(sum.open * 50 <= nr, "not decided: %u of %u, at most 2 %%", sum.open, nr);
	result_of_fates();
	result_at_least("IPv6", sum.ipv6, sum.asked, 15);
	result_at_least("several receivers", sum.several, sum.asked, 15);
	result_at_least("several receivers of more than ten sockets", sum.long_bucket, sum.asked, 2);
	result(sum.early, "found by early demux: %u of %u", sum.early, sum.asked);
	result_at_least("a broadcast is received", sum.broadcast, sum.asked, 1);
	result_at_least("is received in a VRF", sum.vrf, sum.asked, 2);
	result_at_least("is dropped before the search", sum.dropped, sum.asked, 1);
	result_at_least("nobody wants it", sum.nobody, sum.asked, 5);
}

const struct topic explain_many_topic = {
	.name = "many",
	.results = 12,
	.run = run,
};
