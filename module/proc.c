// SPDX-License-Identifier: GPL-2.0
/*
 * The files in /proc, from one table: /proc/net/tuplewatch/ in each namespace,
 * /proc/net/tuplewatch/all/ in the initial one, and /proc/tuplewatch.
 *
 * Removing a file waits for the calls in progress and closes what is open, so
 * an open file holds up neither a namespace nor an rmmod.
 */
#include "proc.h"

#include "actor.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/netdevice.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#define DIR_NAME	"tuplewatch"

static const struct tpw_proc_file files[] = {
	{ "counters", 0444, &tpw_proc_counters_ops },
	{ "listeners", 0444, &tpw_proc_listeners_ops },
	{ "connections", 0444, &tpw_proc_connections_ops },
	{ "refused", 0444, &tpw_proc_refused_ops },
	{ "log", 0400, &tpw_proc_log_ops },
	{ "log_pipe", 0400, &tpw_proc_log_pipe_ops },
	{ "hooks", 0444, &tpw_proc_hooks_ops },
};

/**
 * struct tpw_proc_dirs - the directories of one namespace
 * @own: whom the files in its own directory are about
 * @all: whom those in all/ are about; the initial namespace only
 * @dir: /proc/net/tuplewatch
 */
struct tpw_proc_dirs {
	struct tpw_view own;
	struct tpw_view all;
	struct proc_dir_entry *dir;
};

/* A container's root owns its files, if it has one that we can name. */
static void give_to_root(struct proc_dir_entry *entry, const struct net *net)
{
	kuid_t uid = make_kuid(net->user_ns, 0);
	kgid_t gid = make_kgid(net->user_ns, 0);

	proc_set_user(entry, uid_valid(uid) ? uid : GLOBAL_ROOT_UID,
		      gid_valid(gid) ? gid : GLOBAL_ROOT_GID);
}

static int create_files(struct proc_dir_entry *dir, struct tpw_view *view)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		struct proc_dir_entry *entry;

		entry = proc_create_data(files[i].name,
					 view->is_all ? 0400 : files[i].mode,
					 dir, files[i].ops, view);
		if (!entry)
			return -ENOMEM;
		give_to_root(entry, view->tn->net);
	}
	return 0;
}

static int create_all(struct tpw_proc_dirs *dirs)
{
	struct proc_dir_entry *dir;

	dir = proc_net_mkdir(dirs->own.tn->net, "all", dirs->dir);
	return dir ? create_files(dir, &dirs->all) : -ENOMEM;
}

/**
 * tpw_proc_net_init() - make the files of a namespace
 * @tn: the namespace
 *
 * Context: process, may sleep.
 * Return: 0 or -errno.
 */
int tpw_proc_net_init(struct tpw_net *tn)
{
	struct tpw_proc_dirs *dirs;
	int err = -ENOMEM;

	dirs = kzalloc(sizeof(*dirs), GFP_KERNEL);
	if (!dirs)
		return -ENOMEM;
	dirs->own.tn = tn;
	dirs->all.tn = tn;
	dirs->all.is_all = true;
	dirs->dir = proc_net_mkdir(tn->net, DIR_NAME, tn->net->proc_net);
	if (!dirs->dir)
		goto err_free;
	err = create_files(dirs->dir, &dirs->own);
	if (!err && net_eq(tn->net, &init_net))
		err = create_all(dirs);
	if (err)
		goto err_remove;
	tn->dirs = dirs;
	return 0;

err_remove:
	proc_remove(dirs->dir);
err_free:
	kfree(dirs);
	return err;
}

/**
 * tpw_proc_net_exit() - remove the files of a namespace
 * @tn: the namespace; its waiting readers have been woken
 *
 * Context: process, may sleep.
 */
void tpw_proc_net_exit(struct tpw_net *tn)
{
	proc_remove(tn->dirs->dir);
	kfree(tn->dirs);
	tn->dirs = NULL;
}

/**
 * tpw_proc_init() - make /proc/tuplewatch
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_proc_init(void)
{
	return proc_create(DIR_NAME, 0444, NULL, &tpw_proc_overview_ops) ?
	       0 : -ENOMEM;
}

/**
 * tpw_proc_exit() - remove /proc/tuplewatch
 *
 * Context: process, may sleep.
 */
void tpw_proc_exit(void)
{
	remove_proc_entry(DIR_NAME, NULL);
}

/**
 * tpw_proc_open() - whom is this file about, and may the opener see it?
 * @inode: the file's
 * @view: where the answer goes
 *
 * Context: process; to be called by each open().
 * Return: 0, or -EPERM for all/ without CAP_NET_ADMIN in the initial user
 *	namespace.
 */
int tpw_proc_open(struct inode *inode, struct tpw_view **view)
{
	struct tpw_view *v = pde_data(inode);

	if (v->is_all && !capable(CAP_NET_ADMIN))
		return -EPERM;
	*view = v;
	return 0;
}

/**
 * tpw_proc_print_names() - the names of all files, for the overview
 * @m: where to
 */
void tpw_proc_print_names(struct seq_file *m)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		seq_printf(m, " %s", files[i].name);
}

/**
 * tpw_proc_print_netns() - "netns=..." for line 1 of a table
 * @m: where to
 * @view: whom the table is about
 */
void tpw_proc_print_netns(struct seq_file *m, const struct tpw_view *view)
{
	if (view->is_all)
		seq_puts(m, " netns=all");
	else
		seq_printf(m, " netns=%u", view->tn->id.inum);
}

/**
 * tpw_proc_format_addr() - an endpoint as ss prints it
 * @buf: where to
 * @size: room there, TPW_ENDPOINT_LEN is enough
 * @addr: the address
 * @family: AF_INET or AF_INET6
 * @port: the port, network byte order; 0 is printed as "*"
 * @dev: the device it is bound to, or NULL
 */
void tpw_proc_format_addr(char *buf, size_t size, const union tpw_addr *addr,
			  u8 family, __be16 port, const char *dev)
{
	size_t n;

	if (family == AF_INET6)
		n = scnprintf(buf, size, "[%pI6c%s%s]:", addr->ip6,
			      dev ? "%" : "", dev ? dev : "");
	else
		n = scnprintf(buf, size, "%pI4%s%s:", &addr->ip,
			      dev ? "%" : "", dev ? dev : "");
	if (port)
		scnprintf(buf + n, size - n, "%u", ntohs(port));
	else
		scnprintf(buf + n, size - n, "*");
}

/**
 * tpw_proc_put_addr() - an endpoint as a field, in a hurry
 * @m: where to; a blank goes before it
 * @addr: the address
 * @family: AF_INET or AF_INET6
 * @port: the port, network byte order; 0 is printed as "*"
 *
 * As tpw_proc_format_addr(), for files with a hundred thousand rows.
 */
void tpw_proc_put_addr(struct seq_file *m, const union tpw_addr *addr,
		       u8 family, __be16 port)
{
	const u8 *byte = (const u8 *)&addr->ip;

	if (family == AF_INET6) {
		seq_printf(m, " [%pI6c]", addr->ip6);
	} else {
		seq_put_decimal_ull(m, " ", byte[0]);
		seq_put_decimal_ull(m, ".", byte[1]);
		seq_put_decimal_ull(m, ".", byte[2]);
		seq_put_decimal_ull(m, ".", byte[3]);
	}
	if (port)
		seq_put_decimal_ull(m, ":", ntohs(port));
	else
		seq_puts(m, ":*");
}

/** tpw_proc_proto() - Return: tcp, tcp6, udp or udp6. */
const char *tpw_proc_proto(u8 proto, u8 family)
{
	if (proto == IPPROTO_TCP)
		return family == AF_INET6 ? "tcp6" : "tcp";
	return family == AF_INET6 ? "udp6" : "udp";
}

/**
 * tpw_proc_print_device() - the name of a device as a field, or "-"
 * @m: where to
 * @net: the namespace that it is in
 * @ifindex: its index, 0 for none
 *
 * Context: process.
 */
void tpw_proc_print_device(struct seq_file *m, const struct net *net,
			   s32 ifindex)
{
	const struct net_device *dev;

	if (!ifindex) {
		seq_putc(m, '-');
		return;
	}
	rcu_read_lock();
	dev = dev_get_by_index_rcu((struct net *)net, ifindex);
	if (dev)
		seq_escape(m, dev->name, " \t\n\\");
	else
		seq_printf(m, "if%d", ifindex);
	rcu_read_unlock();
}

/**
 * tpw_proc_print_actor() - "pid comm cgroup" as three fields
 * @m: where to; a blank goes before each
 * @actor: who; a pid of 0 is not known
 * @may_see: the reader may see other users' processes
 *
 * A reader in a PID namespace of its own gets the number that the process has
 * in its own.
 *
 * Context: process, of the reader.
 */
void tpw_proc_print_actor(struct seq_file *m, const struct tpw_actor *actor,
			  bool may_see)
{
	bool is_global = task_active_pid_ns(current) == &init_pid_ns;

	if (!actor->pid ||
	    (!may_see && actor->uid != from_kuid(&init_user_ns,
						 current_fsuid()))) {
		seq_puts(m, " ? ? ?");
		return;
	}
	seq_put_decimal_ull(m, " ", is_global ? actor->pid : actor->vpid);
	seq_putc(m, ' ');
	if (unlikely(strpbrk(actor->comm, " \t\n\\")))
		seq_escape(m, actor->comm, " \t\n\\");
	else
		seq_puts(m, actor->comm[0] ? actor->comm : "?");
	seq_put_decimal_ull(m, " ", actor->cgroup);
}
