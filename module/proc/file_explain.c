// SPDX-License-Identifier: GPL-2.0
/*
 * The file "explain": write a question, read the answer on the same open file.
 *
 * The answer is made when the question is written and stays until the next
 * one; what is written starts at the front again.  A question that cannot be
 * understood is refused, and reading then names the word at fault.
 */
#include "proc/proc.h"

#include "explain/allowance.h"
#include "explain/answer.h"
#include "explain/holders.h"
#include "explain/nearest.h"
#include "proc/explain_row.h"

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>

/**
 * struct asker - an open file
 * @view: whom it is about
 * @rights: of who asks
 * @has_answer: there is one
 * @asked_ns: when it was asked, CLOCK_MONOTONIC
 * @answer: it; where there is none, what was wrong with the question
 * @near: what is near, if nothing was found
 * @holders: who has the port, if nothing was found
 *
 * The lock of the seq_file guards it.
 */
struct asker {
	struct tpw_view *view;
	struct tpw_rights rights;
	bool has_answer;
	u64 asked_ns;
	struct tpw_answer answer;
	struct tpw_nearest_list near;
	struct tpw_holders holders;
};

/* The rows behind the head, in their order. */
enum section { BIND, GATE, ARRIVAL, STEP, SEEN, ANSWER, NEAR, HOLDER, END };

/**
 * struct place - where a reader is
 * @section: in which section
 * @step: index of the step
 * @index: in the section; of a socket, of all that were looked at
 */
struct place {
	enum section section;
	unsigned int step;
	size_t index;
};

static size_t seen_nr(const struct tpw_search *s)
{
	return min(s->nr, s->room);
}

/* Behind the sockets of a step. */
static size_t seen_end(const struct tpw_search *s, unsigned int step)
{
	if (step + 1 == s->steps)
		return seen_nr(s);
	return min(s->step[step + 1].first, seen_nr(s));
}

static bool find_before(const struct tpw_gates *g, loff_t *row, struct place *to)
{
	if (*row <= g->nr) {
		to->section = *row < g->nr ? GATE : ARRIVAL;
		to->index = *row;
		return true;
	}
	*row -= g->nr + 1;
	return false;
}

/* Each step is followed by the sockets that were looked at in it. */
static bool find_in_search(const struct tpw_search *s, loff_t *row,
			   struct place *to)
{
	for (to->step = 0; to->step < s->steps; to->step++) {
		size_t first = min(s->step[to->step].first, seen_nr(s));
		size_t nr = seen_end(s, to->step) - first;

		if (!*row) {
			to->section = STEP;
			return true;
		}
		if (*row <= nr) {
			to->section = SEEN;
			to->index = first + *row - 1;
			return true;
		}
		*row -= 1 + nr;
	}
	return false;
}

static bool find_near(const struct tpw_nearest_list *n, loff_t *row, struct place *to)
{
	unsigned int kind;

	for (kind = 0; kind < TPW_NEAR_KINDS; kind++) {
		if (*row < n->nr[kind]) {
			to->section = NEAR;
			to->step = kind;
			to->index = *row;
			return true;
		}
		*row -= n->nr[kind];
	}
	return false;
}

static void find_holder(const struct asker *a, loff_t row, struct place *to)
{
	if (row >= a->holders.nr)
		return;
	to->section = HOLDER;
	to->index = row;
}

/* The result, then who has the port. */
static void find_in_bind(const struct asker *a, loff_t row, struct place *to)
{
	if (row)
		find_holder(a, row - 1, to);
	else
		to->section = BIND;
}

static void find(const struct asker *a, loff_t row, struct place *to)
{
	to->section = END;
	if (a->has_answer && a->answer.question.is_bind) {
		find_in_bind(a, row, to);
		return;
	}
	if (!a->has_answer || find_before(&a->answer.gates, &row, to) ||
	    find_in_search(&a->answer.s, &row, to))
		return;
	if (row < a->answer.cpus) {
		to->section = ANSWER;
		to->index = row;
		return;
	}
	row -= a->answer.cpus;
	if (!find_near(&a->near, &row, to))
		find_holder(a, row, to);
}

static void print_end(struct seq_file *m, const char *key,
		      const union tpw_addr *addr, u8 family, __be16 port)
{
	char text[TPW_ENDPOINT_LEN];

	tpw_proc_format_addr(text, sizeof(text), addr, family, port, NULL);
	seq_printf(m, " %s=%s", key, text);
}

static void print_question(struct seq_file *m, const struct asker *a)
{
	const struct tpw_question *q = &a->answer.question;
	const struct tpw_tuple *t = &q->asked;

	seq_printf(m, " asked_ns=%llu proto=%s", a->asked_ns,
		   t->proto == IPPROTO_UDP ? "udp" : "tcp");
	if (!q->is_bind)
		print_end(m, "foreign", &t->foreign, t->family, t->fport);
	print_end(m, "local", &t->local, t->family, t->lport);
	seq_printf(m, " local_is=%s dev=", tpw_local_names[q->local]);
	if (q->ifindex)
		tpw_proc_print_device(m, a->view->tn->net, q->ifindex);
	else
		seq_putc(m, q->is_bind ? '-' : '?');
	if (q->is_bind)
		return;
	seq_printf(m, " dev_by=%s cpu=%d cpu_by=%s sockets_unlisted=%zu",
		   tpw_device_source_names[q->source], a->answer.cpu[0].cpu,
		   q->cpu < 0 ? "assumed" : "given",
		   a->answer.s.nr - seen_nr(&a->answer.s));
}

static void print_wrong(struct seq_file *m, const struct tpw_question *q)
{
	char word[4 * TPW_WORD_LEN];

	tpw_proc_escape(word, sizeof(word), q->word, TPW_WORD_LEN);
	seq_printf(m, " error=%s word=%s", tpw_wrong_names[q->wrong], word);
}

/* For people; line 1 has said it for programs. */
static void print_advice(struct seq_file *m, const struct tpw_question *q)
{
	char word[4 * TPW_WORD_LEN];
	const char *c;

	if (q->wrong) {
		tpw_proc_escape(word, sizeof(word), q->word, TPW_WORD_LEN);
		seq_printf(m, "# error: %s ", word);
		for (c = tpw_wrong_names[q->wrong]; *c; c++)
			seq_putc(m, *c == '-' ? ' ' : *c);
		seq_putc(m, '\n');
	}
	seq_puts(m, "# usage: tcp|udp FOREIGN LOCAL [dev IF] [cpu N]\n"
		    "# usage: bind tcp LOCAL [dev IF] [uid N] [reuseaddr] [reuseport] [v6only]\n");
}

static void print_head(struct seq_file *m, const struct asker *a)
{
	const struct tpw_question *q = &a->answer.question;

	tpw_proc_print_head(m, "explain", a->view);
	tpw_proc_print_clock(m);
	/* What everybody has asked. */
	tpw_proc_print_fact(m, "questions", a->rights.is_host_admin,
			    tpw_answers_given());
	tpw_proc_print_fact(m, "searches_repeated", a->rights.is_host_admin,
			    tpw_answers_repeated());
	tpw_proc_print_fact(m, "disagreements", a->rights.is_host_admin,
			    tpw_answers_disputed());
	if (a->has_answer)
		print_question(m, a);
	else if (q->wrong)
		print_wrong(m, q);
	seq_putc(m, '\n');
	tpw_row_columns(m);
	if (!a->has_answer)
		print_advice(m, q);
}

static void print_row(struct seq_file *m, const struct asker *a,
		      const struct place *at)
{
	const struct tpw_row_writer w = {
		.m = m,
		.net = a->view->tn->net,
		.inum = a->view->tn->id.inum,
		.rights = &a->rights,
	};
	const struct tpw_question *q = &a->answer.question;
	const struct tpw_search *s = &a->answer.s;

	switch (at->section) {
	case BIND:
		tpw_row_bind(&w, tpw_holders_judge(&a->holders, w.net, q));
		break;
	case GATE:
		tpw_row_gate(&w, q, &a->answer.gates.gate[at->index],
			     at->index + 1);
		break;
	case ARRIVAL:
		tpw_row_arrival(&w, &a->answer.gates);
		break;
	case STEP:
		tpw_row_step(&w, q, &s->step[at->step], at->step + 1);
		break;
	case SEEN:
		tpw_row_seen(&w, q, &s->seen[at->index], at->step + 1,
			     at->index - s->step[at->step].first + 1);
		break;
	case ANSWER:
		tpw_row_answer(&w, &a->answer.cpu[at->index]);
		break;
	case HOLDER:
		tpw_row_holder(&w, &a->holders.holder[at->index]);
		break;
	case NEAR:
		tpw_row_near(&w, at->step, &a->near.near[at->step][at->index]);
		break;
	default:
		break;
	}
}

/* Position 0 is the head; others are rows, found anew from their number. */
static void *start(struct seq_file *m, loff_t *pos)
{
	struct place at;

	if (!*pos)
		return SEQ_START_TOKEN;
	find(m->private, *pos - 1, &at);
	return at.section == END ? NULL : pos;
}

static void *next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return start(m, pos);
}

static void stop(struct seq_file *m, void *v)
{
}

static int show(struct seq_file *m, void *v)
{
	const struct asker *a = m->private;
	struct place at;

	if (v == SEQ_START_TOKEN) {
		print_head(m, a);
		return 0;
	}
	find(a, *(loff_t *)v - 1, &at);
	print_row(m, a, &at);
	return 0;
}

static const struct seq_operations seq_ops = {
	.start = start,
	.next = next,
	.stop = stop,
	.show = show,
};

/* As most servers bind, with SO_REUSEADDR. */
static void look_at_holders(struct asker *a)
{
	struct tpw_question q = a->answer.question;

	q.has_reuseaddr = true;
	q.ifindex = 0;
	tpw_holders_find(&a->holders, a->view->tn->net, &q);
}

static int look_around(struct asker *a, const struct file *file)
{
	struct tpw_visibility visible;
	int err;

	memset(&a->near, 0, sizeof(a->near));
	memset(&a->holders, 0, sizeof(a->holders));
	if (tpw_answer_first(&a->answer.cpu[0])->match != TPW_MATCH_NONE ||
	    tpw_answer_is_for_many(&a->answer.question))
		return 0;
	err = tpw_visibility_of(&visible, file, a->view->tn->net);
	if (err)
		return err;
	a->near.q = a->answer.question.q;
	tpw_nearest_find(&a->near, 1, a->view->tn->net, &visible);
	tpw_visibility_free(&visible);
	if (a->near.q.tuple.proto == IPPROTO_TCP)
		look_at_holders(a);
	return 0;
}

static int answer(struct asker *a, const struct file *file)
{
	struct tpw_question *q = &a->answer.question;
	struct net *net = a->view->tn->net;
	int err;

	if (q->is_bind) {
		tpw_device_assume_bind(q, net);
		tpw_holders_find(&a->holders, net, q);
		return 0;
	}
	err = tpw_answer_make(&a->answer, net, a->rights.is_admin,
			      a->rights.is_host_admin);
	return err ? err : look_around(a, file);
}

static int ask(struct asker *a, char *text, bool is_cut,
	       const struct file *file)
{
	struct net *net = a->view->tn->net;
	int err;

	if (!a->rights.is_host_admin && !tpw_allowance_take(a->rights.cred))
		return -EAGAIN;
	a->has_answer = false;
	tpw_answer_free(&a->answer);
	err = tpw_question_parse(&a->answer.question, net, text, is_cut);
	if (err)
		return err;
	err = answer(a, file);
	if (err)
		tpw_answer_free(&a->answer);
	a->has_answer = !err;
	a->asked_ns = ktime_get_ns();
	return err;
}

static ssize_t write(struct file *file, const char __user *buf, size_t size,
		     loff_t *pos)
{
	struct seq_file *m = file->private_data;
	char *text;
	bool pins;
	int err;

	if (!size)
		return 0;
	err = tpw_proc_begin_copy(file, &pins);
	if (err)
		return err;
	/* One that is too long is cut in the middle of a word, and refused. */
	text = memdup_user_nul(buf, min_t(size_t, size, TPW_QUESTION_LEN));
	tpw_proc_end_copy(pins);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = mutex_lock_interruptible(&m->lock);
	if (!err) {
		err = ask(m->private, text, size > TPW_QUESTION_LEN, file);
		/* After an error nobody else would. */
		file->f_pos = 0;
		*pos = 0;
		mutex_unlock(&m->lock);
	}
	kfree(text);
	return err ? err : size;
}

static int open(struct inode *inode, struct file *file)
{
	struct tpw_view *view;
	struct asker *a;
	int err;

	err = tpw_proc_open(inode, &view);
	if (err)
		return err;
	a = __seq_open_private(file, &seq_ops, sizeof(*a));
	if (!a) {
		tpw_proc_close(view);
		return -ENOMEM;
	}
	a->view = view;
	tpw_rights_take(&a->rights, file, view->tn->net);
	return 0;
}

static int release(struct inode *inode, struct file *file)
{
	struct asker *a = ((struct seq_file *)file->private_data)->private;
	struct tpw_view *view = a->view;

	tpw_answer_free(&a->answer);
	seq_release_private(inode, file);
	tpw_proc_close(view);
	return 0;
}

const struct proc_ops tpw_proc_explain_ops = {
	.proc_open = open,
	.proc_read = tpw_proc_read,
	.proc_write = write,
	.proc_lseek = seq_lseek,
	.proc_release = release,
};
