// SPDX-License-Identifier: GPL-2.0
/*
 * Floods, a kind a function. Sources are made up, and the answers end in a
 * host that is none of them.
 *
 * Prints "packets=N tcp=N udp=N wholes=N firsts=N bad-tcp=N bad-udp=N", see
 * struct tally.
 */
#include "floods.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCES		16	/* few, where they should meet what they left behind */
#define FIRST_PORT	20000

struct tally tally;

static uint8_t packet[PACKET_MAX];
static size_t ip_len;
static uint32_t first_spoofed;

/* To whom: an open port or one that nobody has. */
static void pick_flow(struct flow *flow, bool is_v6, uint32_t from, uint16_t lport)
{
	memset(flow, 0, sizeof(*flow));
	flow->is_v6 = is_v6;
	if (is_v6) {
		inet_pton(AF_INET6, "2001:db8::", flow->from);
		inet_pton(AF_INET6, SERVER6, flow->to);
		memcpy(flow->from + 12, &from, sizeof(from));
	} else {
		/* 11.0.0.0/8 */
		from = htonl(11 << 24 | (from & 0xffffff));
		memcpy(flow->from, &from, sizeof(from));
		inet_pton(AF_INET, SERVER4, flow->to);
	}
	flow->fport = FIRST_PORT + from % 30000;
	flow->lport = lport;
}

static uint16_t some_port(void)
{
	static const uint16_t ports[] = { PORT_TCP, PORT_FULL, PORT_UDP };

	return random_below(&random_state, 2) ? ports[random_below(&random_state, ARRAY_SIZE(ports))] : 1 + random_below(&random_state, 65535);
}

/* Behind the header that is already there. */
static void finish(const struct flow *flow, size_t len)
{
	wire_send(packet, ip_len + len, flow->is_v6);
}

static uint8_t *begin(const struct flow *flow)
{
	ip_len = flow->is_v6 ? 40 : 20;
	return packet + ip_len;
}

static void send_tcp(const struct flow *flow, uint8_t flags, uint32_t seq, uint32_t ack, size_t data)
{
	size_t len = make_tcp(begin(flow), flow, flags, seq, ack, data);

	make_ip(packet, flow, IPPROTO_TCP, len);
	finish(flow, len);
	tally.tcp++;
}

static void send_udp(const struct flow *flow, size_t data)
{
	size_t len = make_udp(begin(flow), flow, data);

	make_ip(packet, flow, IPPROTO_UDP, len);
	finish(flow, len);
	tally.udp++;
}

static void flags(unsigned long i, bool is_v6)
{
	uint32_t seq = random_next(&random_state), ack = random_next(&random_state);
	uint8_t bits = random_next(&random_state);
	struct flow flow;

	(void)i;
	pick_flow(&flow, is_v6, random_below(&random_state, SOURCES), random_below(&random_state, 2) ? PORT_TCP : some_port());
	if (!random_below(&random_state, 3)) {
		connections_pick(&flow, &seq, &ack);
		/* A RST ends it, and so does data behind a FIN. */
		if (random_below(&random_state, 64))
			bits &= ~(TCP_RST | TCP_SYN | TCP_FIN);
	}
	send_tcp(&flow, bits, seq, ack, random_below(&random_state, 4) ? 0 : random_below(&random_state, 100));
}

static void syn(unsigned long i, bool is_v6)
{
	struct flow flow;

	/* A multiplier spreads them, each address once. */
	pick_flow(&flow, is_v6, (first_spoofed + i) * 40503U, PORT_TCP);
	send_tcp(&flow, TCP_SYN, random_next(&random_state), 0, 0);
}

static void tcp_scan(unsigned long i, bool is_v6)
{
	struct flow flow;

	pick_flow(&flow, is_v6, i, 1 + i % 65535);
	send_tcp(&flow, TCP_SYN, random_next(&random_state), 0, 0);
}

static void udp_scan(unsigned long i, bool is_v6)
{
	struct flow flow;

	pick_flow(&flow, is_v6, i, 1 + i % 65535);
	send_udp(&flow, random_below(&random_state, 8));
}

static void udp(unsigned long i, bool is_v6)
{
	struct flow flow;

	(void)i;
	pick_flow(&flow, is_v6, random_next(&random_state), some_port());
	send_udp(&flow, random_below(&random_state, 1000));
}

/* One bit is enough, where nothing but the checksum looks at it. */
static void checksums(unsigned long i, bool is_v6)
{
	size_t data = random_below(&random_state, 2) ? random_below(&random_state, SHORT_MAX) : LONG_MIN + random_below(&random_state, 1000);
	bool is_tcp = random_below(&random_state, 2);
	struct flow flow;
	size_t len;

	(void)i;
	pick_flow(&flow, is_v6, random_below(&random_state, SOURCES), some_port());
	if (!random_below(&random_state, 4)) {
		if (is_tcp)
			send_tcp(&flow, TCP_SYN, random_next(&random_state), 0, data);
		else
			send_udp(&flow, data);
		return;
	}
	if (is_tcp)
		len = make_tcp(begin(&flow), &flow, random_below(&random_state, 2) ? TCP_SYN : TCP_ACK,
			       random_next(&random_state), 0, data);
	else
		len = make_udp(begin(&flow), &flow, data);
	/* The window's second byte; the checksum's second byte, which must not be 0 then. */
	if (is_tcp)
		packet[ip_len + 15] ^= 1 << random_below(&random_state, 8);
	else
		packet[ip_len + 6] ^= packet[ip_len + 6] == 1 ? 2 : 1;
	make_ip(packet, &flow, is_tcp ? IPPROTO_TCP : IPPROTO_UDP, len);
	finish(&flow, len);
	tally.tcp += is_tcp;
	tally.udp += !is_tcp;
	tally.bad_tcp += is_tcp;
	tally.bad_udp += !is_tcp;
}

static void fragments(unsigned long i, bool is_v6)
{
	struct flow flow;

	(void)i;
	pick_flow(&flow, is_v6, random_below(&random_state, SOURCES), some_port());
	send_fragments(&flow);
}

static const struct {
	const char *name;
	void (*send)(unsigned long i, bool is_v6);
	bool has_connections;
} kinds[] = {
	{ "flags", flags, true },
	{ "syn", syn, false },
	{ "tcp-scan", tcp_scan, false },
	{ "udp-scan", udp_scan, false },
	{ "udp", udp, false },
	{ "checksums", checksums, false },
	{ "fragments", fragments, false },
};

static void send_all(size_t kind, const char *family, unsigned long nr)
{
	bool is_any = !strcmp(family, "any"), is_v6 = !strcmp(family, "6");
	unsigned long i;

	if (kinds[kind].has_connections)
		connections_open();
	for (i = 0; i < nr; i++)
		kinds[kind].send(i, is_any ? random_below(&random_state, 2) : is_v6);
	wire_flush();
	if (kinds[kind].has_connections)
		connections_reset();
}

int send_main(int argc, char **argv)
{
	size_t kind;

	if (argc != 6)
		return 2;
	for (kind = 0; strcmp(kinds[kind].name, argv[2]);)
		if (++kind == ARRAY_SIZE(kinds))
			return 2;
	random_state = strtoull(argv[5], NULL, 10);
	/* The next flood has the next seed, and must not meet the requests of this one. */
	first_spoofed = random_state << 18;
	wire_open(argv[1]);
	send_all(kind, argv[3], strtoul(argv[4], NULL, 10));
	printf("packets=%lu tcp=%lu udp=%lu wholes=%lu firsts=%lu bad-tcp=%lu bad-udp=%lu\n",
	       tally.packets, tally.tcp, tally.udp, tally.wholes, tally.firsts,
	       tally.bad_tcp, tally.bad_udp);
	return 0;
}
