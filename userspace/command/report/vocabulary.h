/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the words and columns of the tables mean, for the page.
 */
#ifndef TPR_REPORT_VOCABULARY_H
#define TPR_REPORT_VOCABULARY_H

#include <stdio.h>

void tpr_vocabulary_write(FILE *out);

#endif
