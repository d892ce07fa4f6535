/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log for a report.
 */
#ifndef TPR_REPORT_SEGMENTS_H
#define TPR_REPORT_SEGMENTS_H

#include "lib/options.h"
#include "table/table.h"

#include <stdint.h>
#include <stdio.h>

/* A page with more of them would not load in time: it gets the last ones. */
#define TPR_SEGMENTS_MAX	50000

/** struct tpr_segments_choice - which of them; all without @is_wanted */
struct tpr_segments_choice {
	/** @is_wanted: whether the row of the table is, or NULL */
	bool (*is_wanted)(const struct tpr_table *table, const void *data);
	/** @data: passed on to it */
	const void *data;
};

int tpr_segments_write(FILE *out, const struct tpr_options *options,
		       const struct tpr_segments_choice *choice, uint64_t *rows_nr);

#endif
