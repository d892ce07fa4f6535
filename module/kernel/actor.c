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
static u64 name_of(const struct pid_namespace *ns)
{
	const struct task_struct *first = READ_ONCE(ns->child_reaper);

	return (first ? first->start_boottime : 0) ^ (u64)ns->ns.inum << 32;
}

static u64 cgroup_of_current(void)
{
#if IS_ENABLED(CONFIG_CGROUPS)
	return cgroup_id(task_dfl_cgroup(current));
#else
	return 0;
#endif
}

/* As task_active_pid_ns(): who runs is in one. */
static const struct pid_namespace *pidns_of_current(void)
{
	return ns_of_pid(task_pid(current));
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
	const struct pid_namespace *ns = pidns_of_current();

	to->pid = task_tgid_nr(current);
	to->vpid = ns == &init_pid_ns ? to->pid : task_tgid_vnr(current);
	to->uid = __kuid_val(current_euid());
	memcpy(to->comm, current->group_leader->comm, TPW_COMM_LEN);
	to->comm[TPW_COMM_LEN - 1] = '\0';
	rcu_read_lock();
	to->pidns = name_of(ns);
	to->cgroup = cgroup_of_current();
	rcu_read_unlock();
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
	const struct pid_namespace *ns = pidns_of_current();
	u64 name;

	if (ns == &init_pid_ns)
		return pid;
	rcu_read_lock();
	name = name_of(ns);
	rcu_read_unlock();
	return name == pidns ? vpid : 0;
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
