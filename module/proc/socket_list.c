// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a table of sockets as a file.
 *
 * One bucket of the kernel's table is copied at a time, under its lock, and
 * printed without: a socket never changes its bucket, so each one that stays
 * is read once.  Entries of ours that stood beside one are marked; those that
 * are not marked, and were there when reading began, follow.  An entry keeps
 * its index for life, so these are read once too.  No lock is held between
 * two calls, and nothing is walked twice as long as the file is read from
 * front to back.
 *
 * A directory all/ reads one namespace after the other, by rising cookie.
 */
#include "proc/socket_list.h"

#include "record/pernet.h"
#include "proc/proc.h"

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#define BUFFER_BYTES	SZ_32K

static void put_namespace(struct tpw_walk *w)
{
	if (w->tn && w->view->is_all)
		put_net(w->tn->net);
	w->tn = NULL;
}

static bool next_namespace(struct tpw_walk *w)
{
	if (!w->view->is_all) {
		if (w->after)
			return false;
		w->tn = w->view->tn;
	} else {
		put_namespace(w);
		w->tn = tpw_pernet_next(w->after);
	}
	if (!w->tn)
		return false;
	w->after = w->tn->id.cookie;
	w->table = 0;
	w->bucket = 0;
	return true;
}

static bool is_ours(const struct tpw_walk *w, enum tpw_socket_table table)
{
	return w->ops->tables & BIT(table);
}

/* Fill the batch from the next bucket that has sockets; false at the end. */
static bool next_batch(struct tpw_walk *w)
{
	w->at = 0;
	w->batch.nr = 0;
	for (; w->table < TPW_SOCKETS_END; w->table++, w->bucket = 0) {
		struct net *net = w->tn->net;

		if (!is_ours(w, w->table))
			continue;
		while (w->bucket < tpw_sockets_buckets(net, w->table)) {
			w->error = tpw_sockets_read_bucket(net, w->table,
							   w->bucket++,
							   &w->batch);
			if (w->error)
				return false;
			if (w->batch.nr)
				return true;
			cond_resched();
		}
	}
	return false;
}

static bool next_live(struct tpw_walk *w)
{
	if (!w->tn && !next_namespace(w))
		return false;
	for (;;) {
		while (w->at < w->batch.nr)
			if (w->ops->live(w, &w->batch.rows[w->at++]))
				return true;
		while (!next_batch(w))
			if (w->error || !next_namespace(w))
				return false;
	}
}

static bool next_remembered(struct tpw_walk *w)
{
	while (w->index < w->ops->nr()) {
		u32 index = w->index++;

		if (!test_bit(index, w->shown) && w->ops->remembered(w, index))
			return true;
		cond_resched();
	}
	return false;
}

static bool step(struct tpw_walk *w)
{
	if (!w->index && next_live(w))
		return w->has_row = true;
	if (w->error)
		return w->has_row = false;
	return w->has_row = next_remembered(w);
}

static void rewind_walk(struct tpw_walk *w)
{
	put_namespace(w);
	bitmap_zero(w->shown, w->ops->nr());
	w->after = 0;
	w->table = 0;
	w->bucket = 0;
	w->batch.nr = 0;
	w->at = 0;
	w->index = 0;
	w->began_ns = ktime_get_mono_fast_ns();
	w->position = 0;
	w->has_row = false;
	w->error = 0;
}

/**
 * tpw_walk_shown() - an entry of ours stands beside a socket
 * @w: the file
 * @index: of the entry
 */
void tpw_walk_shown(struct tpw_walk *w, u32 index)
{
	__set_bit(index, w->shown);
}

/**
 * tpw_walk_is_of() - is an entry of ours of a namespace that the file shows?
 * @w: the file
 * @net_cookie: the entry's namespace
 *
 * Return: true if it is.
 */
bool tpw_walk_is_of(const struct tpw_walk *w, u64 net_cookie)
{
	return w->view->is_all || w->view->tn->id.cookie == net_cookie;
}

/* Position 0 is the head, the rows follow. */
static void *start(struct seq_file *m, loff_t *pos)
{
	struct tpw_walk *w = m->private;

	if (!*pos) {
		rewind_walk(w);
		return SEQ_START_TOKEN;
	}
	if (*pos != w->position) {
		rewind_walk(w);
		while (w->position < *pos && step(w))
			w->position++;
	}
	return w->error ? ERR_PTR(w->error) : w->has_row ? w : NULL;
}

static void *next(struct seq_file *m, void *v, loff_t *pos)
{
	struct tpw_walk *w = m->private;

	w->position = ++*pos;
	step(w);
	return w->error ? ERR_PTR(w->error) : w->has_row ? w : NULL;
}

static void stop(struct seq_file *m, void *v)
{
}

static int show(struct seq_file *m, void *v)
{
	const struct tpw_walk *w = m->private;

	if (v == SEQ_START_TOKEN)
		w->ops->head(m, w);
	else
		w->ops->print(m, w);
	return 0;
}

static const struct seq_operations seq_ops = {
	.start = start,
	.next = next,
	.stop = stop,
	.show = show,
};

/*
 * A row that does not fit is printed once more into the next buffer: with
 * 4 KiB, as seq_file has it, that is each twentieth.  Without memory for a
 * larger one seq_file makes its own.
 */
static void give_buffer(struct seq_file *m)
{
	m->buf = kvmalloc(BUFFER_BYTES, GFP_KERNEL_ACCOUNT);
	if (m->buf)
		m->size = BUFFER_BYTES;
}

/**
 * tpw_walk_open() - open() of such a file
 * @inode: the file's
 * @file: the file
 * @ops: what file
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int tpw_walk_open(struct inode *inode, struct file *file,
		  const struct tpw_walk_ops *ops)
{
	struct tpw_view *view;
	struct tpw_walk *w;
	int err;

	err = tpw_proc_open(inode, &view);
	if (err)
		return err;
	w = __seq_open_private(file, &seq_ops, sizeof(*w));
	if (!w)
		goto err_close;
	w->ops = ops;
	w->view = view;
	tpw_rights_take(&w->rights, file, view->tn->net);
	w->row = kzalloc(ops->row_bytes, GFP_KERNEL_ACCOUNT);
	w->shown = kvcalloc(BITS_TO_LONGS(ops->nr() + 1), sizeof(long),
			    GFP_KERNEL_ACCOUNT);
	if (w->row && w->shown) {
		give_buffer(file->private_data);
		return 0;
	}
	kvfree(w->shown);
	kfree(w->row);
	seq_release_private(inode, file);
err_close:
	tpw_proc_close(view);
	return -ENOMEM;
}

/**
 * tpw_walk_release() - release() of such a file
 * @inode: the file's
 * @file: the file
 *
 * Context: process.
 * Return: 0.
 */
int tpw_walk_release(struct inode *inode, struct file *file)
{
	struct tpw_walk *w = ((struct seq_file *)file->private_data)->private;
	struct tpw_view *view = w->view;

	put_namespace(w);
	tpw_sockets_free(&w->batch);
	kvfree(w->shown);
	kfree(w->row);
	seq_release_private(inode, file);
	tpw_proc_close(view);
	return 0;
}
