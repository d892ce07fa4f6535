// SPDX-License-Identifier: GPL-2.0
/*
 * The fact "not_watched" of line 1: families, each with the function that cannot be hooked.
 */
#include "table/watched.h"

#include "lib/words.h"

#include <stdio.h>
#include <string.h>

#define TPR_MEANING_FAMILY(id, word, meaning)	meaning,

static const char *const meanings[] = { TPW_FAMILY_NAMES(TPR_MEANING_FAMILY) };

/* The function that a family lacks, up to "," or the end; NULL if it is watched. */
static const char *find_lack(const struct tpr_table *table, size_t family)
{
	const char *at = tpr_table_fact(table, "not_watched");
	size_t bytes = strlen(tpr_families[family]);

	for (; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, tpr_families[family], bytes) && at[bytes] == ':')
			return at + bytes + 1;
	}
	return NULL;
}

/**
 * tpr_watched_has() - whether a family is watched
 * @table: any table, from TPR_EVENT_HEAD on
 * @family: index into tpr_families
 *
 * Return: whether it is.
 */
bool tpr_watched_has(const struct tpr_table *table, size_t family)
{
	return !find_lack(table, family);
}

/**
 * tpr_watched_has_all() - whether all families are watched
 * @table: any table, from TPR_EVENT_HEAD on
 *
 * Return: whether they are.
 */
bool tpr_watched_has_all(const struct tpr_table *table)
{
	return !tpr_table_fact(table, "not_watched");
}

/**
 * tpr_watched_has_tcp() - whether TCP is watched, whatever of UDP is
 * @table: any table, from TPR_EVENT_HEAD on
 *
 * Return: whether each of its families is.
 */
bool tpr_watched_has_tcp(const struct tpr_table *table)
{
	size_t i;

	for (i = 0; i < TPR_FAMILIES_NR; i++) {
		if (!strncmp(tpr_families[i], "tcp", 3) && find_lack(table, i))
			return false;
	}
	return true;
}

/**
 * tpr_watched_sentence() - that a family is not watched, and why
 * @table: any table, from TPR_EVENT_HEAD on
 * @family: index into tpr_families
 *
 * Return: the sentence, to be freed; NULL if it is watched, or without memory.
 */
char *tpr_watched_sentence(const struct tpr_table *table, size_t family)
{
	const char *lack = find_lack(table, family);
	char *text = NULL;

	if (!lack || asprintf(&text, "%s is not watched: %.*s cannot be hooked", meanings[family],
			      (int)strcspn(lack, ","), lack) < 0)
		return NULL;
	return text;
}
