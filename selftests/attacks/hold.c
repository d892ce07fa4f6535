// SPDX-License-Identifier: GPL-2.0
/*
 * Who fills tables: sockets by the thousand, connections one after the other,
 * datagrams, all of it in one namespace or in many. And whose rows are at
 * stake: a server with listeners, connections, and some that have ended.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MANY_CONNECTIONS	20
#define MANY_DATAGRAMS		200

static void hold_one(const char *kind, int from)
{
	int fd;

	if (!strcmp(kind, "tcp")) {
		tcp_listen(LOCALHOST, 0, 1);
		return;
	}
	fd = udp_bind(0);
	if (!strcmp(kind, "fed"))
		udp_send(from, socket_port(fd));
}

static void hold(const char *kind, unsigned long nr)
{
	int from = udp_bind(0);

	while (nr--)
		hold_one(kind, from);
	close(from);
}

int hold_main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	raise_files();
	hold(argv[1], number(argv[2]));
	ready();
}

/* All on one port. */
int group_main(int argc, char **argv)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(LOCALHOST),
	};
	int fd, one = 1;
	unsigned long nr;

	if (argc != 3)
		return 2;
	at.sin_port = htons(number(argv[1]));
	raise_files();
	for (nr = number(argv[2]); nr; nr--) {
		fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)) ||
		    bind(fd, (struct sockaddr *)&at, sizeof(at)))
			die("a group");
	}
	ready();
}

/* Both ends close; a RST spares the machine their TIME_WAIT. */
static void connect_once(int listener, uint16_t port)
{
	const struct linger abort = { .l_onoff = 1 };
	int client = tcp_connect(port), server = tcp_accept(listener);

	if (setsockopt(client, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort)))
		die("SO_LINGER");
	close(client);
	close(server);
}

static void connect_often(unsigned long nr)
{
	int listener = tcp_listen(LOCALHOST, 0, 8);
	uint16_t port = socket_port(listener);

	while (nr--)
		connect_once(listener, port);
	close(listener);
}

int connections_main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	connect_often(number(argv[1]));
	say("made=%lu", number(argv[1]));
	return 0;
}

static void send_often(unsigned long nr)
{
	int to = udp_bind(0), from = udp_bind(0);
	uint16_t port = socket_port(to);
	char byte;

	while (nr--) {
		udp_send(from, port);
		if (recv(to, &byte, 1, 0) != 1)
			die("recv");
	}
	close(to);
	close(from);
}

int datagrams_main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	send_often(number(argv[1]));
	say("sent=%lu", number(argv[1]));
	return 0;
}

/* A namespace lives as long as its sockets do, which stay open. */
int many_main(int argc, char **argv)
{
	unsigned long i, nr, sockets;

	if (argc != 3)
		return 2;
	nr = number(argv[1]);
	sockets = number(argv[2]);
	raise_files();
	own_users(0);
	for (i = 0; i < nr; i++) {
		own_network();
		hold("udp", sockets / 2);
		hold("tcp", sockets / 2);
		connect_often(MANY_CONNECTIONS);
		send_often(MANY_DATAGRAMS);
	}
	ready();
}

static void serve_connections(int listener, uint16_t port, unsigned long nr)
{
	int client, server;
	char byte = 0;

	while (nr--) {
		client = tcp_connect(port);
		server = tcp_accept(listener);
		if (write(client, &byte, 1) != 1 || read(server, &byte, 1) != 1 ||
		    write(server, &byte, 1) != 1 || read(client, &byte, 1) != 1)
			die("a byte there and back");
	}
}

/* The first listener has the connections, the next ones a SYN each. */
int serve_main(int argc, char **argv)
{
	unsigned long port, i, listeners, nr, closed;
	int listener;

	if (argc != 5)
		return 2;
	port = number(argv[1]);
	listeners = number(argv[2]);
	nr = number(argv[3]);
	closed = number(argv[4]);
	listener = tcp_listen(0, port, 64);
	serve_connections(listener, port, nr);
	while (closed--)
		connect_once(listener, port);
	for (i = 1; i < listeners; i++) {
		listener = tcp_listen(0, port + i, 8);
		connect_once(listener, port + i);
	}
	ready();
}
