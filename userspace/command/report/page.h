/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of a report.
 */
#ifndef TPR_REPORT_PAGE_H
#define TPR_REPORT_PAGE_H

#include <stddef.h>
#include <stdio.h>

int tpr_page_write(FILE *out, const char *data, size_t bytes);

#endif
