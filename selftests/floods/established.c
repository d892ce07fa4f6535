// SPDX-License-Identifier: GPL-2.0
/*
 * Connections of this host to the server, and segments made up in their name.
 * Our sockets take none of what the server says to these, lest they answer.
 */
#define _GNU_SOURCE
#include "floods.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS	32
#define SEGMENTS_EACH	3	/* SYN, ACK, and a RST in the end */

/**
 * struct connection - one of them
 * @fd: our socket
 * @flow: its addresses
 * @seq: what we would send next
 * @ack: what the server would
 */
static struct connection {
	int fd;
	struct flow flow;
	uint32_t seq;
	uint32_t ack;
} connections[CONNECTIONS];

static uint32_t ask_seq(int fd, int queue)
{
	uint32_t seq;
	socklen_t len = sizeof(seq);

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue)) ||
	    getsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &seq, &len))
		die("TCP_QUEUE_SEQ");
	return seq;
}

static void become_deaf(int fd)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	const struct sock_fprog program = { .len = 1, .filter = &nothing };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
		die("SO_ATTACH_FILTER");
}

static void note_numbers(struct connection *c)
{
	int on = TCP_REPAIR_ON, off = TCP_REPAIR_OFF_NO_WP;

	if (setsockopt(c->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		die("TCP_REPAIR");
	c->seq = ask_seq(c->fd, TCP_SEND_QUEUE);
	c->ack = ask_seq(c->fd, TCP_RECV_QUEUE);
	if (setsockopt(c->fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off)))
		die("TCP_REPAIR");
}

static void open_v4(struct connection *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT_TCP) }, from;
	socklen_t len = sizeof(from);

	inet_pton(AF_INET, SERVER4, &to.sin_addr);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) ||
	    getsockname(c->fd, (struct sockaddr *)&from, &len))
		die("connect");
	memcpy(c->flow.from, &from.sin_addr, 4);
	memcpy(c->flow.to, &to.sin_addr, 4);
	c->flow.fport = ntohs(from.sin_port);
}

static void open_v6(struct connection *c)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_port = htons(PORT_TCP) }, from;
	socklen_t len = sizeof(from);

	inet_pton(AF_INET6, SERVER6, &to.sin6_addr);
	c->fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) ||
	    getsockname(c->fd, (struct sockaddr *)&from, &len))
		die("connect");
	memcpy(c->flow.from, &from.sin6_addr, 16);
	memcpy(c->flow.to, &to.sin6_addr, 16);
	c->flow.fport = ntohs(from.sin6_port);
	c->flow.is_v6 = true;
}

void connections_open(void)
{
	unsigned int i;

	for (i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &connections[i];

		if (i & 1)
			open_v6(c);
		else
			open_v4(c);
		c->flow.lport = PORT_TCP;
		become_deaf(c->fd);
		note_numbers(c);
	}
}

/* One of them, and numbers that may be right. */
void connections_pick(struct flow *flow, uint32_t *seq, uint32_t *ack)
{
	const struct connection *c = &connections[random_below(&random_state, CONNECTIONS)];

	*flow = c->flow;
	if (random_below(&random_state, 4)) {
		*seq = c->seq + random_below(&random_state, 3) * random_below(&random_state, 2000);
		*ack = c->ack + random_below(&random_state, 2) * random_below(&random_state, 3);
	}
}

/* With a RST each, which nobody has to answer. */
void connections_reset(void)
{
	const struct linger now = { .l_onoff = 1 };
	unsigned int i;

	for (i = 0; i < CONNECTIONS; i++) {
		setsockopt(connections[i].fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(connections[i].fd);
		tally.tcp += SEGMENTS_EACH;
		tally.packets += SEGMENTS_EACH;
	}
}
