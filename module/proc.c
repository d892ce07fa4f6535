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
#include <linux/rcupdate.h>
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
	/* open() asks for CAP_NET_ADMIN: root of a container may have no uid yet. */
	{ "log", 0444, &tpw_proc_log_ops },
	{ "log_pipe", 0444, &tpw_proc_log_pipe_ops },
	/* The same for writing it. */
	{ "filter", 0666, &tpw_proc_filter_ops },
	{ "hooks", 0444, &tpw_proc_hooks_ops },
	{ "explain", 0666, &tpw_proc_explain_ops, .is_own_only = true },
};

/**
 * struct tpw_proc_dirs - the directories of one namespace
 * @own: whom the files in its own directory are about
 * @all: whom those in all/ are about; the initial namespace only
 * @dir: /proc/net/tuplewatch
 * @all_dir: all/ in it
 */
struct tpw_proc_dirs {
	struct tpw_view own;
	struct tpw_view all;
	struct proc_dir_entry *dir;
	struct proc_dir_entry *all_dir;
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

		if (view->is_all && files[i].is_own_only)
			continue;
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
	int err;

	dirs->all_dir = proc_net_mkdir(dirs->own.tn->net, "all", dirs->dir);
	if (!dirs->all_dir)
		return -ENOMEM;
	err = create_files(dirs->all_dir, &dirs->all);
	if (err) {
		proc_remove(dirs->all_dir);
		dirs->all_dir = NULL;
	}
	return err;
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
 * tpw_proc_init() - make what is about more than one namespace
 *
 * Context: process, may sleep; all namespaces have their own.
 * Return: 0 or -ENOMEM.
 */
int tpw_proc_init(void)
{
	struct tpw_proc_dirs *dirs = tpw_pernet_get(&init_net)->dirs;
	int err;

	err = create_all(dirs);
	if (err)
		return err;
	if (proc_create(DIR_NAME, 0444, NULL, &tpw_proc_overview_ops))
		return 0;
	proc_remove(dirs->all_dir);
	dirs->all_dir = NULL;
	return -ENOMEM;
}

/**
 * tpw_proc_exit() - undo tpw_proc_init()
 *
 * Context: process, may sleep.
 */
void tpw_proc_exit(void)
{
	struct tpw_proc_dirs *dirs = tpw_pernet_get(&init_net)->dirs;

	remove_proc_entry(DIR_NAME, NULL);
	proc_remove(dirs->all_dir);
	dirs->all_dir = NULL;
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
 * tpw_proc_escape() - a name as one field of a table
 * @buf: where to
 * @size: room there; four times @max holds all
 * @name: the name
 * @max: it ends there, if not before
 *
 * What could be taken for the end of a field or would upset a terminal is
 * printed in octal, as in /proc/mounts; a name of nothing as "?".
 */
void tpw_proc_escape(char *buf, size_t size, const char *name, size_t max)
{
	size_t i, n = 0;

	for (i = 0; i < max && name[i] && n + 4 < size; i++) {
		u8 c = name[i];

		if (c <= ' ' || c == '\\' || c >= 0x7f)
			n += scnprintf(buf + n, size - n, "\\%03o", c);
		else
			buf[n++] = c;
	}
	if (!n)
		buf[n++] = '?';
	buf[n] = '\0';
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
	char name[4 * IFNAMSIZ];

	if (!ifindex) {
		seq_putc(m, '-');
		return;
	}
	rcu_read_lock();
	dev = dev_get_by_index_rcu((struct net *)net, ifindex);
	if (dev)
		tpw_proc_escape(name, sizeof(name), dev->name, IFNAMSIZ);
	else
		scnprintf(name, sizeof(name), "if%d", ifindex);
	rcu_read_unlock();
	seq_puts(m, name);
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
	u32 uid = __kuid_val(m->file->f_cred->fsuid);
	u32 pid = tpw_actor_pid_for_current(actor, uid, may_see);
	char name[4 * TPW_COMM_LEN];

	if (!pid) {
		seq_puts(m, " ? ? ?");
		return;
	}
	seq_put_decimal_ull(m, " ", pid);
	seq_putc(m, ' ');
	tpw_proc_escape(name, sizeof(name), actor->comm, TPW_COMM_LEN);
	seq_puts(m, name);
	seq_put_decimal_ull(m, " ", actor->cgroup);
}
