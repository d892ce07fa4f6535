// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces, and what the kernel does in them later than it was asked to.
 */
#define _GNU_SOURCE
#include "check.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define ADDRESS_LEN	33	/* 32 digits */

/* The one that we are in. */
void netns_here(struct netns *ns)
{
	struct stat st;

	ns->fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (ns->fd < 0 || fstat(ns->fd, &st))
		bail("/proc/self/ns/net");
	ns->inum = st.st_ino;
}

/* Make one with lo up, and go there. */
void netns_new(struct netns *ns)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET))
		bail("no network namespace");
	netns_here(ns);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		bail("lo");
	close(fd);
	/* The client's ports, and queues that do not decide a test. A container may not set all. */
	sysctl_set("net/ipv4/ip_local_port_range", "10000 65000");
	sysctl_set("net/core/somaxconn", "65535");
	sysctl_set("net/ipv4/tcp_max_syn_backlog", "65535");
}

void netns_enter(const struct netns *ns)
{
	if (setns(ns->fd, CLONE_NEWNET))
		bail("setns");
}

/* Is it this host's own by that device? */
static bool has_route(const char *address, const char *device)
{
	char line[256], to[ADDRESS_LEN], by[IF_NAMESIZE];
	FILE *f = fopen("/proc/net/ipv6_route", "re");
	bool is_there = false;

	while (f && !is_there && fgets(line, sizeof(line), f))
		is_there = sscanf(line, "%32s 80 %*s %*s %*s %*s %*s %*s %*s %15s", to, by) == 2 &&
			   !strcmp(to, address) && !strcmp(by, device);
	if (f)
		fclose(f);
	return is_there;
}

/* The next address that has none: false if each has. */
static bool lacks_route(char address[ADDRESS_LEN])
{
	FILE *f = fopen("/proc/net/if_inet6", "re");
	char line[256], device[IF_NAMESIZE];
	bool lacks = false;

	while (f && !lacks && fgets(line, sizeof(line), f))
		lacks = sscanf(line, "%32s %*s %*s %*s %*s %15s", address, device) == 2 &&
			!has_route(address, device);
	if (f)
		fclose(f);
	return lacks;
}

/* A worker of the kernel's makes the route of an address of IPv6 after the command that adds it has ended. */
void netns_settle(void)
{
	char address[ADDRESS_LEN];
	unsigned int ms;

	for (ms = 0; lacks_route(address); ms++) {
		if (ms == STEP_MS * patience)
			bail("no route to %s", address);
		pause_ms(1);
	}
}
