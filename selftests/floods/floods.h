/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who sends floods and who serves them: one program, run at either end of a
 * cable. The sender says how many segments the other end must have got.
 */
#ifndef FLOODS_H
#define FLOODS_H

#include "../lib/c/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* The server's addresses, of its end of the cable and of its sockets. */
#define SERVER4		"10.77.0.1"
#define SERVER6		"fd77::1"
#define SERVER_MAC	{ 0x02, 0, 0, 0, 0x77, 1 }
#define PORT_TCP	7001	/* accepts all */
#define PORT_FULL	7002	/* never accepts */
#define PORT_UDP	7003	/* reads all */

#define PACKET_MAX	1500
#define BATCH		64

/* A short datagram's checksum is looked at before the search, a long one's after it. */
#define SHORT_MAX	40
#define LONG_MIN	200

#define TCP_FIN		0x01
#define TCP_SYN		0x02
#define TCP_RST		0x04
#define TCP_PSH		0x08
#define TCP_ACK		0x10

/**
 * struct flow - who to whom
 * @is_v6: both addresses are IPv6, else the first four bytes count
 * @from: the sender's address, network byte order
 * @to: the server's
 * @fport: the sender's port, host byte order
 * @lport: the server's
 */
struct flow {
	bool is_v6;
	uint8_t from[16];
	uint8_t to[16];
	uint16_t fport;
	uint16_t lport;
};

/**
 * struct tally - what was sent
 * @packets: frames
 * @tcp: segments that tcp_v{4,6}_rcv has to get
 * @udp: datagrams that udp{,v6}_rcv has to get
 * @wholes: of both, those in pieces
 * @firsts: first fragments of IPv6 that nothing became of
 * @bad_tcp: of @tcp, those with a wrong checksum
 * @bad_udp: of @udp, those
 */
struct tally {
	unsigned long packets;
	unsigned long tcp;
	unsigned long udp;
	unsigned long wholes;
	unsigned long firsts;
	unsigned long bad_tcp;
	unsigned long bad_udp;
};

extern struct tally tally;


/* Numbers that the same seed gives again. */
extern uint64_t random_state;

/* packet.c: make in @to what goes behind the IP header; return its length. */
size_t make_tcp(uint8_t *to, const struct flow *flow, uint8_t flags, uint32_t seq, uint32_t ack,
		size_t data);
size_t make_udp(uint8_t *to, const struct flow *flow, size_t data);
/* Write an IP header for @len bytes of @proto; return its length. */
size_t make_ip(uint8_t *to, const struct flow *flow, uint8_t proto, size_t len);
void fold_ip_checksum(uint8_t *ip);

/* wire.c */
void wire_open(const char *device);
void wire_send(const uint8_t *packet, size_t len, bool is_v6);
void wire_flush(void);

/* fragments.c: one datagram or SYN in pieces, in one of several ways. */
void send_fragments(const struct flow *flow);

/* established.c: connections of this host for others to disturb. */
void connections_open(void);
void connections_pick(struct flow *flow, uint32_t *seq, uint32_t *ack);
void connections_reset(void);

int send_main(int argc, char **argv);
int serve_main(int argc, char **argv);

#endif /* FLOODS_H */
