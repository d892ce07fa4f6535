/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the programs of the benchmark share: the clock, places to make sockets in, the kernel's counters.
 * What cannot be done ends the program.
 */
#ifndef BENCH_NET_H
#define BENCH_NET_H

#include <stdint.h>
#include <sys/socket.h>

#define SERVER_PORT	7400

/**
 * struct place - where one end of a load lives
 * @netns: its namespace; NULL: the one that we were started in
 * @address: its address
 * @fd: the namespace
 * @snmp: the counters of that namespace
 */
struct place {
	const char *netns;
	const char *address;
	int fd;
	int snmp;
};

/**
 * struct counter - one of the kernel's counters
 * @group: how its line in /proc/net/snmp begins
 * @name: its name
 */
struct counter {
	const char *group;
	const char *name;
};

extern const struct counter tcp_segments;
extern const struct counter udp_datagrams;

void fail(const char *what) __attribute__((noreturn));
uint64_t now_ns(void);

void place_find(struct place *p);
uint64_t place_count(const struct place *p, const struct counter *c);

int socket_new(const struct place *p, int type, unsigned int port);
int socket_connect(int fd, const struct place *p, unsigned int port);
void socket_set(int fd, int level, int option, int value);
void socket_abort_at_close(int fd);
void pass(int from, int to);

#endif /* BENCH_NET_H */
