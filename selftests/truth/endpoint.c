// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel sockets as an exchange uses them. All are non-blocking, so that one
 * thread can play both ends; each wait has a deadline.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A socket in the namespace of @side; the server's have the play's domain. */
int ep_socket(struct play *p, enum end side, int type)
{
	bool in_client = side == CLIENT && p->place != PLACE_LO;
	int domain = side == CLIENT ? p->family : p->domain;
	int fd;

	if (place_enter(in_client))
		play_fail(p, "cannot enter a namespace");
	fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (place_enter(false))
		play_fail(p, "cannot return to the server's namespace");
	play_keep(p, fd);
	ep_option(p, fd, SOL_SOCKET, SO_REUSEADDR, 1);
	return fd;
}

void ep_option(struct play *p, int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		play_fail(p, "setsockopt %d:%d", level, option);
}

static int domain_of(struct play *p, int fd)
{
	socklen_t len = sizeof(int);
	int domain;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len))
		play_fail(p, "SO_DOMAIN");
	return domain;
}

void ep_bind(struct play *p, int fd, enum end end, uint16_t port)
{
	struct address a;

	place_address(p, domain_of(p, fd), end, port, &a);
	if (bind(fd, (struct sockaddr *)&a.ss, a.len))
		play_fail(p, "bind to port %u", port);
}

void ep_wait(struct play *p, int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };

	errno = 0;
	if (poll(&pfd, 1, STEP_MS) != 1)
		play_fail(p, "waited %d ms for event %#x", STEP_MS, events);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* For states that poll() does not tell. */
void ep_wait_state(struct play *p, int fd, int state)
{
	int64_t until = now_ms() + STEP_MS;
	struct tcp_info info;
	socklen_t len;

	for (;;) {
		len = sizeof(info);
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
			play_fail(p, "TCP_INFO");
		if (info.tcpi_state == state)
			return;
		errno = 0;
		if (now_ms() > until)
			play_fail(p, "state %u, waited for %d", info.tcpi_state, state);
		poll(NULL, 0, 1);
	}
}

void ep_write(struct play *p, int fd, size_t len)
{
	static const char data[4096];

	errno = 0;
	if (send(fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
		play_fail(p, "send %zu bytes", len);
}

void ep_read(struct play *p, int fd, size_t len)
{
	char data[4096];
	ssize_t n;

	while (len) {
		ep_wait(p, fd, POLLIN);
		n = recv(fd, data, len < sizeof(data) ? len : sizeof(data), 0);
		if (n <= 0)
			play_fail(p, "%zu bytes did not come", len);
		len -= n;
	}
}

void ep_read_end(struct play *p, int fd)
{
	char c;

	ep_wait(p, fd, POLLIN);
	if (recv(fd, &c, 1, 0))
		play_fail(p, "the end of the stream did not come");
}

/*
 * Wait until this CPU has received all that was sent, and the answers to that,
 * and the answers to those: a busy kernel leaves receiving to ksoftirqd, and
 * the sender goes on before it is done. What stands before a datagram in the
 * queue is received before it. The datagram is the client's own, lest it be
 * counted as one of the play's.
 */
void ep_settle(struct play *p)
{
	struct sockaddr_in self = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = place_enter(true) ? -1 : socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	socklen_t len = sizeof(self);
	bool ok = !place_enter(false) && fd >= 0 && !bind(fd, (struct sockaddr *)&self, len) &&
		  !getsockname(fd, (struct sockaddr *)&self, &len) &&
		  !connect(fd, (struct sockaddr *)&self, len);
	char c;
	int i;

	for (i = 0; ok && i < 3; i++)
		ok = send(fd, "", 1, 0) == 1 && poll(&pfd, 1, STEP_MS) == 1 &&
		     recv(fd, &c, 1, 0) == 1;
	if (fd >= 0)
		close(fd);
	if (!ok)
		play_fail(p, "a datagram to oneself did not come");
}

/* Close in the midst of a play, in the ordinary way. */
void ep_close(struct play *p, int fd)
{
	unsigned int i;

	for (i = 0; i < p->fds_nr; i++)
		if (p->fds[i] == fd)
			p->fds[i] = p->fds[--p->fds_nr];
	if (close(fd))
		play_fail(p, "close");
}

/* A socket filter that lets nothing pass. */
void ep_drop_all(struct play *p, int fd)
{
	struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = { .len = 1, .filter = &code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)))
		play_fail(p, "SO_ATTACH_FILTER");
}

/* A listener with room for all connections of a play. */
int ep_listen(struct play *p, const char *name, enum end end, uint16_t port)
{
	int fd = ep_socket(p, SERVER, SOCK_STREAM);

	ep_bind(p, fd, end, port);
	if (listen(fd, 64))
		play_fail(p, "listen as %s", name);
	play_name_cookie(p, name, fd);
	return fd;
}

/* @name may be NULL. */
int ep_accept(struct play *p, const char *name, int listener)
{
	int fd;

	ep_wait(p, listener, POLLIN);
	fd = play_keep(p, accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
	if (name)
		play_name_cookie(p, name, fd);
	return fd;
}

/* Start to connect; who calls waits for what it expects. */
void ep_connect_to(struct play *p, int fd, enum end end, uint16_t port)
{
	struct address a;

	place_address(p, domain_of(p, fd), end, port, &a);
	if (connect(fd, (struct sockaddr *)&a.ss, a.len) && errno != EINPROGRESS &&
	    errno != ECONNREFUSED)
		play_fail(p, "connect to port %u", port);
}

/* Start a connection of the client, from port @from. @name may be NULL. */
int ep_connect(struct play *p, const char *name, uint16_t from, uint16_t to)
{
	int fd = ep_socket(p, CLIENT, SOCK_STREAM);

	ep_bind(p, fd, CLIENT, from);
	if (name)
		play_name_cookie(p, name, fd);
	ep_connect_to(p, fd, SERVER, to);
	return fd;
}

/* An unconnected UDP socket of the server. */
int ep_datagram(struct play *p, const char *name, enum end end, uint16_t port)
{
	int fd = ep_socket(p, SERVER, SOCK_DGRAM);

	ep_bind(p, fd, end, port);
	play_name_cookie(p, name, fd);
	return fd;
}

/* A UDP socket of the client; multicast leaves by the place's device. */
int ep_sender(struct play *p, uint16_t port)
{
	int fd = ep_socket(p, CLIENT, SOCK_DGRAM);
	struct ip_mreqn by = { .imr_ifindex = place_ifindex(p, CLIENT) };

	ep_bind(p, fd, CLIENT, port);
	ep_option(p, fd, SOL_SOCKET, SO_BROADCAST, 1);
	if (p->family == AF_INET6)
		ep_option(p, fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, by.imr_ifindex);
	else if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof(by)))
		play_fail(p, "IP_MULTICAST_IF");
	return fd;
}

void ep_send_to(struct play *p, int fd, enum end end, uint16_t port, size_t len)
{
	static const char data[4096];
	struct address a;

	place_address(p, p->family, end, port, &a);
	errno = 0;
	if (sendto(fd, data, len, 0, (struct sockaddr *)&a.ss, a.len) != (ssize_t)len)
		play_fail(p, "sendto port %u", port);
}
