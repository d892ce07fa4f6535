// SPDX-License-Identifier: GPL-2.0
/*
 * Several listeners that share a port, and who chooses among them.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define GROUP_SIZE	4
/* Enough that each of four members is almost surely (1 - 4e-8) chosen once. */
#define GROUP_TRIES	64

#ifndef SO_ATTACH_REUSEPORT_CBPF
#define SO_ATTACH_REUSEPORT_CBPF 51
#endif

#ifndef SO_ATTACH_REUSEPORT_EBPF
#define SO_ATTACH_REUSEPORT_EBPF 52
#endif

static void make_group(struct play *p, int type, uint16_t port, int *l)
{
	char name[8];
	int i;

	for (i = 0; i < GROUP_SIZE; i++) {
		l[i] = ep_socket(p, SERVER, type);
		ep_option(p, l[i], SOL_SOCKET, SO_REUSEPORT, 1);
		ep_bind(p, l[i], SERVER, port);
		if (type == SOCK_STREAM && listen(l[i], 8))
			play_fail(p, "listen");
		snprintf(name, sizeof(name), "%c%d", type == SOCK_STREAM ? 'L' : 'U', i + 1);
		play_name_cookie(p, name, l[i]);
	}
}

static int which_accepts(struct play *p, const int *listeners)
{
	struct pollfd pfd[GROUP_SIZE];
	int i;

	for (i = 0; i < GROUP_SIZE; i++)
		pfd[i] = (struct pollfd){ .fd = listeners[i], .events = POLLIN };
	errno = 0;
	if (poll(pfd, GROUP_SIZE, STEP_MS) != 1)
		play_fail(p, "not just one member has a connection");
	for (i = 0; !(pfd[i].revents & POLLIN); i++)
		;
	return i;
}

/*
 * Four members. Connections come from port after port until each member has
 * had one; the first one of member i has its port named m<i>.
 */
static void by_hash(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l[GROUP_SIZE], i, tries, left = GROUP_SIZE;
	bool had[GROUP_SIZE] = { false };
	char name[8];

	make_group(p, SOCK_STREAM, port, l);
	for (tries = 0; left && tries < GROUP_TRIES; tries++) {
		uint16_t from = play_spare_port();

		ep_connect(p, NULL, from, port);
		i = which_accepts(p, l);
		snprintf(name, sizeof(name), "A%d", i + 1);
		ep_accept(p, had[i] ? NULL : name, l[i]);
		snprintf(name, sizeof(name), "m%d", i + 1);
		if (!had[i])
			play_name_port(p, name, from);
		left -= !had[i];
		had[i] = true;
	}
	errno = 0;
	if (left)
		play_fail(p, "%d members got nothing in %d connections", left, tries);
}

/* A classic program that always says member 3 (it counts from 0). */
static void choose_third(struct play *p, int member)
{
	struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, 2);
	struct sock_fprog prog = { .len = 1, .filter = &code };

	if (setsockopt(member, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog, sizeof(prog)))
		play_fail(p, "SO_ATTACH_REUSEPORT_CBPF");
}

static void by_classic_program(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	int l[GROUP_SIZE];

	make_group(p, SOCK_STREAM, t.to, l);
	choose_third(p, l[0]);
	puppet_handshake(p, &t);
	ep_accept(p, "A", l[2]);
}

/* Give the group a program that always says the same. */
static void attach(struct play *p, int member, enum bpf_prog_type type, int answer)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = answer },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = type,
		.insn_cnt = ARRAY_SIZE(code),
		.insns = (uintptr_t)code,
		.license = (uintptr_t)"GPL",
	};

	ep_option(p, member, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF,
		  play_keep(p, play_bpf(p, BPF_PROG_LOAD, &load)));
}

static void choose_second(struct play *p, int member)
{
	attach(p, member, BPF_PROG_TYPE_SOCKET_FILTER, 1);
}

/* A program of the kind made for groups, which may also say that nobody is to have it. */
static void choose_nobody(struct play *p, int member)
{
	attach(p, member, BPF_PROG_TYPE_SK_REUSEPORT, SK_DROP);
}

static void by_program(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	int l[GROUP_SIZE];

	make_group(p, SOCK_STREAM, t.to, l);
	choose_second(p, l[0]);
	puppet_handshake(p, &t);
	ep_accept(p, "A", l[1]);
}

static void turned_away(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	int l[GROUP_SIZE];

	make_group(p, SOCK_STREAM, t.to, l);
	choose_nobody(p, l[0]);
	puppet_send(p, &t, SYN, 0);
	puppet_expect(p, &t, RST | ACK);
}

/* One datagram, for the member that is chosen. */
static void udp_by(struct play *p, void (*choose)(struct play *p, int member), int member)
{
	uint16_t port = play_port(p, "s");
	int u[GROUP_SIZE], c;

	make_group(p, SOCK_DGRAM, port, u);
	choose(p, u[0]);
	c = ep_sender(p, play_port(p, "c"));
	ep_connect_to(p, c, SERVER, port);
	ep_write(p, c, 5);
	if (member < 0)
		ep_wait(p, c, POLLERR);
	else
		ep_read(p, u[member], 5);
}

static void udp_by_classic_program(struct play *p)
{
	udp_by(p, choose_third, 2);
}

static void udp_by_program(struct play *p)
{
	udp_by(p, choose_second, 1);
}

static void udp_turned_away(struct play *p)
{
	udp_by(p, choose_nobody, -1);
}

/*
 * L3 gets the SYN and is closed before the ACK comes; the others are closed
 * too but for L1, so that it is known who inherits. Return: L1
 */
static int close_after_syn(struct play *p)
{
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "s"), .seq = 1000 };
	int l[GROUP_SIZE];

	make_group(p, SOCK_STREAM, t.to, l);
	choose_third(p, l[0]);
	puppet_send(p, &t, SYN, 0);
	puppet_expect(p, &t, SYN | ACK);
	ep_close(p, l[2]);
	ep_close(p, l[1]);
	ep_close(p, l[3]);
	puppet_send(p, &t, ACK, 0);
	return l[0];
}

static void migrated(struct play *p)
{
	play_sysctl(p, SERVER, "ipv4/tcp_migrate_req", "1");
	ep_accept(p, "A", close_after_syn(p));
}

/* The request dies with its listener, and the ACK is looked up anew. */
static void not_migrated(struct play *p)
{
	play_sysctl(p, SERVER, "ipv4/tcp_migrate_req", "0");
	close_after_syn(p);
}

const struct exchange group_exchanges[] = {
	{ "tcp-group", by_hash },
	{ "tcp-group-cbpf", by_classic_program },
	{ "tcp-group-ebpf", by_program },
	{ "tcp-group-migrate", migrated },
	{ "tcp-group-close", not_migrated },
	{ "tcp-group-drop", turned_away },
	{ "udp-group-cbpf", udp_by_classic_program },
	{ "udp-group-ebpf", udp_by_program },
	{ "udp-group-drop", udp_turned_away },
	{ }
};
