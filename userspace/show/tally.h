/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many rows there are of each value of a column, instead of the rows: --by.
 */
#ifndef TPR_TALLY_H
#define TPR_TALLY_H

#include "lib/options.h"
#include "table/table.h"

#include <stdbool.h>
#include <stdint.h>

/* As many values are told apart; all later ones are counted together. */
#define TPR_TALLY_VALUES	16384

/* What rows can be counted by: columns, two words more, and the end of the list. */
#define TPR_TALLY_WORDS_NR	(TPR_TABLE_COLUMNS_NR + 3)

struct tpr_tally;

void tpr_tally_words(const char *table, const char **words);
int tpr_tally_check(const char *table, const char *word);
struct tpr_tally *tpr_tally_create(const struct tpr_options *options);
void tpr_tally_destroy(struct tpr_tally *tally);
int tpr_tally_head(struct tpr_tally *tally, const struct tpr_table *table);
int tpr_tally_count(struct tpr_tally *tally, char *const *fields, const char *value);
int tpr_tally_row(struct tpr_tally *tally, char *const *fields);
void tpr_tally_lost(struct tpr_tally *tally, uint64_t rows_nr);
int tpr_tally_print(struct tpr_tally *tally, bool has_colour);

#endif
