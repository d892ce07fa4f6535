/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A page as a file.
 */
#ifndef TPR_REPORT_OUTPUT_H
#define TPR_REPORT_OUTPUT_H

#include "command/report/data.h"

int tpr_report_output(const char *path, const struct tpr_report_data *data);

#endif
