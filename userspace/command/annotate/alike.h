/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arrivals and records that nothing but time tells apart.
 */
#ifndef TPR_ANNOTATE_ALIKE_H
#define TPR_ANNOTATE_ALIKE_H

#include "command/annotate/annotation.h"

/*
 * A verdict is known after its packet was captured, at most so long: what waits for a CPU, or for the
 * other fragments. Both clocks are one, so that it is never known before, but for what they are rounded.
 */
#define TPR_ALIKE_AFTER_NS	500000000LL
#define TPR_ALIKE_BEFORE_NS	100000LL

/** struct tpr_candidate - a record that may be of one of the arrivals */
struct tpr_candidate {
	/** @record: its index in the annotation */
	size_t record;
	/** @run: a number that changes from one to the next where they tell different things */
	size_t run;
};

/** struct tpr_alike - those of one segment, at one place */
struct tpr_alike {
	/** @annotation: what they are of */
	struct tpr_annotation *annotation;
	/** @arrivals: the arrivals, by time */
	struct tpr_arrival *arrivals;
	/** @arrivals_nr: number of @arrivals */
	size_t arrivals_nr;
	/** @records: the records, by time */
	const struct tpr_candidate *records;
	/** @records_nr: number of @records */
	size_t records_nr;
};

bool tpr_alike_may_be(const struct tpr_arrival *arrival, const struct tpr_record *record);
void tpr_alike_decide(const struct tpr_alike *alike);

#endif
