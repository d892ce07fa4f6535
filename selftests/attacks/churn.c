// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces that come and go, each with some traffic, and with all files of
 * the module open and partly read, if it is there at the time. What a namespace
 * has open is closed when it has ended, that of the last KEEP ones later still.
 *
 * Prints "made=N opened=N": namespaces and files.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define KEEP_MAX	64

static const char *const names[] = {
	"counters", "listeners", "connections", "refused", "log", "log_pipe", "filter", "hooks",
	"explain",
};

struct opened {
	int fd[ARRAY_SIZE(names)];
};

static unsigned long opened_nr;

static void open_files(struct opened *o)
{
	char path[64], some[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), FILES "%s", names[i]);
		o->fd[i] = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (o->fd[i] < 0)
			continue;
		opened_nr++;
		/* The module may leave between the two. */
		if (read(o->fd[i], some, sizeof(some)) < 0)
			continue;
	}
}

static void close_files(struct opened *o)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (o->fd[i] > 0)
			close(o->fd[i]);
}

static void play(void)
{
	int listener = tcp_listen(LOCALHOST, 0, 4), udp = udp_bind(0);
	int client = tcp_connect(socket_port(listener)), server = tcp_accept(listener);

	udp_send(udp, socket_port(udp));
	close(client);
	close(server);
	close(listener);
	close(udp);
}

int churn_main(int argc, char **argv)
{
	static struct opened kept[KEEP_MAX];
	unsigned long i, nr, keep;

	if (argc != 3)
		return 2;
	nr = number(argv[1]);
	keep = number(argv[2]);
	if (!keep || keep > KEEP_MAX)
		return 2;
	raise_files();
	own_users(0);
	for (i = 0; i < nr; i++) {
		own_network();
		play();
		close_files(&kept[i % keep]);
		open_files(&kept[i % keep]);
	}
	say("made=%lu opened=%lu", i, opened_nr);
	return 0;
}
