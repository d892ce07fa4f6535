/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be wrong with rows of a table.
 */
#ifndef TPR_TROUBLE_H
#define TPR_TROUBLE_H

#include "show/finding.h"
#include "table/rows.h"

#include <stddef.h>
#include <stdint.h>

/** struct tpr_trouble - one thing that can be wrong */
struct tpr_trouble {
	/** @how_bad: of a row; 0 if it has nothing of it */
	uint64_t (*how_bad)(const struct tpr_rows *rows, size_t row);
	/** @tell: makes a finding of it */
	void (*tell)(struct tpr_findings *findings, const struct tpr_rows *rows, size_t row);
	/** @more: what many of them are called */
	const char *more;
	/** @advice: the command that shows them all */
	const char *advice;
};

size_t tpr_trouble_examine(struct tpr_findings *findings, const char *subject,
			   const struct tpr_trouble *trouble, const struct tpr_rows *rows);

#endif
