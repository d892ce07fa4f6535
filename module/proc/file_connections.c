// SPDX-License-Identifier: GPL-2.0
/*
 * The table "connections": TCP connections, requests and TIME_WAITs, and
 * connected UDP sockets; how their segments were found, which listener they
 * were born from and who has them; live ones first, then those that are closed
 * and still remembered.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "base/address.h"
#include "kernel/close.h"
#include "kernel/rights.h"
#include "kernel/socket_tables.h"
#include "hook/arm.h"
#include "store/connections.h"
#include "store/listeners.h"
#include "proc/socket_list.h"

#include <linux/ktime.h>
#include <net/tcp_states.h>

/**
 * struct row - one connection
 * @live: the kernel's part; of a closed one only the tuple is set
 * @c: our part, 0 where there is none
 * @net: its namespace, for the name of its device; NULL if that may be gone
 * @inum: its namespace, as people know it
 * @is_live: the kernel has it
 */
struct row {
	struct tpw_socket live;
	struct tpw_connection c;
	const struct net *net;
	u32 inum;
	bool is_live;
};

/* A UDP socket may have been connected to another peer when it had its row. */
static bool is_of_tuple(const struct tpw_connection *c,
			const struct tpw_tuple *tuple)
{
	struct tpw_tuple t = c->tuple;

	if (c->mods & TPW_MOD_DUAL)
		tpw_tuple_map(&t);
	return tpw_tuple_equal(&t, tuple);
}

static bool live(struct tpw_walk *w, const struct tpw_socket *s)
{
	struct tpw_listener_counts counts;
	struct row *row = w->row;
	struct tpw_listener l;
	u32 index;

	if (s->state == TCP_LISTEN || s->state == TCP_CLOSE)
		return false;
	row->live = *s;
	row->is_live = true;
	row->net = w->tn->net;
	row->inum = w->tn->id.inum;
	if (tpw_connections_get(s->cookie, &row->c, &index))
		tpw_walk_shown(w, index);
	else
		memset(&row->c, 0, sizeof(row->c));
	if (s->tuple.proto == IPPROTO_UDP && !is_of_tuple(&row->c, &s->tuple))
		row->c.asked.is = TPW_ASKED_UNKNOWN;
	if (s->listener && !row->c.listener) {
		row->c.listener = s->listener;
		if (tpw_listeners_get(s->listener, &l, &counts, NULL))
			row->c.born = l.bound;
	}
	if (s->tuple.proto == IPPROTO_UDP && !row->c.actor.pid &&
	    tpw_listeners_get(s->cookie, &l, &counts, NULL))
		row->c.actor = l.actor;		/* who called bind() */
	return true;
}

static bool remembered(struct tpw_walk *w, u32 index)
{
	struct row *row = w->row;

	memset(row, 0, sizeof(*row));
	if (!tpw_connections_at(index, &row->c) ||
	    !tpw_walk_is_of(w, row->c.net.cookie))
		return false;
	/* One that is not closed, or new, has come since its bucket was read. */
	if (!row->c.closed_ns || row->c.made_ns > w->began_ns)
		return false;
	/* /proc/net/tcp forgets a socket with its end. */
	if (!w->rights.is_admin &&
	    !(row->c.actor.pid && tpw_rights_own(&w->rights, row->c.actor.uid)))
		return false;
	row->net = w->view->is_all ? NULL : w->view->tn->net;
	row->inum = row->c.net.inum;
	row->live.ifindex = row->c.ifindex;
	row->live.uid = row->c.actor.uid;
	row->live.tuple = row->c.tuple;
	row->live.cookie = row->c.e.key;
	if (row->c.mods & TPW_MOD_DUAL)
		tpw_tuple_map(&row->live.tuple);
	return true;
}

static const char columns[] = TPW_CONNECTIONS_COLUMNS(TPW_COLUMN_NAME) "\n";

static void head(struct seq_file *m, const struct tpw_walk *w)
{
	tpw_proc_print_head(m, "connections", w->view);
	tpw_proc_print_clock(m);
	tpw_proc_print_memory(m, w->view, &w->rights, TPW_TALLY_CONNECTIONS,
			      tpw_connections_held(), tpw_connections_nr());
	seq_putc(m, '\n');
	seq_puts(m, &columns[1]);
}

static const char *role_of(const struct row *row)
{
	if (row->live.tuple.proto == IPPROTO_UDP)
		return "-";
	if (row->live.listener)
		return "server";
	switch (row->c.role) {
	case TPW_ROLE_SERVER:
		return "server";
	case TPW_ROLE_CLIENT:
		return "client";
	default:
		return row->live.is_unaccepted ? "server" : "?";
	}
}

/* " number", which seq_printf() takes three times as long for. */
static void put(struct seq_file *m, u64 n)
{
	seq_put_decimal_ull(m, " ", n);
}

static void put_cookie(struct seq_file *m, u64 cookie, const char *none,
		       bool may_see)
{
	if (!cookie)
		seq_puts(m, none);
	else if (may_see)
		seq_printf(m, " %llx", cookie);
	else
		seq_puts(m, " " TPW_HIDDEN);
}

static void put_time(struct seq_file *m, u64 ns, const char *none)
{
	if (ns)
		put(m, ns);
	else
		seq_puts(m, none);
}

static void print_ends(struct seq_file *m, const struct row *row)
{
	const struct tpw_tuple *t = &row->live.tuple;

	seq_puts(m, tpw_proc_proto(t->proto, t->family));
	tpw_proc_put_addr(m, &t->local, t->family, t->lport);
	tpw_proc_put_addr(m, &t->foreign, t->family, t->fport);
	seq_putc(m, ' ');
	seq_puts(m, row->is_live ? tpw_state_name(row->live.state) : "CLOSED");
}

static void print_counts(struct seq_file *m, const struct tpw_connection *c,
			 bool is_watched)
{
	if (!is_watched) {
		/* "segments" to "time_wait" */
		tpw_proc_put_marks(m, "?", 7);
		return;
	}
	put(m, tpw_connection_segments(c));
	put(m, c->found[TPW_FOUND_EARLY_DEMUX]);
	put(m, c->found[TPW_FOUND_SEARCHED]);
	put(m, c->found[TPW_FOUND_ASSIGNED]);
	put(m, c->request);
	put(m, c->backlog);
	put(m, c->time_wait);
}

/* A connection that is older than the module may have had a listener. */
static void print_listener(struct seq_file *m, const struct row *row,
			   bool may_see)
{
	const struct tpw_connection *c = &row->c;
	const char *none = " ?";

	if (c->role == TPW_ROLE_CLIENT || row->live.tuple.proto == IPPROTO_UDP)
		none = " -";
	if (c->born.port)
		tpw_proc_put_addr(m, &c->born.addr, c->born.family,
				  c->born.port);
	else
		seq_puts(m, c->listener ? " ?" : none);
	put_cookie(m, c->listener, none, may_see);
}

/* How long it waited for accept(), or has been waiting. */
static void print_accept(struct seq_file *m, const struct row *row)
{
	const struct tpw_connection *c = &row->c;
	u64 until = c->accepted_ns;
	char role = role_of(row)[0];

	if (role != 's' || row->live.listener) {
		seq_puts(m, role == '?' ? " ? ?" : " - -");
		return;
	}
	if (row->live.is_unaccepted)
		until = ktime_get_ns();
	put_time(m, c->accepted_ns,
		 row->live.is_unaccepted || c->closed_ns ? " -" : " ?");
	put_time(m, c->born_ns && until > c->born_ns ? until - c->born_ns : 0,
		 " ?");
}

/* UDP has no end but close(). */
static void print_close(struct seq_file *m, const struct row *row)
{
	const struct tpw_connection *c = &row->c;

	put_time(m, c->closed_ns, " -");
	seq_putc(m, ' ');
	if (c->closed_ns && row->live.tuple.proto == IPPROTO_TCP)
		seq_puts(m, tpw_close_names[c->close_reason]);
	else
		seq_putc(m, '-');
}

static void print_process(struct seq_file *m, const struct row *row,
			  const struct tpw_rights *rights)
{
	if (row->live.is_unaccepted || row->live.listener)
		seq_puts(m, " - - -");
	else
		tpw_proc_print_actor(m, &row->c.actor, rights);
}

/* "inode uid", as /proc/net/tcp has them; of a closed one, who had it. */
static void print_owner(struct seq_file *m, const struct row *row,
			const struct tpw_rights *rights)
{
	const struct tpw_socket *s = &row->live;
	bool has_file = row->is_live && s->state != TCP_TIME_WAIT && !s->listener;

	if (has_file)
		put(m, s->inode);
	else
		seq_puts(m, " -");
	if (has_file || (!row->is_live && row->c.actor.pid))
		put(m, tpw_rights_uid(rights, s->uid));
	else
		seq_puts(m, " -");
}

static void print_asked(struct seq_file *m, const struct row *row,
			bool is_watched)
{
	const struct tpw_connection *c = &row->c;
	char asked[TPW_ENDPOINT_LEN];

	if (!is_watched) {
		seq_puts(m, " ?");
		return;
	}
	tpw_proc_format_asked(asked, sizeof(asked), &c->asked,
			      c->tuple.family, c->mods & TPW_MOD_DUAL);
	seq_putc(m, ' ');
	seq_puts(m, asked);
}

/* Of one whose end was not seen, no more is known than whether it had a device. */
static void print_device(struct seq_file *m, const struct row *row)
{
	s32 ifindex = row->live.ifindex;
	bool is_unknown = !row->is_live && !ifindex &&
			  row->c.mods & TPW_MOD_DEVICE;

	seq_putc(m, ' ');
	if (row->net && !is_unknown)
		tpw_proc_print_device(m, row->net, ifindex);
	else
		seq_putc(m, ifindex || is_unknown ? '?' : '-');
}

/* What nobody else is told of a socket, from "role" to "dev". */
static void print_ours(struct seq_file *m, const struct tpw_walk *w)
{
	const struct tpw_rights *rights = &w->rights;
	const struct row *row = w->row;
	const struct tpw_socket *s = &row->live;
	bool is_watched = tpw_watched_is_socket(s->tuple.proto, s->tuple.family);

	seq_putc(m, ' ');
	seq_puts(m, role_of(row));
	print_counts(m, &row->c, is_watched);
	print_listener(m, row, rights->is_admin);
	put_time(m, is_watched ? row->c.first_ns : 0, is_watched ? " -" : " ?");
	put_time(m, is_watched ? tpw_connection_last_ns(&row->c) : 0,
		 is_watched ? " -" : " ?");
	print_accept(m, row);
	print_close(m, row);
	print_process(m, row, rights);
	put_cookie(m, s->cookie, " -", rights->is_admin);
	put_cookie(m, s->owner ? s->owner : row->c.owner, " -",
		   rights->is_admin);
	print_asked(m, row, is_watched);
	print_device(m, row);
}

static void print(struct seq_file *m, const struct tpw_walk *w)
{
	const struct row *row = w->row;

	print_ends(m, row);
	if (tpw_rights_see(&w->rights, row->live.uid))
		print_ours(m, w);
	else
		tpw_proc_put_marks(m, TPW_HIDDEN, 23);
	print_owner(m, row, &w->rights);
	put(m, row->inum);
	seq_putc(m, '\n');
}

static const struct tpw_walk_ops ops = {
	.tables = BIT(TPW_SOCKETS_CONNECTIONS) | BIT(TPW_SOCKETS_UDP),
	.nr = tpw_connections_nr,
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

const struct proc_ops tpw_proc_connections_ops = {
	.proc_open = open,
	.proc_read = tpw_proc_read,
	.proc_lseek = seq_lseek,
	.proc_release = tpw_walk_release,
};
