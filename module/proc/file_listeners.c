// SPDX-License-Identifier: GPL-2.0
/*
 * The table "listeners": TCP sockets in LISTEN and unconnected UDP sockets,
 * what they were given and who opened them; live ones first, then those that
 * are closed and still remembered.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "kernel/rights.h"
#include "kernel/socket_tables.h"
#include "hook/arm.h"
#include "store/connections.h"
#include "store/listeners.h"
#include "proc/socket_list.h"

#include <linux/ktime.h>
#include <net/tcp_states.h>

/**
 * struct row - one listener
 * @live: the kernel's part; of a closed one only the address is set
 * @l: our part, if @has_ours
 * @counts: our counters, else 0
 * @net: its namespace, for the name of its device; NULL if that is gone
 * @oldest_ns: since when the first in its queue waits; 0 if that is not known
 * @inum: its namespace, as people know it
 * @is_live: the kernel has it
 * @has_ours: we have it
 */
struct row {
	struct tpw_socket live;
	struct tpw_listener l;
	struct tpw_listener_counts counts;
	const struct net *net;
	u64 oldest_ns;
	u32 inum;
	bool is_live;
	bool has_ours;
};

/* Of the first in its queue, unless the queue has moved on meanwhile. */
static u64 oldest_ns(const struct tpw_socket *s)
{
	struct tpw_connection c;

	if (!s->oldest || !tpw_connections_get(s->oldest, &c, NULL))
		return 0;
	return tpw_connection_waits_ns(&c);
}

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
	row->oldest_ns = oldest_ns(s);
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
	/* /proc/net/tcp forgets a socket with its end. */
	return w->rights.is_admin || (row->l.actor.pid &&
				      tpw_rights_own(&w->rights, row->live.uid));
}

static const char columns[] = TPW_LISTENERS_COLUMNS(TPW_COLUMN_NAME) "\n";

static void head(struct seq_file *m, const struct tpw_walk *w)
{
	tpw_proc_print_head(m, "listeners", w->view);
	tpw_proc_print_clock(m);
	tpw_proc_print_memory(m, w->view, &w->rights, TPW_TALLY_LISTENERS,
			      tpw_listeners_held(), tpw_listeners_nr());
	seq_putc(m, '\n');
	seq_puts(m, &columns[1]);
}

/* " dev flags" */
static void print_configuration(struct seq_file *m, const struct row *row,
				bool may_see)
{
	const struct tpw_socket *s = &row->live;

	if (!may_see) {
		tpw_proc_put_marks(m, TPW_HIDDEN, 2);
		return;
	}
	seq_putc(m, ' ');
	if (row->net)
		tpw_proc_print_device(m, row->net, s->ifindex);
	else
		seq_puts(m, s->ifindex ? "?" : "-");
	tpw_proc_put_flags(m, s->flags);
}

static void print_queue(struct seq_file *m, const struct tpw_socket *s,
			bool may_see)
{
	seq_printf(m, " LISTEN %u", s->queue);
	if (may_see)
		seq_printf(m, " %u", s->backlog);
	else
		seq_puts(m, " " TPW_HIDDEN);
}

static void print_kernels(struct seq_file *m, const struct row *row, bool may_see)
{
	const struct tpw_socket *s = &row->live;
	char local[TPW_ENDPOINT_LEN];
	bool is_tcp = s->tuple.proto == IPPROTO_TCP;

	tpw_proc_format_addr(local, sizeof(local), &s->tuple.local,
			     s->tuple.family, s->tuple.lport, NULL);
	seq_printf(m, "%s %s", tpw_proc_proto(s->tuple.proto, s->tuple.family),
		   local);
	print_configuration(m, row, may_see);
	if (!row->is_live)
		seq_puts(m, " CLOSED - -");
	else if (is_tcp)
		print_queue(m, s, may_see);
	else
		seq_printf(m, " - %u -", s->queue);
}

/* "inherited accepted lost migrated" */
static void print_end(struct seq_file *m, const struct row *row)
{
	const struct tpw_listener_counts *c = &row->counts;
	/* It has left before it is lost. */
	u64 migrated = c->left > c->lost ? c->left - c->lost : 0;

	seq_printf(m, " %llu", c->inherited);
	if (tpw_hook_is_armed(TPW_HOOK_ACCEPT))
		seq_printf(m, " %llu", row->l.acceptors.nr);
	else
		seq_puts(m, " ?");
	if (c->left_unknown || !tpw_hook_is_armed(TPW_HOOK_SOCK_SET_STATE) ||
	    !tpw_hook_is_armed(TPW_HOOK_REUSEPORT_MIGRATE))
		tpw_proc_put_marks(m, "?", 2);
	else
		seq_printf(m, " %llu %llu", c->lost, migrated + c->requests_left);
}

static void print_counts(struct seq_file *m, const struct row *row)
{
	const struct tpw_listener_counts *c = &row->counts;
	/* A good cookie is checked before it is known to be good. */
	u64 bad = c->cookies_checked > c->cookies_ok ?
		  c->cookies_checked - c->cookies_ok : 0;

	seq_printf(m, " %llu %llu %llu %llu %llu", c->segments, c->syns,
		   c->dual, c->assigned, c->sk_lookup);
	seq_printf(m, " %llu %llu %llu", c->requests, c->request_segments,
		   c->children);
	print_end(m, row);
	seq_printf(m, " %llu %llu %llu %llu %llu", c->overflows, c->copies,
		   c->cookies_sent, c->cookies_ok, bad);
}

/* Where segments are not watched, no more is known than the life of sockets. */
static void print_counts_unwatched(struct seq_file *m, const struct row *row)
{
	const struct tpw_listener_counts *c = &row->counts;

	/* "segments" to "sk_lookup", "request_segments" */
	tpw_proc_put_marks(m, "?", 5);
	seq_printf(m, " %llu ? %llu", c->requests, c->children);
	print_end(m, row);
	/* "overflows" to "cookies_bad" */
	tpw_proc_put_marks(m, "?", 5);
}

/* "group chooser" */
static void print_group(struct seq_file *m, const struct tpw_socket *s)
{
	if (s->members)
		seq_printf(m, " %u %s", s->members, tpw_chooser_names[s->chooser]);
	else
		tpw_proc_put_marks(m, "-", 2);
}

/* "2^n:count" for each n with connections that waited below 2^n us. */
static void print_waits(struct seq_file *m, const struct tpw_listener *l)
{
	char before = ' ';
	unsigned int i;

	for (i = 0; i < TPW_WAITS_NR; i++) {
		if (!l->waits[i])
			continue;
		seq_printf(m, "%c%llu:%u", before, 1ULL << i, l->waits[i]);
		before = ',';
	}
	if (before == ' ')
		seq_puts(m, " -");
}

static void print_time(struct seq_file *m, u64 ns, const char *mark)
{
	if (ns)
		seq_printf(m, " %llu", ns);
	else
		seq_printf(m, " %s", mark);
}

/* How one process is named to the reader: 0 stands for all that are hidden. */
static u32 name_of(const struct tpw_acceptor *a, const struct tpw_rights *rights)
{
	if (!tpw_rights_see(rights, a->uid))
		return 0;
	return tpw_actor_pid_in_current(a->pid, a->vpid, a->pidns);
}

/* "pid:value" of each; of those that are hidden together, the sum or the last. */
static void print_acceptors(struct seq_file *m, const struct tpw_acceptors *all,
			    const struct tpw_rights *rights, bool is_time)
{
	const struct tpw_acceptor *a;
	u64 hidden = 0, value;
	char before = ' ';
	u32 pid;

	for (a = all->last; a < all->last + TPW_ACCEPTORS_NR; a++) {
		if (!a->pid)
			continue;
		value = is_time ? a->last_ns : a->nr;
		pid = name_of(a, rights);
		if (!pid) {
			hidden = is_time ? max(hidden, value) : hidden + value;
			continue;
		}
		seq_printf(m, "%c%u:%llu", before, pid, value);
		before = ',';
	}
	if (hidden)
		seq_printf(m, "%c" TPW_HIDDEN ":%llu", before, hidden);
	else if (before == ' ')
		seq_puts(m, " -");
}

/* "oldest_ns accepted_ns accepted_by accepted_by_ns accepted_by_others" */
static void print_accepting(struct seq_file *m, const struct row *row,
			    const struct tpw_rights *rights)
{
	const struct tpw_acceptors *all = &row->l.acceptors;

	print_time(m, row->oldest_ns, row->live.oldest ? "?" : "-");
	if (!tpw_hook_is_armed(TPW_HOOK_ACCEPT)) {
		tpw_proc_put_marks(m, "?", 4);
		return;
	}
	print_time(m, all->last_ns, "-");
	print_acceptors(m, all, rights, false);
	print_acceptors(m, all, rights, true);
	seq_printf(m, " %llu", tpw_acceptors_others(all));
}

/* As /proc/net/udp has it, and /proc/net/tcp has not. */
static void print_drops(struct seq_file *m, const struct row *row, bool may_see)
{
	if (!row->is_live)
		seq_puts(m, " -");
	else if (may_see || row->live.tuple.proto == IPPROTO_UDP)
		seq_printf(m, " %u", row->live.drops);
	else
		seq_puts(m, " " TPW_HIDDEN);
}

/* "inode uid" */
static void print_owner(struct seq_file *m, const struct row *row,
			const struct tpw_rights *rights)
{
	u32 uid = tpw_rights_uid(rights, row->live.uid);

	if (row->is_live)
		seq_printf(m, " %llu %u", row->live.inode, uid);
	else if (row->l.actor.pid)
		seq_printf(m, " - %u", uid);
	else
		seq_puts(m, " - ?");
}

static void print_closed(struct seq_file *m, const struct row *row)
{
	print_time(m, row->is_live ? 0 : row->l.closed_ns, "-");
}

static void print(struct seq_file *m, const struct tpw_walk *w)
{
	const struct row *row = w->row;
	bool may_see = tpw_rights_see(&w->rights, row->live.uid);

	print_kernels(m, row, may_see);
	if (may_see) {
		if (tpw_watched_is_socket(row->live.tuple.proto,
					  row->live.tuple.family))
			print_counts(m, row);
		else
			print_counts_unwatched(m, row);
		print_drops(m, row, true);
		print_group(m, &row->live);
		print_waits(m, &row->l);
		print_accepting(m, row, &w->rights);
	} else {
		/* "segments" to "cookies_bad" */
		tpw_proc_put_marks(m, TPW_HIDDEN, 17);
		print_drops(m, row, false);
		/* "group" to "accepted_by_others" */
		tpw_proc_put_marks(m, TPW_HIDDEN, 8);
	}
	print_closed(m, row);
	if (w->rights.is_admin)
		seq_printf(m, " %llx", row->live.cookie);
	else
		seq_puts(m, " " TPW_HIDDEN);
	print_owner(m, row, &w->rights);
	if (may_see)
		tpw_proc_print_actor(m, &row->l.actor, &w->rights);
	else
		tpw_proc_put_marks(m, TPW_HIDDEN, 3);
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
	.proc_read = tpw_proc_read,
	.proc_lseek = seq_lseek,
	.proc_release = tpw_walk_release,
};
