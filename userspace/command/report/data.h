/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rows that a report is made of.
 */
#ifndef TPR_REPORT_DATA_H
#define TPR_REPORT_DATA_H

#include "command/report/scope.h"
#include "lib/options.h"

#include <stdint.h>
#include <stdio.h>

/** struct tpr_report_data - JSON lines, and how many of them are rows of what */
struct tpr_report_data {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @question: to ask the module for explain, or NULL; with --from, none */
	const char *question;
	/** @scope: what it is about, or NULL: all that there is */
	const struct tpr_report_scope *scope;
	/** @out: where they are written while they are gathered */
	FILE *out;
	/** @text: the lines; to be freed */
	char *text;
	/** @bytes: size of @text */
	size_t bytes;
	/** @segments_nr: rows of the log */
	uint64_t segments_nr;
	/** @connections_nr: rows of connections */
	uint64_t connections_nr;
	/** @listeners_nr: rows of listeners */
	uint64_t listeners_nr;
};

int tpr_report_gather(struct tpr_report_data *data);
void tpr_report_free(struct tpr_report_data *data);

#endif
