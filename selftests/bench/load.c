// SPDX-License-Identifier: GPL-2.0
/*
 * The loads of the benchmark: one process plays both ends, in a loop without any waiting, so that a turn
 * is the same sequence of instructions each time.
 *
 * Usage: load NAME TURNS REPEATS [INSTANCE]: prints for each repeat the nanoseconds that the turns took, and
 * how many segments the kernel counted meanwhile. Several at once need numbers, for ports of their own. Loads
 * over veth need the namespaces that measure.py makes.
 *
 * Where the clock counts instructions, nanoseconds are instructions; `load clock` prints the nanoseconds that
 * 10,000,000 instructions take.
 */
#include "net.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLOSED_PORT	7300
#define CLIENT_PORT	7500	/* of datagrams; connections come from where the kernel likes */
#define INSTANCES	64
#define WARM_TURNS	300

struct load {
	const char *name;
	struct place client;
	struct place server;
	const struct counter *counter;
	void (*set_up)(void);
	void (*turn)(void);
};

static struct load *load;
static int listener = -1, client = -1, server = -1;
static unsigned int server_port = SERVER_PORT, client_port = CLIENT_PORT;

static uint64_t count_segments(void)
{
	uint64_t nr = place_count(&load->client, load->counter);

	return load->client.netns ? nr + place_count(&load->server, load->counter) : nr;
}

static void new_listener(void)
{
	listener = socket_new(&load->server, SOCK_STREAM, server_port);
	if (listen(listener, 16))
		fail("listen");
}

static void new_connection(void)
{
	client = socket_new(&load->client, SOCK_STREAM, 0);
	if (socket_connect(client, &load->server, server_port))
		fail("connect");
	server = accept(listener, NULL, NULL);
	if (server < 0)
		fail("accept");
}

static void set_up_connection(void)
{
	new_listener();
	new_connection();
	socket_abort_at_close(client);
}

static void turn_request(void)
{
	pass(client, server);
	pass(server, client);
}

/* Connect, one byte each way, close by FIN from both sides. */
static void turn_connection(void)
{
	char byte;

	new_connection();
	turn_request();
	if (shutdown(client, SHUT_WR) || read(server, &byte, 1))
		fail("close");
	close(server);
	if (read(client, &byte, 1))
		fail("close");
	close(client);
}

static void turn_refused(void)
{
	int fd = socket_new(&load->client, SOCK_STREAM, 0);

	if (!socket_connect(fd, &load->server, CLOSED_PORT) || errno != ECONNREFUSED)
		fail("a connection to a closed port");
	close(fd);
}

static void set_up_bound(void)
{
	server = socket_new(&load->server, SOCK_DGRAM, server_port);
	client = socket_new(&load->client, SOCK_DGRAM, client_port);
	if (socket_connect(client, &load->server, server_port))
		fail("connect");
}

static void set_up_connected(void)
{
	set_up_bound();
	if (socket_connect(server, &load->client, client_port))
		fail("connect");
}

static void turn_datagram(void)
{
	pass(client, server);
}

static void set_up_nothing(void)
{
}

#define LOOPBACK	.client = { .address = "127.0.0.1" }, .server = { .address = "127.0.0.1" }
#define LOOPBACK6	.client = { .address = "::1" }, .server = { .address = "::1" }
#define VETH		.client = { "bench-client", "10.78.0.1", -1, -1 }, \
			.server = { "bench-server", "10.78.0.2", -1, -1 }
#define TCP		.counter = &tcp_segments
#define UDP		.counter = &udp_datagrams

static struct load loads[] = {
	{ "rr", LOOPBACK, TCP, .set_up = set_up_connection, .turn = turn_request },
	{ "rr6", LOOPBACK6, TCP, .set_up = set_up_connection, .turn = turn_request },
	{ "veth", VETH, TCP, .set_up = set_up_connection, .turn = turn_request },
	{ "crr", LOOPBACK, TCP, .set_up = new_listener, .turn = turn_connection },
	{ "udp", LOOPBACK, UDP, .set_up = set_up_bound, .turn = turn_datagram },
	{ "udp-conn", LOOPBACK, UDP, .set_up = set_up_connected, .turn = turn_datagram },
	{ "refused", LOOPBACK, TCP, .set_up = set_up_nothing, .turn = turn_refused },
};

static struct load *find_load(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(loads) / sizeof(*loads); i++)
		if (!strcmp(loads[i].name, name))
			return &loads[i];
	return NULL;
}

static void run(unsigned int turns)
{
	uint64_t segments = count_segments(), start_ns, end_ns;
	unsigned int i;

	start_ns = now_ns();
	for (i = 0; i < turns; i++)
		load->turn();
	end_ns = now_ns();
	printf("%llu %llu\n", (unsigned long long)(end_ns - start_ns),
	       (unsigned long long)(count_segments() - segments));
}

/* Two instructions a turn. */
static int print_clock(void)
{
	uint64_t start_ns = now_ns(), left = 5000000;

#ifdef __aarch64__
	__asm__ volatile("1: subs %0, %0, #1; b.ne 1b" : "+r" (left) : : "cc");
#elif defined(__riscv)
	__asm__ volatile("1: addi %0, %0, -1; bnez %0, 1b" : "+r" (left));
#else
	__asm__ volatile("1: dec %0; jnz 1b" : "+r" (left) : : "cc");
#endif
	printf("%llu\n", (unsigned long long)(now_ns() - start_ns));
	return 0;
}

static int usage(void)
{
	size_t i;

	fprintf(stderr, "Usage: load clock\n       load NAME TURNS REPEATS [INSTANCE]; names:");
	for (i = 0; i < sizeof(loads) / sizeof(*loads); i++)
		fprintf(stderr, " %s", loads[i].name);
	fprintf(stderr, "\n");
	return 2;
}

int main(int argc, char *argv[])
{
	unsigned int i, turns, repeats;

	if (argc == 2 && !strcmp(argv[1], "clock"))
		return print_clock();
	if (argc < 4 || argc > 5 || !(load = find_load(argv[1])))
		return usage();
	if (argc > 4) {
		i = strtoul(argv[4], NULL, 10) % INSTANCES;
		server_port += i;
		client_port += i;
	}
	turns = strtoul(argv[2], NULL, 10);
	repeats = strtoul(argv[3], NULL, 10);
	place_find(&load->client);
	place_find(&load->server);
	load->set_up();
	for (i = 0; i < WARM_TURNS; i++)
		load->turn();
	for (i = 0; i < repeats; i++)
		run(turns);
	return 0;
}
