// SPDX-License-Identifier: GPL-2.0
/*
 * The table "taken": local endpoints of packets that never arrived at TCP or
 * UDP, and who took them as far as the kernel tells.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "verdict/reason.h"
#include "verdict/taker.h"
#include "kernel/rights.h"
#include "store/endpoints.h"
#include "record/pernet.h"
#include "hook/arm.h"
#include "explain/suspects.h"

#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * struct rows - what the rows of a namespace are printed from
 * @m: the file
 * @error: -errno, if there would have been more
 * @others: sum of tpw_pernet_others()
 * @late: namespaces of which there may be more; in all/ they are not in @others
 * @row: a copy of the rows
 * @gates: the hooks that may have taken one
 */
struct rows {
	struct seq_file *m;
	int error;
	u64 others;
	u64 late;
	struct tpw_endpoint_row row[TPW_ENDPOINTS_NR];
	struct tpw_gates gates;
};

static void print_gate(struct seq_file *m, const struct tpw_gate *gate, char sep)
{
	char who[4 * TPW_GATE_WHO_LEN];

	tpw_proc_escape(who, sizeof(who), gate->who, TPW_GATE_WHO_LEN);
	seq_printf(m, "%c%s", sep, who);
}

/* Only netfilter has hooks with names.  None may be left that did it. */
static void print_who(struct rows *r, const struct tpw_net *tn, u8 family,
		      enum tpw_taker taker)
{
	unsigned int i, nr = 0;

	if (taker > TPW_TAKER_NETFILTER) {
		seq_puts(r->m, " -");
		return;
	}
	tpw_suspects_find(&r->gates, tn->net, family, taker);
	for (i = 0; i < r->gates.nr; i++)
		if (tpw_suspect(&r->gates.gate[i]))
			print_gate(r->m, &r->gates.gate[i], nr++ ? ',' : ' ');
	if (r->gates.unnamed || !nr)
		seq_puts(r->m, nr ? ",?" : " ?");
}

static void print_row(struct rows *r, const struct tpw_net *tn,
		      const struct tpw_endpoint_row *row)
{
	const enum tpw_taker taker = TPW_TAKEN_TAKER(row->kind);

	tpw_proc_print_end(r->m, row);
	tpw_proc_print_syns(r->m, row, TPW_TAKEN_SYN);
	seq_printf(r->m, " %s %s", tpw_taker_names[taker],
		   tpw_reason_name(TPW_TAKEN_REASON(row->kind)));
	print_who(r, tn, row->last.family, taker);
	tpw_proc_print_last(r->m, row);
	seq_printf(r->m, " %u\n", tn->id.inum);
}

static void print_net(struct tpw_net *tn, void *data)
{
	struct rows *r = data;
	int i, nr = tpw_endpoints_copy(&tn->taken, r->row);

	if (nr < 0)
		r->error = nr;
	for (i = 0; i < nr; i++) {
		print_row(r, tn, &r->row[i]);
		cond_resched();
	}
}

static void add_others(struct tpw_net *tn, void *data)
{
	struct rows *r = data;

	if (tpw_arrivals_are_late(&tn->arrivals))
		r->late++;
	else
		r->others += tpw_pernet_others(tn);
}

static const char columns[] = TPW_TAKEN_COLUMNS(TPW_COLUMN_NAME) "\n";

static void print_head(struct seq_file *m, const struct tpw_view *view,
		       const struct rows *r)
{
	struct tpw_hooks_summary hooks;

	tpw_hooks_summarize(&hooks);
	tpw_proc_print_head(m, "taken", view);
	tpw_proc_print_clock(m);
	seq_printf(m, " max=%d shows=%s", TPW_ENDPOINTS_NR, r ? "all" : "own");
	if (r)
		tpw_proc_print_taken(m, view, hooks.taken_mark, "others", r->others, r->late);
	else
		tpw_proc_print_fact(m, "others", false, 0);
	seq_putc(m, '\n');
	seq_puts(m, &columns[1]);
}

static void print_all(struct rows *r, const struct tpw_view *view)
{
	if (view->is_all) {
		tpw_pernet_for_each(add_others, r);
		print_head(r->m, view, r);
		tpw_pernet_for_each(print_net, r);
	} else {
		add_others(view->tn, r);
		print_head(r->m, view, r);
		print_net(view->tn, r);
	}
}

/* Like what was refused, it was nobody's: an administrator's business. */
static int show(struct seq_file *m, void *v)
{
	const struct tpw_view *view = m->private;
	struct tpw_rights rights;
	struct rows *r;
	int err;

	tpw_rights_take(&rights, m->file, view->tn->net);
	if (!rights.is_admin) {
		print_head(m, view, NULL);
		return 0;
	}
	r = kvzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	if (!r)
		return -ENOMEM;
	r->m = m;
	print_all(r, view);
	err = r->error;
	kvfree(r);
	return err;
}

static int open(struct inode *inode, struct file *file)
{
	return tpw_proc_single_open(inode, file, show);
}

const struct proc_ops tpw_proc_taken_ops = {
	.proc_open = open,
	.proc_read = tpw_proc_read,
	.proc_lseek = seq_lseek,
	.proc_release = tpw_proc_single_release,
};
