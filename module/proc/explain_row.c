// SPDX-License-Identifier: GPL-2.0
/*
 * The rows of the table "explain": what each kind has to say.
 */
#include "proc/explain_row.h"

#include "uapi/columns.h"
#include "explain/after.h"
#include "proc/proc.h"

#include <linux/bits.h>
#include <linux/seq_file.h>

/**
 * tpw_row_columns() - line 2
 * @m: where to
 */
void tpw_row_columns(struct seq_file *m)
{
	static const char columns[] = TPW_EXPLAIN_COLUMNS(TPW_COLUMN_NAME) "\n";

	seq_puts(m, &columns[1]);
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
	const struct tpw_explain_line l = {
		.row = "before",
		.step = nr,
		.name = tpw_gate_names[gate->kind],
		.fate = tpw_gate_fate_names[gate->fate],
		.question = q,
		.gate = gate,
		.cpu = -1,
	};

	tpw_explain_line_put(w, &l);
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
	struct tpw_explain_line l = {
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
	tpw_explain_line_put(w, &l);
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
	const struct tpw_explain_line l = {
		.row = "step",
		.step = nr,
		.name = tpw_step_names[step->step],
		.fate = tpw_step_state_names[step->state],
		.question = q,
		.place = step,
		.cpu = -1,
	};

	tpw_explain_line_put(w, &l);
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
	const struct tpw_explain_line l = {
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

	tpw_explain_line_put(w, &l);
}

static void put_found(const struct tpw_row_writer *w, const char *row,
		      const struct tpw_finding *found, int cpu)
{
	struct tpw_explain_line l = {
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
	tpw_explain_line_put(w, &l);
}

static void put_unknown(const struct tpw_row_writer *w, int cpu)
{
	const struct tpw_explain_line l = {
		.row = "result",
		.name = tpw_via_names[TPW_VIA_SK_LOOKUP],
		.fate = "?",
		.cpu = cpu,
	};

	tpw_explain_line_put(w, &l);
}

/* Of another user's socket, what /proc/net/tcp and udp tell of its queues. */
#define TPW_AFTER_PUBLIC	(BIT(TPW_AFTER_ACCEPT_QUEUE) |		\
				 BIT(TPW_AFTER_REQUEST_QUEUE) |		\
				 BIT(TPW_AFTER_SYN_COOKIE) |		\
				 BIT(TPW_AFTER_RECEIVE_BUFFER))

static void put_one_after(const struct tpw_row_writer *w, const char *name,
			  enum tpw_gate_fate fate, int cpu)
{
	const struct tpw_explain_line l = {
		.row = "after",
		.name = name,
		.fate = tpw_gate_fate_names[fate],
		.cpu = cpu,
	};

	tpw_explain_line_put(w, &l);
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
	const struct tpw_explain_line l = {
		.row = "kernel",
		.name = "-",
		.fate = tpw_agreement_names[a->agreement],
		.cpu = a->cpu,
		.cookie = a->kernel,
		.has_cookie = a->kernel,
	};

	tpw_explain_line_put(w, &l);
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
	const struct tpw_explain_line l = {
		.row = "result",
		.name = "bind",
		.fate = tpw_bind_names[bind],
		.cpu = -1,
	};

	tpw_explain_line_put(w, &l);
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
	const struct tpw_explain_line l = {
		.row = "holder",
		.name = "-",
		.fate = tpw_hold_names[holder->hold],
		.seen = &holder->socket,
		.cpu = -1,
		.inum = w->inum,
	};

	tpw_explain_line_put(w, &l);
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
	const struct tpw_explain_line l = {
		.row = "nearest",
		.name = tpw_near_names[kind],
		.fate = "-",
		.seen = &near->socket,
		.cpu = -1,
		.inum = near->inum,
		.closed_ns = near->closed_ns,
	};

	tpw_explain_line_put(w, &l);
}
