// SPDX-License-Identifier: GPL-2.0
/*
 * The files "log" and "log_pipe": verdicts, one row each.
 *
 * "log" has what the rings hold, in the order of time, then ends.  "log_pipe"
 * has what comes from now on: it blocks, polls, and pins the module, so that
 * rmmod says that it is in use instead of taking it from under a reader (that
 * of a container is taken: it reads the end of the file).
 *
 * Each open file has a position in each ring.  Numbers (seq) are given per CPU
 * and namespace, so a gap tells a reader how many of its own rows were
 * overwritten before it got there; it reads "# lost N" in their place.
 *
 * What a read has brought can be given back: head and grep -m seek to behind
 * the last row that they want.  No other seek is possible.
 */
#include "proc.h"

#include "log.h"
#include "reason.h"
#include "trace.h"
#include "verdict.h"

#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
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

#define LINE_LEN	768	/* the longest row is some 430 */
#define CHUNK_LEN	8192	/* at least what head reads at once: BUFSIZ */

static const char columns[] =
	"seq time_ns cpu netns dev proto foreign local flags len via match "
	"state mods reuseport relookup cookie listener outcome\n";

/**
 * struct cursor - where a reader is in one ring
 * @position: of the next record
 * @end: where "log" ends: what came after it was opened is not its
 * @overtaken: records that were overwritten under it, of all namespaces
 * @seq: the last number of its namespace that it has accounted for
 * @has_next: @next is to be printed
 * @next: a record that was read and not printed yet
 */
struct cursor {
	u64 position;
	u64 end;
	u64 overtaken;
	u64 seq;
	bool has_next;
	struct tpw_log_record next;
};

/**
 * struct reader - an open file
 * @lock: one read at a time
 * @view: whom it is about
 * @is_pipe: it waits for more
 * @pins_module: rmmod says that the module is in use
 * @start: where in @chunk the rest that is to be copied begins
 * @end: where it ends
 * @chunk: the rows that are being copied to user space
 * @cursor: by CPU
 */
struct reader {
	struct mutex lock;	/* readers that share the open file */
	const struct tpw_view *view;
	bool is_pipe;
	bool pins_module;
	size_t start;
	size_t end;
	char chunk[CHUNK_LEN];
	struct cursor cursor[];
};

static u64 last_seq(const struct reader *r, int cpu)
{
	return READ_ONCE(per_cpu_ptr(r->view->tn->counters.counts, cpu)->log_seq);
}

/*
 * For the namespace, positions first and numbers after: a record in between
 * is then older than the start, and not lost.
 */
static void start_cursors(struct reader *r)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct cursor *c = &r->cursor[cpu];

		c->end = r->is_pipe ? U64_MAX : tpw_log_head(cpu);
		c->position = r->is_pipe ? tpw_log_head(cpu) :
					   tpw_log_oldest(cpu);
		smp_rmb();	/* positions first; the writer numbers first */
		c->seq = r->is_pipe ? last_seq(r, cpu) : 0;
	}
}

/* Is this record the reader's?  Its namespace, and not older than its start. */
static bool is_wanted(const struct reader *r, const struct cursor *c)
{
	if (r->view->is_all)
		return true;
	if (c->next.net.cookie != r->view->tn->id.cookie)
		return false;
	return c->next.seq > c->seq;
}

static void fetch(struct reader *r, int cpu)
{
	struct cursor *c = &r->cursor[cpu];

	while (!c->has_next && c->position < c->end &&
	       tpw_log_read(cpu, &c->position, &c->overtaken, &c->next)) {
		c->has_next = is_wanted(r, c);
		cond_resched();
	}
}

/* Rows that this ring has lost for this reader before its next record. */
static u64 take_lost(struct reader *r, struct cursor *c, int cpu)
{
	u64 lost = 0;

	if (r->view->is_all) {
		lost = c->overtaken;
		c->overtaken = 0;
		return lost;
	}
	if (!r->is_pipe && !c->seq) {
		/* What was overwritten before the file was opened is no loss. */
		if (c->has_next)
			c->seq = c->next.seq - 1;
		c->overtaken = 0;
		return 0;
	}
	if (c->has_next)
		lost = c->next.seq - 1 - c->seq;
	else if (r->is_pipe && c->overtaken &&
		 c->position == tpw_log_head(cpu))
		lost = last_seq(r, cpu) - c->seq;
	else
		return 0;
	c->seq += lost;
	c->overtaken = 0;
	return lost;
}

/* The CPU whose next record is the oldest, or -1. */
static int oldest_cpu(struct reader *r)
{
	int cpu, oldest = -1;

	for_each_possible_cpu(cpu) {
		fetch(r, cpu);
		if (!r->cursor[cpu].has_next)
			continue;
		if (oldest < 0 || r->cursor[cpu].next.time_ns <
				  r->cursor[oldest].next.time_ns)
			oldest = cpu;
	}
	return oldest;
}

static const char *proto_name(const struct tpw_verdict *v)
{
	static const char *const names[] = { "tcp", "tcp6", "udp", "udp6" };

	return names[v->family];
}

static void format_mods(char *buf, size_t size, const struct tpw_verdict *v)
{
	size_t n = 0;

	if (v->mods & TPW_MOD_DUAL)
		n += scnprintf(buf + n, size - n, ",dual");
	if (v->mods & TPW_MOD_DEVICE)
		n += scnprintf(buf + n, size - n, ",device");
	if (v->mods & TPW_MOD_MPTCP)
		n += scnprintf(buf + n, size - n, ",mptcp");
	if (v->receivers > 1)
		n += scnprintf(buf + n, size - n, ",receivers=%u", v->receivers);
	if (!n)
		scnprintf(buf, size, ",-");
}

static void format_group(char *buf, size_t size, const struct tpw_verdict *v)
{
	static const char *const choosers[] = { "", "hash", "cbpf", "ebpf" };

	if (v->chooser == TPW_CHOOSER_NOBODY)
		scnprintf(buf, size, "-");
	else if (v->match == TPW_MATCH_NONE)
		scnprintf(buf, size, "-/%u:%s", v->members,
			  choosers[v->chooser]);
	else if (!v->member)
		scnprintf(buf, size, "?/%u:%s", v->members, choosers[v->chooser]);
	else
		scnprintf(buf, size, "%u/%u:%s", v->member, v->members,
			  choosers[v->chooser]);
}

static void format_cookie(char *buf, size_t size, const struct tpw_verdict *v)
{
	if (v->cookie)
		scnprintf(buf, size, "%llx", v->cookie);
	else if (v->match == TPW_MATCH_NONE || v->via == TPW_VIA_UNSEARCHED)
		scnprintf(buf, size, "-");
	else
		scnprintf(buf, size, "?");
}

static void format_listener(char *buf, size_t size, const struct tpw_verdict *v)
{
	if (v->listener)
		scnprintf(buf, size, "%llx", v->listener);
	else if (v->match == TPW_MATCH_UNKNOWN)
		scnprintf(buf, size, "?");
	else
		scnprintf(buf, size, "-");
}

static size_t format_record(char *buf, size_t size,
			    const struct tpw_log_record *rec)
{
	const struct tpw_verdict *v = &rec->v;
	char local[TPW_ENDPOINT_LEN], foreign[TPW_ENDPOINT_LEN];
	char dev[4 * TPW_DEV_LEN + 8], mods[64], group[24];
	char cookie[20], listener[20], flags[8];
	bool is_tcp = v->family <= TPW_TCP6;

	tpw_proc_format_addr(local, sizeof(local), &v->tuple.local,
			     v->tuple.family, v->tuple.lport, NULL);
	tpw_proc_format_addr(foreign, sizeof(foreign), &v->tuple.foreign,
			     v->tuple.family, v->tuple.fport, NULL);
	tpw_proc_escape(dev, sizeof(dev), v->dev, TPW_DEV_LEN);
	format_mods(mods, sizeof(mods), v);
	format_group(group, sizeof(group), v);
	format_cookie(cookie, sizeof(cookie), v);
	format_listener(listener, sizeof(listener), v);
	return scnprintf(buf, size,
			 "%llu %llu %u %u %s %s %s %s %s %u %s %s %s %s %s %s %s %s %s%s%s\n",
			 rec->seq, rec->time_ns, rec->cpu, rec->net.inum, dev,
			 proto_name(v), foreign, local,
			 is_tcp ? tpw_flags_format(v->flags, flags) : "-",
			 v->len, tpw_via_names[v->via],
			 tpw_match_names[v->match],
			 v->match == TPW_MATCH_UNKNOWN ? "?" :
			 tpw_state_name(v->state), mods + 1, group,
			 v->relookup ? tpw_relookup_names[v->relookup - 1] : "-",
			 cookie, listener, tpw_outcome_names[v->outcome],
			 v->outcome == TPW_OUTCOME_DROPPED ? ":" : "",
			 v->outcome == TPW_OUTCOME_DROPPED ?
			 tpw_reason_name(v->reason) : "");
}

static void put_head(struct reader *r)
{
	s64 offset = ktime_to_ns(ktime_mono_to_real(0));
	char netns[16] = "all";

	if (!r->view->is_all)
		scnprintf(netns, sizeof(netns), "%u", r->view->tn->id.inum);
	r->end = scnprintf(r->chunk, LINE_LEN,
			   "# tuplewatch %d %s netns=%s clock=monotonic wall_offset_ns=%lld\n%s",
			   TPW_FORMAT, r->is_pipe ? "log_pipe" : "log", netns,
			   offset, columns);
}

/* The next row, or what was lost before it, behind what @chunk has. */
static bool add_line(struct reader *r)
{
	char *line = r->chunk + r->end;
	u64 lost = 0;
	int cpu, oldest = oldest_cpu(r);

	for_each_possible_cpu(cpu)
		if (cpu == oldest || !r->cursor[cpu].has_next)
			lost += take_lost(r, &r->cursor[cpu], cpu);
	if (lost) {
		trace_lost(r->view->is_all ? 0 : r->view->tn->id.inum, lost);
		r->end += scnprintf(line, LINE_LEN, "# lost %llu\n", lost);
		return true;
	}
	if (oldest < 0)
		return false;
	r->end += format_record(line, LINE_LEN, &r->cursor[oldest].next);
	r->cursor[oldest].seq = r->cursor[oldest].next.seq;
	r->cursor[oldest].has_next = false;
	return true;
}

static void fill_chunk(struct reader *r)
{
	r->start = 0;
	r->end = 0;
	while (r->end + LINE_LEN <= CHUNK_LEN && !signal_pending(current))
		if (!add_line(r))
			break;
}

/* Of one chunk only, so that all of it can be given back. */
static ssize_t copy_chunk(struct reader *r, char __user *buf, size_t size)
{
	size_t n;

	if (r->start == r->end)
		fill_chunk(r);
	n = min(r->end - r->start, size);
	if (copy_to_user(buf, r->chunk + r->start, n))
		return -EFAULT;
	r->start += n;
	return n;
}

static bool has_more(struct reader *r)
{
	bool has;

	mutex_lock(&r->lock);
	has = r->start < r->end || oldest_cpu(r) >= 0;
	mutex_unlock(&r->lock);
	return has;
}

/* May sleep no more: any record will do, of whatever namespace. */
static bool may_have_more(const struct reader *r)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (READ_ONCE(r->cursor[cpu].has_next) ||
		    tpw_log_is_ready(cpu, READ_ONCE(r->cursor[cpu].position)))
			return true;
	return READ_ONCE(r->view->tn->is_dying);
}

static ssize_t read(struct file *file, char __user *buf, size_t size,
		    loff_t *pos)
{
	struct reader *r = file->private_data;
	ssize_t n;

	if (!size)
		return 0;
	for (;;) {
		if (mutex_lock_interruptible(&r->lock))
			return -ERESTARTSYS;
		n = copy_chunk(r, buf, size);
		if (n > 0)
			*pos += n;
		mutex_unlock(&r->lock);
		if (!n && signal_pending(current))
			return -ERESTARTSYS;
		if (n || !r->is_pipe)
			break;
		if (READ_ONCE(r->view->tn->is_dying))
			return 0;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(tpw_log_waitq, may_have_more(r)))
			return -ERESTARTSYS;
	}
	return n;
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

	poll_wait(file, &tpw_log_waitq, wait);
	if (READ_ONCE(r->view->tn->is_dying))
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	return has_more(r) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int open_reader(struct inode *inode, struct file *file, bool is_pipe)
{
	struct tpw_view *view;
	struct reader *r;
	bool pins;
	int err;

	err = tpw_proc_open(inode, &view);
	if (err)
		return err;
	if (!ns_capable(view->tn->net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	/* A container must not be able to keep the module from unloading. */
	pins = is_pipe && capable(CAP_NET_ADMIN);
	if (pins && !try_module_get(THIS_MODULE))
		return -ENODEV;
	r = kvzalloc(struct_size(r, cursor, nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!r) {
		if (pins)
			module_put(THIS_MODULE);
		return -ENOMEM;
	}
	r->pins_module = pins;
	mutex_init(&r->lock);
	r->view = view;
	r->is_pipe = is_pipe;
	if (is_pipe)
		tpw_log_wait_begin();
	start_cursors(r);
	put_head(r);
	file->private_data = r;
	file->f_mode &= ~(FMODE_PREAD | FMODE_PWRITE);
	/* Who waits for rows must not keep others from the open file. */
	if (is_pipe)
		file->f_mode &= ~FMODE_ATOMIC_POS;
	return 0;
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
	bool pins = r->pins_module;

	if (r->is_pipe)
		tpw_log_wait_end();
	kvfree(r);
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
