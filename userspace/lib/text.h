/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Strings as the tables write them, as a terminal may see them and as JSON wants them, and
 * numbers read from strings with nothing left over.
 */
#ifndef TPR_TEXT_H
#define TPR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

bool tpr_text_unescape(char *text);
size_t tpr_text_width(const char *text);
void tpr_text_show(FILE *out, const char *text);
void tpr_text_json(FILE *out, const char *text);
void tpr_text_json_part(FILE *out, const char *text, size_t bytes);
char *tpr_text_join(int argc, char **argv);
bool tpr_text_has_word(const char *list, const char *word);
bool tpr_text_u64(const char *text, uint64_t *value);
bool tpr_text_s64(const char *text, int64_t *value);
const char *tpr_text_plural(uint64_t nr, const char *one, const char *many);
const char *tpr_text_plural_of(const char *nr, const char *one, const char *many);

#endif
