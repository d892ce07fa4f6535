// SPDX-License-Identifier: GPL-2.0
/*
 * The table "listeners": TCP sockets in LISTEN and unconnected UDP sockets,
 * what they were given and who opened them; live ones first, then those that
 * are closed and still remembered.
 */
#include "proc.h"

#include "listeners.h"
#include "sockets.h"
#include "walk.h"

#include <linux/ktime.h>
#include <net/tcp_states.h>

/**
 * struct row - one listener
 * @live: the kernel's part; of a closed one only the address is set
 * @l: our part, if @has_ours
 * @counts: our counters, else 0
 * @net: its namespace, for the name of its device; NULL if that is gone
 * @inum: its namespace, as people know it
 * @is_live: the kernel has it
 * @has_ours: we have it
 */
struct row {
	struct tpw_socket live;
	struct tpw_listener l;
	struct tpw_listener_counts counts;
	const struct net *net;
	u32 inum;
	bool is_live;
	bool has_ours;
};

static bool live(struct tpw_walk *w, const struct tpw_socket *s)
{
	struct row *row = w->row;
	u32 index;

	if (s->state != TCP_LISTEN && s->state != TCP_CLOSE)
		return false;
	memset(row, 0, sizeof(*row));
	row->live = *s;
	row->is_live = true;
	row->net = w->tn->net;
	row->inum = w->tn->id.inum;
	row->has_ours = tpw_listeners_get(s->cookie, &row->l, &row->counts,
					  &index);
	if (row->has_ours)
		tpw_walk_shown(w, index);
	return true;
}

static bool remembered(struct tpw_walk *w, u32 index)
{
	struct row *row = w->row;

	memset(row, 0, sizeof(*row));
	if (!tpw_listeners_at(index, &row->l, &row->counts) ||
	    !tpw_walk_is_of(w, row->l.net.cookie))
		return false;
	/* One that never was closed is new, or was never bound: not yet ours. */
	if (!row->l.closed_ns || row->l.first_ns > w->began_ns)
		return false;
	row->has_ours = true;
	row->inum = row->l.net.inum;
	row->live.tuple.local = row->l.bound.addr;
	row->live.tuple.lport = row->l.bound.port;
	row->live.tuple.family = row->l.bound.family;
	row->live.tuple.proto = row->l.bound.proto;
	row->live.ifindex = row->l.bound.ifindex;
	row->live.cookie = row->l.e.key;
	row->live.uid = row->l.actor.uid;
	return true;
}

static void head(struct seq_file *m, const struct tpw_view *view)
{
	seq_printf(m, "# tuplewatch %d listeners", TPW_FORMAT);
	tpw_proc_print_netns(m, view);
	seq_printf(m, " now_ns=%llu held=%u max=%u evicted=%llu forgotten_ns=%llu clock=monotonic\n",
		   ktime_get_ns(), tpw_listeners_held(), tpw_listeners_nr(),
		   tpw_listeners_evicted(), tpw_listeners_forgotten_ns());
	seq_puts(m, "proto local dev flags state queue backlog segments syns dual assigned sk-lookup ");
	seq_puts(m, "requests request-segments children overflows copies cookies-sent cookies-ok cookies-bad ");
	seq_puts(m, "drops group waits closed_ns cookie inode uid pid comm cgroup netns\n");
}

static void print_flags(struct seq_file *m, u8 flags)
{
	static const char letters[] = "FTNRr6MK";
	unsigned int i;

	if (!flags)
		seq_putc(m, '-');
	for (i = 0; i < sizeof(letters) - 1; i++)
		if (flags & BIT(i))
			seq_putc(m, letters[i]);
}

static void print_kernels(struct seq_file *m, const struct row *row)
{
	const struct tpw_socket *s = &row->live;
	char local[TPW_ENDPOINT_LEN];
	bool is_tcp = s->tuple.proto == IPPROTO_TCP;

	tpw_proc_format_addr(local, sizeof(local), &s->tuple.local,
			     s->tuple.family, s->tuple.lport, NULL);
	seq_printf(m, "%s %s ", tpw_proc_proto(s->tuple.proto, s->tuple.family),
		   local);
	if (row->net)
		tpw_proc_print_device(m, row->net, s->ifindex);
	else
		seq_puts(m, s->ifindex ? "?" : "-");
	seq_putc(m, ' ');
	print_flags(m, s->flags);
	if (!row->is_live)
		seq_puts(m, " CLOSED - -");
	else if (is_tcp)
		seq_printf(m, " LISTEN %u %u", s->queue, s->backlog);
	else
		seq_printf(m, " - %u -", s->queue);
}

static void print_counts(struct seq_file *m, const struct row *row)
{
	const struct tpw_listener_counts *c = &row->counts;
	/* A good cookie is checked before it is known to be good. */
	u64 bad = c->cookies_checked > c->cookies_ok ?
		  c->cookies_checked - c->cookies_ok : 0;

	seq_printf(m, " %llu %llu %llu %llu %llu", c->segments, c->syns,
		   c->dual, c->assigned, c->sk_lookup);
	seq_printf(m, " %llu %llu %llu %llu %llu %llu %llu %llu", c->requests,
		   c->request_segments, c->children, c->overflows, c->copies,
		   c->cookies_sent, c->cookies_ok, bad);
}

static void print_group(struct seq_file *m, const struct tpw_socket *s)
{
	static const char *const choosers[] = { "-", "hash", "cbpf", "ebpf" };

	if (s->members)
		seq_printf(m, " %u:%s", s->members, choosers[s->chooser]);
	else
		seq_puts(m, " -");
}

/* "n:count" for each n with connections that waited below 2^n us. */
static void print_waits(struct seq_file *m, const struct tpw_listener *l)
{
	char before = ' ';
	unsigned int i;

	for (i = 0; i < TPW_WAITS_NR; i++) {
		if (!l->waits[i])
			continue;
		seq_printf(m, "%c%u:%u", before, i, l->waits[i]);
		before = ',';
	}
	if (before == ' ')
		seq_puts(m, " -");
}

static void print(struct seq_file *m, const struct tpw_walk *w)
{
	const struct row *row = w->row;
	const struct tpw_socket *s = &row->live;

	print_kernels(m, row);
	print_counts(m, row);
	if (row->is_live)
		seq_printf(m, " %u", s->drops);
	else
		seq_puts(m, " -");
	print_group(m, s);
	print_waits(m, &row->l);
	if (row->l.closed_ns && !row->is_live)
		seq_printf(m, " %llu", row->l.closed_ns);
	else
		seq_puts(m, " -");
	if (w->may_see)
		seq_printf(m, " %llx", s->cookie);
	else
		seq_puts(m, " ?");
	if (row->is_live)
		seq_printf(m, " %llu %u", s->inode, s->uid);
	else if (row->l.actor.pid)
		seq_printf(m, " - %u", s->uid);
	else
		seq_puts(m, " - ?");
	tpw_proc_print_actor(m, &row->l.actor, w->may_see);
	seq_printf(m, " %u\n", row->inum);
}

static const struct tpw_walk_ops ops = {
	.tables = BIT(TPW_SOCKETS_LISTENERS) | BIT(TPW_SOCKETS_UDP),
	.nr = tpw_listeners_nr,
	.row_bytes = sizeof(struct row),
	.live = live,
	.remembered = remembered,
	.head = head,
	.print = print,
};

static int open(struct inode *inode, struct file *file)
{
	return tpw_walk_open(inode, file, &ops);
}

const struct proc_ops tpw_proc_listeners_ops = {
	.proc_open = open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = tpw_walk_release,
};
