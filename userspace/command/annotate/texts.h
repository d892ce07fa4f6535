/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Texts, each kept once, so that two are the same if their numbers are.
 */
#ifndef TPR_ANNOTATE_TEXTS_H
#define TPR_ANNOTATE_TEXTS_H

#include <stddef.h>
#include <stdint.h>

/* The number of no text */
#define TPR_TEXT_NONE	0

/** struct tpr_texts - all of them */
struct tpr_texts {
	/** @list: by number; the first is NULL */
	char **list;
	/** @nr: number of @list */
	uint32_t nr;
	/** @slots: numbers by hash; a power of two of them, at least half of them 0 */
	uint32_t *slots;
	/** @slots_nr: number of @slots */
	uint32_t slots_nr;
};

int tpr_texts_add(struct tpr_texts *texts, const char *text, uint32_t *number);
void tpr_texts_free(struct tpr_texts *texts);

#endif
