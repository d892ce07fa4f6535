// SPDX-License-Identifier: GPL-2.0
/*
 * The table "refused": the last local endpoints that were asked for and not
 * there.
 */
#include "proc.h"

#include "refused.h"

#include <linux/ktime.h>
#include <linux/slab.h>

/**
 * struct rows - what the rows of a namespace are printed from
 * @m: the file
 * @row: a copy of them
 */
struct rows {
	struct seq_file *m;
	struct tpw_refused_row row[TPW_REFUSED_NR];
};

static void print_net(struct tpw_net *tn, void *data)
{
	struct rows *r = data;
	unsigned int i, nr = tpw_refused_copy(&tn->refused, r->row);

	for (i = 0; i < nr; i++) {
		const struct tpw_refused_row *row = &r->row[i];
		const struct tpw_tuple *t = &row->last;
		char local[TPW_ENDPOINT_LEN], foreign[TPW_ENDPOINT_LEN];

		tpw_proc_format_addr(local, sizeof(local), &t->local,
				     t->family, t->lport, NULL);
		tpw_proc_format_addr(foreign, sizeof(foreign), &t->foreign,
				     t->family, t->fport, NULL);
		seq_printf(r->m, "%s %s %llu %llu %llu %s %u\n",
			   tpw_proc_proto(t->proto, t->family), local,
			   row->count, row->refused, row->last_ns, foreign,
			   tn->id.inum);
	}
}

static int show(struct seq_file *m, void *v)
{
	const struct tpw_view *view = m->private;
	struct rows *r;

	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	r->m = m;
	seq_printf(m, "# tuplewatch %d refused", TPW_FORMAT);
	tpw_proc_print_netns(m, view);
	seq_printf(m, " now_ns=%llu max=%d clock=monotonic\n", ktime_get_ns(),
		   TPW_REFUSED_NR);
	seq_puts(m, "proto local count refused last_ns last_foreign netns\n");
	if (view->is_all)
		tpw_pernet_for_each(print_net, r);
	else
		print_net(view->tn, r);
	kfree(r);
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	struct tpw_view *view;
	int err = tpw_proc_open(inode, &view);

	return err ? err : single_open(file, show, view);
}

const struct proc_ops tpw_proc_refused_ops = {
	.proc_open = open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};
