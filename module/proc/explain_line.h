/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A row of the table "explain" as a line of text.
 */
#ifndef _TPW_EXPLAIN_LINE_H
#define _TPW_EXPLAIN_LINE_H

#include "kernel/rights.h"
#include "explain/gate.h"
#include "explain/question.h"
#include "explain/search.h"

#include <linux/types.h>

struct net;
struct seq_file;

/**
 * struct tpw_row_writer - who writes for whom
 * @m: where to
 * @net: the namespace that the question was about
 * @inum: the same, as people know it
 * @rights: of who reads it
 */
struct tpw_row_writer {
	struct seq_file *m;
	const struct net *net;
	u32 inum;
	const struct tpw_rights *rights;
};

/**
 * struct tpw_explain_line - one row
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
struct tpw_explain_line {
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

void tpw_explain_line_put(const struct tpw_row_writer *w,
			  const struct tpw_explain_line *l);

#endif /* _TPW_EXPLAIN_LINE_H */
