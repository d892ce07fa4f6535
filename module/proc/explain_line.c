// SPDX-License-Identifier: GPL-2.0
/*
 * A row of the table "explain" as a line of text.  All rows have the same
 * columns, and each fills those that it has something to say in.
 */
#include "proc/explain_line.h"

#include "uapi/columns.h"
#include "kernel/actor.h"
#include "store/connections.h"
#include "store/listeners.h"
#include "explain/score.h"
#include "proc/proc.h"

#include <linux/seq_file.h>
#include <net/tcp_states.h>

static void put_number(struct seq_file *m, bool has, u64 number)
{
	if (has)
		seq_put_decimal_ull(m, " ", number);
	else
		seq_puts(m, " -");
}

static void put_cookie(const struct tpw_row_writer *w, bool has, u64 cookie)
{
	if (!has)
		seq_puts(w->m, " -");
	else if (!w->rights->is_admin)
		seq_puts(w->m, " " TPW_HIDDEN);
	else
		seq_printf(w->m, " %llx", cookie);
}

/* "proto local foreign dev flags" */
static void put_step_address(const struct tpw_row_writer *w,
			     const struct tpw_explain_line *l)
{
	const struct tpw_tuple *t = &l->question->q.tuple;

	seq_printf(w->m, " %s", tpw_proc_proto(t->proto, t->family));
	if (l->place->step == TPW_STEP_SK_LOOKUP) {
		seq_puts(w->m, " - - - -");
		return;
	}
	tpw_proc_put_addr(w->m, &l->place->addr, t->family, t->lport);
	if (l->place->step == TPW_STEP_ESTABLISHED)
		tpw_proc_put_addr(w->m, &t->foreign, t->family, t->fport);
	else
		seq_puts(w->m, " -");
	seq_puts(w->m, " - -");
}

static void put_translated(const struct tpw_row_writer *w,
			   const struct tpw_tuple *t)
{
	seq_printf(w->m, " %s", tpw_proc_proto(t->proto, t->family));
	tpw_proc_put_addr(w->m, &t->local, t->family, t->lport);
	tpw_proc_put_addr(w->m, &t->foreign, t->family, t->fport);
	tpw_proc_put_marks(w->m, "-", 2);
}

static void put_address(const struct tpw_row_writer *w, const struct tpw_explain_line *l)
{
	const struct tpw_seen *seen = l->seen;
	const struct tpw_endpoint *b;

	if (!seen && l->place) {
		put_step_address(w, l);
		return;
	}
	if (!seen && l->gate && l->gate->fate == TPW_GATE_FATE_TRANSLATES) {
		put_translated(w, &l->gate->translated);
		return;
	}
	if (!seen) {
		seq_puts(w->m, " - - - - -");
		return;
	}
	b = &seen->bound;
	seq_printf(w->m, " %s", tpw_proc_proto(b->proto, b->family));
	tpw_proc_put_addr(w->m, &b->addr, b->family, b->port);
	if (seen->peer_port)
		tpw_proc_put_addr(w->m, &seen->peer, b->family, seen->peer_port);
	else
		seq_puts(w->m, " -");
	seq_putc(w->m, ' ');
	/* A device has its number and its name in its own namespace only. */
	if (b->ifindex && l->inum != w->inum)
		seq_putc(w->m, '?');
	else
		tpw_proc_print_device(w->m, w->net, b->ifindex);
	tpw_proc_put_flags(w->m, seen->flags);
}

/* "incoming_cpu score points" */
static void put_score(const struct tpw_row_writer *w, const struct tpw_explain_line *l)
{
	const struct tpw_seen *seen = l->seen;
	char before = ' ';
	unsigned int i;

	put_number(w->m, seen && seen->incoming_cpu >= 0,
		   seen ? seen->incoming_cpu : 0);
	if (!seen || !l->question || seen->score == TPW_NO_SCORE) {
		seq_puts(w->m, " - -");
		return;
	}
	seq_put_decimal_ull(w->m, " ", seen->score);
	for (i = 0; i < TPW_POINT_NR; i++) {
		const struct tpw_tuple *t = &l->question->q.tuple;

		if (!(seen->points & BIT(i)))
			continue;
		seq_printf(w->m, "%c%s:%u", before, tpw_point_names[i],
			   tpw_score_weight(t->proto, t->family, i));
		before = ',';
	}
	if (before == ' ')
		seq_puts(w->m, " -");
}

/* "member group chooser chosen_cookie" */
static void put_group(const struct tpw_row_writer *w,
		      const struct tpw_seen *seen)
{
	if (!seen || !seen->members) {
		tpw_proc_put_marks(w->m, "-", 4);
		return;
	}
	if (seen->member)
		seq_put_decimal_ull(w->m, " ", seen->member);
	else
		seq_puts(w->m, " ?");
	seq_printf(w->m, " %u %s", seen->members,
		   tpw_chooser_names[seen->chooser]);
	put_cookie(w, seen->chosen, seen->chosen);
}

/* Which programs there are, bpf() does not tell everybody. */
static void put_program(const struct tpw_row_writer *w, char before, u32 id)
{
	if (w->rights->is_admin)
		seq_printf(w->m, "%c%u", before, id);
	else
		seq_printf(w->m, "%c" TPW_HIDDEN, before);
}

static void put_programs(const struct tpw_row_writer *w, const struct tpw_explain_line *l)
{
	const u32 *id = l->place && !l->seen ? l->place->progs : NULL;
	char before = ' ';
	unsigned int i;

	for (i = 0; id && i < TPW_STEP_PROGS && id[i]; i++) {
		put_program(w, before, id[i]);
		before = ',';
	}
	if (before != ' ')
		return;
	if (l->group && l->group->prog)
		put_program(w, before, l->group->prog);
	else if (l->gate && l->gate->prog)
		put_program(w, before, l->gate->prog);
	else
		seq_puts(w->m, " -");
}

/*
 * "bucket sockets other_netns".  A bucket's number tells something of the secret
 * that its hash is made with, and its other sockets are other namespaces'.
 */
static void put_bucket(const struct tpw_row_writer *w, const struct tpw_explain_line *l)
{
	const struct tpw_step_row *place = l->seen ? NULL : l->place;

	if (!place || place->step == TPW_STEP_SK_LOOKUP) {
		seq_puts(w->m, " - - -");
		return;
	}
	if (w->rights->is_host_admin)
		seq_printf(w->m, " %u %u %u", place->bucket, place->sockets,
			   place->others);
	else
		seq_printf(w->m, " " TPW_HIDDEN " %u " TPW_HIDDEN, place->sockets);
}

/* Who called listen(), bind(), accept() or connect(), if that was seen. */
static void put_process(const struct tpw_row_writer *w, const struct tpw_explain_line *l)
{
	struct tpw_listener_counts counts;
	struct tpw_connection c;
	struct tpw_listener own;
	u64 cookie;

	if (!l->seen) {
		seq_puts(w->m, " - - -");
		return;
	}
	cookie = l->seen->cookie;
	if (tpw_listeners_get(cookie, &own, &counts, NULL))
		tpw_proc_print_actor(w->m, &own.actor, w->rights);
	else if (tpw_connections_get(cookie, &c, NULL))
		tpw_proc_print_actor(w->m, &c.actor, w->rights);
	else
		seq_puts(w->m, " ? ? ?");
}

/* Of a request, or of what was born from one while we watched; 0: not known. */
static u64 find_listener(const struct tpw_seen *seen)
{
	struct tpw_connection c;

	if (seen->listener || seen->state == TCP_LISTEN)
		return seen->listener;
	return tpw_connections_get(seen->cookie, &c, NULL) ? c.listener : 0;
}

/* "state cookie listener_cookie inode uid" */
static void put_socket(const struct tpw_row_writer *w, const struct tpw_explain_line *l)
{
	const struct tpw_seen *seen = l->seen;
	u64 listener;

	if (!seen) {
		seq_puts(w->m, " -");
		put_cookie(w, l->has_cookie, l->cookie);
		seq_puts(w->m, " - - -");
		return;
	}
	listener = find_listener(seen);
	if (seen->bound.proto == IPPROTO_TCP && seen->state)
		seq_printf(w->m, " %s", tpw_state_name(seen->state));
	else
		seq_puts(w->m, " -");
	put_cookie(w, seen->cookie, seen->cookie);
	put_cookie(w, listener, listener);
	put_number(w->m, seen->inode, seen->inode);
	put_number(w->m, !l->closed_ns, tpw_rights_uid(w->rights, seen->uid));
}

/* "who priority".  Whose rules there are is told to administrators alone. */
static void put_gate(const struct tpw_row_writer *w, const struct tpw_gate *gate)
{
	char who[4 * TPW_GATE_WHO_LEN];

	if (!gate) {
		tpw_proc_put_marks(w->m, "-", 2);
		return;
	}
	if (!w->rights->is_admin && gate->kind != TPW_GATE_ROUTE) {
		tpw_proc_put_marks(w->m, TPW_HIDDEN, 2);
		return;
	}
	tpw_proc_escape(who, sizeof(who), gate->who, TPW_GATE_WHO_LEN);
	seq_printf(w->m, " %s %d", who, gate->priority);
}

/**
 * tpw_explain_line_put() - write a row
 * @w: the writer
 * @l: what there is to say in it
 *
 * Context: process.
 */
void tpw_explain_line_put(const struct tpw_row_writer *w, const struct tpw_explain_line *l)
{
	seq_puts(w->m, l->row);
	put_number(w->m, l->step, l->step);
	put_number(w->m, l->nr, l->nr);
	seq_printf(w->m, " %s %s", l->name, l->fate);
	put_address(w, l);
	put_score(w, l);
	put_group(w, l->group);
	put_programs(w, l);
	put_bucket(w, l);
	put_number(w->m, l->cpu >= 0, l->cpu);
	put_socket(w, l);
	put_process(w, l);
	put_number(w->m, true, l->seen ? l->inum : w->inum);
	put_number(w->m, l->closed_ns, l->closed_ns);
	put_gate(w, l->gate);
	seq_putc(w->m, '\n');
}
