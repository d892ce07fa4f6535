// SPDX-License-Identifier: GPL-2.0
/*
 * A flood of SYNs from spoofed addresses: every one is counted, at its listener
 * too, and no table grows by any.
 *
 * The answers end in a device that swallows all.
 */
#define _GNU_SOURCE
#include "tables.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORT		7400
#define SERVER		"192.168.77.1"
#define SPOOFED		"10.0.0.0/8"
#define SPOOFED_NET	0x0a000000
#define LONG_NR		1000000
#define SHORT_NR	200000

static void make_place(void)
{
	if (system("ip address add " SERVER "/32 dev lo && "
		   "ip link add sink type dummy && "
		   "ip link set sink up && "
		   "ip route add " SPOOFED " dev sink"))
		bail("no way for the answers");
}

struct packet {
	struct iphdr ip;
	struct tcphdr tcp;
} __attribute__((packed));

static uint32_t add_words(const void *data, size_t bytes, uint32_t sum)
{
	uint16_t word;
	size_t i;

	for (i = 0; i < bytes; i += sizeof(word)) {
		memcpy(&word, (const char *)data + i, sizeof(word));
		sum += word;
	}
	return sum;
}

static void make_syn(struct packet *p, uint32_t i)
{
	struct {
		uint32_t from, to;
		uint16_t proto, bytes;
	} pseudo;
	uint32_t sum;

	memset(p, 0, sizeof(*p));
	p->ip.version = 4;
	p->ip.ihl = 5;
	p->ip.ttl = 64;
	p->ip.protocol = IPPROTO_TCP;
	p->ip.tot_len = htons(sizeof(*p));
	/* A multiplier spreads them over the net, each address once. */
	p->ip.saddr = htonl(SPOOFED_NET | ((i * 40503U + 1) & 0xffffff));
	p->ip.daddr = inet_addr(SERVER);
	p->tcp.source = htons(1024 + i % 60000);
	p->tcp.dest = htons(PORT);
	p->tcp.seq = htonl(i * 2654435761U);
	p->tcp.doff = 5;
	p->tcp.syn = 1;
	p->tcp.window = htons(65535);
	pseudo.from = p->ip.saddr;
	pseudo.to = p->ip.daddr;
	pseudo.proto = htons(IPPROTO_TCP);
	pseudo.bytes = htons(sizeof(p->tcp));
	sum = add_words(&pseudo, sizeof(pseudo), 0);
	sum = add_words(&p->tcp, sizeof(p->tcp), sum);
	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	p->tcp.check = ~sum;
}

#define BATCH	64

static void send_flood(uint32_t nr)
{
	static struct packet packets[BATCH];
	static struct iovec iov[BATCH];
	static struct mmsghdr messages[BATCH];
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = inet_addr(SERVER) };
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW), n;
	uint32_t i, k;

	if (fd < 0)
		bail("raw socket");
	for (i = 0; i < nr; i += n) {
		for (k = 0; k < BATCH && i + k < nr; k++) {
			make_syn(&packets[k], i + k);
			iov[k] = (struct iovec){ &packets[k], sizeof(packets[k]) };
			messages[k].msg_hdr = (struct msghdr){ .msg_name = &to,
							       .msg_namelen = sizeof(to),
							       .msg_iov = &iov[k],
							       .msg_iovlen = 1 };
		}
		n = sendmmsg(fd, messages, k, 0);
		if (n <= 0)
			bail("sendmmsg");
	}
	close(fd);
}

/* Packets that the kernel lost before anybody could see them: its queue was full. */
static uint64_t lost_by_queue(void)
{
	char *text = file_read("/proc/net/softnet_stat", NULL), *line, *save = NULL;
	unsigned int dropped;
	uint64_t sum = 0;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%*x %x", &dropped) == 1)
			sum += dropped;
	free(text);
	return sum;
}

/**
 * struct state - what a flood could change
 * @seen: segments that the module saw
 * @insegs: and the kernel
 * @lost: packets lost in a queue before
 * @logged: records written
 * @connections: entries of connections in use
 * @listeners: and of listeners
 * @bytes: the module's memory as the overview prints it
 */
struct state {
	uint64_t seen;
	uint64_t insegs;
	uint64_t lost;
	uint64_t logged;
	uint64_t connections;
	uint64_t listeners;
	char bytes[16];
};

static void read_state(struct state *s)
{
	char *text, *at;
	struct table t;

	s->seen = tcp_seen();
	s->insegs = mib("Tcp", "InSegs");
	s->lost = lost_by_queue();
	s->logged = counter("logged");
	table_read(&t, CONNECTIONS);
	s->connections = table_fact(&t, "held");
	table_free(&t);
	table_read(&t, LISTENERS);
	s->listeners = table_fact(&t, "held");
	table_free(&t);
	text = file_read(OVERVIEW, NULL);
	at = strstr(text, "memory ");
	snprintf(s->bytes, sizeof(s->bytes), "%s", at ? at + 7 : "?");
	s->bytes[strcspn(s->bytes, "\n")] = '\0';
	free(text);
}

/* Until nothing comes any more: ksoftirqd may still be at it. */
static void settle(void)
{
	uint64_t until_ns = now_ns() + STEP_MS * 1000000ULL, before, after;

	for (after = mib("Tcp", "InSegs"); now_ns() < until_ns;) {
		before = after;
		pause_ms(50 * patience);
		after = mib("Tcp", "InSegs");
		if (after == before)
			return;
	}
	bail("segments do not end");
}

static void check_listener(int listener, uint64_t arrived)
{
	uint64_t requests, cookies;
	struct table t;
	size_t row;

	table_read(&t, LISTENERS);
	row = table_find_cookie(&t, sock_cookie(listener));
	if (row == NO_ROW)
		bail("the listener has no row");
	requests = table_number(&t, row, "requests");
	cookies = table_number(&t, row, "cookies_sent");
	result(table_number(&t, row, "syns") == arrived &&
	       table_number(&t, row, "segments") == arrived,
	       "listener: syns %s, segments %s, wanted %llu", table_cell(&t, row, "syns"),
	       table_cell(&t, row, "segments"), (unsigned long long)arrived);
	result(requests + cookies == arrived && cookies == mib("TcpExt", "SyncookiesSent"),
	       "listener: requests %llu + cookies_sent %llu, wanted %llu; SyncookiesSent %llu",
	       (unsigned long long)requests, (unsigned long long)cookies,
	       (unsigned long long)arrived,
	       (unsigned long long)mib("TcpExt", "SyncookiesSent"));
	result(table_number(&t, row, "overflows") == 0 && table_number(&t, row, "children") == 0,
	       "listener: overflows %s, children %s, wanted 0", table_cell(&t, row, "overflows"),
	       table_cell(&t, row, "children"));
	table_free(&t);
}

static void check_counters(const struct state *before, const struct state *after, uint64_t nr)
{
	uint64_t seen = after->seen - before->seen, insegs = after->insegs - before->insegs;
	uint64_t lost = after->lost - before->lost, taken, unwatched;
	struct table t;

	result(seen == insegs && seen + lost == nr,
	       "seen %llu, InSegs %llu, sent %llu of which %llu were lost in a queue before",
	       (unsigned long long)seen, (unsigned long long)insegs, (unsigned long long)nr,
	       (unsigned long long)lost);
	table_read(&t, DIRECTORY "counters");
	taken = table_fact(&t, "taken");
	unwatched = table_fact(&t, "unwatched");
	table_free(&t);
	result(!taken && !unwatched, "arrivals at LOCAL_IN: %llu more than seen; unwatched %llu",
	       (unsigned long long)taken, (unsigned long long)unwatched);
	result_is("logged", after->logged - before->logged, seen);
	result(after->connections == before->connections && after->listeners == before->listeners,
	       "entries held: connections %llu, then %llu; listeners %llu, then %llu",
	       (unsigned long long)before->connections, (unsigned long long)after->connections,
	       (unsigned long long)before->listeners, (unsigned long long)after->listeners);
	result(!strcmp(before->bytes, after->bytes), "memory: %s, then %s", before->bytes,
	       after->bytes);
}

static void run(void)
{
	uint32_t nr = (is_long_run ? LONG_NR : SHORT_NR) / patience;
	struct state before, after;
	uint64_t start_ns;
	struct netns ns;
	int listener;

	module_load("");
	netns_new(&ns);
	make_place();
	/* Requests first, then cookies. */
	listener = sock_listen(SERVER, PORT, 0, 4096);
	read_state(&before);
	start_ns = now_ns();
	send_flood(nr);
	settle();
	diag("%u SYNs in %llu ms", nr, (unsigned long long)(now_ns() - start_ns) / 1000000);
	read_state(&after);
	check_counters(&before, &after, nr);
	check_listener(listener, after.insegs - before.insegs);
	close(listener);
}

const struct topic flood_topic = {
	.name = "flood",
	.results = 8,
	.run = run,
};
