/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Metrics as Prometheus takes them in: families of samples, told apart by their labels. The text
 * is OpenMetrics 1.0, and what is older reads it too.
 */
#ifndef TPR_FAMILY_H
#define TPR_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** struct tpr_sample - one number */
struct tpr_sample {
	/** @labels: as they are written, without the brackets; "" for none */
	char *labels;
	/** @value: what it says */
	uint64_t value;
	/** @number: as which it was added */
	size_t number;
};

/** struct tpr_family - numbers of one kind */
struct tpr_family {
	/** @name: of the metric, which ends in its unit, if it has one */
	const char *name;
	/** @unit: what it is measured in; NULL for what is counted */
	const char *unit;
	/** @help: one line that says what it is */
	const char *help;
	/** @is_gauge: it can go down; others count, and their samples' names end in _total */
	bool is_gauge;
	/** @is_histogram: or they are buckets, in the order in which they were added */
	bool is_histogram;
	/** @samples: added so far */
	struct tpr_sample *samples;
	/** @nr: number of @samples */
	size_t nr;
	/** @max: number of @samples that there is room for; private */
	size_t max;
};

/** struct tpr_label - one label */
struct tpr_label {
	/** @name: its name */
	const char *name;
	/** @value: any text; a label without one is left out */
	const char *value;
};

int tpr_family_add(struct tpr_family *family, const struct tpr_label *labels, size_t nr,
		   uint64_t value);
void tpr_family_write(FILE *out, struct tpr_family *family);
void tpr_family_end(FILE *out);
void tpr_family_exit(struct tpr_family *family);

#endif
