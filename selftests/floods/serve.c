// SPDX-License-Identifier: GPL-2.0
/*
 * The other end: a listener that accepts all and keeps a few, one that never
 * accepts, and a datagram socket that is read to the last one. All of them
 * take both families.
 *
 * Says "ready" once they are there, and ends at SIGTERM.
 */
#define _GNU_SOURCE
#include "floods.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEPT	16

static int new_server(int type, uint16_t port, int backlog)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int room = 8 << 20;
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    (type == SOCK_STREAM && listen(fd, backlog)))
		die("server on port %u", port);
	return fd;
}

/* Those that came last stay. */
static void accept_all(int listener)
{
	static int kept[KEPT];
	static unsigned int next;
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		if (kept[next])
			close(kept[next]);
		kept[next] = fd;
		next = (next + 1) % KEPT;
	}
}

/* One with a wrong checksum is found out only here, and is none of our errors. */
static void read_all(int fd)
{
	char data[PACKET_MAX];

	while (recv(fd, data, sizeof(data), 0) >= 0 || (errno != EAGAIN && errno != EINTR))
		;
}

int serve_main(int argc, char **argv)
{
	struct pollfd p[2];

	(void)argv;
	if (argc != 1)
		return 2;
	p[0].fd = new_server(SOCK_STREAM, PORT_TCP, 64);
	p[1].fd = new_server(SOCK_DGRAM, PORT_UDP, 0);
	p[0].events = p[1].events = POLLIN;
	new_server(SOCK_STREAM, PORT_FULL, 2);
	puts("ready");
	fflush(stdout);
	for (;;) {
		poll(p, 2, -1);
		accept_all(p[0].fd);
		read_all(p[1].fd);
	}
}
