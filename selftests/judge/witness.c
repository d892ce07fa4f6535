// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into a program, tells which of its sockets received what: one line for each connection that
 * it accepts, each datagram, and each piece of a stream, in the file that TPW_WITNESS names.
 *
 *	TIME_NS NETNS accept|datagram|stream FOREIGN LOCAL COOKIE LISTENER
 *
 * The kernel hands over what it received only through these calls. They are made here anew and not
 * passed on, so that nothing depends on how the C library is built.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define END_LEN	64

union end {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_storage room;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Sockets are where their thread was when it made them; the programs to be judged stay there. */
static uint64_t netns(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : st.st_ino;
}

static int option(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) ? -1 : value;
}

static uint64_t cookie(int fd)
{
	socklen_t len = sizeof(uint64_t);
	uint64_t value;

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &value, &len) ? 0 : value;
}

/* As tuplewatch has it: a mapped address is what came over the wire. */
static void format(const union end *end, char text[END_LEN])
{
	char address[INET6_ADDRSTRLEN];

	if (end->any.sa_family == AF_INET) {
		inet_ntop(AF_INET, &end->in.sin_addr, address, sizeof(address));
		snprintf(text, END_LEN, "%s:%u", address, ntohs(end->in.sin_port));
	} else if (IN6_IS_ADDR_V4MAPPED(&end->in6.sin6_addr)) {
		inet_ntop(AF_INET, &end->in6.sin6_addr.s6_addr[12], address, sizeof(address));
		snprintf(text, END_LEN, "%s:%u", address, ntohs(end->in6.sin6_port));
	} else {
		inet_ntop(AF_INET6, &end->in6.sin6_addr, address, sizeof(address));
		snprintf(text, END_LEN, "[%s]:%u", address, ntohs(end->in6.sin6_port));
	}
}

static void testify(const char *what, const union end *foreign, const union end *local,
		    uint64_t receiver, uint64_t listener)
{
	const char *path = getenv("TPW_WITNESS");
	char from[END_LEN], to[END_LEN], line[512];
	int file, len;

	if (!path)
		return;
	format(foreign, from);
	format(local, to);
	len = snprintf(line, sizeof(line), "%" PRIu64 " %" PRIu64 " %s %s %s %" PRIx64 " %" PRIx64 "\n",
		       now_ns(), netns(), what, from, to, receiver, listener);
	file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (file < 0 || write(file, line, len) != len)
		abort();
	close(file);
}

static bool is_inet(int fd)
{
	int domain = option(fd, SO_DOMAIN);

	return domain == AF_INET || domain == AF_INET6;
}

static void saw_connection(const char *what, int fd, uint64_t listener)
{
	union end foreign, local;
	socklen_t foreign_len = sizeof(foreign), local_len = sizeof(local);

	if (!getpeername(fd, &foreign.any, &foreign_len) && !getsockname(fd, &local.any, &local_len))
		testify(what, &foreign, &local, cookie(fd), listener);
}

static void saw_datagram(int fd, const union end *foreign)
{
	union end local;
	socklen_t len = sizeof(local);

	if (!getsockname(fd, &local.any, &len))
		testify("datagram", foreign, &local, cookie(fd), 0);
}

static void saw(int fd, const struct msghdr *msg, int flags)
{
	int error = errno;

	if (!(flags & (MSG_ERRQUEUE | MSG_PEEK)) && is_inet(fd)) {
		if (option(fd, SO_PROTOCOL) == IPPROTO_TCP)
			saw_connection("stream", fd, 0);
		else if (option(fd, SO_PROTOCOL) == IPPROTO_UDP && msg->msg_namelen)
			saw_datagram(fd, msg->msg_name);
	}
	errno = error;
}

/* Who sent it is wanted here even if the program does not ask. */
static ssize_t receive(int fd, struct msghdr *msg, int flags)
{
	bool is_ours = !msg->msg_name;
	union end from;
	ssize_t n;

	if (is_ours) {
		msg->msg_name = &from;
		msg->msg_namelen = sizeof(from);
	}
	n = syscall(SYS_recvmsg, fd, msg, flags);
	if (n >= 0)
		saw(fd, msg, flags);
	if (is_ours) {
		msg->msg_name = NULL;
		msg->msg_namelen = 0;
	}
	return n;
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	return receive(fd, msg, flags);
}

ssize_t recvfrom(int fd, void *restrict buf, size_t size, int flags, struct sockaddr *restrict addr,
		 socklen_t *restrict len)
{
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = {
		.msg_name = addr, .msg_namelen = addr ? *len : 0, .msg_iov = &iov, .msg_iovlen = 1,
	};
	ssize_t n = receive(fd, &msg, flags);

	if (addr && n >= 0)
		*len = msg.msg_namelen;
	return n;
}

ssize_t recv(int fd, void *buf, size_t size, int flags)
{
	return recvfrom(fd, buf, size, flags, NULL, NULL);
}

ssize_t read(int fd, void *buf, size_t size)
{
	int error = errno;
	bool is_socket = is_inet(fd);

	errno = error;
	return is_socket ? recvfrom(fd, buf, size, 0, NULL, NULL) : syscall(SYS_read, fd, buf, size);
}

/* One at a time is what a caller must expect anyway. */
int recvmmsg(int fd, struct mmsghdr *msgs, unsigned int nr, int flags, struct timespec *timeout)
{
	ssize_t n;

	(void)timeout;
	if (!nr)
		return 0;
	n = receive(fd, &msgs->msg_hdr, flags & ~MSG_WAITFORONE);
	if (n < 0)
		return -1;
	msgs->msg_len = n;
	return 1;
}

int accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict len, int flags)
{
	int child = syscall(SYS_accept4, fd, addr, len, flags), error = errno;

	if (child >= 0 && is_inet(child))
		saw_connection("accept", child, cookie(fd));
	errno = error;
	return child;
}

int accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	return accept4(fd, addr, len, 0);
}
