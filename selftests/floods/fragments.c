// SPDX-License-Identifier: GPL-2.0
/*
 * Segments in pieces, of which the other end can make a whole one or cannot.
 */
#include "floods.h"

#include <netinet/in.h>
#include <string.h>

#define PIECES_MAX	6
#define PIECE_UNIT	8
#define FRAGMENT_HEADER	8

enum way { IN_ORDER, BACKWARDS, TWICE, NO_LAST, NO_FIRST, NO_MIDDLE, OVERLAP, ONE_PIECE, WAYS };

/**
 * struct whole - what is cut up
 * @flow: its addresses
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @id: of the datagram
 * @len: of the transport header and what follows
 * @bytes: these
 */
struct whole {
	struct flow flow;
	uint8_t proto;
	uint32_t id;
	size_t len;
	uint8_t bytes[PACKET_MAX];
};

static void send_piece4(const struct whole *w, size_t from, size_t to)
{
	uint16_t place = from / PIECE_UNIT | (to < w->len ? 0x2000 : 0);
	uint8_t packet[PACKET_MAX];
	size_t n = make_ip(packet, &w->flow, w->proto, to - from);

	packet[4] = w->id >> 8;
	packet[5] = w->id;
	packet[6] = place >> 8;
	packet[7] = place;
	fold_ip_checksum(packet);
	memcpy(packet + n, w->bytes + from, to - from);
	wire_send(packet, n + to - from, false);
}

static void send_piece6(const struct whole *w, size_t from, size_t to)
{
	uint16_t place = from | (to < w->len);
	uint8_t packet[PACKET_MAX], *header;
	size_t n = make_ip(packet, &w->flow, IPPROTO_FRAGMENT, FRAGMENT_HEADER + to - from);

	header = packet + n;
	header[0] = w->proto;
	header[1] = 0;
	header[2] = place >> 8;
	header[3] = place;
	header[4] = w->id >> 24;
	header[5] = w->id >> 16;
	header[6] = w->id >> 8;
	header[7] = w->id;
	n += FRAGMENT_HEADER;
	memcpy(packet + n, w->bytes + from, to - from);
	wire_send(packet, n + to - from, true);
}

static void send_piece(const struct whole *w, size_t from, size_t to)
{
	if (w->flow.is_v6)
		send_piece6(w, from, to);
	else
		send_piece4(w, from, to);
}

/**
 * struct cuts - where it is cut
 * @nr: pieces
 * @at: where each begins; the last entry is the end
 */
struct cuts {
	unsigned int nr;
	size_t at[PIECES_MAX + 1];
};

/* The first piece has the whole header, each but the last a multiple of eight bytes. */
static void cut(struct cuts *c, size_t len)
{
	size_t piece = 24 + PIECE_UNIT * random_below(&random_state, 10);

	for (c->nr = 0; c->nr * piece < len && c->nr < PIECES_MAX; c->nr++)
		c->at[c->nr] = c->nr * piece;
	c->at[c->nr] = len;
}

static void send_pieces(const struct whole *w, const struct cuts *c, enum way way)
{
	unsigned int k, i, left_out = c->nr;

	if (way == NO_LAST || way == NO_FIRST)
		left_out = way == NO_FIRST ? 0 : c->nr - 1;
	if (way == NO_MIDDLE)
		left_out = 1 + random_below(&random_state, c->nr - 2);
	for (k = 0; k < c->nr; k++) {
		i = way == BACKWARDS ? c->nr - 1 - k : k;
		if (i == left_out)
			continue;
		/* Of which some was there before: all of it is thrown away. */
		if (way == OVERLAP && i == 1)
			send_piece(w, c->at[1] - PIECE_UNIT, c->at[2]);
		else
			send_piece(w, c->at[i], c->at[i + 1]);
		if (way == TWICE && i == 1)
			send_piece(w, c->at[i], c->at[i + 1]);
	}
}

static void count(const struct whole *w, enum way way)
{
	bool is_whole = way == IN_ORDER || way == BACKWARDS || way == TWICE || way == ONE_PIECE;

	/* What is whole in one piece is no fragment in IPv4, and is one in IPv6. */
	tally.wholes += is_whole && (way != ONE_PIECE || w->flow.is_v6);
	if (is_whole && w->proto == IPPROTO_TCP)
		tally.tcp++;
	else if (is_whole)
		tally.udp++;
	else if (w->flow.is_v6 && way != NO_FIRST)
		tally.firsts++;
}

void send_fragments(const struct flow *flow)
{
	enum way way = random_below(&random_state, WAYS);
	static uint32_t id;
	struct whole w = { .flow = *flow, .id = ++id };
	struct cuts c;

	if (random_below(&random_state, 4)) {
		w.proto = IPPROTO_UDP;
		w.len = make_udp(w.bytes, flow, 120 + random_below(&random_state, 300));
	} else {
		w.proto = IPPROTO_TCP;
		w.len = make_tcp(w.bytes, flow, TCP_SYN, random_next(&random_state), 0, 120 + random_below(&random_state, 300));
	}
	cut(&c, w.len);
	if (way == ONE_PIECE)
		send_piece(&w, 0, w.len);
	else
		send_pieces(&w, &c, way);
	count(&w, way);
}
