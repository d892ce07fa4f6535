/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who did something: the process that called listen(), accept() or connect().
 */
#ifndef _TPW_ACTOR_H
#define _TPW_ACTOR_H

#include <linux/types.h>

#define TPW_COMM_LEN	16	/* TASK_COMM_LEN */

/**
 * struct tpw_actor - a process, as it was at that moment
 * @cgroup: id of its cgroup, the inode number of its directory
 * @pid: in the initial PID namespace; 0 if nobody is known
 * @vpid: in its own PID namespace
 * @pidns: names that one; never used again
 * @uid: its effective user, in the initial user namespace
 * @comm: its name
 */
struct tpw_actor {
	u64 cgroup;
	u64 pidns;
	u32 pid;
	u32 vpid;
	u32 uid;
	char comm[TPW_COMM_LEN];
};

void tpw_actor_current(struct tpw_actor *to);
u64 tpw_actor_start_ns(void);
bool tpw_actor_rename(struct tpw_actor *actor, u64 start_ns);
u32 tpw_actor_pid_in_current(u32 pid, u32 vpid, u64 pidns);
u32 tpw_actor_pid_for_current(const struct tpw_actor *actor);

#endif /* _TPW_ACTOR_H */
