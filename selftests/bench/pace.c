// SPDX-License-Identifier: GPL-2.0
/*
 * Usage: pace RATE NUMBER: sends that many datagrams of one byte over loopback, RATE a second, as many each
 * millisecond as are due, and reads each. Prints the nanoseconds that it took.
 */
#include "net.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MS_NS		1000000
#define CLIENT_PORT	20000

int main(int argc, char *argv[])
{
	struct place here = { .address = "127.0.0.1" };
	uint64_t start_ns, rate, number, sent = 0;
	int from, to;

	if (argc != 3) {
		fprintf(stderr, "Usage: pace RATE NUMBER\n");
		return 2;
	}
	rate = strtoull(argv[1], NULL, 10);
	number = strtoull(argv[2], NULL, 10);
	place_find(&here);
	to = socket_new(&here, SOCK_DGRAM, SERVER_PORT);
	from = socket_new(&here, SOCK_DGRAM, CLIENT_PORT);
	if (socket_connect(from, &here, SERVER_PORT))
		fail("connect");
	start_ns = now_ns();
	while (sent < number) {
		const struct timespec pause = { .tv_nsec = MS_NS };
		uint64_t due = (now_ns() - start_ns) * rate / 1000000000;

		for (; sent < due && sent < number; sent++)
			pass(from, to);
		nanosleep(&pause, NULL);
	}
	printf("%llu\n", (unsigned long long)(now_ns() - start_ns));
	return 0;
}
