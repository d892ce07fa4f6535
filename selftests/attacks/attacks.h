/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the attacks are made with: one program, a kind of attack a command.
 * Each prints its numbers as key=value on one line; the scripts judge them.
 */
#ifndef ATTACKS_H
#define ATTACKS_H

#include "../lib/c/command.h"

#include <stdint.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define LOCALHOST	0x7f000001
#define FILES		"/proc/net/tuplewatch/"

/* Whoever started us waits for a line; the numbers go out at once. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void ready(void) __attribute__((noreturn));

/* who.c: the attacker. He is nobody, and root of what he makes for himself. */
void become_nobody(void);
void own_users(int namespaces);
void own_network(void);

/* socket.c */
int udp_bind(uint16_t port);
void udp_send(int fd, uint16_t port);
uint16_t socket_port(int fd);
int tcp_listen(uint32_t address, uint16_t port, int backlog);
int tcp_connect(uint16_t port);
int tcp_accept(int listener);
void raise_files(void);
uint64_t now_us(void);
void pause_ms(unsigned int ms);

/* thread.c: how often a thread of ours has slept, as it can read itself. */
unsigned long wakes_of(int tid);
int thread_id(void);

/* fuse.c: a file system that never answers a read. */
void fuse_mount(const char *where);
void fuse_await_stalled(unsigned int nr);
void *fuse_page(const char *where, unsigned int nr);

int churn_main(int argc, char **argv);
int datagrams_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int flood_main(int argc, char **argv);
int group_main(int argc, char **argv);
int hold_main(int argc, char **argv);
int many_main(int argc, char **argv);
int connections_main(int argc, char **argv);
int open_main(int argc, char **argv);
int reopen_main(int argc, char **argv);
int serve_main(int argc, char **argv);
int stall_main(int argc, char **argv);
int users_main(int argc, char **argv);
int wait_main(int argc, char **argv);
int watch_main(int argc, char **argv);

#endif /* ATTACKS_H */
