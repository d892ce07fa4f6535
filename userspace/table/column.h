/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kind of value stands under each name that the tables use, for columns and for the facts
 * of line 1. The parser checks against it and JSON takes its types from it.
 */
#ifndef TPR_COLUMN_H
#define TPR_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum tpr_kind - what a value is
 * @TPR_KIND_TEXT: a word
 * @TPR_KIND_COUNT: unsigned decimal, how many
 * @TPR_KIND_BYTES: unsigned decimal, bytes
 * @TPR_KIND_TIME: unsigned decimal, nanoseconds of CLOCK_MONOTONIC
 * @TPR_KIND_DURATION: unsigned decimal, nanoseconds
 * @TPR_KIND_SIGNED: decimal, perhaps with a minus sign
 * @TPR_KIND_PERCENT: unsigned decimal, of a hundred
 * @TPR_KIND_NUMBER: unsigned decimal that names something and counts nothing
 * @TPR_KIND_COOKIE: hexadecimal, whose digits may happen to be all decimal
 * @TPR_KIND_ENDPOINT: address and port
 * @TPR_KIND_LIST: words with commas between them
 * @TPR_KIND_MAP: the same, each with a colon and a number behind it
 */
enum tpr_kind {
	TPR_KIND_TEXT,
	TPR_KIND_COUNT,
	TPR_KIND_BYTES,
	TPR_KIND_TIME,
	TPR_KIND_DURATION,
	TPR_KIND_SIGNED,
	TPR_KIND_PERCENT,
	TPR_KIND_NUMBER,
	TPR_KIND_COOKIE,
	TPR_KIND_ENDPOINT,
	TPR_KIND_LIST,
	TPR_KIND_MAP,
};

enum tpr_kind tpr_column_kind(const char *table, const char *name);
bool tpr_column_is_known(const char *table, const char *name);
const char *tpr_column_name(const char *table, size_t index);
const char *tpr_column_meaning(const char *table, const char *name);
enum tpr_kind tpr_fact_kind(const char *table, const char *key);
bool tpr_fact_is_known(const char *table, const char *key);
bool tpr_kind_is_number(enum tpr_kind kind);
bool tpr_kind_is_counted(enum tpr_kind kind);

#endif
