// SPDX-License-Identifier: GPL-2.0
/*
 * The life of one play: names given to ports and sockets, what has to be
 * closed and restored, and the way out when a step fails.
 */
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Every play has its own ports: late segments of an earlier one cannot count. */
#define FIRST_PORT	20000

static uint16_t next_port = FIRST_PORT;

/* End the play: some step could not be done. */
void play_fail(struct play *p, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->why, sizeof(p->why), fmt, ap);
	va_end(ap);
	if (saved && n > 0 && (size_t)n < sizeof(p->why))
		snprintf(p->why + n, sizeof(p->why) - n, " (%s)", strerror(saved));
	longjmp(p->failed, 1);
}

/* End the play: this kernel was built without what it needs. */
void play_skip(struct play *p, const char *config)
{
	p->missing = config;
	errno = 0;
	play_fail(p, "needs %s", config);
}

static void name(struct play *p, struct name *list, unsigned int *nr, size_t max,
		 const char *text, uint64_t value)
{
	errno = 0;
	if (*nr == max)
		play_fail(p, "too many names, no room for %s", text);
	snprintf(list[*nr].text, sizeof(list[*nr].text), "%s", text);
	list[(*nr)++].value = value;
}

/* Give a port of the play a name, so that rows can speak of it. */
void play_name_port(struct play *p, const char *text, uint16_t port)
{
	name(p, p->ports, &p->ports_nr, ARRAY_SIZE(p->ports), text, port);
}

/* A port that nobody has used before. */
uint16_t play_spare_port(void)
{
	return next_port++;
}

/* The same, under a name. */
uint16_t play_port(struct play *p, const char *text)
{
	uint16_t port = play_spare_port();

	play_name_port(p, text, port);
	return port;
}

/* A cookie that was learned otherwise than from a socket that we hold. */
void play_add_cookie(struct play *p, const char *text, uint64_t cookie)
{
	name(p, p->cookies, &p->cookies_nr, ARRAY_SIZE(p->cookies), text, cookie);
}

/* Give a socket a name: rows then mean its SO_COOKIE. */
void play_name_cookie(struct play *p, const char *text, int fd)
{
	socklen_t len = sizeof(uint64_t);
	uint64_t cookie = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) || !cookie)
		play_fail(p, "no cookie of %s", text);
	play_add_cookie(p, text, cookie);
}

/* Close this one when the play is over. */
int play_keep(struct play *p, int fd)
{
	if (fd < 0)
		play_fail(p, "no socket");
	if (p->fds_nr == ARRAY_SIZE(p->fds)) {
		close(fd);
		play_fail(p, "too many sockets");
	}
	p->fds[p->fds_nr++] = fd;
	return fd;
}

static int sysctl_access(bool in_client, const char *path, char *old, size_t size,
			 const char *value)
{
	char full[128];
	ssize_t n = 0;
	int fd;

	if (place_enter(in_client))
		return -1;
	snprintf(full, sizeof(full), "/proc/sys/net/%s", path);
	fd = open(full, O_RDWR | O_CLOEXEC);
	place_enter(false);
	if (fd < 0)
		return -1;
	if (old) {
		n = read(fd, old, size - 1);
		old[n > 0 ? n : 0] = '\0';
	}
	if (n >= 0)
		n = pwrite(fd, value, strlen(value), 0);
	close(fd);
	return n < 0 ? -1 : 0;
}

/* bpf(2), if the kernel was built with it. */
int play_bpf(struct play *p, int command, union bpf_attr *attr)
{
	int ret = syscall(SYS_bpf, command, attr, sizeof(*attr));

	if (ret < 0 && errno == ENOSYS)
		play_skip(p, "CONFIG_BPF_SYSCALL");
	return ret;
}

/* A setting that is there only if the kernel was built with @config. */
void play_need_sysctl(struct play *p, const char *path, const char *config)
{
	char full[128];

	snprintf(full, sizeof(full), "/proc/sys/net/%s", path);
	if (access(full, F_OK) && errno == ENOENT)
		play_skip(p, config);
}

/* Change a sysctl of one of our own namespaces until the play is over. */
void play_sysctl(struct play *p, enum end side, const char *path, const char *value)
{
	bool in_client = side == CLIENT && p->place != PLACE_LO;
	unsigned int i = p->sysctls_nr;

	if (i == ARRAY_SIZE(p->sysctls))
		play_fail(p, "too many sysctls");
	p->sysctls[i].in_client = in_client;
	snprintf(p->sysctls[i].path, sizeof(p->sysctls[i].path), "%s", path);
	if (sysctl_access(in_client, path, p->sysctls[i].old, sizeof(p->sysctls[i].old),
			  value))
		play_fail(p, "sysctl %s = %s", path, value);
	p->sysctls_nr++;
}

/* Play an exchange. False: it failed, and p->why says at what. */
bool play_run(struct play *p, const struct exchange *x, const char *on)
{
	char kind = on[strlen(on) - 1];

	memset(p, 0, sizeof(*p));
	p->exchange = x;
	p->on = on;
	p->place = place_named(on);
	p->family = kind == '6' ? AF_INET6 : AF_INET;
	p->domain = kind == '4' ? AF_INET : AF_INET6;
	if (setjmp(p->failed))
		return false;
	errno = 0;
	if (p->place == PLACE_NR)
		play_fail(p, "no such place");
	special_prepare(p);
	puppet_begin(p);
	x->run(p);
	ep_settle(p);
	return true;
}

/*
 * Leave nothing behind. Closing with an abort, or else orphans would go on
 * retransmitting for minutes.
 */
void play_end(struct play *p)
{
	const struct linger abort_it = { .l_onoff = 1 };
	unsigned int i;

	for (i = 0; i < p->fds_nr; i++) {
		setsockopt(p->fds[i], SOL_SOCKET, SO_LINGER, &abort_it, sizeof(abort_it));
		close(p->fds[i]);
	}
	for (i = p->sysctls_nr; i-- > 0;)
		sysctl_access(p->sysctls[i].in_client, p->sysctls[i].path, NULL, 0,
			      p->sysctls[i].old);
}
