// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/tuplewatch: the page for a person.
 *
 * All that it shows is gathered when it is opened, for the namespace of the
 * opener: the sockets from the kernel's own tables, joined with our counts.
 * A segment counts in one row, and the rows add up to "seen": what belongs to
 * no row any more stands in the last one.  It is at most TPW_PAGE_LINES lines of
 * TPW_PAGE_COLUMNS columns.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "proc/overview.h"

#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

static const struct {
	const char *name;
	const char *what;
	const char *what_short;	/* where columns leave less room */
} lines[] = {
	[TPW_OVERVIEW_SEEN] = { "seen", "", "" },
	[TPW_OVERVIEW_CONNECTION] = {
		"  matched a connection",
		"the whole 5-tuple was in the established table",
		"the whole 5-tuple fitted" },
	[TPW_OVERVIEW_REQUEST] = {
		"  matched a request",
		"the ACK that ends a handshake: SYN_RECV till now",
		"the ACK that ends a handshake" },
	[TPW_OVERVIEW_TIME_WAIT] = {
		"  matched a TIME_WAIT",
		"the 5-tuple of a connection closed a moment ago",
		"the 5-tuple was just closed" },
	[TPW_OVERVIEW_LISTENER] = {
		"  matched a listener",
		"only local address and port had to fit: a SYN",
		"local address and port fitted" },
	[TPW_OVERVIEW_BOUND] = {
		"  matched a bound UDP",
		"only local address and port had to fit",
		"local address and port fitted" },
	[TPW_OVERVIEW_NOTHING] = {
		"  matched nothing",
		"no socket: the client reads \"Connection refused\"",
		"no socket there" },
	[TPW_OVERVIEW_DROPPED] = {
		"  dropped before",
		"bad checksum, socket filter ...",
		"bad checksum, filter ..." },
};

static const char *const columns[] = { "TCP", "TCP6", "UDP", "UDP6" };

#define NAME_WIDTH	22
#define MIN_COUNT	5	/* "UDP6" and a blank */

/* What is about all namespaces is not for every reader. */
static void print_number(struct seq_file *m, bool may_see, u64 number)
{
	if (may_see)
		seq_put_decimal_ull(m, "", number);
	else
		seq_puts(m, TPW_HIDDEN);
}

static int count_width(const struct tpw_overview *o, unsigned int family)
{
	return max(MIN_COUNT, snprintf(NULL, 0, "%llu",
				       o->line[TPW_OVERVIEW_SEEN][family]));
}

static const char *line_text(unsigned int line, bool is_short)
{
	return is_short ? lines[line].what_short : lines[line].what;
}

/* The texts of all lines fit, or none is shown. */
static bool fits(const struct tpw_overview *o, int room, bool is_short)
{
	unsigned int i;

	for (i = 0; i < TPW_OVERVIEW_LINES; i++)
		if (o->has_line[i] && (int)strlen(line_text(i, is_short)) > room)
			return false;
	return true;
}

static void print_line(struct seq_file *m, const struct tpw_overview *o,
		       unsigned int line, const char *what)
{
	unsigned int f;

	seq_printf(m, "%-*s", NAME_WIDTH, lines[line].name);
	for (f = 0; f < TPW_FAMILY_NR; f++)
		if (o->has_family[f] && o->hooks.lacks[f])
			seq_printf(m, " %*s", count_width(o, f), "?");
		else if (o->has_family[f])
			seq_printf(m, " %*llu", count_width(o, f),
				   o->line[line][f]);
	seq_printf(m, "%s%s\n", *what ? "   " : "", what);
}

static void print_lines(struct seq_file *m, const struct tpw_overview *o)
{
	int room = TPW_PAGE_COLUMNS - NAME_WIDTH - 3;
	bool is_short, is_shown;
	unsigned int i, f;

	seq_printf(m, "%-*s", NAME_WIDTH, "INCOMING SEGMENTS");
	for (f = 0; f < TPW_FAMILY_NR; f++) {
		if (!o->has_family[f])
			continue;
		seq_printf(m, " %*s", count_width(o, f), columns[f]);
		room -= count_width(o, f) + 1;
	}
	seq_putc(m, '\n');
	is_short = !fits(o, room, false);
	is_shown = fits(o, room, is_short);
	for (i = 0; i < TPW_OVERVIEW_LINES; i++)
		if (o->has_line[i])
			print_line(m, o, i, is_shown ? line_text(i, is_short) : "");
}

static void print_not_watched(struct seq_file *m, const struct tpw_overview *o)
{
	unsigned int f;

	for (f = 0; f < TPW_FAMILY_NR; f++)
		if (o->hooks.lacks[f])
			seq_printf(m, "%s is not watched: %s cannot be hooked\n",
				   tpw_family_meanings[f], o->hooks.lacks[f]);
}

static void print_head(struct seq_file *m, const struct tpw_overview *o)
{
	if (!o->hooks.is_enabled)
		seq_puts(m, "NOT WATCHING: enabled=0; echo 1 > /sys/module/tuplewatch/parameters/enabled\n");
	else if (!o->hooks.is_watching)
		seq_printf(m, "NOT WATCHING: %s calls no hook; %s\n",
			   o->hooks.backend, o->blind_advice);
	print_not_watched(m, o);
	seq_printf(m, "tuplewatch %s: how each incoming segment found its socket\n",
		   TPW_VERSION);
	seq_printf(m, "netns %u, ", o->inum);
	if (o->hooks.is_enabled)
		seq_printf(m, "watching %llu s, ", o->watching_s);
	else
		seq_puts(m, "off, ");
	seq_printf(m, "unwatched %llu, unresolved %llu, taken ", o->unwatched,
		   o->unresolved);
	if (o->has_taken)
		seq_printf(m, "%llu\n\n", o->taken);
	else
		seq_printf(m, "%s\n\n", o->hooks.taken_mark);
}

static void print_foot(struct seq_file *m, const struct tpw_overview *o)
{
	seq_printf(m, "\nthis netns: log %llu of %llu records, evicted ",
		   o->log_held, o->log_nr);
	print_number(m, o->rights.is_admin, o->evicted);
	seq_puts(m, ", forgotten ");
	print_number(m, o->rights.is_admin, o->forgotten);
	seq_printf(m, "\nwhole host: %u of %u hooks by %s, missed ",
		   o->hooks.armed, o->hooks.total, o->hooks.backend);
	print_number(m, o->rights.is_host_admin, o->hooks.missed);
	seq_printf(m, "; memory %llu.%llu MiB\n            holds ",
		   o->memory >> 20, ((o->memory & 0xfffff) * 10) >> 20);
	print_number(m, o->rights.is_host_admin, o->listeners_held);
	seq_printf(m, " of %u listeners, ", o->listeners_nr);
	print_number(m, o->rights.is_host_admin, o->connections_held);
	seq_printf(m, " of %u connections\n", o->connections_nr);
	seq_puts(m, "the tables are in /proc/net/tuplewatch, see also: tuplewatch --help\n");
}

/* What to do next. */
static void print_nothing(struct seq_file *m, const struct tpw_overview *o)
{
	seq_puts(m, "NOTHING YET: no socket here, and no segment has come to this netns.\n");
	seq_puts(m, "Send it one (nc -z 127.0.0.1 22), and read this page again; or look\n");
	if (o->rights.is_host_admin)
		seq_puts(m, "at all namespaces: tuplewatch listeners -N all\n");
	else
		seq_puts(m, "whether all is in order: tuplewatch doctor\n");
}

static bool has_nothing(const struct tpw_overview *o)
{
	return !o->nr && !tpw_overview_seen(o) && !tpw_watched_lost();
}

static int show(struct seq_file *m, void *v)
{
	const struct tpw_overview *o = *(struct tpw_overview **)m->private;

	print_head(m, o);
	print_lines(m, o);
	seq_putc(m, '\n');
	tpw_overview_print_unserved(m, o);
	if (has_nothing(o))
		print_nothing(m, o);
	else
		tpw_overview_print_sockets(m, o);
	print_foot(m, o);
	return 0;
}

/* All of it is one record. */
static void *start(struct seq_file *m, loff_t *pos)
{
	return *pos ? NULL : SEQ_START_TOKEN;
}

static void *next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return NULL;
}

static void stop(struct seq_file *m, void *v)
{
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
