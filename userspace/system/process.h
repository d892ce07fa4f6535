/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processes hold a socket: all of them, also those that got it by fork() or through a
 * UNIX socket, in whatever namespace they are.
 */
#ifndef TPR_PROCESS_H
#define TPR_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** struct tpr_holder - one descriptor of one process */
struct tpr_holder {
	/** @inode: of the socket */
	uint64_t inode;
	/** @pid: of the process, in the PID namespace of /proc */
	uint64_t pid;
	/** @fd: its descriptor */
	uint64_t fd;
	/** @comm: its name */
	char comm[64];
};

/** struct tpr_processes - all sockets that processes hold */
struct tpr_processes {
	/** @holders: by inode, pid and descriptor */
	struct tpr_holder *holders;
	/** @nr: number of @holders */
	size_t nr;
	/** @hidden: processes that we may not look into */
	size_t hidden;
	/** @is_whole: /proc has the processes of the whole host, not of a PID namespace only */
	bool is_whole;
	/** @max: number of @holders that there is room for; private */
	size_t max;
};

bool tpr_process_is_stopped(uint64_t pid);
int tpr_processes_scan(struct tpr_processes *processes);
void tpr_processes_free(struct tpr_processes *processes);
const struct tpr_holder *tpr_processes_find(const struct tpr_processes *processes, uint64_t inode,
					    size_t *nr);
char *tpr_processes_text(const struct tpr_processes *processes, const char *inode);
void tpr_processes_json(FILE *out, const struct tpr_processes *processes, const char *inode);

#endif
