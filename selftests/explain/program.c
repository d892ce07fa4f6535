// SPDX-License-Identifier: GPL-2.0
/*
 * BPF programs that choose sockets, and one on a device.
 */
#define _GNU_SOURCE
#include "explain.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* "return @value", as a program of that type. */
static int load(uint32_t type, uint32_t attach_type, int value)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = value },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = type,
		.expected_attach_type = attach_type,
		.insn_cnt = ARRAY_SIZE(code),
		.insns = (uintptr_t)code,
		.license = (uintptr_t)"GPL",
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0)
		bail("BPF_PROG_LOAD");
	return fd;
}

/* A selector of the type that is made for it: pass on to the hash. */
int program_selector(void)
{
	return load(BPF_PROG_TYPE_SK_REUSEPORT, 0, SK_PASS);
}

/* A socket filter, which can be a selector too: the second member. */
int program_filter(void)
{
	return load(BPF_PROG_TYPE_SOCKET_FILTER, 0, 1);
}

int program_lookup(void)
{
	return load(BPF_PROG_TYPE_SK_LOOKUP, BPF_SK_LOOKUP, SK_PASS);
}

void program_attach(int fd, int program)
{
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &program, sizeof(program)))
		bail("SO_ATTACH_REUSEPORT_EBPF");
}

/* Returns the link, which ends with its file descriptor. */
int program_link(int program)
{
	union bpf_attr attr = { .link_create.attach_type = BPF_SK_LOOKUP };
	int netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), link;

	attr.link_create.prog_fd = program;
	attr.link_create.target_fd = netns;
	link = bpf(BPF_LINK_CREATE, &attr);
	if (link < 0)
		bail("BPF_LINK_CREATE");
	close(netns);
	return link;
}

/* On a device, in front of its namespace: lets all pass, or none. Returns the link. */
int program_xdp(const char *device, bool passes)
{
	int program = load(BPF_PROG_TYPE_XDP, BPF_XDP, passes ? XDP_PASS : XDP_DROP), link;
	union bpf_attr attr = {
		.link_create.prog_fd = program,
		.link_create.target_ifindex = if_nametoindex(device),
		.link_create.attach_type = BPF_XDP,
		.link_create.flags = XDP_FLAGS_SKB_MODE,
	};

	link = bpf(BPF_LINK_CREATE, &attr);
	if (link < 0)
		bail("BPF_LINK_CREATE on %s", device);
	close(program);
	return link;
}

static void read_info(int program, struct bpf_prog_info *info)
{
	union bpf_attr attr = {
		.info.bpf_fd = program,
		.info.info_len = sizeof(*info),
		.info.info = (uintptr_t)info,
	};

	memset(info, 0, sizeof(*info));
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &attr))
		bail("BPF_OBJ_GET_INFO_BY_FD");
}

uint32_t program_id(int program)
{
	struct bpf_prog_info info;

	read_info(program, &info);
	return info.id;
}

/* How often it has run, while kernel.bpf_stats_enabled is 1. */
uint64_t program_runs(int program)
{
	struct bpf_prog_info info;

	read_info(program, &info);
	return info.run_cnt;
}

static void attach_classic(int fd, struct sock_filter *code, unsigned short len)
{
	struct sock_fprog prog = { .len = len, .filter = code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog, sizeof(prog)))
		bail("SO_ATTACH_REUSEPORT_CBPF");
}

/* Always that member, from 0. */
void classic_fixed(int fd, unsigned int member)
{
	struct sock_filter code = BPF_STMT(BPF_RET | BPF_K, member);

	attach_classic(fd, &code, 1);
}

/* By the client's port, which stands behind an IP header of that size. */
void classic_by_port(int fd, unsigned int ip_bytes, unsigned int members)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, SKF_NET_OFF + ip_bytes),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, members),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	attach_classic(fd, code, ARRAY_SIZE(code));
}

/* By the CPU. */
void classic_by_cpu(int fd, unsigned int members)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_CPU),
		BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, members),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	attach_classic(fd, code, ARRAY_SIZE(code));
}

/* By what stands far behind the end of the packet: that ends it with 0. */
void classic_by_nothing(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4000),
		BPF_STMT(BPF_RET | BPF_K, 2),
	};

	attach_classic(fd, code, ARRAY_SIZE(code));
}
