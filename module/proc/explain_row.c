// SPDX-License-Identifier: GPL-2.0
/*
 * The rows of the table "explain".  All have the same columns, and each kind of
 * row fills those that it has something to say in.
 */
#include "proc/explain_row.h"

#include "uapi/columns.h"
#include "kernel/actor.h"
#include "store/connections.h"
#include "store/listeners.h"
#include "explain/after.h"
#include "explain/score.h"
#include "proc/proc.h"

#include <linux/seq_file.h>
#include <linux/string.h>
#include <net/tcp_states.h>

/**
 * struct line - one row
 * @row: what kind of row it is
 * @step: number of the step from 1, 0 for none
 * @nr: place in the bucket from 1, 0 for none
 * @name: of the step; how a socket was found; why it is near
 * @fate: what came of it
 * @question: the question
 * @place: a step
 * @seen: a socket
 * @group: the choice in its group, also if the socket is not known
 * @cpu: for which CPU, -1 for none
 * @cookie: a socket of which no more is known, if @has_cookie
 * @has_cookie: see there
 * @inum: its namespace, if @seen
 * @closed_ns: when it was closed, 0 if it is not
 * @gate: what is passed before the lookup
 */
struct line {
	const char *row;
	unsigned int step;
	unsigned int nr;
	const char *name;
	const char *fate;
	const struct tpw_question *question;
	const struct tpw_step_row *place;
	const struct tpw_seen *seen;
	const struct tpw_seen *group;
	int cpu;
	u64 cookie;
	bool has_cookie;
	u32 inum;
	u64 closed_ns;
	const struct tpw_gate *gate;
};

/**
 * tpw_row_columns() - line 2
 * @m: where to
 */
void tpw_row_columns(struct seq_file *m)
{
	static const char columns[] = TPW_EXPLAIN_COLUMNS(TPW_COLUMN_NAME) "\n";

	seq_puts(m, &columns[1]);
}

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
			     const struct line *l)
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

static void put_address(const struct tpw_row_writer *w, const struct line *l)
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
static void put_score(const struct tpw_row_writer *w, const struct line *l)
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

static void put_programs(const struct tpw_row_writer *w, const struct line *l)
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
static void put_bucket(const struct tpw_row_writer *w, const struct line *l)
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
static void put_process(const struct tpw_row_writer *w, const struct line *l)
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
static void put_socket(const struct tpw_row_writer *w, const struct line *l)
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

static void put_line(const struct tpw_row_writer *w, const struct line *l)
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

/**
 * tpw_row_gate() - what is passed before the lookup
 * @w: the writer
 * @q: the question
 * @gate: it
 * @nr: its number, from 1
 *
 * Context: process.
 */
void tpw_row_gate(const struct tpw_row_writer *w, const struct tpw_question *q,
		  const struct tpw_gate *gate, unsigned int nr)
{
	const struct line l = {
		.row = "before",
		.step = nr,
		.name = tpw_gate_names[gate->kind],
		.fate = tpw_gate_fate_names[gate->fate],
		.question = q,
		.gate = gate,
		.cpu = -1,
	};

	put_line(w, &l);
}

/**
 * tpw_row_arrival() - whether the segment comes as far as the lookup
 * @w: the writer
 * @gates: what is before it
 *
 * Context: process.
 */
void tpw_row_arrival(const struct tpw_row_writer *w,
		     const struct tpw_gates *gates)
{
	const struct tpw_gate *end = tpw_gates_end(gates);
	struct line l = {
		.row = "arrives",
		.name = "-",
		.fate = tpw_gate_fate_names[TPW_GATE_FATE_PASSES],
		.gate = end,
		.cpu = -1,
	};

	if (end) {
		l.name = tpw_gate_names[end->kind];
		l.fate = tpw_gate_fate_names[end->fate];
	}
	put_line(w, &l);
}

/**
 * tpw_row_step() - a step of the search
 * @w: the writer
 * @q: the question
 * @step: the step
 * @nr: its number, from 1
 *
 * Context: process.
 */
void tpw_row_step(const struct tpw_row_writer *w, const struct tpw_question *q,
		  const struct tpw_step_row *step, unsigned int nr)
{
	const struct line l = {
		.row = "step",
		.step = nr,
		.name = tpw_step_names[step->step],
		.fate = tpw_step_state_names[step->state],
		.question = q,
		.place = step,
		.cpu = -1,
	};

	put_line(w, &l);
}

/**
 * tpw_row_seen() - a socket that was looked at
 * @w: the writer
 * @q: the question
 * @seen: the socket
 * @step: number of the step, from 1
 * @nr: its place in the bucket, from 1
 *
 * Context: process.
 */
void tpw_row_seen(const struct tpw_row_writer *w, const struct tpw_question *q,
		  const struct tpw_seen *seen, unsigned int step,
		  unsigned int nr)
{
	const struct line l = {
		.row = "socket",
		.step = step,
		.nr = nr,
		.name = tpw_step_names[seen->step],
		.fate = tpw_fate_names[seen->fate],
		.question = q,
		.seen = seen,
		.group = seen,
		.cpu = -1,
		.inum = w->inum,
	};

	put_line(w, &l);
}

static void put_found(const struct tpw_row_writer *w, const char *row,
		      const struct tpw_finding *found, int cpu)
{
	struct line l = {
		.row = row,
		.name = tpw_via_names[found->via],
		.fate = tpw_match_names[found->match],
		.cpu = cpu,
		.inum = w->inum,
	};

	if (found->match != TPW_MATCH_NONE)
		l.group = &found->socket;
	if (found->is_open)
		l.fate = "?";
	else if (found->match != TPW_MATCH_UNKNOWN)
		l.seen = l.group;
	put_line(w, &l);
}

static void put_unknown(const struct tpw_row_writer *w, int cpu)
{
	const struct line l = {
		.row = "result",
		.name = tpw_via_names[TPW_VIA_SK_LOOKUP],
		.fate = "?",
		.cpu = cpu,
	};

	put_line(w, &l);
}

/* Of another user's socket, what /proc/net/tcp and udp tell of its queues. */
#define TPW_AFTER_PUBLIC	(BIT(TPW_AFTER_ACCEPT_QUEUE) |		\
				 BIT(TPW_AFTER_REQUEST_QUEUE) |		\
				 BIT(TPW_AFTER_SYN_COOKIE) |		\
				 BIT(TPW_AFTER_RECEIVE_BUFFER))

static void put_one_after(const struct tpw_row_writer *w, const char *name,
			  enum tpw_gate_fate fate, int cpu)
{
	const struct line l = {
		.row = "after",
		.name = name,
		.fate = tpw_gate_fate_names[fate],
		.cpu = cpu,
	};

	put_line(w, &l);
}

/* What the socket does with it, besides taking it. */
static void put_after(const struct tpw_row_writer *w,
		      const struct tpw_finding *found, int cpu)
{
	bool may_see = tpw_rights_see(w->rights, found->socket.uid);
	u16 after = found->socket.after;
	unsigned int i;

	if (found->is_open || found->match == TPW_MATCH_NONE ||
	    found->match == TPW_MATCH_UNKNOWN)
		return;
	if (!may_see)
		after &= TPW_AFTER_PUBLIC;
	for (i = 0; i < TPW_AFTER_NR; i++)
		if (after & BIT(i))
			put_one_after(w, tpw_after_names[i], tpw_after_fate(i),
				      cpu);
	if (!may_see)
		put_one_after(w, TPW_HIDDEN, TPW_GATE_FATE_DECIDES, cpu);
}

/* What the kernel's own lookup says of it. */
static void put_kernel(const struct tpw_row_writer *w,
		       const struct tpw_cpu_answer *a)
{
	const struct line l = {
		.row = "kernel",
		.name = "-",
		.fate = tpw_agreement_names[a->agreement],
		.cpu = a->cpu,
		.cookie = a->kernel,
		.has_cookie = a->kernel,
	};

	put_line(w, &l);
}

/**
 * tpw_row_answer() - the answer for one CPU
 * @w: the writer
 * @a: the answer
 *
 * "otherwise" is what is found behind a TIME_WAIT, should that give way, and
 * behind a BPF sk_lookup program, should that let it pass.
 *
 * Context: process.
 */
void tpw_row_answer(const struct tpw_row_writer *w,
		    const struct tpw_cpu_answer *a)
{
	if (a->established.match != TPW_MATCH_NONE)
		put_found(w, "result", &a->established, a->cpu);
	else if (a->has_sk_lookup)
		put_unknown(w, a->cpu);
	else
		put_found(w, "result", &a->found, a->cpu);
	if (a->established.match == TPW_MATCH_TIME_WAIT ||
	    (a->has_sk_lookup && a->established.match == TPW_MATCH_NONE))
		put_found(w, "otherwise", &a->found, a->cpu);
	if (a->established.match != TPW_MATCH_NONE || !a->has_sk_lookup)
		put_after(w, tpw_answer_first(a), a->cpu);
	put_kernel(w, a);
}

/**
 * tpw_row_bind() - what comes of a bind()
 * @w: the writer
 * @bind: that
 *
 * Context: process.
 */
void tpw_row_bind(const struct tpw_row_writer *w, enum tpw_bind bind)
{
	const struct line l = {
		.row = "result",
		.name = "bind",
		.fate = tpw_bind_names[bind],
		.cpu = -1,
	};

	put_line(w, &l);
}

/**
 * tpw_row_holder() - a socket that has the port
 * @w: the writer
 * @holder: the socket
 *
 * Context: process.
 */
void tpw_row_holder(const struct tpw_row_writer *w,
		    const struct tpw_holder *holder)
{
	const struct line l = {
		.row = "holder",
		.name = "-",
		.fate = tpw_hold_names[holder->hold],
		.seen = &holder->socket,
		.cpu = -1,
		.inum = w->inum,
	};

	put_line(w, &l);
}

/**
 * tpw_row_near() - a socket that is near
 * @w: the writer
 * @kind: why it is only near
 * @near: the socket
 *
 * Context: process.
 */
void tpw_row_near(const struct tpw_row_writer *w, enum tpw_near_kind kind,
		  const struct tpw_near *near)
{
	const struct line l = {
		.row = "nearest",
		.name = tpw_near_names[kind],
		.fate = "-",
		.seen = &near->socket,
		.cpu = -1,
		.inum = near->inum,
		.closed_ns = near->closed_ns,
	};

	put_line(w, &l);
}
