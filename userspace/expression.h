/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The filter words of ss: state, exclude, sport, dport, src, dst, dev, and, or, not, ( ). As with
 * ss, src and sport are the local end, also of a segment that comes in. Besides, each column of
 * the table can be named: outcome = refused, segments > 100.
 */
#ifndef TPW_EXPRESSION_H
#define TPW_EXPRESSION_H

#include "table.h"

struct tpw_expression;

struct tpw_expression *tpw_expression_parse(int argc, char **argv);
void tpw_expression_destroy(struct tpw_expression *expression);
int tpw_expression_bind(struct tpw_expression *expression, const struct tpw_table *table);
bool tpw_expression_match(const struct tpw_expression *expression, char *const *fields);
bool tpw_expression_has_state(const struct tpw_expression *expression);

#endif
