// SPDX-License-Identifier: GPL-2.0
/*
 * The table "counters": all counters of a namespace.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "verdict/reason.h"
#include "kernel/rights.h"
#include "store/connections.h"
#include "store/counters.h"
#include "store/listeners.h"
#include "hook/arm.h"

#include <linux/slab.h>

/**
 * struct rows - what the rows of a namespace are printed from
 * @m: the file
 * @view: whom it is about
 * @tn: the namespace of the row
 * @sum: its counters, all CPUs together
 */
struct rows {
	struct seq_file *m;
	const struct tpw_view *view;
	const struct tpw_net *tn;
	struct tpw_counts sum;
};

static void end_row(const struct rows *r)
{
	if (r->view->is_all)
		seq_printf(r->m, " %u", r->tn->id.inum);
	seq_putc(r->m, '\n');
}

static void print_name(const struct rows *r, const char *prefix,
		       const char *name)
{
	int len = strlen(prefix) + strlen(name);

	seq_printf(r->m, "%s%s%*s", prefix, name, max(1, 30 - len), "");
}

static void print_count(const struct rows *r, enum tpw_family family, u64 count)
{
	if (tpw_watched_lack(family))
		seq_printf(r->m, " %10s", "?");
	else
		seq_printf(r->m, " %10llu", count);
}

/* @offset: of a u64 in struct tpw_family_counts */
static void print_row(const struct rows *r, const char *prefix,
		      const char *name, size_t offset)
{
	int f;

	print_name(r, prefix, name);
	for (f = 0; f < TPW_FAMILY_NR; f++)
		print_count(r, f, *(u64 *)((void *)&r->sum.family[f] + offset));
	end_row(r);
}

static void print_rows(const struct rows *r, const char *prefix,
		       const char *const *names, unsigned int nr, size_t offset)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		print_row(r, prefix, names[i], offset + i * sizeof(u64));
}

static void print_reasons(const struct rows *r, const char *prefix,
			  const atomic64_t (*counts)[TPW_REASON_NR])
{
	unsigned int i, f;

	for (i = 0; i < TPW_REASON_NR; i++) {
		u64 n[TPW_FAMILY_NR], any = 0;

		for (f = 0; f < TPW_FAMILY_NR; f++) {
			n[f] = atomic64_read(&counts[f][i]);
			any |= n[f];
		}
		if (!any)
			continue;
		print_name(r, prefix, tpw_reason_name(i));
		for (f = 0; f < TPW_FAMILY_NR; f++)
			print_count(r, f, n[f]);
		end_row(r);
	}
}

#define AT(member)	offsetof(struct tpw_family_counts, member)

static void print_net(struct tpw_net *tn, void *data)
{
	struct rows *r = data;

	r->tn = tn;
	tpw_counters_sum(&tn->counters, &r->sum);
	print_row(r, "", "seen", AT(seen));
	print_rows(r, "via:", tpw_via_names, TPW_VIA_NR, AT(via));
	print_rows(r, "match:", tpw_match_names, TPW_MATCH_NR, AT(match));
	/* DROPPED has a row for each reason; UNKNOWN stands behind it. */
	print_rows(r, "outcome:", tpw_outcome_names, TPW_OUTCOME_DROPPED,
		   AT(outcome));
	print_row(r, "outcome:", tpw_outcome_names[TPW_OUTCOME_UNKNOWN],
		  AT(outcome[TPW_OUTCOME_UNKNOWN]));
	print_reasons(r, "outcome:dropped:", tn->counters.drops->dropped);
	print_reasons(r, "dropped-later:", tn->counters.drops->dropped_later);
	print_row(r, "", "reset-later", AT(reset_later));
	print_rows(r, "relookup:", tpw_relookup_names, TPW_RELOOKUP_NR,
		   AT(relookup));
	print_row(r, "", "unresolved", AT(unresolved));
	print_row(r, "", "logged", AT(logged));
	print_row(r, "", "filtered", AT(filtered));
	print_row(r, "", "unlogged", AT(unlogged));
}

/**
 * struct facts - what line 1 says of one namespace, or of all
 * @unwatched: sum of tpw_pernet_unwatched()
 * @taken: sum of tpw_pernet_taken()
 * @late: namespaces of which more may have been taken; in all/ they are not in @taken
 */
struct facts {
	u64 unwatched;
	u64 taken;
	u64 late;
};

static void add_facts(struct tpw_net *tn, void *data)
{
	struct facts *facts = data;

	facts->unwatched += tpw_pernet_unwatched(tn);
	if (tpw_arrivals_are_late(&tn->arrivals))
		facts->late++;
	else
		facts->taken += tpw_pernet_taken(tn);
}

/* What gave way of the namespace's own; what was missed is all namespaces'. */
static void print_memory(struct seq_file *m, const struct tpw_view *view,
			 u64 missed)
{
	struct tpw_rights rights;
	struct tpw_tally c, l;

	tpw_rights_take(&rights, m->file, view->tn->net);
	tpw_proc_tally(view, TPW_TALLY_CONNECTIONS, &c);
	tpw_proc_tally(view, TPW_TALLY_LISTENERS, &l);
	tpw_proc_print_fact(m, "evicted", rights.is_admin,
			    c.evicted + l.evicted);
	tpw_proc_print_fact(m, "missed", rights.is_host_admin, missed);
}

static const char *const columns[] = {
	TPW_COUNTERS_COLUMNS(TPW_COLUMN_STRING)
};

static void print_head(struct seq_file *m, const struct tpw_view *view)
{
	struct tpw_hooks_summary hooks;
	struct facts facts = {};

	tpw_hooks_summarize(&hooks);
	if (view->is_all)
		tpw_pernet_for_each(add_facts, &facts);
	else
		add_facts(view->tn, &facts);

	tpw_proc_print_head(m, "counters", view);
	seq_printf(m, " unwatched=%llu", facts.unwatched);
	tpw_proc_print_taken(m, view, hooks.taken_mark, "taken", facts.taken, facts.late);
	print_memory(m, view, hooks.missed);
	seq_putc(m, '\n');
	seq_printf(m, "%-30s %10s %10s %10s %10s%s%s\n", columns[0], columns[1],
		   columns[2], columns[3], columns[4], view->is_all ? " " : "",
		   view->is_all ? columns[5] : "");
}

static int show(struct seq_file *m, void *v)
{
	const struct tpw_view *view = m->private;
	struct rows *r;

	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	r->m = m;
	r->view = view;
	print_head(m, view);
	if (view->is_all)
		tpw_pernet_for_each(print_net, r);
	else
		print_net(view->tn, r);
	kfree(r);
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return tpw_proc_single_open(inode, file, show);
}

const struct proc_ops tpw_proc_counters_ops = {
	.proc_open = open,
	.proc_read = tpw_proc_read,
	.proc_lseek = seq_lseek,
	.proc_release = tpw_proc_single_release,
};
