/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A step of the search, in words.
 */
#ifndef TPR_EXPLAIN_STEP_H
#define TPR_EXPLAIN_STEP_H

#include "command/explain/explain.h"

/** struct tpr_step - a step */
struct tpr_step {
	/** @number: of the step */
	const char *number;
	/** @name: where the kernel looks */
	const char *name;
	/** @what: what is searched for there, or NULL */
	char *what;
	/** @where: in which bucket; of programs, which and what they do */
	char *where;
	/** @state: what came of it, or "" where the list of sockets says so */
	const char *state;
	/** @is_listed: what was looked at is listed behind it */
	bool is_listed;
	/** @is_reached: the kernel gets there */
	bool is_reached;
};

void tpr_step_init(struct tpr_step *step, const struct tpr_explained *explained, size_t row);
void tpr_step_exit(struct tpr_step *step);

#endif
