// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces that come and go: each gets lo, a listener with a connection that
 * is accepted and one that is not, and some datagrams, and is left with all of
 * them open or closed.
 *
 * Prints "made=N".
 */
#define _GNU_SOURCE
#include "faults.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct sockaddr_in address = {
	.sin_family = AF_INET,
	.sin_port = 0x581b,	/* 7000 */
	.sin_addr.s_addr = 0x0100007f,
};

static int new_socket(int type)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

static void raise_lo(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = new_socket(SOCK_DGRAM);

	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		die("lo");
	close(fd);
}

static int connected(int type)
{
	int fd = new_socket(type);

	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)))
		die("connect");
	return fd;
}

static void play(int keep[5])
{
	keep[0] = new_socket(SOCK_STREAM);
	keep[1] = new_socket(SOCK_DGRAM);
	if (bind(keep[0], (const struct sockaddr *)&address, sizeof(address)) ||
	    bind(keep[1], (const struct sockaddr *)&address, sizeof(address)) ||
	    listen(keep[0], 2))
		die("server");
	keep[2] = connected(SOCK_STREAM);
	keep[3] = accept(keep[0], NULL, NULL);
	if (keep[3] < 0)
		die("accept");
	keep[4] = connected(SOCK_STREAM);
	close(connected(SOCK_DGRAM));
	if (sendto(keep[1], "x", 1, 0, (const struct sockaddr *)&address, sizeof(address)) != 1)
		die("sendto");
}

int netns_main(int argc, char **argv)
{
	unsigned long i, nr;
	int keep[5], k;

	if (argc != 2)
		return 2;
	nr = number(argv[1]);
	for (i = 0; i < nr; i++) {
		if (unshare(CLONE_NEWNET))
			die("unshare");
		raise_lo();
		play(keep);
		for (k = 0; k < 5; k++)
			close(keep[k]);
	}
	printf("made=%lu\n", i);
	return 0;
}
