// SPDX-License-Identifier: GPL-2.0
/*
 * What a user of the machine has: a socket of each kind, some of which have
 * properties that no file of the kernel's tells others; and what he had.
 *
 * Ports PORT to PORT + 9 are his. With "time-wait" he leaves a TIME_WAIT too.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int bound6(int type, uint16_t port)
{
	struct sockaddr_in6 at = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	};
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("bind to %u", port);
	return fd;
}

/* Two of a group, one of which takes addresses that are not there. */
static void open_group(uint16_t port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(LOCALHOST),
	};
	int i, fd, one = 1;

	for (i = 0; i < 2; i++) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) ||
		    setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &i, sizeof(i)) ||
		    bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 4))
			die("a group on %u", port);
	}
}

static void open_tcp(uint16_t port)
{
	int listener = tcp_listen(0, port, 16), listener6 = bound6(SOCK_STREAM, port + 2);
	char byte = 0;

	if (write(tcp_connect(port), &byte, 1) != 1)
		die("write");
	tcp_accept(listener);
	tcp_connect(port);	/* which nobody accepts */
	if (listen(listener6, 16))
		die("listen");
	tcp_connect(port + 2);
	tcp_accept(listener6);
}

static void open_udp(uint16_t port)
{
	const struct sockaddr_in peer = {
		.sin_family = AF_INET,
		.sin_port = htons(port + 3),
		.sin_addr.s_addr = htonl(LOCALHOST),
	};
	int fd = udp_bind(port + 3), connected = udp_bind(port + 4);

	if (connect(connected, (const struct sockaddr *)&peer, sizeof(peer)))
		die("connect");
	udp_send(connected, port + 3);	/* waits there */
	udp_send(fd, port + 4);
	udp_bind(port + 5);		/* to which nobody ever sent */
	bound6(SOCK_DGRAM, port + 6);
}

static void leave_some(uint16_t port)
{
	const struct linger abort = { .l_onoff = 1 };
	int listener = tcp_listen(LOCALHOST, port + 7, 4), udp = udp_bind(port + 8);
	int client = tcp_connect(port + 7), server = tcp_accept(listener);

	udp_send(udp, port + 8);
	if (setsockopt(client, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort)))
		die("SO_LINGER");
	close(client);
	close(server);
	close(listener);
	close(udp);
}

static void leave_time_wait(uint16_t port)
{
	int listener = tcp_listen(LOCALHOST, port + 9, 4);
	int client = tcp_connect(port + 9), server = tcp_accept(listener);

	close(client);
	close(server);
}

/* Somebody asks for what is not there. */
static void be_refused(uint16_t port)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port + 8),
		.sin_addr.s_addr = htonl(LOCALHOST),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!connect(fd, (const struct sockaddr *)&to, sizeof(to)) || errno != ECONNREFUSED)
		die("a connection to a closed port");
	close(fd);
}

int users_main(int argc, char **argv)
{
	uint16_t port;

	if (argc < 2)
		return 2;
	port = number(argv[1]);
	open_tcp(port);
	open_group(port + 1);
	open_udp(port);
	leave_some(port);
	be_refused(port);
	if (argc > 2 && !strcmp(argv[2], "time-wait"))
		leave_time_wait(port);
	ready();
}
