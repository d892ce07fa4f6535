// SPDX-License-Identifier: GPL-2.0
/*
 * The files "log" and "log_pipe": verdicts, one row each.
 *
 * "log" has what the rings hold, in the order of time, then ends.  "log_pipe"
 * has what comes from now on: it blocks, polls, and pins the module, so that
 * rmmod says that it is in use instead of taking it from under a reader (that
 * of a container is taken: it reads the end of the file).
 *
 * Who opened "log_pipe" with O_NOFOLLOW is on a walk through a tree of files, as
 * cp -r, grep -r, tar and rsync are, and wants what is there: lines 1 and 2, and
 * the end.  It waits for nothing, and pins nothing.  cat, tail, head and shells
 * do follow links.
 *
 * A reader that was too slow reads "# lost N" in place of the rows that were
 * overwritten before it got there.
 *
 * What a read has brought can be given back: head and grep -m seek to behind
 * the last row that they want.  No other seek is possible.
 */
#include "proc/proc.h"

#include "store/log.h"
#include "store/waiters.h"
#include "record/trace.h"
#include "hook/arm.h"
#include "proc/log_row.h"
#include "proc/log_sources.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/wait.h>

#define CHUNK_LEN	8192	/* at least what head reads at once: BUFSIZ */

/**
 * struct reader - an open file
 * @lock: one read at a time
 * @view: whom it is about
 * @waiters: where it waits
 * @sources: what it reads
 * @is_pipe: it is "log_pipe"
 * @follows: it waits for more
 * @pins_module: rmmod says that the module is in use
 * @start: where in @chunk the rest that is to be copied begins
 * @end: where it ends
 * @chunk: the rows that are being copied to user space
 * @record: the one that is being printed
 */
struct reader {
	struct mutex lock;	/* readers that share the open file */
	struct tpw_view *view;
	struct tpw_waiters *waiters;
	struct tpw_log_sources sources;
	bool is_pipe;
	bool follows;
	bool pins_module;
	size_t start;
	size_t end;
	char chunk[CHUNK_LEN];
	struct tpw_log_record record;
};

static void put_head(struct reader *r)
{
	s64 offset = ktime_to_ns(ktime_mono_to_real(0));
	char netns[16] = "all";

	if (!r->view->is_all)
		scnprintf(netns, sizeof(netns), "%u", r->view->tn->id.inum);
	r->end = scnprintf(r->chunk, TPW_LOG_ROW_LEN,
			   "# tuplewatch %d %s netns=%s watching=%s clock=monotonic wall_offset_ns=%lld\n%s",
			   TPW_FORMAT, r->is_pipe ? "log_pipe" : "log", netns,
			   tpw_hooks_watch() ? "yes" : "no", offset, tpw_log_row_columns());
}

/* The next row, or what was lost before it, behind what @chunk has. */
static bool add_line(struct reader *r)
{
	char *line = r->chunk + r->end;
	u64 lost;
	u32 inum;

	if (!tpw_log_sources_next(&r->sources, &r->record, &inum, &lost))
		return false;
	if (lost) {
		trace_lost(r->view->is_all ? 0 : r->view->tn->id.inum, lost);
		r->end += scnprintf(line, TPW_LOG_ROW_LEN, "# lost %llu\n", lost);
	} else {
		r->end += tpw_log_row_format(line, TPW_LOG_ROW_LEN, inum,
					     &r->record);
	}
	return true;
}

static int fill_chunk(struct reader *r)
{
	int err = tpw_log_sources_refresh(&r->sources);

	r->start = 0;
	r->end = 0;
	while (!err && r->end + TPW_LOG_ROW_LEN <= CHUNK_LEN && !signal_pending(current))
		if (!add_line(r))
			break;
	return err;
}

/* Whoever walks through a tree has read lines 1 and 2, and has no rows to expect. */
static bool has_rows(const struct reader *r)
{
	return r->follows || !r->is_pipe;
}

/*
 * Of one chunk only, so that all of it can be given back.  The copy may take for
 * ever: nobody but who reads may wait for it, not even rmmod.
 */
static ssize_t copy_chunk(struct reader *r, struct file *file,
			  char __user *buf, size_t size)
{
	bool pins;
	size_t n;
	int err;

	if (r->start == r->end && has_rows(r)) {
		err = fill_chunk(r);
		if (err)
			return err;
	}
	n = min(r->end - r->start, size);
	if (!n)
		return 0;
	err = tpw_proc_begin_copy(file, &pins);
	if (err)
		return err;
	if (copy_to_user(buf, r->chunk + r->start, n))
		err = -EFAULT;
	tpw_proc_end_copy(pins);
	if (err)
		return err;
	r->start += n;
	return n;
}

static bool has_more(struct reader *r)
{
	bool has;

	mutex_lock(&r->lock);
	has = r->start < r->end || tpw_log_sources_refresh(&r->sources) ||
	      tpw_log_sources_have_next(&r->sources);
	mutex_unlock(&r->lock);
	return has;
}

static bool is_over(const struct reader *r)
{
	return READ_ONCE(r->waiters->is_over);
}

/* Until there is more, or there never will be. */
static int wait_for_more(struct reader *r)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	int err = 0;

	tpw_waiters_add(r->waiters, &wait);
	while (!is_over(r) && !has_more(r)) {
		if (signal_pending(current)) {
			err = -ERESTARTSYS;
			break;
		}
		wait_woken(&wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	}
	remove_wait_queue(&r->waiters->queue, &wait);
	return err;
}

static ssize_t read_some(struct reader *r, struct file *file, char __user *buf,
			 size_t size, loff_t *pos)
{
	ssize_t n;

	if (mutex_lock_interruptible(&r->lock))
		return -ERESTARTSYS;
	n = copy_chunk(r, file, buf, size);
	if (n > 0)
		*pos += n;
	mutex_unlock(&r->lock);
	if (!n && signal_pending(current))
		return -ERESTARTSYS;
	return n;
}

static ssize_t read(struct file *file, char __user *buf, size_t size,
		    loff_t *pos)
{
	struct reader *r = file->private_data;
	ssize_t n;

	if (!size)
		return 0;
	for (;;) {
		n = read_some(r, file, buf, size, pos);
		if (n || !r->follows || is_over(r))
			return n;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		n = wait_for_more(r);
		if (n)
			return n;
	}
}

static loff_t seek(struct file *file, loff_t offset, int whence)
{
	struct reader *r = file->private_data;
	loff_t back;

	if (whence != SEEK_CUR && whence != SEEK_SET)
		return -ESPIPE;
	if (mutex_lock_interruptible(&r->lock))
		return -ERESTARTSYS;
	back = whence == SEEK_CUR ? -offset : file->f_pos - offset;
	if (back < 0 || back > r->start) {
		mutex_unlock(&r->lock);
		return -ESPIPE;
	}
	r->start -= back;
	offset = file->f_pos - back;
	file->f_pos = offset;
	mutex_unlock(&r->lock);
	return offset;
}

static __poll_t poll(struct file *file, struct poll_table_struct *wait)
{
	struct reader *r = file->private_data;

	poll_wait(file, &r->waiters->queue, wait);
	smp_mb();	/* as in tpw_waiters_add() */
	if (is_over(r) || !r->follows)
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	return has_more(r) ? EPOLLIN | EPOLLRDNORM : 0;
}

static struct tpw_log *followed(const struct reader *r)
{
	return r->view->is_all ? NULL : r->view->tn->log;
}

static struct reader *create_reader(struct tpw_view *view, bool follows)
{
	struct reader *r = kvzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);

	if (!r)
		return NULL;
	mutex_init(&r->lock);
	r->view = view;
	r->waiters = view->is_all ? &tpw_log_all_waiters :
				    &view->tn->log->waiters;
	r->follows = follows;
	if (follows)
		tpw_log_follow(followed(r));
	if (!tpw_log_sources_start(&r->sources, followed(r), follows))
		return r;
	if (follows)
		tpw_log_unfollow(followed(r));
	kvfree(r);
	return NULL;
}

static int open_view(struct tpw_view *view, struct file *file, bool is_pipe)
{
	bool follows = is_pipe && !(file->f_flags & O_NOFOLLOW);
	struct reader *r;
	bool pins;

	if (!ns_capable(view->tn->net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	/* A container must not be able to keep the module from unloading. */
	pins = follows && capable(CAP_NET_ADMIN);
	if (pins && !try_module_get(THIS_MODULE))
		return -ENODEV;
	r = create_reader(view, follows);
	if (!r) {
		if (pins)
			module_put(THIS_MODULE);
		return -ENOMEM;
	}
	r->is_pipe = is_pipe;
	r->pins_module = pins;
	put_head(r);
	file->private_data = r;
	file->f_mode &= ~(FMODE_PREAD | FMODE_PWRITE);
	/* Who waits for rows must not keep others from the open file. */
	if (follows)
		file->f_mode &= ~FMODE_ATOMIC_POS;
	return 0;
}

static int open_reader(struct inode *inode, struct file *file, bool is_pipe)
{
	struct tpw_view *view;
	int err;

	err = tpw_proc_open(inode, &view);
	if (err)
		return err;
	err = open_view(view, file, is_pipe);
	if (err)
		tpw_proc_close(view);
	return err;
}

static int open_log(struct inode *inode, struct file *file)
{
	return open_reader(inode, file, false);
}

static int open_pipe(struct inode *inode, struct file *file)
{
	return open_reader(inode, file, true);
}

static int release(struct inode *inode, struct file *file)
{
	struct reader *r = file->private_data;
	struct tpw_view *view = r->view;
	bool pins = r->pins_module;

	if (r->follows)
		tpw_log_unfollow(followed(r));
	tpw_log_sources_drop(&r->sources);
	kvfree(r);
	tpw_proc_close(view);
	if (pins)
		module_put(THIS_MODULE);
	return 0;
}

const struct proc_ops tpw_proc_log_ops = {
	.proc_open = open_log,
	.proc_read = read,
	.proc_lseek = seek,
	.proc_release = release,
};

const struct proc_ops tpw_proc_log_pipe_ops = {
	.proc_open = open_pipe,
	.proc_read = read,
	.proc_lseek = seek,
	.proc_poll = poll,
	.proc_release = release,
};
