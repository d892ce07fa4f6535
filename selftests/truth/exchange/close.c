// SPDX-License-Identifier: GPL-2.0
/*
 * What comes to connections that the server has closed: the kernel keeps a
 * TIME_WAIT socket for them, in the state FIN_WAIT2 until the FIN is there.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <netinet/tcp.h>
#include <poll.h>

/*
 * Open, then the server closes and its FIN is acknowledged: FIN_WAIT2.
 * Return: the listener
 */
static int half_closed(struct play *p, struct puppet *t)
{
	int l, a;

	*t = (struct puppet){ .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	l = ep_listen(p, "L", SERVER, t->to);
	puppet_handshake(p, t);
	a = ep_accept(p, "A", l);
	ep_close(p, a);
	puppet_expect(p, t, FIN | ACK);
	puppet_send(p, t, ACK, 0);
	return l;
}

/* FIN to FIN_WAIT2, then again as if the last ACK was lost. */
static void fin_twice(struct play *p)
{
	struct puppet t;

	half_closed(p, &t);
	puppet_send(p, &t, FIN | ACK, 0);
	puppet_expect(p, &t, ACK);
	t.seq--;
	puppet_send(p, &t, FIN | ACK, 0);
}

/* Data that nobody will read any more: RST. */
static void data_late(struct play *p)
{
	struct puppet t;

	half_closed(p, &t);
	puppet_send(p, &t, PSH | ACK, 5);
	puppet_expect(p, &t, RST);
}

static void reset_late(struct play *p)
{
	struct puppet t;

	half_closed(p, &t);
	puppet_send(p, &t, FIN | ACK, 0);
	puppet_expect(p, &t, ACK);
	puppet_send(p, &t, RST, 0);
}

/* The same tuple begins anew while the old one is in TIME_WAIT. */
static void reopen(struct play *p)
{
	struct puppet t;
	int l = half_closed(p, &t);

	puppet_send(p, &t, FIN | ACK, 0);
	puppet_expect(p, &t, ACK);
	t.seq += 100000;
	puppet_handshake(p, &t);
	ep_accept(p, "B", l);
	puppet_send(p, &t, PSH | ACK, 5);
}

/* It would, but nobody listens any more: TIME_WAIT itself answers. */
static void reopen_without_listener(struct play *p)
{
	struct puppet t;
	int l = half_closed(p, &t);

	puppet_send(p, &t, FIN | ACK, 0);
	puppet_expect(p, &t, ACK);
	ep_close(p, l);
	t.seq += 100000;
	puppet_send(p, &t, SYN, 0);
}

/* Two kernel sockets: the server closes first, then the port is used again. */
static void reuse_port(struct play *p)
{
	uint16_t port = play_port(p, "s");
	uint16_t from = play_port(p, "c");
	int l = ep_listen(p, "L", SERVER, port);
	int c = ep_connect(p, "C", from, port);
	int a = ep_accept(p, "A", l);

	if (shutdown(a, SHUT_WR))
		play_fail(p, "shutdown");
	ep_wait_state(p, a, TCP_FIN_WAIT2);
	ep_close(p, a);
	ep_read_end(p, c);
	ep_close(p, c);
	ep_settle(p);
	ep_connect(p, "D", from, port);
	ep_accept(p, "B", l);
}

/* Both close before they see the other's FIN. */
static void close_at_once(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	int l = ep_listen(p, "L", SERVER, t.to);
	uint32_t before_fin;

	puppet_handshake(p, &t);
	before_fin = t.ack;
	ep_close(p, ep_accept(p, "A", l));
	puppet_expect(p, &t, FIN | ACK);
	t.ack = before_fin;
	puppet_send(p, &t, FIN | ACK, 0);
	puppet_expect(p, &t, ACK);
	t.ack = before_fin + 1;
	puppet_send(p, &t, ACK, 0);
}

const struct exchange close_exchanges[] = {
	{ "tcp-fin-twice", fin_twice },
	{ "tcp-data-late", data_late },
	{ "tcp-reset-late", reset_late },
	{ "tcp-reopen", reopen },
	{ "tcp-reopen-nobody", reopen_without_listener },
	{ "tcp-reuse-port", reuse_port },
	{ "tcp-close-at-once", close_at_once },
	{ }
};
