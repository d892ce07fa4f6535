// SPDX-License-Identifier: GPL-2.0
/*
 * The file "filter": reading it shows the rules in force, writing it sets
 * others.  One write() is one set of rules, whatever its position.
 *
 * What was wrong with the last one is told to whoever reads the same open
 * file.  In all/ it is a table of the rules of each namespace, and cannot be
 * written: /proc/PID/net/tuplewatch/filter can, for whoever may.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "filter/filter.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

/**
 * struct editor - an open file
 * @lock: guards @is_wrong and @error
 * @view: whom it is about
 * @is_wrong: the last write() was refused for what it said
 * @error: what was wrong with it
 */
struct editor {
	struct mutex lock;	/* writers of one open file, and its reader */
	struct tpw_view *view;
	bool is_wrong;
	struct tpw_rules_error error;
};

static void print_error(struct seq_file *m, const struct tpw_rules_error *e)
{
	char text[4 * sizeof(e->word) + 1];

	seq_puts(m, "# error:");
	if (e->word_len) {
		tpw_proc_escape(text, sizeof(text), e->word, e->word_len);
		seq_printf(m, " %s:", text);
	}
	if (e->part_len) {
		tpw_proc_escape(text, sizeof(text), e->part, e->part_len);
		seq_printf(m, " \"%s\"", text);
	}
	seq_printf(m, " %s\n", e->why);
}

static const char *rules_of(const struct tpw_net *tn)
{
	const struct tpw_filter *filter = tpw_filter_get(&tn->filter);

	return filter ? filter->rules.text : "all";
}

/* In a table a blank is the end of a field. */
static void print_row(struct tpw_net *tn, void *data)
{
	struct seq_file *m = data;

	seq_printf(m, "%u ", tn->id.inum);
	rcu_read_lock();
	seq_escape(m, rules_of(tn), " \\");
	rcu_read_unlock();
	seq_putc(m, '\n');
}

static const char columns[] = TPW_FILTERS_COLUMNS(TPW_COLUMN_NAME) "\n";

static int show(struct seq_file *m, void *v)
{
	struct editor *e = m->private;

	tpw_proc_print_head(m, "filter", e->view);
	seq_putc(m, '\n');
	if (e->view->is_all) {
		seq_puts(m, &columns[1]);
		tpw_pernet_for_each(print_row, m);
		return 0;
	}
	mutex_lock(&e->lock);
	if (e->is_wrong)
		print_error(m, &e->error);
	mutex_unlock(&e->lock);
	rcu_read_lock();
	seq_puts(m, rules_of(e->view->tn));
	rcu_read_unlock();
	seq_putc(m, '\n');
	return 0;
}

static int set(struct editor *e, const char *text, size_t len)
{
	int err;

	mutex_lock(&e->lock);
	err = tpw_filter_set(&e->view->tn->filter, text, len, &e->error);
	e->is_wrong = err == -EINVAL || err == -E2BIG;
	mutex_unlock(&e->lock);
	return err;
}

static ssize_t read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	ssize_t n;
	bool pins;
	int err;

	err = tpw_proc_begin_copy(iocb->ki_filp, &pins);
	if (err)
		return err;
	n = seq_read_iter(iocb, to);
	tpw_proc_end_copy(pins);
	return n;
}

static ssize_t write(struct file *file, const char __user *buf, size_t len,
		     loff_t *pos)
{
	struct seq_file *m = file->private_data;
	char *text;
	bool pins;
	int err;

	if (!len)
		return 0;
	err = tpw_proc_begin_copy(file, &pins);
	if (err)
		return err;
	text = memdup_user_nul(buf, min_t(size_t, len, TPW_RULES_BYTES));
	tpw_proc_end_copy(pins);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = set(m->private, text, len);
	kfree(text);
	/* Whoever reads next begins anew, also where *pos is not looked at. */
	file->f_pos = 0;
	*pos = 0;
	return err ? err : len;
}

static int open_view(struct tpw_view *view, struct file *file)
{
	struct editor *e;
	int err;

	if (file->f_mode & FMODE_WRITE &&
	    (view->is_all || !ns_capable(view->tn->net->user_ns, CAP_NET_ADMIN)))
		return -EPERM;
	e = kzalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);
	if (!e)
		return -ENOMEM;
	mutex_init(&e->lock);
	e->view = view;
	err = single_open(file, show, e);
	if (err)
		kfree(e);
	return err;
}

static int open(struct inode *inode, struct file *file)
{
	struct tpw_view *view;
	int err;

	err = tpw_proc_open(inode, &view);
	if (err)
		return err;
	err = open_view(view, file);
	if (err)
		tpw_proc_close(view);
	return err;
}

static int release(struct inode *inode, struct file *file)
{
	struct editor *e = ((struct seq_file *)file->private_data)->private;
	struct tpw_view *view = e->view;

	kfree(e);
	single_release(inode, file);
	tpw_proc_close(view);
	return 0;
}

const struct proc_ops tpw_proc_filter_ops = {
	.proc_open = open,
	.proc_read_iter = read_iter,
	.proc_write = write,
	.proc_lseek = seq_lseek,
	.proc_release = release,
};
