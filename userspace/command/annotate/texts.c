// SPDX-License-Identifier: GPL-2.0
/*
 * A hash table with open addressing. Each connection has few different verdicts, so there are far fewer
 * texts than rows of a log.
 */
#include "command/annotate/texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST	256
#define TEXTS_MAX	(1U << 30)

/* FNV-1a */
static uint32_t hash(const char *text)
{
	uint32_t sum = 2166136261;

	for (; *text; text++)
		sum = (sum ^ (uint8_t)*text) * 16777619;
	return sum;
}

/* The slot that has it, or the free one where it would go */
static uint32_t *find_slot(const struct tpr_texts *texts, const char *text)
{
	uint32_t mask = texts->slots_nr - 1, at = hash(text) & mask;

	while (texts->slots[at] && strcmp(texts->list[texts->slots[at]], text))
		at = (at + 1) & mask;
	return &texts->slots[at];
}

/* Twice the room for both */
static int grow(struct tpr_texts *texts)
{
	uint32_t slots_nr = texts->slots_nr ? texts->slots_nr * 2 : SLOTS_FIRST, i;
	uint32_t *slots = calloc(slots_nr, sizeof(*slots));
	char **list = realloc(texts->list, slots_nr / 2 * sizeof(*list));

	if (list)
		texts->list = list;
	if (!list || !slots || texts->nr > TEXTS_MAX) {
		free(slots);
		return -ENOMEM;
	}
	free(texts->slots);
	texts->slots = slots;
	texts->slots_nr = slots_nr;
	if (!texts->nr)
		texts->list[texts->nr++] = NULL;
	for (i = 1; i < texts->nr; i++)
		*find_slot(texts, texts->list[i]) = i;
	return 0;
}

/**
 * tpr_texts_add() - the number of a text
 * @texts: all of them; at first all 0
 * @text: the text
 * @number: set to its number, TPR_TEXT_NONE for ""
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_texts_add(struct tpr_texts *texts, const char *text, uint32_t *number)
{
	uint32_t *slot;

	*number = TPR_TEXT_NONE;
	if (!*text)
		return 0;
	if (texts->nr >= texts->slots_nr / 2 && grow(texts))
		return -ENOMEM;
	slot = find_slot(texts, text);
	if (!*slot) {
		texts->list[texts->nr] = strdup(text);
		if (!texts->list[texts->nr])
			return -ENOMEM;
		*slot = texts->nr++;
	}
	*number = *slot;
	return 0;
}

/**
 * tpr_texts_free() - free them
 * @texts: all of them
 */
void tpr_texts_free(struct tpr_texts *texts)
{
	uint32_t i;

	for (i = 1; i < texts->nr; i++)
		free(texts->list[i]);
	free(texts->list);
	free(texts->slots);
}
