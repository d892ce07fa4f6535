// SPDX-License-Identifier: GPL-2.0
/*
 * A flood, and one in the same namespace who follows it by read() or poll().
 *
 * Prints "sent=N rows=N lost=N wakes=N ms=N late_ms=N": how often the follower
 * slept and was woken while the flood went on, how long that was, and how long
 * after its end he had all of it. A thousand more if he never had.
 */
#define _GNU_SOURCE
#include "attacks.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS	2000
#define GAP_NS		20000	/* in which the follower gets to sleep again */
#define LINE_LEN	1024

static int file;
static bool is_poller;
static atomic_int follower;
static atomic_ulong rows, lost;

static void count_line(const char *line)
{
	static const char remark[] = "# lost ";

	if (!strncmp(line, remark, sizeof(remark) - 1))
		lost += strtoul(line + sizeof(remark) - 1, NULL, 10);
	else if (*line >= '0' && *line <= '9')
		rows++;
}

/* Lines may end in the next read. */
static void count_lines(const char *data, size_t len)
{
	static char line[LINE_LEN];
	static size_t at;
	size_t i;

	for (i = 0; i < len; i++) {
		if (data[i] != '\n') {
			if (at < LINE_LEN - 1)
				line[at++] = data[i];
			continue;
		}
		line[at] = '\0';
		at = 0;
		count_line(line);
	}
}

static void *follow(void *unused)
{
	struct pollfd p = { .fd = file, .events = POLLIN };
	static char data[64 << 10];
	ssize_t n;

	(void)unused;
	follower = thread_id();
	for (;;) {
		if (is_poller && poll(&p, 1, -1) != 1)
			die("poll");
		n = read(file, data, sizeof(data));
		if (n <= 0)
			die("read");
		count_lines(data, n);
	}
	return NULL;
}

static void start_follower(void)
{
	pthread_t thread;

	file = open(FILES "log_pipe", O_RDONLY | O_CLOEXEC);
	if (file < 0)
		die("log_pipe");
	if (pthread_create(&thread, NULL, follow, NULL))
		die("pthread_create");
	/* It reads the head, and sleeps. */
	pause_ms(200);
}

static unsigned long send_for(unsigned long ms)
{
	const struct timespec gap = { .tv_nsec = GAP_NS };
	uint64_t end_us = now_us() + ms * 1000;
	int to = udp_bind(0), from = udp_bind(0);
	uint16_t port = socket_port(to);
	unsigned long sent = 0;
	char byte;

	while (now_us() < end_us) {
		udp_send(from, port);
		if (recv(to, &byte, 1, 0) != 1)
			die("recv");
		sent++;
		nanosleep(&gap, NULL);
	}
	close(to);
	close(from);
	return sent;
}

/* Milliseconds until he has all, which he looks for as often. */
static unsigned long await_all(unsigned long sent)
{
	uint64_t start_us = now_us();

	while (rows + lost < sent) {
		if (now_us() - start_us > PATIENCE_MS * 1000)
			return PATIENCE_MS + 1000;
		pause_ms(1);
	}
	return (now_us() - start_us) / 1000;
}

int flood_main(int argc, char **argv)
{
	unsigned long ms, sent, wakes, late;
	uint64_t start_us;

	if (argc != 3)
		return 2;
	ms = number(argv[1]);
	is_poller = !strcmp(argv[2], "poll");
	start_follower();
	wakes = wakes_of(follower);
	start_us = now_us();
	sent = send_for(ms);
	ms = (now_us() - start_us) / 1000;
	wakes = wakes_of(follower) - wakes;
	late = await_all(sent);
	say("sent=%lu rows=%lu lost=%lu wakes=%lu ms=%lu late_ms=%lu", sent,
	    (unsigned long)rows, (unsigned long)lost, wakes, ms, late);
	return 0;
}
