/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Metrics as Prometheus takes them in: families of samples, told apart by their labels.
 */
#ifndef TPW_FAMILY_H
#define TPW_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** struct tpw_sample - one number */
struct tpw_sample {
	/** @labels: as they are written, without the brackets; "" for none */
	char *labels;
	/** @value: the number */
	uint64_t value;
};

/** struct tpw_family - numbers of one kind */
struct tpw_family {
	/** @name: of the metric */
	const char *name;
	/** @help: one line that says what it is */
	const char *help;
	/** @is_gauge: it can go down; others count, and their names end in _total */
	bool is_gauge;
	/** @samples: added so far */
	struct tpw_sample *samples;
	/** @nr: number of @samples */
	size_t nr;
	/** @max: number of @samples that there is room for; private */
	size_t max;
};

/** struct tpw_label - one label */
struct tpw_label {
	/** @name: its name */
	const char *name;
	/** @value: any text; a label without one is left out */
	const char *value;
};

int tpw_family_add(struct tpw_family *family, const struct tpw_label *labels, size_t nr,
		   uint64_t value);
void tpw_family_write(FILE *out, struct tpw_family *family);
void tpw_family_exit(struct tpw_family *family);

#endif
