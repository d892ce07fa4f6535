// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tuplewatch: the page for a person.
 *
 * All that it shows is gathered when it is opened, for the namespace of the
 * opener: the sockets from the kernel's own tables, joined with our counts.
 * A segment counts in one row, and the rows add up to "seen": what belongs to
 * no row any more stands in the last one.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "proc/overview.h"

#include <linux/fs.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

static const struct {
	const char *name;
	const char *what;
	const char *what_short;	/* where several columns leave less room */
	bool is_optional;	/* shown when it is not zero */
} lines[] = {
	[TPW_OVERVIEW_SEEN] = { "seen", "", "" },
	[TPW_OVERVIEW_CONNECTION] = {
		"  matched a connection",
		"the whole 5-tuple was in the established table",
		"the whole 5-tuple was in the table" },
	[TPW_OVERVIEW_REQUEST] = {
		"  matched a request",
		"the ACK that ends a handshake: its tuple waited there as SYN_RECV",
		"the ACK that ends a handshake" },
	[TPW_OVERVIEW_TIME_WAIT] = {
		"  matched a TIME_WAIT",
		"the 5-tuple of a connection that was closed a moment ago",
		"the 5-tuple was just closed", true },
	[TPW_OVERVIEW_LISTENER] = {
		"  matched a listener",
		"the SYN of a new tuple: only local address and port had to fit",
		"only local address and port had to fit" },
	[TPW_OVERVIEW_NOTHING] = {
		"  matched nothing",
		"no socket: answered with RST, the client reads \"Connection refused\"",
		"no socket: \"Connection refused\"" },
	[TPW_OVERVIEW_DROPPED] = {
		"  dropped before",
		"bad checksum, socket filter ...: see counters",
		"bad checksum, filter ...: see counters", true },
};

static void print_line(struct seq_file *m, const struct tpw_overview *o,
		       enum tpw_overview_line line)
{
	const char *what = o->nr_families > 1 ? lines[line].what_short :
						lines[line].what;
	unsigned int f;

	seq_printf(m, "%-22s", lines[line].name);
	for (f = 0; f < TPW_FAMILY_NR; f++)
		if (o->has_family[f])
			seq_printf(m, " %*llu", o->count_width,
				   o->line[line][f]);
	seq_printf(m, "%s%s\n", *what ? "   " : "", what);
}

/* What is about all namespaces is not for every reader. */
static void print_number(struct seq_file *m, bool may_see, u64 number)
{
	if (may_see)
		seq_put_decimal_ull(m, "", number);
	else
		seq_puts(m, TPW_HIDDEN);
}

static void print_head(struct seq_file *m, const struct tpw_overview *o)
{
	static const char *const columns[] = { "TCP", "TCP6", "UDP", "UDP6" };
	unsigned int i, f;

	if (!o->hooks.is_enabled)
		seq_puts(m, "NOT WATCHING: enabled=0; echo 1 > /sys/module/tuplewatch/parameters/enabled\n");
	else if (!o->hooks.is_watching)
		seq_printf(m, "NOT WATCHING: %s does not call the hooks; %s\n",
			   o->hooks.backend, o->blind_advice);
	seq_printf(m, "tuplewatch %s: how each incoming segment found its socket         netns %u, ",
		   TPW_VERSION, o->inum);
	if (o->hooks.is_enabled)
		seq_printf(m, "watching %llu s\n", o->watching_s);
	else
		seq_puts(m, "off\n");
	seq_printf(m, "%u of %u hooks by %s, missed ", o->hooks.armed,
		   o->hooks.total, o->hooks.backend);
	print_number(m, o->rights.is_host_admin, o->hooks.missed);
	seq_printf(m, ", unwatched %llu, unresolved %llu, taken ",
		   o->unwatched, o->unresolved);
	if (o->has_taken)
		seq_printf(m, "%llu\n\n", o->taken);
	else
		seq_puts(m, "-\n\n");

	seq_printf(m, "%-22s", "INCOMING SEGMENTS");
	for (f = 0; f < TPW_FAMILY_NR; f++)
		if (o->has_family[f])
			seq_printf(m, " %*s", o->count_width, columns[f]);
	seq_putc(m, '\n');
	for (i = 0; i < TPW_OVERVIEW_LINES; i++)
		if (!lines[i].is_optional || o->has_line[i])
			print_line(m, o, i);
	seq_printf(m, "\n%-48s(a segment counts in one row: the sum is \"seen\")\n",
		   "SOCKETS");
	seq_printf(m, "%-5s %-*s %-*s %-11s %*s  %*s  %s\n", "Proto",
		   o->local_width, "Local Address", o->foreign_width,
		   "Foreign Address", "State", o->segments_width, "Segs",
		   o->queue_width, "Queue", "PID/Program name");
}

static void print_row(struct seq_file *m, const struct tpw_overview *o,
		      const struct tpw_overview_row *row)
{
	char local[TPW_ENDPOINT_LEN], foreign[TPW_ENDPOINT_LEN];
	char queue[TPW_QUEUE_LEN], note[96], segments[24];

	tpw_overview_format_ends(row, local, foreign);
	tpw_overview_format_queue(row, queue);
	tpw_overview_format_note(o, row, note, sizeof(note));
	if (row->is_hidden)
		strscpy(segments, TPW_HIDDEN, sizeof(segments));
	else
		scnprintf(segments, sizeof(segments), "%llu", row->segments);
	seq_printf(m, "%-5s %-*s %-*s %-11s %*s  %*s  %s\n",
		   tpw_overview_proto(row), o->local_width, local,
		   o->foreign_width, foreign, tpw_overview_state(row),
		   o->segments_width, segments, o->queue_width, queue, note);
}

static void print_rest(struct seq_file *m, const struct tpw_overview *o,
		       const char *what, u64 segments)
{
	if (segments)
		seq_printf(m, "%-*s %*llu  %*s  -\n",
			   o->local_width + o->foreign_width + 19, what,
			   o->segments_width, segments, o->queue_width, "-");
}

static void print_foot(struct seq_file *m, const struct tpw_overview *o)
{
	print_rest(m, o, "(dropped before a socket)", o->dropped);
	print_rest(m, o, "(other users' sockets, hidden from you)", o->hidden);
	print_rest(m, o, "(others)", o->others);
	seq_puts(m, "\nholds ");
	print_number(m, o->rights.is_host_admin, o->listeners_held);
	seq_printf(m, " of %u listeners, ", o->listeners_nr);
	print_number(m, o->rights.is_host_admin, o->connections_held);
	seq_printf(m, " of %u connections, %llu of %llu log records\nevicted ",
		   o->connections_nr, o->log_held, o->log_nr);
	print_number(m, o->rights.is_admin, o->evicted);
	seq_puts(m, ", forgotten ");
	print_number(m, o->rights.is_admin, o->forgotten);
	seq_printf(m, "; memory %llu.%llu MiB\n", o->memory >> 20,
		   ((o->memory & 0xfffff) * 10) >> 20);
	seq_puts(m, "see /proc/net/tuplewatch:");
	tpw_proc_print_names(m);
	seq_puts(m, "\nor: tuplewatch --help\n");
}

/* Position 0 is the head, the rows follow, the foot comes last. */
static void *start(struct seq_file *m, loff_t *pos)
{
	const struct tpw_overview *o = *(struct tpw_overview **)m->private;

	return *pos < o->nr + 2 ? pos : NULL;
}

static void *next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return start(m, pos);
}

static void stop(struct seq_file *m, void *v)
{
}

static int show(struct seq_file *m, void *v)
{
	const struct tpw_overview *o = *(struct tpw_overview **)m->private;
	loff_t pos = *(loff_t *)v;

	if (!pos)
		print_head(m, o);
	else if (pos <= o->nr)
		print_row(m, o, &o->rows[pos - 1]);
	else
		print_foot(m, o);
	return 0;
}

static const struct seq_operations seq_ops = {
	.start = start,
	.next = next,
	.stop = stop,
	.show = show,
};

static int open(struct inode *inode, struct file *file)
{
	struct tpw_net *tn = tpw_pernet_get(current->nsproxy->net_ns);
	struct tpw_overview **o;
	int err = tpw_proc_may_open();

	if (err)
		return err;
	o = __seq_open_private(file, &seq_ops, sizeof(*o));
	if (!o)
		return -ENOMEM;
	*o = tpw_overview_create(tn, file);
	if (!IS_ERR(*o))
		return 0;
	err = PTR_ERR(*o);
	seq_release_private(inode, file);
	return err;
}

static int release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	tpw_overview_destroy(*(struct tpw_overview **)m->private);
	return seq_release_private(inode, file);
}

const struct proc_ops tpw_proc_overview_ops = {
	.proc_open = open,
	.proc_read = tpw_proc_read,
	.proc_lseek = seq_lseek,
	.proc_release = release,
};
