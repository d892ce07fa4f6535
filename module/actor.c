// SPDX-License-Identifier: GPL-2.0
/*
 * Who did something: reading the current task.
 */
#include "actor.h"

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uidgid.h>

/**
 * tpw_actor_current() - the process that runs
 * @to: where to
 *
 * Context: process context of the actor; never a softirq, where current is
 *	whoever was interrupted.  Takes no lock that sleeps.
 */
void tpw_actor_current(struct tpw_actor *to)
{
	to->pid = task_tgid_nr(current);
	to->vpid = task_tgid_vnr(current);
	to->uid = from_kuid(&init_user_ns, current_euid());
	memcpy(to->comm, current->group_leader->comm, TPW_COMM_LEN);
	to->comm[TPW_COMM_LEN - 1] = '\0';
	rcu_read_lock();
	to->cgroup = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
}
