// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets as the topics use them. What cannot be done ends the topic.
 */
#define _GNU_SOURCE
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

socklen_t address_len(const union address *a)
{
	return a->sa.sa_family == AF_INET ? sizeof(a->in) : sizeof(a->in6);
}

socklen_t address_set(union address *a, const char *text, uint16_t port)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &a->in.sin_addr) == 1) {
		a->sa.sa_family = AF_INET;
		a->in.sin_port = htons(port);
	} else if (inet_pton(AF_INET6, text, &a->in6.sin6_addr) == 1) {
		a->sa.sa_family = AF_INET6;
		a->in6.sin6_port = htons(port);
	} else {
		bail("address %s", text);
	}
	return address_len(a);
}

/* As the tables print it. */
void address_format(const union address *a, char text[ENDPOINT_LEN])
{
	char ip[INET6_ADDRSTRLEN];

	if (a->sa.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->in.sin_addr, ip, sizeof(ip));
		snprintf(text, ENDPOINT_LEN, "%s:%u", ip, ntohs(a->in.sin_port));
	} else {
		inet_ntop(AF_INET6, &a->in6.sin6_addr, ip, sizeof(ip));
		snprintf(text, ENDPOINT_LEN, "[%s]:%u", ip, ntohs(a->in6.sin6_port));
	}
}

static void option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		bail("setsockopt %d:%d", level, name);
}

int sock_new(int family, int type, unsigned int options)
{
	const struct linger abort_it = { .l_onoff = 1 };
	int flags = SOCK_CLOEXEC | (options & OPT_NONBLOCK ? SOCK_NONBLOCK : 0);
	int fd = socket(family, type | flags, options & OPT_MPTCP ? IPPROTO_MPTCP : 0);

	if (fd < 0)
		bail("socket");
	if (type == SOCK_STREAM && !(options & OPT_NO_ABORT) &&
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_it, sizeof(abort_it)))
		bail("SO_LINGER");
	if (options & OPT_REUSEPORT)
		option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (options & OPT_V6ONLY)
		option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (options & OPT_LO && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3))
		bail("SO_BINDTODEVICE");
	return fd;
}

int sock_bound(const char *address, uint16_t port, int type, unsigned int options)
{
	union address a;
	socklen_t len = address_set(&a, address, port);
	int fd = sock_new(a.sa.sa_family, type, options);

	option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(fd, &a.sa, len))
		bail("bind %s %u", address, port);
	return fd;
}

/* Non-blocking, so that all that waits can be accepted and no more. */
int sock_listen(const char *address, uint16_t port, unsigned int options, int backlog)
{
	int fd = sock_bound(address, port, SOCK_STREAM, options | OPT_NONBLOCK);

	if (listen(fd, backlog))
		bail("listen %s %u", address, port);
	return fd;
}

/* Connected when it returns. */
int sock_connect(const char *address, uint16_t port, unsigned int options)
{
	union address a;
	socklen_t len = address_set(&a, address, port);
	int fd = sock_new(a.sa.sa_family, SOCK_STREAM, options);

	if (connect(fd, &a.sa, len))
		bail("connect %s %u", address, port);
	return fd;
}

/* Its SYN has been sent when it returns. */
int sock_try_connect(const char *address, uint16_t port, unsigned int options)
{
	union address a;
	socklen_t len = address_set(&a, address, port);
	int fd = sock_new(a.sa.sa_family, SOCK_STREAM, options | OPT_NONBLOCK);

	if (connect(fd, &a.sa, len) && errno != EINPROGRESS && errno != ECONNREFUSED)
		bail("connect %s %u", address, port);
	return fd;
}

/* Its SYN has been answered with a RST when it returns. */
void sock_refused(const char *address, uint16_t port)
{
	union address a;
	socklen_t len = address_set(&a, address, port);
	int fd = sock_new(a.sa.sa_family, SOCK_STREAM, 0);

	if (!connect(fd, &a.sa, len) || errno != ECONNREFUSED)
		bail("%s %u does not refuse", address, port);
	close(fd);
}

/* Its SYN, with a byte of data, has been sent when it returns. */
int sock_fast_open(const char *address, uint16_t port, unsigned int options)
{
	union address a;
	socklen_t len = address_set(&a, address, port);
	int fd = sock_new(a.sa.sa_family, SOCK_STREAM, options | OPT_NONBLOCK);

	if (sendto(fd, "x", 1, MSG_FASTOPEN, &a.sa, len) != 1 && errno != EINPROGRESS)
		bail("MSG_FASTOPEN %s %u", address, port);
	return fd;
}

/* -1 if nothing waits. */
int sock_try_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0 && errno != EAGAIN)
		bail("accept");
	return fd;
}

int sock_accept(int listener)
{
	struct pollfd pfd = { .fd = listener, .events = POLLIN };

	if (poll(&pfd, 1, STEP_MS) != 1)
		bail("nothing to accept");
	return sock_try_accept(listener);
}

static void attach(int fd, struct sock_filter *code, unsigned short len)
{
	struct sock_fprog prog = { .len = len, .filter = code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)))
		bail("SO_ATTACH_FILTER");
}

/* A listener that loses the last ACK of every handshake. */
void sock_drop_all_but_syns(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),		/* TCP's flags */
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 2, 0, 1),	/* SYN */
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};

	attach(fd, code, ARRAY_SIZE(code));
}

void sock_drop_all(int fd)
{
	struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, 0);

	attach(fd, &code, 1);
}

void sock_undrop(int fd)
{
	option(fd, SOL_SOCKET, SO_DETACH_FILTER, 0);
}

uint64_t sock_cookie(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) || !cookie)
		bail("SO_COOKIE");
	return cookie;
}

void sock_name(int fd, char text[ENDPOINT_LEN])
{
	union address a;
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.sa, &len))
		bail("getsockname");
	address_format(&a, text);
}

void sock_peer(int fd, char text[ENDPOINT_LEN])
{
	union address a;
	socklen_t len = sizeof(a);

	if (getpeername(fd, &a.sa, &len))
		bail("getpeername");
	address_format(&a, text);
}

uint16_t sock_port(int fd)
{
	union address a;
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.sa, &len))
		bail("getsockname");
	return ntohs(a.sa.sa_family == AF_INET ? a.in.sin_port : a.in6.sin6_port);
}
