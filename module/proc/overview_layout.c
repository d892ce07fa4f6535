// SPDX-License-Identifier: GPL-2.0
/*
 * How the overview is laid out: which listeners and ends get a row, so that it
 * all fits TPW_PAGE_LINES lines, and how wide the columns are.
 */
#include "proc/overview.h"

#include "record/pernet.h"
#include "proc/overview_page.h"
#include "proc/proc.h"

#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/sort.h>
#include <linux/string.h>

#define MIN_LOCAL	19	/* "Proto Local Address" */
#define MIN_FOREIGN	15	/* "Foreign Address" */
#define MIN_STATE	5	/* "State" */
#define MIN_SEGMENTS	4	/* "Segs" */
#define MIN_NOTE	16	/* "PID/Program name" */
#define LEAST_NOTE	18	/* "not accepted 4.3 s" */
#define MOST_NOTE	40
#define MOST_STATE	14
#define GAPS		5	/* between columns */

/*
 * Blindness, the first two lines and the blank; of INCOMING SEGMENTS the title
 * and a blank; of NOT SERVED the title and a blank; of SOCKETS two of titles,
 * two for what is more, and a blank; the foot.
 */
#define FIXED_LINES	(4 + 2 + 2 + 2 + 2 + 1 + 4)

#define FOR_ENDS	6	/* rows that listeners leave for ends */

static unsigned int lines_left(const struct tpw_overview *o)
{
	unsigned int used = FIXED_LINES + o->unserved_nr, i;

	for (i = 0; i < TPW_OVERVIEW_LINES; i++)
		used += o->has_line[i];
	for (i = 0; i < TPW_REST_NR; i++)
		used += tpw_overview_has_rest(o, i);
	for (i = 0; i < TPW_FAMILY_NR; i++)
		used += !!o->hooks.lacks[i];
	return TPW_PAGE_LINES - min_t(unsigned int, used, TPW_PAGE_LINES);
}

/* The first ones, each with a row for its connections if it has some. */
static unsigned int choose_listeners(struct tpw_page *page, unsigned int lines)
{
	unsigned int used = 0, cost, i;

	tpw_page_sort_listeners(page);
	for (i = 0; i < page->listeners_nr; i++) {
		cost = 1 + !!tpw_fold_nr(&page->listeners[i].fold);
		if (used + cost > lines)
			break;
		used += cost;
	}
	tpw_page_drop_listeners(page, i);
	return used;
}

/* netstat sorts by nothing; people look for a port. */
static int compare_ports(const struct tpw_tuple *x, const struct tpw_tuple *y)
{
	if (x->proto != y->proto)
		return x->proto == IPPROTO_TCP ? -1 : 1;
	if (x->lport != y->lport)
		return ntohs(x->lport) < ntohs(y->lport) ? -1 : 1;
	return (int)ntohs(x->fport) - ntohs(y->fport);
}

static int compare_rows(const void *a, const void *b)
{
	const struct tpw_overview_row *x = a, *y = b;

	if (x->is_closed != y->is_closed)
		return x->is_closed ? 1 : -1;
	return compare_ports(&x->tuple, &y->tuple);
}

static int compare_listeners(const void *a, const void *b)
{
	const struct tpw_page_listener *x = a, *y = b;
	int order = compare_rows(&x->row, &y->row);

	return order ? order : x->cookie < y->cookie ? -1 : 1;
}

static struct tpw_overview_row *
add_row(struct tpw_overview *o, const struct tpw_overview_row *row)
{
	o->rows[o->nr] = *row;
	return &o->rows[o->nr++];
}

static void add_fold(struct tpw_overview *o, const struct tpw_page_listener *l)
{
	struct tpw_overview_row *row = add_row(o, &l->child[0]);

	row->kind = TPW_ROW_FOLD;
	row->fold = l->fold;
	row->segments = l->fold.segments;
	row->is_child = true;
	row->is_hidden = false;
	row->is_least = tpw_overview_is_part(o);
	if (!row->is_least)
		return;
	/* Not all of those who wait were looked at, but the listener was. */
	row->fold.unaccepted = l->row.queue;
	row->fold.oldest_ns = l->row.oldest_ns;
}

/* A few are shown one by one, if there are lines for that. */
static void add_children(struct tpw_overview *o, struct tpw_page_listener *l,
			 unsigned int *spare)
{
	u64 nr = tpw_fold_nr(&l->fold);
	unsigned int i;

	if (!nr)
		return;
	if (nr > TPW_PAGE_CHILDREN || nr - 1 > *spare || tpw_overview_is_part(o)) {
		add_fold(o, l);
		return;
	}
	*spare -= nr - 1;
	sort(l->child, nr, sizeof(l->child[0]), compare_rows, NULL);
	for (i = 0; i < nr; i++)
		add_row(o, &l->child[i])->is_child = true;
}

static void add_end(struct tpw_overview *o, const struct tpw_page_end *end)
{
	struct tpw_overview_row *row = add_row(o, &end->row);

	if (tpw_fold_nr(&end->fold) == 1)
		return;
	row->kind = end->key.is_local ? TPW_ROW_LOCAL : TPW_ROW_FOREIGN;
	row->fold = end->fold;
	row->segments = end->fold.segments;
	row->is_least = tpw_overview_is_part(o);
	row->ifindex = 0;
}

static void name_device(const struct net *net, struct tpw_overview_row *row)
{
	const struct net_device *dev;

	if (!row->ifindex)
		return;
	rcu_read_lock();
	dev = dev_get_by_index_rcu((struct net *)net, row->ifindex);
	if (dev)
		tpw_proc_escape(row->dev, sizeof(row->dev), dev->name,
				IFNAMSIZ);
	else
		scnprintf(row->dev, sizeof(row->dev), "if%d", row->ifindex);
	rcu_read_unlock();
}

static void choose_rows(struct tpw_overview *o, struct tpw_page *page)
{
	unsigned int left = lines_left(o), ends, i;

	ends = min3(page->ends_nr, left, (unsigned int)FOR_ENDS);
	left -= choose_listeners(page, left - ends);
	ends = min(page->ends_nr, left);
	tpw_page_drop_ends(page, ends);
	left -= page->ends_nr;
	sort(page->listeners, page->listeners_nr, sizeof(page->listeners[0]),
	     compare_listeners, NULL);
	for (i = 0; i < page->listeners_nr; i++) {
		add_row(o, &page->listeners[i].row);
		add_children(o, &page->listeners[i], &left);
	}
	for (i = 0; i < page->ends_nr; i++)
		add_end(o, &page->end[i]);
	o->more = page->more;
}

static void widen(int *width, const char *text)
{
	*width = max_t(int, *width, strlen(text));
}

static void measure_row(struct tpw_overview *o, const struct tpw_overview_row *row)
{
	struct tpw_overview_widths *w = &o->width;
	char text[TPW_TEXT_LEN];

	tpw_overview_format_segments(row, text);
	widen(&w->segments, text);
	tpw_overview_format_note(o, row, text);
	widen(&w->note, text);
	tpw_overview_format_local(o, row, text);
	if (tpw_overview_is_span(row)) {
		widen(&w->span, text);
		return;
	}
	widen(&w->local, text);
	tpw_overview_format_foreign(row, text);
	widen(&w->foreign, text);
	tpw_overview_format_state(row, text);
	widen(&w->state, text);
}

/* Sums are no less than what they are of. */
static void measure_sums(struct tpw_overview *o)
{
	char text[TPW_TEXT_LEN];
	unsigned int i;

	if (tpw_more_format_listeners(&o->more, text))
		widen(&o->width.span, text);
	if (tpw_more_format_connections(&o->more, text))
		widen(&o->width.span, text);
	if (tpw_overview_format_unlooked(o, text))
		widen(&o->width.span, text);
	for (i = 0; i < TPW_REST_NR; i++) {
		scnprintf(text, sizeof(text), "%llu", o->rest[i]);
		widen(&o->width.segments, text);
	}
	scnprintf(text, sizeof(text), "%llu",
		  max(o->more.segments, o->more.connections.segments));
	widen(&o->width.segments, text);
}

/*
 * What is too wide gives way: first the processes, then addresses, the wider
 * column first.
 */
static void fit(struct tpw_overview_widths *w)
{
	int room = TPW_PAGE_COLUMNS - GAPS - w->state - w->segments;
	int over, less;

	w->foreign = max(w->foreign, w->span - w->local - w->state - 2);
	over = w->local + w->foreign + w->note - room;
	if (over > 0 && w->note > LEAST_NOTE) {
		less = min(over, w->note - LEAST_NOTE);
		w->note -= less;
		over -= less;
	}
	for (; over > 0; over--) {
		if (w->local > w->foreign)
			w->local--;
		else
			w->foreign--;
	}
}

static void measure(struct tpw_overview *o)
{
	struct tpw_overview_widths *w = &o->width;
	unsigned int i;

	*w = (struct tpw_overview_widths) {
		.local = MIN_LOCAL,
		.foreign = MIN_FOREIGN,
		.state = MIN_STATE,
		.segments = MIN_SEGMENTS,
		.note = MIN_NOTE,
	};
	for (i = 0; i < o->nr; i++)
		measure_row(o, &o->rows[i]);
	measure_sums(o);
	w->state = min(w->state, MOST_STATE);
	w->note = min(w->note, MOST_NOTE);
	fit(w);
}

/**
 * tpw_overview_arrange() - choose the rows and bring them into order
 * @o: the overview, its counters and sums made
 * @page: what was gathered
 * @tn: of which namespace
 *
 * Context: process.
 */
void tpw_overview_arrange(struct tpw_overview *o, struct tpw_page *page,
			  const struct tpw_net *tn)
{
	unsigned int i;

	choose_rows(o, page);
	for (i = 0; i < o->nr; i++) {
		struct tpw_overview_row *row = &o->rows[i];

		row->is_unwatched = !tpw_watched_is_socket(row->tuple.proto,
							   row->tuple.family);
		name_device(tn->net, row);
	}
	measure(o);
}
