// SPDX-License-Identifier: GPL-2.0
/*
 * What the files in /proc have in common to print: facts of line 1, and fields.
 */
#include "proc/proc.h"

#include "uapi/columns.h"
#include "base/address.h"
#include "verdict/asked.h"
#include "kernel/actor.h"
#include "kernel/rights.h"
#include "hook/arm.h"
#include "store/connections.h"
#include "store/endpoints.h"
#include "store/listeners.h"

#include <linux/in.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/net_namespace.h>

/**
 * tpw_proc_print_fact() - " name=value" for line 1 of a table
 * @m: where to
 * @name: the name
 * @may_see: it is the reader's business
 * @value: the value; TPW_HIDDEN stands for it if it is not
 */
void tpw_proc_print_fact(struct seq_file *m, const char *name, bool may_see,
			 u64 value)
{
	if (may_see)
		seq_printf(m, " %s=%llu", name, value);
	else
		seq_printf(m, " %s=" TPW_HIDDEN, name);
}

static void tally_of_all(enum tpw_tally_kind kind, struct tpw_tally *to)
{
	if (kind == TPW_TALLY_LISTENERS)
		tpw_listeners_tally(to);
	else
		tpw_connections_tally(to);
}

/**
 * tpw_proc_tally() - what was forgotten of whom a file is about
 * @view: whom
 * @kind: in which table
 * @to: where to
 *
 * Context: process.
 */
void tpw_proc_tally(const struct tpw_view *view, enum tpw_tally_kind kind,
		    struct tpw_tally *to)
{
	if (view->is_all)
		tally_of_all(kind, to);
	else
		tpw_tally_copy(&view->tn->tallies->t[kind], to);
}

/**
 * tpw_proc_print_memory() - facts about a table of ours, for line 1
 * @m: where to
 * @view: whom the table is about
 * @rights: of the reader
 * @kind: which table
 * @held: rows that it holds, of all namespaces
 * @nr: rows that it can hold
 *
 * How full it is tells what others do; what has given way is the namespace's
 * own.
 */
void tpw_proc_print_memory(struct seq_file *m, const struct tpw_view *view,
			   const struct tpw_rights *rights,
			   enum tpw_tally_kind kind, u32 held, u32 nr)
{
	struct tpw_tally t;

	tpw_proc_tally(view, kind, &t);
	tpw_proc_print_fact(m, "held", rights->is_host_admin, held);
	tpw_proc_print_fact(m, "max", true, nr);
	tpw_proc_print_fact(m, "evicted", rights->is_admin, t.evicted);
	tpw_proc_print_fact(m, "forgotten", rights->is_admin, t.forgotten);
	tpw_proc_print_fact(m, "forgotten_ns", rights->is_admin,
			    t.forgotten_ns);
	if (kind == TPW_TALLY_CONNECTIONS)
		tpw_proc_print_fact(m, "unnoted", rights->is_admin, t.unnoted);
	tally_of_all(kind, &t);
	tpw_proc_print_fact(m, "evicted_all", rights->is_host_admin, t.evicted);
	seq_puts(m, rights->is_admin ? " shows=all" : " shows=own");
}

static void print_not_watched(struct seq_file *m)
{
	const char *before = " not_watched=", *lack;
	unsigned int f;

	for (f = 0; f < TPW_FAMILY_NR; f++) {
		lack = tpw_watched_lack(f);
		if (!lack)
			continue;
		seq_printf(m, "%s%s:%s", before, tpw_family_names[f], lack);
		before = ",";
	}
}

/**
 * tpw_proc_print_taken() - a fact about what was taken
 * @m: where to
 * @view: whom the table is about
 * @mark: what stands for the number anyway, or NULL
 * @name: the fact's
 * @value: its value, of all namespaces that are not late
 * @late: namespaces of which there may be more
 *
 * One of a user's must not spoil the number of all others.
 */
void tpw_proc_print_taken(struct seq_file *m, const struct tpw_view *view,
			  const char *mark, const char *name, u64 value, u64 late)
{
	if (!view->is_all && late && !mark)
		mark = "?";
	if (mark)
		seq_printf(m, " %s=%s", name, mark);
	else
		seq_printf(m, " %s=%llu", name, value);
	if (view->is_all && mark)
		seq_printf(m, " late=%s", mark);
	else if (view->is_all)
		seq_printf(m, " late=%llu", late);
}

/**
 * tpw_proc_print_head() - the begin of line 1 of a table
 * @m: where to
 * @name: of the table
 * @view: whom the table is about
 *
 * Context: process, may sleep.
 */
void tpw_proc_print_head(struct seq_file *m, const char *name,
			 const struct tpw_view *view)
{
	seq_printf(m, "# tuplewatch %d %s", TPW_FORMAT, name);
	if (view->is_all)
		seq_puts(m, " netns=all");
	else
		seq_printf(m, " netns=%u", view->tn->id.inum);
	seq_printf(m, " watching=%s", tpw_hooks_watch() ? "yes" : "no");
	print_not_watched(m);
}

/**
 * tpw_proc_format_addr() - an endpoint as ss prints it
 * @buf: where to
 * @size: room there, TPW_ENDPOINT_LEN is enough
 * @addr: the address
 * @family: AF_INET or AF_INET6
 * @port: the port, network byte order; 0 is printed as "*"
 * @dev: the device it is bound to, or NULL
 */
void tpw_proc_format_addr(char *buf, size_t size, const union tpw_addr *addr,
			  u8 family, __be16 port, const char *dev)
{
	size_t n;

	if (family == AF_INET6)
		n = scnprintf(buf, size, "[%pI6c%s%s]:", addr->ip6,
			      dev ? "%" : "", dev ? dev : "");
	else
		n = scnprintf(buf, size, "%pI4%s%s:", &addr->ip,
			      dev ? "%" : "", dev ? dev : "");
	if (port)
		scnprintf(buf + n, size - n, "%u", ntohs(port));
	else
		scnprintf(buf + n, size - n, "*");
}

/**
 * tpw_proc_print_end() - "proto local count" of a row of an endpoint
 * @m: where to
 * @row: the row
 */
void tpw_proc_print_end(struct seq_file *m, const struct tpw_endpoint_row *row)
{
	const struct tpw_tuple *t = &row->last;
	char local[TPW_ENDPOINT_LEN];

	tpw_proc_format_addr(local, sizeof(local), &t->local, t->family,
			     t->lport, NULL);
	seq_printf(m, "%s %s %llu", tpw_proc_proto(t->proto, t->family), local,
		   row->count);
}

/**
 * tpw_proc_print_syns() - " syns" of a row of an endpoint
 * @m: where to
 * @row: the row
 * @mark: what its SYNs are marked with
 */
void tpw_proc_print_syns(struct seq_file *m, const struct tpw_endpoint_row *row,
			 unsigned int mark)
{
	if (row->last.proto == IPPROTO_TCP)
		seq_printf(m, " %llu", row->marked[mark]);
	else
		seq_puts(m, " -");
}

/**
 * tpw_proc_print_last() - " last_ns last_foreign" of a row of an endpoint
 * @m: where to
 * @row: the row
 */
void tpw_proc_print_last(struct seq_file *m, const struct tpw_endpoint_row *row)
{
	const struct tpw_tuple *t = &row->last;
	char foreign[TPW_ENDPOINT_LEN];

	tpw_proc_format_addr(foreign, sizeof(foreign), &t->foreign, t->family,
			     t->fport, NULL);
	seq_printf(m, " %llu %s", row->last_ns, foreign);
}

/**
 * tpw_proc_format_asked() - what a client asked for
 * @buf: where to
 * @size: room there, TPW_ENDPOINT_LEN is enough
 * @asked: that
 * @family: of the packet
 * @is_mapped: in the form of an IPv6 socket that got an IPv4 packet
 */
void tpw_proc_format_asked(char *buf, size_t size,
			   const struct tpw_asked *asked, u8 family,
			   bool is_mapped)
{
	struct tpw_tuple t = { .family = family };

	if (asked->is != TPW_ASKED_OTHER) {
		strscpy(buf, asked->is == TPW_ASKED_LOCAL ? "-" : "?", size);
		return;
	}
	memcpy(&t.local, asked->addr, sizeof(t.local));
	memcpy(&t.lport, asked->port, sizeof(t.lport));
	if (is_mapped)
		tpw_tuple_map(&t);
	tpw_proc_format_addr(buf, size, &t.local, t.family, t.lport, NULL);
}

/**
 * tpw_proc_put_addr() - an endpoint as a field, in a hurry
 * @m: where to; a blank goes before it
 * @addr: the address
 * @family: AF_INET or AF_INET6
 * @port: the port, network byte order; 0 is printed as "*"
 *
 * As tpw_proc_format_addr(), for files with a hundred thousand rows.
 */
void tpw_proc_put_addr(struct seq_file *m, const union tpw_addr *addr,
		       u8 family, __be16 port)
{
	const u8 *byte = (const u8 *)&addr->ip;

	if (family == AF_INET6) {
		seq_printf(m, " [%pI6c]", addr->ip6);
	} else {
		seq_put_decimal_ull(m, " ", byte[0]);
		seq_put_decimal_ull(m, ".", byte[1]);
		seq_put_decimal_ull(m, ".", byte[2]);
		seq_put_decimal_ull(m, ".", byte[3]);
	}
	if (port)
		seq_put_decimal_ull(m, ":", ntohs(port));
	else
		seq_puts(m, ":*");
}

/** tpw_proc_proto() - Return: tcp, tcp6, udp or udp6. */
const char *tpw_proc_proto(u8 proto, u8 family)
{
	if (proto == IPPROTO_TCP)
		return family == AF_INET6 ? "tcp6" : "tcp";
	return family == AF_INET6 ? "udp6" : "udp";
}

/**
 * tpw_proc_escape() - a name as one field of a table
 * @buf: where to
 * @size: room there; four times @max holds all
 * @name: the name
 * @max: it ends there, if not before
 *
 * What could be taken for the end of a field or would upset a terminal is
 * printed in octal, as in /proc/mounts; a name of nothing as "?".
 */
void tpw_proc_escape(char *buf, size_t size, const char *name, size_t max)
{
	size_t i, n = 0;

	for (i = 0; i < max && name[i] && n + 4 < size; i++) {
		u8 c = name[i];

		if (c <= ' ' || c == '\\' || c >= 0x7f)
			n += scnprintf(buf + n, size - n, "\\%03o", c);
		else
			buf[n++] = c;
	}
	if (!n)
		buf[n++] = '?';
	buf[n] = '\0';
}

/**
 * tpw_proc_print_clock() - what the times of a table are, for line 1
 * @m: where to
 *
 * Context: process.
 */
void tpw_proc_print_clock(struct seq_file *m)
{
	seq_printf(m, " now_ns=%llu clock=monotonic wall_offset_ns=%lld",
		   ktime_get_ns(), ktime_to_ns(ktime_mono_to_real(0)));
}

/**
 * tpw_proc_put_marks() - the same mark in several fields
 * @m: where to; a blank goes before each
 * @mark: "-", "?" or TPW_HIDDEN
 * @nr: how many fields
 */
void tpw_proc_put_marks(struct seq_file *m, const char *mark, unsigned int nr)
{
	while (nr--) {
		seq_putc(m, ' ');
		seq_puts(m, mark);
	}
}

/**
 * tpw_proc_put_flags() - what was set on a socket, as a field
 * @m: where to; a blank goes before it
 * @flags: bits by enum tpw_socket_flag
 */
void tpw_proc_put_flags(struct seq_file *m, u8 flags)
{
	char before = ' ';
	unsigned int i;

	if (!flags)
		seq_puts(m, " -");
	for (i = 0; i < TPW_SOCKET_FLAG_NR; i++) {
		if (!(flags & BIT(i)))
			continue;
		seq_putc(m, before);
		seq_puts(m, tpw_socket_flag_names[i]);
		before = ',';
	}
}

/**
 * tpw_proc_print_device() - the name of a device as a field, or "-"
 * @m: where to
 * @net: the namespace that it is in
 * @ifindex: its index, 0 for none
 *
 * Context: process.
 */
void tpw_proc_print_device(struct seq_file *m, const struct net *net,
			   s32 ifindex)
{
	const struct net_device *dev;
	char name[4 * IFNAMSIZ];

	if (!ifindex) {
		seq_putc(m, '-');
		return;
	}
	rcu_read_lock();
	dev = dev_get_by_index_rcu((struct net *)net, ifindex);
	if (dev)
		tpw_proc_escape(name, sizeof(name), dev->name, IFNAMSIZ);
	else
		scnprintf(name, sizeof(name), "if%d", ifindex);
	rcu_read_unlock();
	seq_puts(m, name);
}

/**
 * tpw_proc_print_actor() - "pid comm cgroup" as three fields
 * @m: where to; a blank goes before each
 * @actor: who; a pid of 0 is not known
 * @rights: of the reader
 *
 * A reader in a PID namespace of its own gets the number that the process has
 * in its own; a process that has none there is hidden, as one of another user
 * is.
 *
 * Context: process, of the reader.
 */
void tpw_proc_print_actor(struct seq_file *m, const struct tpw_actor *actor,
			  const struct tpw_rights *rights)
{
	char name[4 * TPW_COMM_LEN];
	u32 pid = 0;

	if (!actor->pid) {
		tpw_proc_put_marks(m, "?", 3);
		return;
	}
	if (tpw_rights_see(rights, actor->uid))
		pid = tpw_actor_pid_for_current(actor);
	if (!pid) {
		tpw_proc_put_marks(m, TPW_HIDDEN, 3);
		return;
	}
	seq_put_decimal_ull(m, " ", pid);
	seq_putc(m, ' ');
	tpw_proc_escape(name, sizeof(name), actor->comm, TPW_COMM_LEN);
	seq_puts(m, name);
	seq_put_decimal_ull(m, " ", actor->cgroup);
}
