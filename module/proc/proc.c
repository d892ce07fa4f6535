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
#include "proc/proc.h"

#include "base/compat.h"
#include "store/waiters.h"

#include <linux/capability.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
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
	{ "taken", 0444, &tpw_proc_taken_ops },
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
