// SPDX-License-Identifier: GPL-2.0
/*
 * TCP without a listener, and connections whose owner is busy.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void refused(struct play *p)
{
	uint16_t nobody = play_port(p, "n");
	int c = ep_connect(p, "C", play_port(p, "c"), nobody);

	ep_wait(p, c, POLLERR);
}

/* Segments to a port where nothing is. Only the RSTs get no answer. */
static void nobody(struct play *p)
{
	static const uint8_t flags[] = { RST, RST | ACK, ACK, SYN | ACK, FIN | ACK };
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "n"), .seq = 1 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		puppet_send(p, &t, flags[i], 0);
}

/* A socket that connects to its own address and port reaches itself. */
static void self_connect(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int s = ep_socket(p, SERVER, SOCK_STREAM);

	ep_bind(p, s, SERVER, port);
	play_name_cookie(p, "S", s);
	ep_connect_to(p, s, SERVER, port);
	ep_wait(p, s, POLLOUT);
	ep_write(p, s, 5);
	ep_read(p, s, 5);
}

/* Both ends send a SYN before they see the other's. */
static void simultaneous_open(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	int s = ep_socket(p, SERVER, SOCK_STREAM);

	ep_bind(p, s, SERVER, t.to);
	play_name_cookie(p, "S", s);
	ep_connect_to(p, s, PUPPET, t.from);
	puppet_expect(p, &t, SYN);
	puppet_send(p, &t, SYN, 0);
	puppet_expect(p, &t, SYN | ACK);
	t.seq--;
	puppet_send(p, &t, SYN | ACK, 0);
}

struct reader {
	int fd;
	char *page;
	ssize_t got;
};

static void *read_into_page(void *arg)
{
	struct reader *r = arg;

	r->got = recv(r->fd, r->page, 1, 0);
	return NULL;
}

/* A page whose first touch waits until we say so. Return: userfaultfd */
static int make_page(struct play *p, char **page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	size_t size = sysconf(_SC_PAGESIZE);
	int fd = play_keep(p, syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));

	*page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (uintptr_t)*page;
	reg.range.len = size;
	if (*page == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &reg))
		play_fail(p, "userfaultfd");
	return fd;
}

/*
 * The reader of A stands in recv() at a page fault, and so holds the socket
 * for as long as we like: data that comes meanwhile goes to the backlog.
 */
static void hold(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	int c = ep_connect(p, "C", play_port(p, "c"), port);
	struct reader r = { .fd = ep_accept(p, "A", l) };
	int fault = make_page(p, &r.page);
	struct uffdio_zeropage zero = { 0 };
	pthread_t thread;

	ep_write(p, c, 1);
	errno = pthread_create(&thread, NULL, read_into_page, &r);
	if (errno)
		play_fail(p, "pthread_create");
	ep_wait(p, fault, POLLIN);
	ep_write(p, c, 2);
	ep_settle(p);
	zero.range.start = (uintptr_t)r.page;
	zero.range.len = sysconf(_SC_PAGESIZE);
	if (ioctl(fault, UFFDIO_ZEROPAGE, &zero))
		play_fail(p, "UFFDIO_ZEROPAGE");
	pthread_join(thread, NULL);
	munmap(r.page, zero.range.len);
	if (r.got != 1)
		play_fail(p, "the reader got %zd bytes", r.got);
	ep_read(p, r.fd, 2);
}

const struct exchange tcp_exchanges[] = {
	{ "tcp-refused", refused },
	{ "tcp-nobody", nobody },
	{ "tcp-self", self_connect },
	{ "tcp-simultaneous", simultaneous_open },
	{ "tcp-hold", hold },
	{ }
};
