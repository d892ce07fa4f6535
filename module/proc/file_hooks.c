// SPDX-License-Identifier: GPL-2.0
/*
 * The table "hooks": where the module looks into the kernel, and whether it
 * still sees anything.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "kernel/rights.h"
#include "record/pernet.h"
#include "hook/arm.h"

static const char *const state_names[] = {
	[TPW_HOOK_OFF] = "off",
	[TPW_HOOK_ARMED] = "armed",
	[TPW_HOOK_SILENT] = "silent",
	[TPW_HOOK_MISSING] = "missing",
	[TPW_HOOK_FAILED] = "failed",
	[TPW_HOOK_UNUSED] = "unused",
};

static const char *const columns[] = {
	TPW_HOOKS_COLUMNS(TPW_COLUMN_STRING)
};

/* Where arrivals are counted: somebody else is at INPUT. */
static const char *arrivals(const struct tpw_net *tn)
{
	bool has_ipv4 = tpw_arrivals_are_counted(&tn->arrivals, TPW_IPV4);
	bool has_ipv6 = tpw_arrivals_are_counted(&tn->arrivals, TPW_IPV6);

	if (has_ipv4)
		return has_ipv6 ? "ipv4,ipv6" : "ipv4";
	return has_ipv6 ? "ipv6" : "-";
}

static void print_head(struct seq_file *m, const struct tpw_view *view)
{
	struct tpw_hooks_summary sum;

	tpw_hooks_summarize(&sum);
	tpw_proc_print_head(m, "hooks", view);
	seq_printf(m, " backend=%s armed=%u total=%u canary=%s", sum.backend,
		   sum.armed, sum.total, sum.is_watching ? "yes" : "no");
	seq_printf(m, " enabled=%d netfilter=%d arrivals=%s selfcheck=%s\n",
		   sum.is_enabled, sum.has_netfilter, arrivals(view->tn), sum.selfcheck);
	seq_printf(m, "%-17s %-29s %-8s %-10s %-7s %12s %8s %s\n",
		   columns[0], columns[1], columns[2], columns[3], columns[4],
		   columns[5], columns[6], columns[7]);
}

/* Both count the segments and sockets of all namespaces. */
static void print_hits(struct seq_file *m, const struct tpw_hook_status *hook,
		       bool may_see)
{
	if (may_see)
		seq_printf(m, " %12llu %8llu", hook->hits, hook->missed);
	else
		seq_printf(m, " %12s %8s", TPW_HIDDEN, TPW_HIDDEN);
}

/* What is not watched without it. */
static void print_needed_by(struct seq_file *m, enum tpw_hook_need need)
{
	char before = ' ';
	unsigned int f;

	for (f = 0; f < TPW_FAMILY_NR; f++) {
		if (!(need & BIT(f)))
			continue;
		seq_printf(m, "%c%s", before, tpw_family_names[f]);
		before = ',';
	}
	seq_puts(m, need ? "\n" : " -\n");
}

static int show(struct seq_file *m, void *v)
{
	const struct tpw_view *view = m->private;
	struct tpw_rights rights;
	unsigned int id;

	tpw_rights_take(&rights, m->file, view->tn->net);
	print_head(m, view);
	for (id = 0; id < TPW_HOOK_NR; id++) {
		struct tpw_hook_status hook;

		if (!tpw_hook_status(id, &hook))
			continue;
		seq_printf(m, "%-17s %-29s %-8s %-10s %-7s",
			   hook.name, hook.target,
			   hook.need ? "required" : "optional",
			   hook.backend, state_names[hook.state]);
		print_hits(m, &hook, rights.is_host_admin);
		print_needed_by(m, hook.need);
	}
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return tpw_proc_single_open(inode, file, show);
}

const struct proc_ops tpw_proc_hooks_ops = {
	.proc_open = open,
	.proc_read = tpw_proc_read,
	.proc_lseek = seq_lseek,
	.proc_release = tpw_proc_single_release,
};
