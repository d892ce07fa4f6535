// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets at random on one port, and one segment to that.
 *
 * Many are bound so that they could get the segment, others nearly so. What the
 * kernel does not let stand together is left out.
 */
#define _GNU_SOURCE
#include "explain.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct target targets[] = {
	{ AF_INET, "127.0.0.1", "127.0.0.1", DEV_LO, false },
	{ AF_INET, "127.0.0.2", "127.0.0.1", DEV_LO, false },
	{ AF_INET, "10.1.1.1", "10.1.1.1", DEV_V1, false },
	{ AF_INET, "10.1.1.1", "10.1.1.2", DEV_V1, true },
	{ AF_INET, "10.2.2.1", "10.2.2.2", DEV_V2, true },
	{ AF_INET6, "::1", "::1", DEV_LO, false },
	{ AF_INET6, "fd01::1", "fd01::1", DEV_V1, false },
	{ AF_INET6, "fd01::1", "fd01::2", DEV_V1, true },
	{ AF_INET6, "fd02::1", "fd02::2", DEV_V2, true },
};

static const char *const others4[] = { "127.0.0.1", "127.0.0.3", "10.1.1.1", "10.2.2.1" };
static const char *const others6[] = { "::1", "fd01::1", "fd02::1" };

/**
 * struct plan - what the sockets of a population have in common
 * @reuseport: of these, per cent
 * @reuseaddr: all have SO_REUSEADDR, which lets plain UDP sockets stand together
 * @device: are bound to one
 * @right_device: of these, to that which the segment comes in on
 * @cpu: have SO_INCOMING_CPU
 * @connected: are connected, UDP
 * @fitting: have an address that fits
 */
struct plan {
	unsigned int reuseport;
	bool reuseaddr;
	unsigned int device;
	unsigned int right_device;
	unsigned int cpu;
	unsigned int connected;
	unsigned int fitting;
};

static void make_plan(struct plan *plan)
{
	plan->reuseport = chance(60) ? 100 : below(70);
	plan->reuseaddr = chance(40);
	if (plan->reuseaddr && chance(50))
		plan->reuseport = 0;
	plan->device = chance(50) ? 0 : 10 + below(50);
	plan->right_device = 70;
	plan->cpu = chance(65) ? 0 : 20 + below(60);
	plan->connected = chance(60) ? 0 : 10 + below(60);
	plan->fitting = 50 + below(50);
	/* Most that is refused has something near. */
	if (chance(15)) {
		plan->fitting = 0;
	} else if (chance(15)) {
		plan->device = 100;
		plan->right_device = 0;
	}
}

static int set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

/* In the form that the socket's family wants; "" for one that does not fit. */
static void choose_address(const struct target *t, const struct plan *plan, int family,
			   char text[ENDPOINT_LEN])
{
	const char *mapped = family == AF_INET6 && t->family == AF_INET ? "::ffff:" : "";

	if (chance(plan->fitting)) {
		if (chance(60))
			snprintf(text, ENDPOINT_LEN, "%s",
				 family == AF_INET6 ? (*mapped && chance(10) ? "::ffff:0.0.0.0" :
						       "::") : "0.0.0.0");
		else if (family == t->family || *mapped)
			snprintf(text, ENDPOINT_LEN, "%s%s", mapped, t->local);
		else
			snprintf(text, ENDPOINT_LEN, "0.0.0.0");
		return;
	}
	if (family == AF_INET)
		snprintf(text, ENDPOINT_LEN, "%s", others4[below(ARRAY_SIZE(others4))]);
	else if (*mapped && chance(50))
		snprintf(text, ENDPOINT_LEN, "::ffff:%s", others4[below(ARRAY_SIZE(others4))]);
	else
		snprintf(text, ENDPOINT_LEN, "%s", others6[below(ARRAY_SIZE(others6))]);
}

static void choose_device(struct population *p, const struct plan *plan, int fd)
{
	unsigned int device;

	if (!chance(plan->device))
		return;
	device = p->target->device;
	if (!chance(plan->right_device))
		device = 1 + (device + below(DEV_NR - 2)) % (DEV_NR - 1);
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device_names[device],
		       strlen(device_names[device]) + 1))
		bail("SO_BINDTODEVICE");
	p->has_device = true;
}

static void choose_options(struct population *p, const struct plan *plan, int family, int fd)
{
	if (chance(plan->reuseport) && set(fd, SOL_SOCKET, SO_REUSEPORT, 1))
		bail("SO_REUSEPORT");
	if (plan->reuseaddr && p->type == SOCK_DGRAM && set(fd, SOL_SOCKET, SO_REUSEADDR, 1))
		bail("SO_REUSEADDR");
	if (family == AF_INET6 && chance(30)) {
		if (set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1))
			bail("IPV6_V6ONLY");
		p->has_v6only = true;
	} else if (family == AF_INET6 && p->target->family == AF_INET) {
		p->has_dual = true;
	}
	if (chance(plan->cpu)) {
		if (set(fd, SOL_SOCKET, SO_INCOMING_CPU, below(place_cpus())))
			bail("SO_INCOMING_CPU");
		p->has_cpu = true;
	}
	choose_device(p, plan, fd);
}

/* To the client that is going to send, or to nearly that one. */
static void choose_peer(struct population *p, int family, int fd)
{
	union address a;
	socklen_t len = sizeof(a);
	char text[ENDPOINT_LEN];

	if (family != p->target->family && !(family == AF_INET6 && chance(50)))
		return;
	snprintf(text, sizeof(text), "%s%s", family != p->target->family ? "::ffff:" : "",
		 p->target->foreign);
	len = address_set(&a, text, sock_port(p->client) + chance(30));
	if (!connect(fd, &a.sa, len))
		p->has_connected = true;
}

/* False if the kernel does not let it stand beside the others. */
static bool add(struct population *p, const struct plan *plan)
{
	int family = chance(p->target->family == AF_INET ? 25 : 85) ? AF_INET6 : AF_INET;
	int fd = socket(family, p->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	char address[ENDPOINT_LEN];
	union address a;
	socklen_t len;

	if (fd < 0)
		bail("socket");
	choose_options(p, plan, family, fd);
	choose_address(p->target, plan, family, address);
	len = address_set(&a, address, p->port);
	if (bind(fd, &a.sa, len)) {
		close(fd);
		return false;
	}
	if (p->type == SOCK_DGRAM && chance(plan->connected))
		choose_peer(p, family, fd);
	p->fd[p->nr++] = fd;
	return true;
}

/* In another order than that of bind(). */
static void listen_all(struct population *p)
{
	unsigned int i, j, kept = 0;
	int fd;

	for (i = p->nr; i > 1; i--) {
		j = below(i);
		fd = p->fd[j];
		p->fd[j] = p->fd[i - 1];
		p->fd[i - 1] = fd;
	}
	for (i = 0; i < p->nr; i++) {
		if (!listen(p->fd[i], 8))
			p->fd[kept++] = p->fd[i];
		else
			close(p->fd[i]);
	}
	p->nr = kept;
}

static int make_client(const struct population *p)
{
	const struct linger abort_it = { .l_onoff = 1 };
	union address a;
	socklen_t len = address_set(&a, p->target->foreign, 0);
	int fd;

	if (p->target->is_remote)
		place_client();
	fd = socket(p->target->family, p->type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->target->is_remote)
		place_server();
	if (fd < 0 || bind(fd, &a.sa, len))
		bail("a client on %s", p->target->foreign);
	if (p->type == SOCK_STREAM &&
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_it, sizeof(abort_it)))
		bail("SO_LINGER");
	return fd;
}

void population_make(struct population *p)
{
	unsigned int wanted = 2 + below(SOCKETS_MAX - 1), tries;
	struct plan plan;

	memset(p, 0, sizeof(*p));
	make_plan(&plan);
	p->type = chance(50) ? SOCK_STREAM : SOCK_DGRAM;
	p->port = 20000 + below(40000);
	p->target = &targets[below(ARRAY_SIZE(targets))];
	p->client = make_client(p);
	for (tries = 0; tries < 2 * SOCKETS_MAX && p->nr < wanted; tries++)
		add(p, &plan);
	if (p->type == SOCK_STREAM)
		listen_all(p);
}

void population_question(const struct population *p, unsigned int cpu, char text[QUESTION_LEN])
{
	char foreign[ENDPOINT_LEN], local[ENDPOINT_LEN];
	union address a;
	size_t n;

	sock_name(p->client, foreign);
	address_set(&a, p->target->local, p->port);
	address_format(&a, local);
	n = snprintf(text, QUESTION_LEN, "%s %s %s", p->type == SOCK_STREAM ? "tcp" : "udp",
		     foreign, local);
	if (chance(30))
		n += snprintf(text + n, QUESTION_LEN - n, " dev %s",
			      device_names[p->target->device]);
	if (chance(50))
		snprintf(text + n, QUESTION_LEN - n, " cpu %u", cpu);
}

/* Who has something to read, or to accept? */
static bool find_receiver(const struct population *p, int timeout_ms, uint64_t *cookie)
{
	struct pollfd pfd[SOCKETS_MAX + 1];
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		pfd[i] = (struct pollfd){ .fd = p->fd[i], .events = POLLIN };
	pfd[p->nr] = (struct pollfd){ .fd = p->client };
	if (poll(pfd, p->nr + 1, timeout_ms) < 1)
		return false;
	*cookie = 0;
	for (i = 0; i < p->nr; i++)
		if (pfd[i].revents & POLLIN) {
			*cookie = sock_cookie(p->fd[i]);
			return true;
		}
	/* The client has had an error: refused. */
	return pfd[p->nr].revents & (POLLERR | POLLHUP);
}

/*
 * Send what the question was about; the cookie of the socket that got it, 0 if
 * it was refused. False: neither.
 */
bool population_send(const struct population *p, uint64_t *cookie)
{
	union address a;
	socklen_t len = address_set(&a, p->target->local, p->port);

	if (connect(p->client, &a.sa, len) && errno != EINPROGRESS) {
		*cookie = 0;
		return errno == ECONNREFUSED;
	}
	if (p->type == SOCK_DGRAM && send(p->client, "x", 1, 0) != 1)
		bail("send");
	return find_receiver(p, 2000, cookie);
}

void population_close(struct population *p)
{
	const struct linger abort_it = { .l_onoff = 1 };
	unsigned int i;
	int fd;

	for (i = 0; i < p->nr; i++) {
		while (p->type == SOCK_STREAM &&
		       (fd = accept4(p->fd[i], NULL, NULL, SOCK_CLOEXEC)) >= 0) {
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort_it, sizeof(abort_it));
			close(fd);
		}
		close(p->fd[i]);
	}
	close(p->client);
}
