// SPDX-License-Identifier: GPL-2.0
/*
 * Handshakes that do not go the plain way.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>

static struct puppet new_puppet(struct play *p, const char *name, uint16_t to)
{
	return (struct puppet){ .from = play_port(p, name), .to = to, .seq = 1000 };
}

/* The first SYN-ACK is as good as lost: the client asks again. */
static void syn_again(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	struct puppet t = new_puppet(p, "c", port);

	puppet_send(p, &t, SYN, 0);
	puppet_expect(p, &t, SYN | ACK);
	t.seq--;
	puppet_send(p, &t, SYN, 0);
	puppet_send(p, &t, ACK, 0);
	ep_accept(p, "A", l);
}

/* The client changes its mind; then its port starts anew. */
static void reset_request(struct play *p)
{
	uint16_t port = play_port(p, "s");
	struct puppet t = new_puppet(p, "c", port);

	ep_listen(p, "L", SERVER, port);
	puppet_send(p, &t, SYN, 0);
	puppet_expect(p, &t, SYN | ACK);
	puppet_send(p, &t, RST, 0);
	puppet_send(p, &t, SYN, 0);
}

/* An ACK of what the server never sent. */
static void bad_ack(struct play *p)
{
	uint16_t port = play_port(p, "s");
	struct puppet t = new_puppet(p, "c", port);

	ep_listen(p, "L", SERVER, port);
	puppet_send(p, &t, SYN, 0);
	puppet_expect(p, &t, SYN | ACK);
	t.ack += 77777;
	puppet_send(p, &t, ACK, 0);
}

/* The listener wants data first: the bare ACK only moves the request along. */
static void defer_accept(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	struct puppet t = new_puppet(p, "c", port);

	ep_option(p, l, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5);
	puppet_handshake(p, &t);
	puppet_send(p, &t, PSH | ACK, 5);
	ep_read(p, ep_accept(p, "A", l), 5);
}

/*
 * A backlog of 2 holds three connections. The third and fourth SYN come while
 * there is room; when their ACKs come there is room for one.
 */
static void fill(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	struct puppet c1 = new_puppet(p, "c1", port);
	struct puppet c2 = new_puppet(p, "c2", port);
	struct puppet c3 = new_puppet(p, "c3", port);
	struct puppet c4 = new_puppet(p, "c4", port);
	struct puppet c5 = new_puppet(p, "c5", port);

	if (listen(l, 2))
		play_fail(p, "listen");
	puppet_handshake(p, &c1);
	puppet_handshake(p, &c2);
	puppet_send(p, &c3, SYN, 0);
	puppet_expect(p, &c3, SYN | ACK);
	puppet_send(p, &c4, SYN, 0);
	puppet_expect(p, &c4, SYN | ACK);
	puppet_send(p, &c3, ACK, 0);
	puppet_send(p, &c4, ACK, 0);
	puppet_send(p, &c5, SYN, 0);
	ep_settle(p);
	ep_accept(p, "A1", l);
	ep_accept(p, "A2", l);
	ep_accept(p, "A3", l);
}

static void queue_full(struct play *p)
{
	fill(p);
}

/* The same, and the server sends a RST to who does not fit. */
static void queue_full_abort(struct play *p)
{
	play_sysctl(p, SERVER, "ipv4/tcp_abort_on_overflow", "1");
	fill(p);
}

static void always_send_cookies(struct play *p)
{
	play_need_sysctl(p, "ipv4/tcp_syncookies", "CONFIG_SYN_COOKIES");
	play_sysctl(p, SERVER, "ipv4/tcp_syncookies", "2");
}

/* With cookies no request is kept: SYN, good ACK and bad ACK all reach L. */
static void cookies(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	struct puppet t = new_puppet(p, "c", port);
	struct puppet bad = new_puppet(p, "b", port);

	always_send_cookies(p);
	puppet_handshake(p, &t);
	ep_accept(p, "A", l);
	puppet_send(p, &t, PSH | ACK, 5);
	bad.ack = t.ack + 77777;
	puppet_send(p, &bad, ACK, 0);
	puppet_expect(p, &bad, RST);
}

/* A good cookie comes back to a full queue: backlog 0 holds one connection. */
static void cookies_full(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	struct puppet c1 = new_puppet(p, "c1", port);
	struct puppet c2 = new_puppet(p, "c2", port);

	always_send_cookies(p);
	if (listen(l, 0))
		play_fail(p, "listen");
	puppet_send(p, &c1, SYN, 0);
	puppet_expect(p, &c1, SYN | ACK);
	puppet_send(p, &c2, SYN, 0);
	puppet_expect(p, &c2, SYN | ACK);
	puppet_send(p, &c1, ACK, 0);
	puppet_send(p, &c2, ACK, 0);
	ep_settle(p);
	ep_accept(p, "A", l);
}

/*
 * Fast Open without cookies of its own kind: 1 client, 2 server, 4 and 0x200
 * neither end asks for a cookie.
 */
static void fast_open(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	int c = ep_socket(p, CLIENT, SOCK_STREAM);
	struct address a;

	play_sysctl(p, SERVER, "ipv4/tcp_fastopen", "519");
	play_sysctl(p, CLIENT, "ipv4/tcp_fastopen", "519");
	ep_option(p, l, IPPROTO_TCP, TCP_FASTOPEN, 8);
	ep_bind(p, c, CLIENT, play_port(p, "c"));
	play_name_cookie(p, "C", c);
	place_address(p, p->family, SERVER, port, &a);
	if (sendto(c, "hello", 5, MSG_FASTOPEN, (struct sockaddr *)&a.ss, a.len) < 0 &&
	    errno != EINPROGRESS)
		play_fail(p, "sendto with MSG_FASTOPEN");
	ep_read(p, ep_accept(p, "A", l), 5);
}

const struct exchange handshake_exchanges[] = {
	{ "tcp-syn-again", syn_again },
	{ "tcp-reset-request", reset_request },
	{ "tcp-bad-ack", bad_ack },
	{ "tcp-defer-accept", defer_accept },
	{ "tcp-queue-full", queue_full },
	{ "tcp-queue-full-abort", queue_full_abort },
	{ "tcp-cookies", cookies },
	{ "tcp-cookies-full", cookies_full },
	{ "tcp-fast-open", fast_open },
	{ }
};
