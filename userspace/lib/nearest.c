// SPDX-License-Identifier: GPL-2.0
/*
 * How far two words are apart: letters that have to be put in, left out or changed to make one of
 * the other.
 */
#include "lib/nearest.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer words are near nothing: no name that is looked for has as many letters. */
#define LETTERS_MAX	40

static size_t smallest(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/* Of words of up to LETTERS_MAX letters */
static size_t distance(const char *a, const char *b)
{
	size_t costs[LETTERS_MAX + 1], bytes = strlen(b), i;

	for (i = 0; i <= bytes; i++)
		costs[i] = i;
	for (; *a; a++) {
		size_t diagonal = costs[0]++;

		for (i = 0; i < bytes; i++) {
			size_t above = costs[i + 1];

			costs[i + 1] = smallest(above + 1, costs[i] + 1, diagonal + (*a != b[i]));
			diagonal = above;
		}
	}
	return costs[bytes];
}

/**
 * tpr_nearest() - the word of a list that is most like another one
 * @word: the word
 * @list: the list, ended by NULL
 *
 * Return: the first of the nearest, or NULL if each would take more changes than a third of @word's
 *	letters and one.
 */
const char *tpr_nearest(const char *word, const char *const *list)
{
	size_t least = strlen(word) / 3 + 1;
	const char *nearest = NULL;

	for (; strlen(word) <= LETTERS_MAX && *list; list++) {
		size_t apart = strlen(*list) <= LETTERS_MAX ? distance(word, *list) : least + 1;

		if (apart < least || (apart == least && !nearest)) {
			least = apart;
			nearest = *list;
		}
	}
	return nearest;
}

/**
 * tpr_nearest_text() - what to say of a word that is none of a list
 * @word: the word
 * @list: the list, ended by NULL
 *
 * Return: ", nearest is 'port'; there are peer, port", to be freed; NULL without memory.
 */
char *tpr_nearest_text(const char *word, const char *const *list)
{
	const char *nearest = tpr_nearest(word, list);
	char *text = NULL;
	size_t bytes, i;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	if (nearest)
		fprintf(out, ", nearest is '%s'", nearest);
	fputs("; there are", out);
	for (i = 0; list[i]; i++)
		fprintf(out, "%s %s", i ? "," : "", list[i]);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}
