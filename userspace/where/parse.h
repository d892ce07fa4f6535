/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The filter words of ss: state, exclude, sport, dport, src, dst, dev, and, or, not, ( ). As with
 * ss, src and sport are the local end, also of a segment that comes in. Besides, each column of
 * the table can be named: outcome = refused, segments > 100. "outcome = dropped:REASON" asks for
 * outcome and reason.
 */
#ifndef TPR_PARSE_H
#define TPR_PARSE_H

#include "table/table.h"

struct tpr_expression;

struct tpr_expression *tpr_expression_parse(int argc, char **argv);
void tpr_expression_destroy(struct tpr_expression *expression);
bool tpr_expression_fits(const struct tpr_expression *expression, const struct tpr_table *table);
int tpr_expression_bind(struct tpr_expression *expression, const struct tpr_table *table);
bool tpr_expression_match(const struct tpr_expression *expression, char *const *fields);
bool tpr_expression_has_state(const struct tpr_expression *expression);
bool tpr_expression_has_column(const struct tpr_expression *expression, const char *name);

#endif
