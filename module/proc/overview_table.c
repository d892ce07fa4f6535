// SPDX-License-Identifier: GPL-2.0
/*
 * SOCKETS, printed: rows, what no row is about, and segments of no row.
 */
#include "proc/overview.h"

#include <linux/seq_file.h>
#include <linux/string.h>

static void print_title(struct seq_file *m, const struct tpw_overview *o)
{
	const struct tpw_overview_widths *w = &o->width;

	seq_printf(m, "%-*s", TPW_PAGE_COLUMNS - 49, "SOCKETS");
	seq_puts(m, "(a segment counts in one row: the sum is \"seen\")\n");
	seq_printf(m, "%-*s %-*s %-*s %*s  %s\n", w->local,
		   "Proto Local Address", w->foreign, "Foreign Address",
		   w->state, "State", w->segments, "Segs", "PID/Program name");
}

static void print_cell(struct seq_file *m, char *text, int width, char end)
{
	tpw_overview_cut(text, width);
	seq_printf(m, "%-*s%c", width, text, end);
}

static int span_width(const struct tpw_overview *o)
{
	return o->width.local + o->width.foreign + o->width.state + 2;
}

static void print_note(struct seq_file *m, const struct tpw_overview *o, char *note)
{
	tpw_overview_cut(note, o->width.note);
	seq_printf(m, "  %s\n", note);
}

static void print_row(struct seq_file *m, const struct tpw_overview *o,
		      const struct tpw_overview_row *row)
{
	char text[TPW_TEXT_LEN];

	tpw_overview_format_local(o, row, text);
	if (tpw_overview_is_span(row)) {
		print_cell(m, text, span_width(o), ' ');
	} else {
		print_cell(m, text, o->width.local, ' ');
		tpw_overview_format_foreign(row, text);
		print_cell(m, text, o->width.foreign, ' ');
		tpw_overview_format_state(row, text);
		print_cell(m, text, o->width.state, ' ');
	}
	tpw_overview_format_segments(row, text);
	seq_printf(m, "%*s", o->width.segments, text);
	tpw_overview_format_note(o, row, text);
	print_note(m, o, text);
}

/* A line that is about no one socket. */
static void print_sum(struct seq_file *m, const struct tpw_overview *o, char *text,
		      u64 segments, bool is_known, u64 closed)
{
	print_cell(m, text, span_width(o), ' ');
	if (is_known)
		seq_printf(m, "%*llu", o->width.segments, segments);
	else
		seq_printf(m, "%*s", o->width.segments, "?");
	if (closed)
		scnprintf(text, TPW_TEXT_LEN, "%llu closed", closed);
	else
		strscpy(text, "-", TPW_TEXT_LEN);
	print_note(m, o, text);
}

static void print_more(struct seq_file *m, const struct tpw_overview *o)
{
	const struct tpw_more *more = &o->more;
	bool is_known = !tpw_watched_lost();
	char text[TPW_TEXT_LEN];

	if (tpw_more_format_listeners(more, text))
		print_sum(m, o, text, more->segments, is_known,
			  more->listening + more->bound ? more->closed : 0);
	if (tpw_more_format_connections(more, text))
		print_sum(m, o, text, more->connections.segments, is_known,
			  more->connections.live ? more->connections.closed : 0);
}

static void print_rest(struct seq_file *m, const struct tpw_overview *o)
{
	static const char *const names[] = {
		[TPW_REST_NOTHING] = "(no socket)",
		[TPW_REST_DROPPED] = "(dropped before a socket)",
		[TPW_REST_HIDDEN] = "(other users' sockets, hidden from you)",
		[TPW_REST_OTHERS] = "(others)",
	};
	char text[TPW_TEXT_LEN];
	unsigned int i;

	for (i = 0; i < TPW_REST_NR; i++) {
		if (!tpw_overview_has_rest(o, i))
			continue;
		if (i != TPW_REST_OTHERS || !tpw_overview_format_unlooked(o, text))
			strscpy(text, names[i], sizeof(text));
		print_sum(m, o, text, o->rest[i], true, 0);
	}
}

/**
 * tpw_overview_print_sockets() - print SOCKETS
 * @m: where to
 * @o: the overview
 *
 * Context: process, of the reader.
 */
void tpw_overview_print_sockets(struct seq_file *m, const struct tpw_overview *o)
{
	unsigned int i;

	print_title(m, o);
	for (i = 0; i < o->nr; i++)
		print_row(m, o, &o->rows[i]);
	print_more(m, o);
	print_rest(m, o);
}
