// SPDX-License-Identifier: GPL-2.0
/*
 * The files in /proc, from one table: /proc/net/tuplewatch/ in each namespace,
 * /proc/net/tuplewatch/all/ in the initial one, and /proc/tuplewatch.
 *
 * Removing a file waits for the calls in progress, and a copy to or from user
 * space may take for ever: its page may be one that a file system of the
 * reader's never brings.  So
 *  - an open file holds its namespace, as seq_open_net() does: no namespace
 *    ends while one of its files is read, which would stop them all;
 *  - the files go before the namespaces are told that the module leaves, and
 *    no lock is held while they go;
 *  - who has no rights over the host pins the module while his data are being
 *    copied: rmmod says that it is in use, and does not begin.
 * An open file alone holds up no rmmod, but it closes.
 */
#include "proc.h"

#include "actor.h"
#include "connections.h"
#include "listeners.h"
#include "rights.h"
#include "waiters.h"

#include <linux/capability.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
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
 * @list: those of all namespaces that are there
 * @is_gone: they have been removed
 */
struct tpw_proc_dirs {
	struct tpw_view own;
	struct tpw_view all;
	struct proc_dir_entry *dir;
	struct proc_dir_entry *all_dir;
	struct list_head list;
	struct completion is_gone;
};

/* Close all files to who is no administrator of the host. */
bool tpw_proc_admin_only;

static DEFINE_MUTEX(lock);	/* guards the two below */
static LIST_HEAD(all_dirs);
static bool is_leaving;		/* the module: no more files are made */

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

static struct tpw_proc_dirs *create_dirs(struct tpw_net *tn)
{
	struct tpw_proc_dirs *dirs = kzalloc(sizeof(*dirs), GFP_KERNEL_ACCOUNT);

	if (!dirs)
		return NULL;
	dirs->own.tn = tn;
	dirs->all.tn = tn;
	dirs->all.is_all = true;
	init_completion(&dirs->is_gone);
	dirs->dir = proc_net_mkdir(tn->net, DIR_NAME, tn->net->proc_net);
	if (dirs->dir && !create_files(dirs->dir, &dirs->own))
		return dirs;
	if (dirs->dir)
		proc_remove(dirs->dir);
	kfree(dirs);
	return NULL;
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
	int err = 0;

	mutex_lock(&lock);
	if (!is_leaving) {
		tn->dirs = create_dirs(tn);
		if (tn->dirs)
			list_add(&tn->dirs->list, &all_dirs);
		else
			err = -ENOMEM;
	}
	mutex_unlock(&lock);
	return err;
}

/* Take one off the list, or @dirs if it is there; NULL if not. */
static struct tpw_proc_dirs *take_dirs(struct tpw_proc_dirs *dirs)
{
	mutex_lock(&lock);
	if (!dirs)
		dirs = list_first_entry_or_null(&all_dirs, struct tpw_proc_dirs,
						list);
	else if (list_empty(&dirs->list))
		dirs = NULL;
	if (dirs)
		list_del_init(&dirs->list);
	mutex_unlock(&lock);
	return dirs;
}

static void remove_dirs(struct tpw_proc_dirs *dirs)
{
	tpw_waiters_finish(&dirs->own.tn->log->waiters);
	proc_remove(dirs->dir);
	complete(&dirs->is_gone);
}

/**
 * tpw_proc_net_exit() - remove the files of a namespace
 * @tn: the namespace, which no open file holds
 *
 * Context: process, may sleep.
 */
void tpw_proc_net_exit(struct tpw_net *tn)
{
	if (!tn->dirs)
		return;
	if (take_dirs(tn->dirs))
		remove_dirs(tn->dirs);
	/* Or the module, which leaves, is just doing it. */
	wait_for_completion(&tn->dirs->is_gone);
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
 * tpw_proc_exit() - remove all files, of all namespaces
 *
 * A call in progress is waited for; no lock is held meanwhile.
 *
 * Context: process, may sleep.
 */
void tpw_proc_exit(void)
{
	struct tpw_proc_dirs *dirs;

	mutex_lock(&lock);
	is_leaving = true;
	mutex_unlock(&lock);
	tpw_waiters_finish(&tpw_log_all_waiters);
	remove_proc_entry(DIR_NAME, NULL);
	while ((dirs = take_dirs(NULL)))
		remove_dirs(dirs);
}

/**
 * tpw_proc_may_open() - may the opener have any file at all?
 *
 * Context: process; to be called by each open().
 * Return: 0, or -EPERM.
 */
int tpw_proc_may_open(void)
{
	return READ_ONCE(tpw_proc_admin_only) && !capable(CAP_NET_ADMIN) ?
	       -EPERM : 0;
}

/**
 * tpw_proc_open() - whom is this file about, and may the opener see it?
 * @inode: the file's
 * @view: where the answer goes
 *
 * The namespace is held until tpw_proc_close().
 *
 * Context: process; to be called by each open().
 * Return: 0, or -EPERM for all/ without CAP_NET_ADMIN in the initial user
 *	namespace, or -ENXIO for a namespace that is about to end.
 */
int tpw_proc_open(struct inode *inode, struct tpw_view **view)
{
	struct tpw_view *v = pde_data(inode);
	int err = tpw_proc_may_open();

	if (err)
		return err;
	if (v->is_all && !capable(CAP_NET_ADMIN))
		return -EPERM;
	if (!maybe_get_net(v->tn->net))
		return -ENXIO;
	*view = v;
	return 0;
}

/**
 * tpw_proc_close() - undo tpw_proc_open()
 * @view: what it gave; may be gone after this
 *
 * Context: process.
 */
void tpw_proc_close(struct tpw_view *view)
{
	put_net(view->tn->net);
}

/**
 * tpw_proc_single_open() - open() of a file that is printed in one
 * @inode: the file's
 * @file: the file
 * @show: prints it; the private data of its seq_file is the view
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int tpw_proc_single_open(struct inode *inode, struct file *file,
			 int (*show)(struct seq_file *m, void *v))
{
	struct tpw_view *view;
	int err;

	err = tpw_proc_open(inode, &view);
	if (err)
		return err;
	err = single_open(file, show, view);
	if (err)
		tpw_proc_close(view);
	return err;
}

/**
 * tpw_proc_single_release() - release() of such a file
 * @inode: the file's
 * @file: the file
 *
 * Context: process.
 * Return: 0.
 */
int tpw_proc_single_release(struct inode *inode, struct file *file)
{
	struct tpw_view *view = ((struct seq_file *)file->private_data)->private;

	single_release(inode, file);
	tpw_proc_close(view);
	return 0;
}

/**
 * tpw_proc_begin_copy() - data are about to be copied to or from user space
 * @file: on behalf of whom
 * @pins: to be given to tpw_proc_end_copy()
 *
 * Context: process, within a call of that file.
 * Return: 0, or -ENODEV if the module is being unloaded.
 */
int tpw_proc_begin_copy(const struct file *file, bool *pins)
{
	*pins = !file_ns_capable(file, &init_user_ns, CAP_NET_ADMIN);
	return *pins && !try_module_get(THIS_MODULE) ? -ENODEV : 0;
}

/**
 * tpw_proc_end_copy() - data have been copied
 * @pins: what tpw_proc_begin_copy() gave
 *
 * Context: process; the call itself keeps the module until it returns.
 */
void tpw_proc_end_copy(bool pins)
{
	if (pins)
		module_put(THIS_MODULE);
}

/**
 * tpw_proc_read() - seq_read() within begin_copy and end_copy
 * @file: the file
 * @buf: where to
 * @size: room there
 * @pos: position
 *
 * Context: process.
 * Return: bytes read, or -errno.
 */
ssize_t tpw_proc_read(struct file *file, char __user *buf, size_t size,
		      loff_t *pos)
{
	ssize_t n;
	bool pins;
	int err;

	err = tpw_proc_begin_copy(file, &pins);
	if (err)
		return err;
	n = seq_read(file, buf, size, pos);
	tpw_proc_end_copy(pins);
	return n;
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
 * tpw_proc_print_fact() - " name=value" for line 1 of a table
 * @m: where to
 * @name: the name
 * @may_see: it is the reader's business
 * @value: the value; "?" stands for it if it is not
 */
void tpw_proc_print_fact(struct seq_file *m, const char *name, bool may_see,
			 u64 value)
{
	if (may_see)
		seq_printf(m, " %s=%llu", name, value);
	else
		seq_printf(m, " %s=?", name);
}

static void tally_of_all(enum tpw_tally_kind kind, struct tpw_tally *to)
{
	if (kind == TPW_TALLY_LISTENERS)
		tpw_listeners_tally(to);
	else
		tpw_connections_tally(to);
}

/**
 * tpw_proc_tally() - what was forgotten of whom a file is about
 * @view: whom
 * @kind: in which table
 * @to: where to
 *
 * Context: process.
 */
void tpw_proc_tally(const struct tpw_view *view, enum tpw_tally_kind kind,
		    struct tpw_tally *to)
{
	if (view->is_all)
		tally_of_all(kind, to);
	else
		tpw_tally_copy(&view->tn->tallies->t[kind], to);
}

/**
 * tpw_proc_print_memory() - facts about a table of ours, for line 1
 * @m: where to
 * @view: whom the table is about
 * @rights: of the reader
 * @kind: which table
 * @held: rows that it holds, of all namespaces
 * @nr: rows that it can hold
 *
 * How full it is tells what others do; what has given way is the namespace's
 * own.
 */
void tpw_proc_print_memory(struct seq_file *m, const struct tpw_view *view,
			   const struct tpw_rights *rights,
			   enum tpw_tally_kind kind, u32 held, u32 nr)
{
	struct tpw_tally t;

	tpw_proc_tally(view, kind, &t);
	tpw_proc_print_fact(m, "held", rights->is_host_admin, held);
	tpw_proc_print_fact(m, "max", true, nr);
	tpw_proc_print_fact(m, "evicted", rights->is_admin, t.evicted);
	tpw_proc_print_fact(m, "forgotten", rights->is_admin, t.forgotten);
	tpw_proc_print_fact(m, "forgotten_ns", rights->is_admin,
			    t.forgotten_ns);
	tally_of_all(kind, &t);
	tpw_proc_print_fact(m, "evicted_all", rights->is_host_admin, t.evicted);
	seq_puts(m, rights->is_admin ? " shows=all" : " shows=own");
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
 * @rights: of the reader
 *
 * A reader in a PID namespace of its own gets the number that the process has
 * in its own.
 *
 * Context: process, of the reader.
 */
void tpw_proc_print_actor(struct seq_file *m, const struct tpw_actor *actor,
			  const struct tpw_rights *rights)
{
	char name[4 * TPW_COMM_LEN];
	u32 pid = 0;

	if (tpw_rights_see(rights, actor->uid))
		pid = tpw_actor_pid_for_current(actor);
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
