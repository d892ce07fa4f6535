/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rows of the table "explain".
 */
#ifndef _TPW_EXPLAIN_ROW_H
#define _TPW_EXPLAIN_ROW_H

#include "explain/answer.h"
#include "explain/holders.h"
#include "explain/nearest.h"
#include "proc/explain_line.h"

#include <linux/types.h>

struct seq_file;

void tpw_row_columns(struct seq_file *m);
void tpw_row_gate(const struct tpw_row_writer *w, const struct tpw_question *q,
		  const struct tpw_gate *gate, unsigned int nr);
void tpw_row_arrival(const struct tpw_row_writer *w,
		     const struct tpw_gates *gates);
void tpw_row_step(const struct tpw_row_writer *w, const struct tpw_question *q,
		  const struct tpw_step_row *step, unsigned int nr);
void tpw_row_seen(const struct tpw_row_writer *w, const struct tpw_question *q,
		  const struct tpw_seen *seen, unsigned int step,
		  unsigned int nr);
void tpw_row_answer(const struct tpw_row_writer *w,
		    const struct tpw_cpu_answer *a);
void tpw_row_bind(const struct tpw_row_writer *w, enum tpw_bind bind);
void tpw_row_holder(const struct tpw_row_writer *w,
		    const struct tpw_holder *holder);
void tpw_row_near(const struct tpw_row_writer *w, enum tpw_near_kind kind,
		  const struct tpw_near *near);

#endif /* _TPW_EXPLAIN_ROW_H */
