// SPDX-License-Identifier: GPL-2.0
/*
 * Words of fates.
 */
#include "command/annotate/fate.h"

#define WORD(id, word, meaning)		[TPR_FATE_##id] = word,
#define MEANING(id, word, meaning)	[TPR_FATE_##id] = meaning,

static const char *const words[TPR_FATES_NR] = { TPR_FATES(WORD) };
static const char *const meanings[TPR_FATES_NR] = { TPR_FATES(MEANING) };

/**
 * tpr_fate_word() - a fate as a word
 * @fate: the fate
 *
 * Return: the word.
 */
const char *tpr_fate_word(enum tpr_fate fate)
{
	return words[fate];
}

/**
 * tpr_fate_meaning() - what it means
 * @fate: the fate
 *
 * Return: half a line.
 */
const char *tpr_fate_meaning(enum tpr_fate fate)
{
	return meanings[fate];
}
