// SPDX-License-Identifier: GPL-2.0
/*
 * Traffic whose every segment is known: one thread plays both ends, each in a
 * network namespace of its own if told so, and reads all that it is sent
 * before it closes.
 *
 * A program of its own because an emulated machine takes half a second to
 * start an interpreter.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_LEN	100
#define DATAGRAM_LEN	120

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/**
 * struct plan - what to do
 * @to: the server's address, as the client knows it
 * @to_len: its length
 * @bound: as the server has it: another one if there is NAT between them
 * @bound_len: its length
 * @server_netns: a descriptor of the server's namespace, or -1
 * @client_netns: the same for the client
 * @nr: connections or datagrams
 * @turns: requests and replies of a connection
 * @pause_ms: between two turns or datagrams
 */
struct plan {
	union address to;
	socklen_t to_len;
	union address bound;
	socklen_t bound_len;
	int server_netns;
	int client_netns;
	unsigned long nr;
	unsigned long turns;
	int pause_ms;
};

static volatile sig_atomic_t is_over;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	int err = errno;
	va_list ap;

	va_start(ap, format);
	fputs("traffic: ", stderr);
	vfprintf(stderr, format, ap);
	fprintf(stderr, ": %s\n", strerror(err));
	va_end(ap);
	exit(1);
}

static void __attribute__((noreturn)) usage(void)
{
	fputs("Usage: traffic [-f] [-p MS] [-s NETNS] [-c NETNS] [-l ADDRESS,PORT] KIND ADDRESS PORT [NR [TURNS]]\n"
	      "  tcp      NR connections, each with TURNS requests and replies\n"
	      "  udp      NR datagrams, all of them read\n"
	      "  answered NR datagrams, an answer to each; the server connects to who sent the first\n"
	      "  full     as udp, but read only after the last: the buffer overflows\n"
	      "  syn      NR connects that are given up before any answer\n"
	      "  refused  NR connects that must be refused\n"
	      "  nobody   NR datagrams that nobody waits for; ADDRESS may be a broadcast's\n"
	      "-s, -c: the namespace of server and client, a file as /proc/PID/ns/net\n"
	      "-l: what NAT makes of ADDRESS and PORT: the server is there\n"
	      "-f: again and again, until SIGTERM; -p: a pause after each turn or datagram\n", stderr);
	exit(2);
}

static void on_term(int sig)
{
	(void)sig;
	is_over = true;
}

static void enter(int netns)
{
	if (netns >= 0 && setns(netns, CLONE_NEWNET))
		die("setns");
}

static int new_socket(const union address *address, int type)
{
	int fd = socket(address->sa.sa_family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

static int server_socket(const struct plan *plan, int type)
{
	int one = 1, fd;

	enter(plan->server_netns);
	fd = new_socket(&plan->bound, type);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)))
		die("SO_REUSEADDR");
	if (bind(fd, &plan->bound.sa, plan->bound_len))
		die("bind");
	if (type == SOCK_STREAM && listen(fd, 16))
		die("listen");
	return fd;
}

static int client_socket(const struct plan *plan, int type)
{
	int one = 1, fd;

	enter(plan->client_netns);
	fd = new_socket(&plan->to, type);
	if (type == SOCK_DGRAM &&
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)))
		die("SO_BROADCAST");
	return fd;
}

static void pause_after(const struct plan *plan)
{
	if (plan->pause_ms)
		poll(NULL, 0, plan->pause_ms);
}

static void send_all(int fd, size_t len)
{
	static const char data[REQUEST_LEN];

	if (send(fd, data, len, 0) != (ssize_t)len)
		die("send");
}

static void receive_all(int fd, size_t len)
{
	char data[REQUEST_LEN];

	while (len) {
		ssize_t n = recv(fd, data, len, 0);

		if (n <= 0)
			die("recv");
		len -= n;
	}
}

static void receive_end(int fd)
{
	char byte;

	if (recv(fd, &byte, 1, 0))
		die("recv at the end");
}

static void one_connection(const struct plan *plan, int listener)
{
	int client = client_socket(plan, SOCK_STREAM);
	unsigned long turn;
	int server;

	if (connect(client, &plan->to.sa, plan->to_len))
		die("connect");
	server = accept(listener, NULL, NULL);
	if (server < 0)
		die("accept");
	for (turn = 0; turn < plan->turns && !is_over; turn++) {
		send_all(client, REQUEST_LEN);
		receive_all(server, REQUEST_LEN);
		send_all(server, REQUEST_LEN);
		receive_all(client, REQUEST_LEN);
		pause_after(plan);
	}
	close(client);
	receive_end(server);
	close(server);
}

static void play_tcp(const struct plan *plan)
{
	int listener = server_socket(plan, SOCK_STREAM);
	unsigned long i;

	for (i = 0; i < plan->nr && !is_over; i++)
		one_connection(plan, listener);
	close(listener);
}

static void send_datagram(const struct plan *plan, int fd)
{
	static const char data[DATAGRAM_LEN];

	/* A port unreachable that came back is told here, and then forgotten. */
	while (sendto(fd, data, sizeof(data), 0, &plan->to.sa, plan->to_len) < 0)
		if (errno != ECONNREFUSED)
			die("sendto");
}

static void drain(int fd)
{
	char data[DATAGRAM_LEN];

	while (recv(fd, data, sizeof(data), MSG_DONTWAIT) >= 0)
		;
	if (errno != EAGAIN)
		die("recv");
}

static void play_udp(const struct plan *plan)
{
	int server = server_socket(plan, SOCK_DGRAM);
	int client = client_socket(plan, SOCK_DGRAM);
	char data[DATAGRAM_LEN];
	unsigned long i;

	for (i = 0; i < plan->nr && !is_over; i++) {
		send_datagram(plan, client);
		if (recv(server, data, sizeof(data), 0) != sizeof(data))
			die("recv");
		pause_after(plan);
	}
	close(client);
	close(server);
}

static void answer(int server, bool is_first)
{
	union address from;
	socklen_t len = sizeof(from);
	char data[DATAGRAM_LEN];

	if (recvfrom(server, data, sizeof(data), 0, &from.sa, &len) != sizeof(data))
		die("recvfrom");
	if (is_first && connect(server, &from.sa, len))
		die("connect to the client");
	send_all(server, REQUEST_LEN);
}

static void play_answered(const struct plan *plan)
{
	int server = server_socket(plan, SOCK_DGRAM);
	int client = client_socket(plan, SOCK_DGRAM);
	unsigned long i;

	for (i = 0; i < plan->nr && !is_over; i++) {
		send_datagram(plan, client);
		answer(server, !i);
		receive_all(client, REQUEST_LEN);
	}
	close(client);
	close(server);
}

static void play_full(const struct plan *plan)
{
	int server = server_socket(plan, SOCK_DGRAM);
	int client = client_socket(plan, SOCK_DGRAM);
	int size = 1;	/* the least that the kernel gives */
	unsigned long i;

	if (setsockopt(server, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)))
		die("SO_RCVBUF");
	for (i = 0; i < plan->nr; i++)
		send_datagram(plan, client);
	drain(server);
	close(client);
	close(server);
}

static void play_nobody(const struct plan *plan)
{
	int client = client_socket(plan, SOCK_DGRAM);
	unsigned long i;

	for (i = 0; i < plan->nr && !is_over; i++)
		send_datagram(plan, client);
	close(client);
}

static void play_syn(const struct plan *plan)
{
	unsigned long i;

	for (i = 0; i < plan->nr; i++) {
		int client = client_socket(plan, SOCK_STREAM | SOCK_NONBLOCK);

		if (!connect(client, &plan->to.sa, plan->to_len) ||
		    errno != EINPROGRESS)
			die("connect without waiting");
		close(client);
	}
}

static void play_refused(const struct plan *plan)
{
	unsigned long i;

	for (i = 0; i < plan->nr; i++) {
		int client = client_socket(plan, SOCK_STREAM);

		if (!connect(client, &plan->to.sa, plan->to_len) ||
		    errno != ECONNREFUSED)
			die("connect that must be refused");
		close(client);
	}
}

static const struct {
	const char *name;
	void (*play)(const struct plan *plan);
} kinds[] = {
	{ "tcp", play_tcp },
	{ "udp", play_udp },
	{ "answered", play_answered },
	{ "full", play_full },
	{ "syn", play_syn },
	{ "refused", play_refused },
	{ "nobody", play_nobody },
};

static unsigned long number(const char *text, unsigned long most)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || end == text || *end || n > most)
		usage();
	return n;
}

static socklen_t parse_address(union address *to, const char *address, const char *port)
{
	in_port_t n = htons(number(port, 65535));

	if (inet_pton(AF_INET, address, &to->in.sin_addr) == 1) {
		to->sa.sa_family = AF_INET;
		to->in.sin_port = n;
		return sizeof(to->in);
	}
	if (inet_pton(AF_INET6, address, &to->in6.sin6_addr) != 1)
		usage();
	to->sa.sa_family = AF_INET6;
	to->in6.sin6_port = n;
	return sizeof(to->in6);
}

static void parse_bound(struct plan *plan, char *text)
{
	char *comma = strchr(text, ',');

	if (!comma)
		usage();
	*comma = '\0';
	plan->bound_len = parse_address(&plan->bound, text, comma + 1);
}

static int open_netns(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("%s", path);
	return fd;
}

int main(int argc, char **argv)
{
	struct plan plan = { .server_netns = -1, .client_netns = -1,
			     .nr = 1, .turns = 1 };
	bool is_forever = false;
	size_t i;
	int opt;

	while ((opt = getopt(argc, argv, "fp:s:c:l:")) != -1) {
		if (opt == 'f')
			is_forever = true;
		else if (opt == 'p')
			plan.pause_ms = number(optarg, 1000);
		else if (opt == 's')
			plan.server_netns = open_netns(optarg);
		else if (opt == 'c')
			plan.client_netns = open_netns(optarg);
		else if (opt == 'l')
			parse_bound(&plan, optarg);
		else
			usage();
	}
	argc -= optind;
	argv += optind;
	if (argc < 3 || argc > 5)
		usage();
	plan.to_len = parse_address(&plan.to, argv[1], argv[2]);
	if (!plan.bound_len) {
		plan.bound = plan.to;
		plan.bound_len = plan.to_len;
	}
	if (argc > 3)
		plan.nr = number(argv[3], 100000000);
	if (argc > 4)
		plan.turns = number(argv[4], 100000000);

	signal(SIGTERM, on_term);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, argv[0]))
			continue;
		do
			kinds[i].play(&plan);
		while (is_forever && !is_over);
		return 0;
	}
	usage();
}
