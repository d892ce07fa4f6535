/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processes hold a socket: all of them, also those that got it by fork() or through a
 * UNIX socket, in whatever namespace they are.
 */
#ifndef TPW_PROCESS_H
#define TPW_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** struct tpw_holder - one descriptor of one process */
struct tpw_holder {
	/** @inode: of the socket */
	uint64_t inode;
	/** @pid: of the process, in the PID namespace of /proc */
	uint64_t pid;
	/** @fd: its descriptor */
	uint64_t fd;
	/** @comm: its name */
	char comm[64];
};

/** struct tpw_processes - all sockets that processes hold */
struct tpw_processes {
	/** @holders: by inode, pid and descriptor */
	struct tpw_holder *holders;
	/** @nr: number of @holders */
	size_t nr;
	/** @hidden: processes that we may not look into */
	size_t hidden;
	/** @max: number of @holders that there is room for; private */
	size_t max;
};

int tpw_processes_scan(struct tpw_processes *processes);
void tpw_processes_free(struct tpw_processes *processes);
const struct tpw_holder *tpw_processes_find(const struct tpw_processes *processes, uint64_t inode,
					    size_t *nr);
char *tpw_processes_text(const struct tpw_processes *processes, const char *inode);
void tpw_processes_json(FILE *out, const struct tpw_processes *processes, const char *inode);

#endif
