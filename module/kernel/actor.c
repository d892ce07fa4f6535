// SPDX-License-Identifier: GPL-2.0
/*
 * Who did something: reading the current task.
 */
#include "kernel/actor.h"

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uidgid.h>

/*
 * What names a PID namespace for ever: its number is used again, but not by one
 * whose first process is as old.  If that thread has gone, and another leads,
 * it is another name, and nobody's number is shown.
 */
static u64 pidns_of_current(void)
{
	const struct pid_namespace *ns = task_active_pid_ns(current);
	const struct task_struct *first;
	u64 born_ns = 0;

	rcu_read_lock();
	first = READ_ONCE(ns->child_reaper);
	if (first)
		born_ns = first->start_boottime;
	rcu_read_unlock();
	return born_ns ^ (u64)ns->ns.inum << 32;
}

static u64 cgroup_of_current(void)
{
	u64 id = 0;

#if IS_ENABLED(CONFIG_CGROUPS)
	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
#endif
	return id;
}

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
	to->pidns = pidns_of_current();
	to->uid = from_kuid(&init_user_ns, current_euid());
	memcpy(to->comm, current->group_leader->comm, TPW_COMM_LEN);
	to->comm[TPW_COMM_LEN - 1] = '\0';
	to->cgroup = cgroup_of_current();
}

/**
 * tpw_actor_start_ns() - when the process that runs began
 *
 * Context: process, as tpw_actor_current().
 * Return: CLOCK_BOOTTIME; with its number it names a process for ever.
 */
u64 tpw_actor_start_ns(void)
{
	return current->group_leader->start_boottime;
}

/**
 * tpw_actor_pid_in_current() - the number that a process has for a reader
 * @pid: its number in the initial PID namespace
 * @vpid: and in its own
 * @pidns: names that one
 *
 * Context: process, of the reader.
 * Return: its number in the reader's PID namespace; 0 if it is not in there.
 */
u32 tpw_actor_pid_in_current(u32 pid, u32 vpid, u64 pidns)
{
	const struct pid_namespace *ns = task_active_pid_ns(current);

	if (ns == &init_pid_ns)
		return pid;
	return pidns_of_current() == pidns ? vpid : 0;
}

/**
 * tpw_actor_pid_for_current() - the number that a process has for a reader
 * @actor: the process; a pid of 0 is not known
 *
 * Context: process, of the reader.
 * Return: its number in the reader's PID namespace; 0 if nobody is known, or
 *	it is not in there.
 */
u32 tpw_actor_pid_for_current(const struct tpw_actor *actor)
{
	return tpw_actor_pid_in_current(actor->pid, actor->vpid, actor->pidns);
}

/* A zombie has threads no more, and holds nothing. */
static bool has_threads(const struct task_struct *task)
{
	return atomic_read(&task->signal->live) > 0;
}

/**
 * tpw_actor_rename() - whether a process is still there, and what it is called now
 * @actor: the process, whose name is changed
 * @start_ns: when it began: another one may have its number by now
 *
 * Context: process.
 * Return: false if it has ended; then it has the name that it had.
 */
bool tpw_actor_rename(struct tpw_actor *actor, u64 start_ns)
{
	const struct task_struct *task;
	bool is_there;

	rcu_read_lock();
	task = pid_task(find_pid_ns(actor->pid, &init_pid_ns), PIDTYPE_TGID);
	is_there = task && task->start_boottime == start_ns && has_threads(task);
	if (is_there) {
		memcpy(actor->comm, task->comm, TPW_COMM_LEN);
		actor->comm[TPW_COMM_LEN - 1] = '\0';
	}
	rcu_read_unlock();
	return is_there;
}
