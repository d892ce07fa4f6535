// SPDX-License-Identifier: GPL-2.0
/*
 * Who did something: reading the current task.
 */
#include "actor.h"

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/pid_namespace.h>
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
	to->pidns = task_active_pid_ns(current)->ns.inum;
	to->uid = from_kuid(&init_user_ns, current_euid());
	memcpy(to->comm, current->group_leader->comm, TPW_COMM_LEN);
	to->comm[TPW_COMM_LEN - 1] = '\0';
	rcu_read_lock();
	to->cgroup = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
}

/**
 * tpw_actor_pid_for_current() - the number that a process has for a reader
 * @actor: the process; a pid of 0 is not known
 * @uid: the reader's user, in the initial user namespace
 * @may_see: the reader may see other users' processes
 *
 * Context: process, of the reader.
 * Return: its number in the reader's PID namespace; 0 if nobody is known, or
 *	it is not in there, or no business of the reader.
 */
u32 tpw_actor_pid_for_current(const struct tpw_actor *actor, u32 uid,
			      bool may_see)
{
	const struct pid_namespace *ns = task_active_pid_ns(current);

	if (!actor->pid || (!may_see && actor->uid != uid))
		return 0;
	if (ns == &init_pid_ns)
		return actor->pid;
	return ns->ns.inum == actor->pidns ? actor->vpid : 0;
}
