// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets that a BPF program chooses before the tables are asked.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Headers of 5.10 do not have it. */
#ifndef BPF_PSEUDO_KFUNC_CALL
#define BPF_PSEUDO_KFUNC_CALL	2
#endif

/* The kernel's own: a program calls functions of the kernel only as machine code. */
#define ENOTSUPP	524

#define INSN(c, d, s, o, i)	\
	{ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) }
#define MOV_REG(d, s)		INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV_IMM(d, i)		INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADD_IMM(d, i)		INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define LOAD(d, s, o)		INSN(BPF_LDX | BPF_W | BPF_MEM, d, s, o, 0)
#define LOAD16(d, s, o)		INSN(BPF_LDX | BPF_H | BPF_MEM, d, s, o, 0)
#define STORE(d, o, i)		INSN(BPF_ST | BPF_W | BPF_MEM, d, 0, o, i)
#define JUMP(op, d, i, o)	INSN(BPF_JMP | (op) | BPF_K, d, 0, o, i)
#define CALL(f)			INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define RETURN()		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
/* Two instructions long. */
#define LOAD_MAP(d, fd)		\
	INSN(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)

/* A map that holds one socket. */
static int map_of(struct play *p, int socket_fd)
{
	union bpf_attr create = {
		.map_type = BPF_MAP_TYPE_SOCKMAP,
		.key_size = 4,
		.value_size = 8,
		.max_entries = 1,
	};
	int map = play_keep(p, play_bpf(p, BPF_MAP_CREATE, &create));
	uint64_t value = socket_fd;
	uint32_t key = 0;
	union bpf_attr update = {
		.map_fd = map,
		.key = (uintptr_t)&key,
		.value = (uintptr_t)&value,
	};

	if (play_bpf(p, BPF_MAP_UPDATE_ELEM, &update))
		play_fail(p, "putting a socket into a BPF map");
	return map;
}

/* Until the play is over, this program has a say in all of the server's searches. */
static void attach(struct play *p, const struct bpf_insn *code, size_t len)
{
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_SK_LOOKUP,
		.expected_attach_type = BPF_SK_LOOKUP,
		.insn_cnt = len,
		.insns = (uintptr_t)code,
		.license = (uintptr_t)"GPL",
	};
	union bpf_attr link = { .link_create.attach_type = BPF_SK_LOOKUP };

	link.link_create.prog_fd = play_keep(p, play_bpf(p, BPF_PROG_LOAD, &load));
	link.link_create.target_fd = play_keep(p, open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	play_keep(p, play_bpf(p, BPF_LINK_CREATE, &link));
}

/* What is sent to @port, and no connection takes, goes to this socket. */
static void steer(struct play *p, uint16_t port, int socket_fd)
{
	const struct bpf_insn code[] = {
		MOV_REG(BPF_REG_6, BPF_REG_1),
		LOAD(BPF_REG_2, BPF_REG_1, offsetof(struct bpf_sk_lookup, local_port)),
		JUMP(BPF_JNE, BPF_REG_2, port, 14),
		LOAD_MAP(BPF_REG_1, map_of(p, socket_fd)),
		STORE(BPF_REG_10, -4, 0),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -4),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP(BPF_JEQ, BPF_REG_0, 0, 7),
		MOV_REG(BPF_REG_7, BPF_REG_0),
		MOV_REG(BPF_REG_1, BPF_REG_6),
		MOV_REG(BPF_REG_2, BPF_REG_0),
		MOV_IMM(BPF_REG_3, 0),
		CALL(BPF_FUNC_sk_assign),
		MOV_REG(BPF_REG_1, BPF_REG_7),
		CALL(BPF_FUNC_sk_release),
		MOV_IMM(BPF_REG_0, SK_PASS),
		RETURN(),
	};

	attach(p, code, ARRAY_SIZE(code));
}

/* What is sent to @port, and no connection takes, finds no socket. */
static void turn_away(struct play *p, uint16_t port)
{
	const struct bpf_insn code[] = {
		LOAD(BPF_REG_2, BPF_REG_1, offsetof(struct bpf_sk_lookup, local_port)),
		MOV_IMM(BPF_REG_0, SK_PASS),
		JUMP(BPF_JNE, BPF_REG_2, port, 1),
		MOV_IMM(BPF_REG_0, SK_DROP),
		RETURN(),
	};

	attach(p, code, ARRAY_SIZE(code));
}

/* The kernel's own word for it: the client is refused, and nobody got anything. */
static void expect_refusal(struct play *p, int client, int server)
{
	struct pollfd pfd = { .fd = server, .events = POLLIN };
	socklen_t len = sizeof(int);
	int error = 0;

	ep_wait(p, client, POLLERR);
	if (getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &len) || error != ECONNREFUSED)
		play_fail(p, "the client's error is %d, not ECONNREFUSED", error);
	if (poll(&pfd, 1, 0))
		play_fail(p, "the server got what was to be dropped");
}

/* L listens on s, but a program says no; what is open already goes on. */
static void tcp_lookup_drop(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	int c = ep_connect(p, "C", play_port(p, "c"), port);
	int a = ep_accept(p, "A", l);

	turn_away(p, port);
	expect_refusal(p, ep_connect(p, "D", play_port(p, "d"), port), l);
	ep_write(p, c, 5);
	ep_read(p, a, 5);
}

/* Likewise, and K is connected to the client's port c. */
static void udp_lookup_drop(struct play *p)
{
	uint16_t port = play_port(p, "s"), from = play_port(p, "c");
	int u = ep_datagram(p, "U", SERVER, port);
	int k = ep_datagram(p, "K", SERVER, port);
	int c;

	ep_connect_to(p, k, CLIENT, from);
	turn_away(p, port);
	c = ep_sender(p, play_port(p, "d"));
	ep_connect_to(p, c, SERVER, port);
	ep_write(p, c, 5);
	expect_refusal(p, c, u);
	ep_send_to(p, ep_sender(p, from), SERVER, port, 5);
	ep_read(p, k, 5);
}

/* L listens on s, and gets what is sent to b; its own port is left alone. */
static void tcp_lookup(struct play *p)
{
	uint16_t port = play_port(p, "s");
	int l = ep_listen(p, "L", SERVER, port);
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "b"), .seq = 1000 };

	steer(p, t.to, l);
	puppet_handshake(p, &t);
	ep_accept(p, "A", l);
	t.to = port;
	t.from = play_port(p, "d");
	puppet_handshake(p, &t);
	ep_accept(p, "B", l);
}

static void udp_lookup(struct play *p)
{
	uint16_t port = play_port(p, "s");
	uint16_t by_program = play_port(p, "b");
	int u = ep_datagram(p, "U", SERVER, port);
	int c = ep_sender(p, play_port(p, "c"));

	steer(p, by_program, u);
	ep_send_to(p, c, SERVER, by_program, 5);
	ep_read(p, u, 5);
	ep_send_to(p, c, SERVER, port, 5);
	ep_read(p, u, 5);
}

/* What a request is made of that a program has checked the SYN cookie of, as in 6.9 and later. */
struct request {
	uint32_t rcv_tsval;
	uint32_t rcv_tsecr;
	uint16_t mss;
	uint8_t rcv_wscale;
	uint8_t snd_wscale;
	uint8_t flags[8];
};

/*
 * A program that takes an ACK to @port for the end of a handshake with a
 * listener. Return: its fd
 */
static int request_assigner(struct play *p, uint16_t port, int socket_fd)
{
	int at = 14 + (p->family == AF_INET6 ? 40 : 20) + 2;
	int kfunc = kfunc_id("bpf_sk_assign_tcp_reqsk");
	const struct bpf_insn code[] = {
		MOV_REG(BPF_REG_6, BPF_REG_1),
		MOV_IMM(BPF_REG_2, at),
		MOV_REG(BPF_REG_3, BPF_REG_10),
		ADD_IMM(BPF_REG_3, -8),
		MOV_IMM(BPF_REG_4, 2),
		CALL(BPF_FUNC_skb_load_bytes),
		JUMP(BPF_JNE, BPF_REG_0, 0, 23),
		LOAD16(BPF_REG_2, BPF_REG_10, -8),
		JUMP(BPF_JNE, BPF_REG_2, htons(port), 21),
		LOAD_MAP(BPF_REG_1, map_of(p, socket_fd)),
		STORE(BPF_REG_10, -4, 0),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -4),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP(BPF_JEQ, BPF_REG_0, 0, 14),
		MOV_REG(BPF_REG_7, BPF_REG_0),
		/* struct request, below what is used above */
		STORE(BPF_REG_10, -32, 0),
		STORE(BPF_REG_10, -28, 0),
		STORE(BPF_REG_10, -24, 1400),	/* the MSS */
		STORE(BPF_REG_10, -20, 0),
		STORE(BPF_REG_10, -16, 0),
		MOV_REG(BPF_REG_1, BPF_REG_6),
		MOV_REG(BPF_REG_2, BPF_REG_7),
		MOV_REG(BPF_REG_3, BPF_REG_10),
		ADD_IMM(BPF_REG_3, -32),
		MOV_IMM(BPF_REG_4, sizeof(struct request)),
		INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, kfunc),
		MOV_REG(BPF_REG_1, BPF_REG_7),
		CALL(BPF_FUNC_sk_release),
		MOV_IMM(BPF_REG_0, 0),
		RETURN(),
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insn_cnt = ARRAY_SIZE(code),
		.insns = (uintptr_t)code,
		.license = (uintptr_t)"GPL",
	};

	int fd;

	if (kfunc < 0)
		play_skip(p, "CONFIG_DEBUG_INFO_BTF");
	fd = play_bpf(p, BPF_PROG_LOAD, &load);
	/* It is off by default on riscv64. */
	if (fd < 0 && errno == ENOTSUPP)
		play_skip(p, "net.core.bpf_jit_enable=1");
	return play_keep(p, fd);
}

/* A program that gives what is sent to @port to a socket. Return: its fd */
static int assigner(struct play *p, uint16_t port, int socket_fd)
{
	/* of the destination port, behind an Ethernet and an IP header */
	int at = 14 + (p->family == AF_INET6 ? 40 : 20) + 2;
	const struct bpf_insn code[] = {
		MOV_REG(BPF_REG_6, BPF_REG_1),
		MOV_IMM(BPF_REG_2, at),
		MOV_REG(BPF_REG_3, BPF_REG_10),
		ADD_IMM(BPF_REG_3, -8),
		MOV_IMM(BPF_REG_4, 2),
		CALL(BPF_FUNC_skb_load_bytes),
		JUMP(BPF_JNE, BPF_REG_0, 0, 16),
		LOAD16(BPF_REG_2, BPF_REG_10, -8),
		JUMP(BPF_JNE, BPF_REG_2, htons(port), 14),
		LOAD_MAP(BPF_REG_1, map_of(p, socket_fd)),
		STORE(BPF_REG_10, -4, 0),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ADD_IMM(BPF_REG_2, -4),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP(BPF_JEQ, BPF_REG_0, 0, 7),
		MOV_REG(BPF_REG_7, BPF_REG_0),
		MOV_REG(BPF_REG_1, BPF_REG_6),
		MOV_REG(BPF_REG_2, BPF_REG_0),
		MOV_IMM(BPF_REG_3, 0),
		CALL(BPF_FUNC_sk_assign),
		MOV_REG(BPF_REG_1, BPF_REG_7),
		CALL(BPF_FUNC_sk_release),
		MOV_IMM(BPF_REG_0, 0),
		RETURN(),
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_SCHED_CLS,
		.insn_cnt = ARRAY_SIZE(code),
		.insns = (uintptr_t)code,
		.license = (uintptr_t)"GPL",
	};

	return play_keep(p, play_bpf(p, BPF_PROG_LOAD, &load));
}

/*
 * Not searched for at all: the packet comes with its socket. Only the SYN,
 * because the program would give L the ACK too.
 */
static void tcp_assign(struct play *p)
{
	int l = ep_listen(p, "L", SERVER, play_port(p, "s"));
	struct puppet t = { .from = play_port(p, "c"), .to = play_port(p, "b"), .seq = 1000 };

	classifier_add(p, assigner(p, t.to, l));
	puppet_send(p, &t, SYN, 0);
	puppet_expect(p, &t, SYN | ACK);
	classifier_remove(p);
	puppet_send(p, &t, ACK, 0);
	ep_accept(p, "A", l);
}

/* Nobody has seen a SYN: the program vouches for the ACK, which comes with a request. */
static void tcp_assign_request(struct play *p)
{
	int l = ep_listen(p, "L", SERVER, play_port(p, "s"));
	struct puppet t = {
		.from = play_port(p, "c"), .to = play_port(p, "b"), .seq = 1000, .ack = 5000,
	};
	int a;

	classifier_add(p, request_assigner(p, t.to, l));
	puppet_send(p, &t, ACK, 0);
	a = ep_accept(p, "A", l);
	classifier_remove(p);
	puppet_send(p, &t, PSH | ACK, 5);
	ep_read(p, a, 5);
}

static void udp_assign(struct play *p)
{
	int u = ep_datagram(p, "U", SERVER, play_port(p, "s"));
	uint16_t by_program = play_port(p, "b");

	classifier_add(p, assigner(p, by_program, u));
	ep_send_to(p, ep_sender(p, play_port(p, "c")), SERVER, by_program, 5);
	ep_read(p, u, 5);
	classifier_remove(p);
}

const struct exchange bpf_exchanges[] = {
	{ "tcp-sk-lookup", tcp_lookup },
	{ "udp-sk-lookup", udp_lookup },
	{ "tcp-sk-lookup-drop", tcp_lookup_drop },
	{ "udp-sk-lookup-drop", udp_lookup_drop },
	{ "tcp-assign", tcp_assign },
	{ "tcp-assign-request", tcp_assign_request },
	{ "udp-assign", udp_assign },
	{ }
};
