/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sockets that a step of the search has looked at, in words.
 */
#ifndef TPR_EXPLAIN_CANDIDATE_H
#define TPR_EXPLAIN_CANDIDATE_H

#include "command/explain/explain.h"

/** struct tpr_candidate - a socket */
struct tpr_candidate {
	/** @row: its row of the answer */
	size_t row;
	/** @place: its place in the bucket */
	const char *place;
	/** @name: cookie and address */
	char *name;
	/** @process: who holds it */
	char *process;
	/** @score: its points */
	char *score;
	/** @fate: what happened */
	const char *fate;
	/** @more: what its group has to do with it, or NULL */
	char *more;
};

/** struct tpr_candidates - those of a step */
struct tpr_candidates {
	/** @list: those that are worth a line */
	struct tpr_candidate *list;
	/** @nr: number of @list */
	size_t nr;
	/** @hidden: how many more there are */
	size_t hidden;
};

void tpr_candidates_init(struct tpr_candidates *candidates, const struct tpr_explained *explained,
			 size_t step);
char *tpr_candidates_say_hidden(const struct tpr_candidates *candidates);
void tpr_candidates_exit(struct tpr_candidates *candidates);

#endif
