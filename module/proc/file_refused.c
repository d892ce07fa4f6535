// SPDX-License-Identifier: GPL-2.0
/*
 * The table "refused": the last local endpoints that were asked for and not
 * there, and what comes nearest to each now.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "kernel/rights.h"
#include "store/endpoints.h"
#include "store/listeners.h"
#include "record/pernet.h"
#include "explain/nearest.h"

#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * struct rows - what the rows of a namespace are printed from
 * @m: the file
 * @visible: what its reader may see
 * @error: -errno, if there would have been more
 * @row: a copy of the rows
 * @near: what is near to them
 */
struct rows {
	struct seq_file *m;
	struct tpw_visibility visible;
	int error;
	struct tpw_endpoint_row row[TPW_ENDPOINTS_NR];
	struct tpw_nearest_list near[TPW_ENDPOINTS_NR];
};

static void print_row(struct seq_file *m, const struct tpw_endpoint_row *row)
{
	tpw_proc_print_end(m, row);
	seq_printf(m, " %llu", row->marked[TPW_REFUSED_ANSWERED]);
	tpw_proc_print_syns(m, row, TPW_REFUSED_SYN);
	tpw_proc_print_last(m, row);
}

/* Since when somebody is there, if it is somebody with a row. */
static void print_since(struct seq_file *m, const struct tpw_near *near)
{
	struct tpw_listener_counts counts;
	struct tpw_listener l;

	if (near->socket.cookie &&
	    tpw_listeners_get(near->socket.cookie, &l, &counts, NULL))
		seq_printf(m, " %llu\n", l.first_ns);
	else
		seq_puts(m, " ?\n");
}

static void print_nearest(struct seq_file *m, const struct tpw_nearest_list *nearest)
{
	const struct tpw_near *near;
	enum tpw_near_kind kind;
	const struct tpw_endpoint *b;
	char local[TPW_ENDPOINT_LEN];

	near = tpw_nearest_first(nearest, &kind);
	if (!near) {
		seq_puts(m, " - - -\n");
		return;
	}
	b = &near->socket.bound;
	tpw_proc_format_addr(local, sizeof(local), &b->addr, b->family, b->port,
			     NULL);
	seq_printf(m, " %s %s", tpw_near_names[kind], local);
	print_since(m, near);
}

static void print_net(struct tpw_net *tn, void *data)
{
	struct rows *r = data;
	int i, nr = tpw_endpoints_copy(&tn->refused, r->row);

	if (nr < 0) {
		r->error = nr;
		return;
	}
	for (i = 0; i < nr; i++) {
		memset(&r->near[i].q, 0, sizeof(r->near[i].q));
		r->near[i].q.tuple = r->row[i].last;
	}
	if (nr)
		tpw_nearest_find(r->near, nr, tn->net, &r->visible);
	for (i = 0; i < nr; i++) {
		print_row(r->m, &r->row[i]);
		seq_printf(r->m, " %u", tn->id.inum);
		print_nearest(r->m, &r->near[i]);
	}
}

static const char columns[] = TPW_REFUSED_COLUMNS(TPW_COLUMN_NAME) "\n";

static void print_head(struct seq_file *m, const struct tpw_view *view,
		       bool is_admin)
{
	tpw_proc_print_head(m, "refused", view);
	tpw_proc_print_clock(m);
	seq_printf(m, " max=%d shows=%s\n", TPW_ENDPOINTS_NR,
		   is_admin ? "all" : "own");
	seq_puts(m, &columns[1]);
}

/* What was asked for and not there was nobody's: an administrator's business. */
static int show(struct seq_file *m, void *v)
{
	const struct tpw_view *view = m->private;
	struct tpw_rights rights;
	struct rows *r;
	int err;

	tpw_rights_take(&rights, m->file, view->tn->net);
	print_head(m, view, rights.is_admin);
	if (!rights.is_admin)
		return 0;
	r = kvzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	if (!r)
		return -ENOMEM;
	err = tpw_visibility_of(&r->visible, m->file, view->tn->net);
	if (err) {
		kvfree(r);
		return err;
	}
	r->m = m;
	if (view->is_all)
		tpw_pernet_for_each(print_net, r);
	else
		print_net(view->tn, r);
	tpw_visibility_free(&r->visible);
	err = r->error;
	kvfree(r);
	return err;
}

static int open(struct inode *inode, struct file *file)
{
	return tpw_proc_single_open(inode, file, show);
}

const struct proc_ops tpw_proc_refused_ops = {
	.proc_open = open,
	.proc_read = tpw_proc_read,
	.proc_lseek = seq_lseek,
	.proc_release = tpw_proc_single_release,
};
