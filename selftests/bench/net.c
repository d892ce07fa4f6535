// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const struct counter tcp_segments = { "Tcp:", "InSegs" };
const struct counter udp_datagrams = { "Udp:", "InDatagrams" };

void fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* Sockets are made in the namespace that the thread is in. */
static void enter(const struct place *p)
{
	if (p->netns && setns(p->fd, CLONE_NEWNET))
		fail(p->netns);
}

void place_find(struct place *p)
{
	char path[64];

	if (p->netns) {
		snprintf(path, sizeof(path), "/run/netns/%s", p->netns);
		p->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (p->fd < 0)
			fail(path);
	}
	enter(p);
	p->snmp = open("/proc/thread-self/net/snmp", O_RDONLY | O_CLOEXEC);
	if (p->snmp < 0)
		fail("/proc/net/snmp");
}

/* A line with the names, then a line with the values. */
uint64_t place_count(const struct place *p, const struct counter *c)
{
	char text[8192], *names, *values, *name, *value, *names_left, *values_left;
	ssize_t n = pread(p->snmp, text, sizeof(text) - 1, 0);

	if (n <= 0)
		fail("/proc/net/snmp");
	text[n] = '\0';
	names = strstr(text, c->group);
	values = names ? strstr(names + 1, c->group) : NULL;
	if (!values)
		fail(c->group);
	names = strtok_r(names, "\n", &names_left);
	values = strtok_r(values, "\n", &values_left);
	name = strtok_r(names, " ", &names_left);
	value = strtok_r(values, " ", &values_left);
	while (name && value && strcmp(name, c->name)) {
		name = strtok_r(NULL, " ", &names_left);
		value = strtok_r(NULL, " ", &values_left);
	}
	if (!name || !value)
		fail(c->name);
	return strtoull(value, NULL, 10);
}

static socklen_t address_of(const struct place *p, unsigned int port, struct sockaddr_storage *to)
{
	struct sockaddr_in *in = (void *)to;
	struct sockaddr_in6 *in6 = (void *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, p->address, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, p->address, &in6->sin6_addr) != 1)
		fail(p->address);
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	return sizeof(*in6);
}

void socket_set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		fail("setsockopt");
}

/* Leaves no TIME_WAIT behind, whose end would fall into the next load. */
void socket_abort_at_close(int fd)
{
	const struct linger abort_it = { .l_onoff = 1 };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_it, sizeof(abort_it)))
		fail("SO_LINGER");
}

int socket_new(const struct place *p, int type, unsigned int port)
{
	struct sockaddr_storage a;
	socklen_t len = address_of(p, port, &a);
	int fd;

	enter(p);
	fd = socket(a.ss_family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		fail("socket");
	socket_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (port && bind(fd, (void *)&a, len))
		fail("bind");
	if (type == SOCK_STREAM)
		socket_set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	return fd;
}

/* As connect(). */
int socket_connect(int fd, const struct place *p, unsigned int port)
{
	struct sockaddr_storage a;
	socklen_t len = address_of(p, port, &a);

	return connect(fd, (void *)&a, len);
}

void pass(int from, int to)
{
	char byte = 0;

	if (write(from, &byte, 1) != 1 || read(to, &byte, 1) != 1)
		fail("one byte");
}
