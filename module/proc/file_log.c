// SPDX-License-Identifier: GPL-2.0
/*
 * The files "log" and "log_pipe": verdicts, one row each.
 *
 * "log" has what the rings hold, in the order of time, then ends.  "log_pipe"
 * has what comes from now on: it blocks, polls, and pins the module, so that
 * rmmod says that it is in use instead of taking it from under a reader (that
 * of a container is taken: it reads the end of the file).
 *
 * Each open file has a position in each ring of its namespace, or of all of
 * them.  A position is a number (seq), so a reader knows how many rows were
 * overwritten before it got there; it reads "# lost N" in their place.
 *
 * What a read has brought can be given back: head and grep -m seek to behind
 * the last row that they want.  No other seek is possible.
 */
#include "proc/proc.h"

#include "verdict/reason.h"
#include "verdict/verdict.h"
#include "store/log.h"
#include "store/waiters.h"
#include "record/trace.h"

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
#include <linux/wait.h>

#define LINE_LEN	768	/* the longest row is some 430 */
#define CHUNK_LEN	8192	/* at least what head reads at once: BUFSIZ */

static const char columns[] =
	"seq time_ns cpu netns dev proto foreign local flags len via match "
	"state mods reuseport relookup cookie listener outcome\n";

/**
 * struct cursor - where a reader is in one ring
 * @position: of the next record
 * @end: where "log" ends: what came after it was opened is not its
 * @overtaken: records that were overwritten under it
 * @time_ns: when the next record was written, if @has_next
 * @has_next: there is one
 */
struct cursor {
	u64 position;
	u64 end;
	u64 overtaken;
	u64 time_ns;
	bool has_next;
};

/**
 * struct source - the log of one namespace, as it is read
 * @list: all sources of a reader
 * @log: the log; of another namespace than the reader's, held
 * @cursor: by CPU
 */
struct source {
	struct list_head list;
	struct tpw_log *log;
	struct cursor cursor[];
};

/**
 * struct reader - an open file
 * @lock: one read at a time
 * @view: whom it is about
 * @waiters: where it waits
 * @sources: what it reads
 * @serial: of the newest of them
 * @is_pipe: it waits for more
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
	struct list_head sources;
	u64 serial;
	bool is_pipe;
	bool pins_module;
	size_t start;
	size_t end;
	char chunk[CHUNK_LEN];
	struct tpw_log_record record;
};

/* A log that was made while it is being followed is read from its beginning. */
static int add_source(struct reader *r, struct tpw_log *log, bool is_new)
{
	struct source *s;
	int cpu;

	s = kvzalloc(struct_size(s, cursor, nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	s->log = log;
	for_each_possible_cpu(cpu) {
		struct cursor *c = &s->cursor[cpu];

		c->end = r->is_pipe ? U64_MAX : tpw_log_head(log, cpu);
		if (is_new)
			continue;
		c->position = r->is_pipe ? tpw_log_head(log, cpu) :
					   tpw_log_oldest(log, cpu);
	}
	list_add_tail(&s->list, &r->sources);
	return 0;
}

static int add_all_sources(struct reader *r, bool is_new)
{
	struct tpw_log *log;
	int err;

	while ((log = tpw_log_after(r->serial))) {
		err = add_source(r, log, is_new);
		if (err) {
			tpw_log_put(log);
			return err;
		}
		r->serial = log->serial;
		cond_resched();
	}
	return 0;
}

static void drop_source(struct reader *r, struct source *s)
{
	list_del(&s->list);
	if (r->view->is_all)
		tpw_log_put(s->log);
	kvfree(s);
}

static void drop_sources(struct reader *r)
{
	struct source *s, *next;

	list_for_each_entry_safe(s, next, &r->sources, list)
		drop_source(r, s);
}

static int start_sources(struct reader *r)
{
	int err;

	INIT_LIST_HEAD(&r->sources);
	err = r->view->is_all ? add_all_sources(r, false) :
				add_source(r, r->view->tn->log, false);
	if (err)
		drop_sources(r);
	return err;
}

static bool peek(struct source *s, int cpu)
{
	struct cursor *c = &s->cursor[cpu];

	c->has_next = tpw_log_peek(s->log, cpu, &c->position, &c->overtaken,
				   &c->time_ns);
	if (c->position >= c->end) {
		c->overtaken -= c->position - c->end;
		c->position = c->end;
		c->has_next = false;
	}
	return c->has_next;
}

/* The cursor whose next record is the oldest, in @source on @cpu; or NULL. */
static struct cursor *find_oldest(struct reader *r, struct source **source,
				  int *cpu)
{
	struct cursor *oldest = NULL;
	struct source *s;
	int at;

	list_for_each_entry(s, &r->sources, list) {
		for_each_possible_cpu(at) {
			if (!peek(s, at) ||
			    (oldest && oldest->time_ns <= s->cursor[at].time_ns))
				continue;
			oldest = &s->cursor[at];
			*source = s;
			*cpu = at;
		}
		cond_resched();
	}
	return oldest;
}

/*
 * Rows that were lost before the next one, @oldest, or before the end.  Those
 * of other rings are told when it is their turn.
 */
static u64 take_lost(struct reader *r, struct cursor *oldest)
{
	struct source *s;
	u64 lost = 0;
	int cpu;

	list_for_each_entry(s, &r->sources, list) {
		for_each_possible_cpu(cpu) {
			struct cursor *c = &s->cursor[cpu];

			if (c != oldest && c->has_next)
				continue;
			lost += c->overtaken;
			c->overtaken = 0;
		}
	}
	return lost;
}

static bool is_drained(struct source *s)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (s->cursor[cpu].overtaken || peek(s, cpu))
			return false;
	return true;
}

/* Namespaces have come and gone; what is left of these is read first. */
static int refresh_sources(struct reader *r)
{
	struct source *s, *next;

	if (!r->view->is_all || !r->is_pipe)
		return 0;
	list_for_each_entry_safe(s, next, &r->sources, list)
		if (READ_ONCE(s->log->is_dead) && is_drained(s))
			drop_source(r, s);
	return r->serial == tpw_log_newest() ? 0 : add_all_sources(r, true);
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

static size_t format_record(char *buf, size_t size, u32 inum,
			    const struct tpw_log_record *rec)
{
	const struct tpw_verdict *v = &rec->v;
	char local[TPW_ENDPOINT_LEN], foreign[TPW_ENDPOINT_LEN];
	char dev[4 * TPW_DEV_LEN + 8], mods[64], group[24];
	char cookie[20], listener[20], flags[8];
	bool is_tcp = tpw_family_is_tcp(v->family);

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
			 rec->seq, rec->time_ns, rec->cpu, inum, dev,
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
	struct source *s = NULL;
	struct cursor *oldest;
	u64 lost;
	int cpu;

	do {
		oldest = find_oldest(r, &s, &cpu);
		lost = take_lost(r, oldest);
		if (lost) {
			trace_lost(r->view->is_all ? 0 : r->view->tn->id.inum,
				   lost);
			r->end += scnprintf(line, LINE_LEN, "# lost %llu\n",
					    lost);
			return true;
		}
		if (!oldest)
			return false;
	} while (!tpw_log_read(s->log, cpu, oldest->position, &r->record));
	oldest->position++;
	r->end += format_record(line, LINE_LEN, s->log->id.inum, &r->record);
	return true;
}

static int fill_chunk(struct reader *r)
{
	int err = refresh_sources(r);

	r->start = 0;
	r->end = 0;
	while (!err && r->end + LINE_LEN <= CHUNK_LEN && !signal_pending(current))
		if (!add_line(r))
			break;
	return err;
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

	if (r->start == r->end) {
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

static bool has_lost(const struct reader *r)
{
	struct source *s;
	int cpu;

	list_for_each_entry(s, &r->sources, list)
		for_each_possible_cpu(cpu)
			if (s->cursor[cpu].overtaken)
				return true;
	return false;
}

static bool has_more(struct reader *r)
{
	struct source *s;
	int cpu;
	bool has;

	mutex_lock(&r->lock);
	has = r->start < r->end || refresh_sources(r) ||
	      find_oldest(r, &s, &cpu) || has_lost(r);
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
		if (n || !r->is_pipe || is_over(r))
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
	if (is_over(r))
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	return has_more(r) ? EPOLLIN | EPOLLRDNORM : 0;
}

static struct tpw_log *followed(const struct reader *r)
{
	return r->view->is_all ? NULL : r->view->tn->log;
}

static struct reader *create_reader(struct tpw_view *view, bool is_pipe)
{
	struct reader *r = kvzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);

	if (!r)
		return NULL;
	mutex_init(&r->lock);
	r->view = view;
	r->waiters = view->is_all ? &tpw_log_all_waiters :
				    &view->tn->log->waiters;
	r->is_pipe = is_pipe;
	if (is_pipe)
		tpw_log_follow(followed(r));
	if (!start_sources(r))
		return r;
	if (is_pipe)
		tpw_log_unfollow(followed(r));
	kvfree(r);
	return NULL;
}

static int open_view(struct tpw_view *view, struct file *file, bool is_pipe)
{
	struct reader *r;
	bool pins;

	if (!ns_capable(view->tn->net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	/* A container must not be able to keep the module from unloading. */
	pins = is_pipe && capable(CAP_NET_ADMIN);
	if (pins && !try_module_get(THIS_MODULE))
		return -ENODEV;
	r = create_reader(view, is_pipe);
	if (!r) {
		if (pins)
			module_put(THIS_MODULE);
		return -ENOMEM;
	}
	r->pins_module = pins;
	put_head(r);
	file->private_data = r;
	file->f_mode &= ~(FMODE_PREAD | FMODE_PWRITE);
	/* Who waits for rows must not keep others from the open file. */
	if (is_pipe)
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

	if (r->is_pipe)
		tpw_log_unfollow(followed(r));
	drop_sources(r);
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
