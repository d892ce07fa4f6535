// SPDX-License-Identifier: GPL-2.0
/*
 * NOT SERVED, printed: a line for each local end or reason, and one for what is
 * left of a cause.
 */
#include "proc/overview.h"

#include "uapi/columns.h"
#include "verdict/reason.h"
#include "proc/proc.h"

#include <linux/in.h>
#include <linux/minmax.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#define NAME_WIDTH	13	/* "dropped-later" */
#define MIN_SEGMENTS	5
#define MIN_LOCAL	13	/* "Local Address" */
#define MOST_LOCAL	24

/* What is said of segments of which no local end is shown. */
static const struct {
	const char *name;
	const char *rest;
} causes[TPW_CAUSE_NR] = {
	[TPW_CAUSE_QUEUE_FULL] = { "queue-full", "tuplewatch listeners" },
	[TPW_CAUSE_REFUSED] = { "refused", "tuplewatch refused" },
	[TPW_CAUSE_IGNORED] = { "ignored", "tuplewatch refused" },
	[TPW_CAUSE_RESET] = {
		"reset", "RST by a listener, request or TIME_WAIT" },
	[TPW_CAUSE_DROPPED] = { "dropped", "tuplewatch counters" },
	[TPW_CAUSE_DROPPED_LATER] = {
		"dropped-later", "tuplewatch counters" },
	[TPW_CAUSE_TAKEN] = {
		"taken", "tuplewatch taken" },
};

/**
 * struct column - widths of the columns
 * @segments: numbers of segments
 * @local: local ends
 */
struct column {
	int segments;
	int local;
};

static void format_local(const struct tpw_unserved *row, char *buf)
{
	const struct tpw_tuple *t = &row->tuple;

	if (row->has_local)
		tpw_proc_format_addr(buf, TPW_TEXT_LEN, &t->local, t->family,
				     t->lport, NULL);
	else
		strscpy(buf, "-", TPW_TEXT_LEN);
}

static void format_queue(const struct tpw_unserved *row, char *buf)
{
	if (row->is_closed)
		strscpy(buf, "accept queue; closed now", TPW_TEXT_LEN);
	else
		scnprintf(buf, TPW_TEXT_LEN, "accept queue, now %u of %u",
			  row->queue, row->backlog);
}

/* The address is cut, and not what stands before it. */
static void format_from(enum tpw_cause cause, const struct tpw_unserved *row,
			char *buf, int width)
{
	const struct tpw_tuple *t = &row->tuple;
	int n = 0;

	if (cause == TPW_CAUSE_TAKEN)
		n = scnprintf(buf, TPW_TEXT_LEN, "%s, ",
			      tpw_taker_names[row->taker]);
	if (t->proto == IPPROTO_TCP)
		n += scnprintf(buf + n, TPW_TEXT_LEN - n, "%llu SYN, ",
			       row->syns);
	n += scnprintf(buf + n, TPW_TEXT_LEN - n, "last from ");
	tpw_proc_format_addr(buf + n, TPW_TEXT_LEN - n, &t->foreign, t->family,
			     t->fport, NULL);
	tpw_overview_cut(buf + n, max(width - n, 10));
}

static void format_why(enum tpw_cause cause, const struct tpw_unserved *row,
		       char *buf, int width)
{
	switch (cause) {
	case TPW_CAUSE_QUEUE_FULL:
		format_queue(row, buf);
		break;
	case TPW_CAUSE_REFUSED:
	case TPW_CAUSE_IGNORED:
	case TPW_CAUSE_TAKEN:
		format_from(cause, row, buf, width);
		break;
	default:
		scnprintf(buf, TPW_TEXT_LEN, "%s%s", tpw_reason_name(row->reason),
			  cause == TPW_CAUSE_DROPPED ? ", before a socket" :
						       ", after its match");
	}
}

static void measure(const struct tpw_overview *o, struct column *c)
{
	char text[TPW_TEXT_LEN];
	unsigned int i, k;

	c->segments = MIN_SEGMENTS;
	c->local = MIN_LOCAL;
	for (i = 0; i < TPW_CAUSE_NR; i++) {
		c->segments = max(c->segments,
				  scnprintf(text, sizeof(text), "%llu",
					    o->cause[i].segments));
		for (k = 0; k < o->cause[i].nr; k++) {
			format_local(&o->cause[i].row[k], text);
			c->local = max_t(int, c->local, strlen(text));
		}
	}
	c->local = min(c->local, MOST_LOCAL);
}

static void print_line(struct seq_file *m, const struct column *c,
		       enum tpw_cause cause, u64 segments, char *local, char *why)
{
	int width = TPW_PAGE_COLUMNS - NAME_WIDTH - c->segments - c->local - 5;

	tpw_overview_cut(local, c->local);
	tpw_overview_cut(why, width);
	seq_printf(m, "%-*s %*llu  %-*s  %s\n", NAME_WIDTH, causes[cause].name,
		   c->segments, segments, c->local, local, why);
}

static void print_part(struct seq_file *m, const struct column *c,
		       enum tpw_cause cause, const struct tpw_unserved *row)
{
	int width = TPW_PAGE_COLUMNS - NAME_WIDTH - c->segments - c->local - 5;
	char local[TPW_TEXT_LEN], why[TPW_TEXT_LEN];

	format_local(row, local);
	format_why(cause, row, why, width);
	print_line(m, c, cause, row->segments, local, why);
}

/* Which local ends refuse is not for everybody. */
static bool is_rest_hidden(const struct tpw_overview *o, enum tpw_cause cause)
{
	return !o->rights.is_admin &&
	       (cause == TPW_CAUSE_REFUSED || cause == TPW_CAUSE_IGNORED ||
		cause == TPW_CAUSE_QUEUE_FULL);
}

static void print_cause(struct seq_file *m, const struct tpw_overview *o,
			const struct column *c, enum tpw_cause cause)
{
	const struct tpw_cause_list *list = &o->cause[cause];
	unsigned int lines = o->cause_lines[cause], nr, i;
	char local[TPW_TEXT_LEN], why[TPW_TEXT_LEN];
	u64 rest;

	nr = min(lines, list->nr);
	if (nr == lines && tpw_cause_rest(list, nr))
		nr--;
	for (i = 0; i < nr; i++)
		print_part(m, c, cause, &list->row[i]);
	rest = tpw_cause_rest(list, nr);
	if (nr == lines || !rest)
		return;
	scnprintf(why, sizeof(why), "%s%s", nr ? "others: " : "",
		  causes[cause].rest);
	strscpy(local, is_rest_hidden(o, cause) ? TPW_HIDDEN : "-", sizeof(local));
	print_line(m, c, cause, rest, local, why);
}

/**
 * tpw_overview_print_unserved() - print NOT SERVED
 * @m: where to
 * @o: the overview
 *
 * Context: process, of the reader.
 */
void tpw_overview_print_unserved(struct seq_file *m, const struct tpw_overview *o)
{
	struct column c;
	unsigned int i;

	if (!o->unserved_nr) {
		if (tpw_overview_seen(o))
			seq_puts(m, "NOT SERVED: nothing\n\n");
		return;
	}
	measure(o, &c);
	seq_printf(m, "%-*s %*s  %-*s  Why\n", NAME_WIDTH, "NOT SERVED",
		   c.segments, "Segs", c.local, "Local Address");
	for (i = 0; i < TPW_CAUSE_NR; i++)
		if (o->cause_lines[i])
			print_cause(m, o, &c, i);
	seq_putc(m, '\n');
}
