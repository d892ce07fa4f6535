/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BPF programs that choose sockets, and one on a device.
 */
#ifndef EXPLAIN_PROGRAM_H
#define EXPLAIN_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

int program_selector(void);
int program_filter(void);
int program_lookup(void);
void program_attach(int fd, int program);
int program_link(int program);
int program_xdp(const char *device, bool passes);
uint32_t program_id(int program);
uint64_t program_runs(int program);
void classic_fixed(int fd, unsigned int member);
void classic_by_port(int fd, unsigned int ip_bytes, unsigned int members);
void classic_by_cpu(int fd, unsigned int members);
void classic_by_nothing(int fd);

#endif /* EXPLAIN_PROGRAM_H */
