// SPDX-License-Identifier: GPL-2.0
/*
 * The facts of line 1 by their keys. There are few of them, so they are just a list.
 */
#include "table/table.h"

#include "lib/message.h"
#include "lib/words.h"
#include "table/watched.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct tpr_fact *find_fact(const struct tpr_table *table, const char *key)
{
	size_t i;

	for (i = 0; i < table->facts_nr; i++) {
		if (!strcmp(table->facts[i].key, key))
			return &table->facts[i];
	}
	return NULL;
}

/**
 * tpr_table_fact() - look up a fact of line 1
 * @table: the table, from TPR_EVENT_HEAD on
 * @key: its key
 *
 * Return: its value, or NULL if line 1 does not have it.
 */
const char *tpr_table_fact(const struct tpr_table *table, const char *key)
{
	const struct tpr_fact *fact = find_fact(table, key);

	return fact ? fact->value : NULL;
}

static void warn_of_families(const struct tpr_table *table)
{
	static bool has_warned;
	size_t i;

	if (has_warned || tpr_watched_has_all(table))
		return;
	has_warned = true;
	for (i = 0; i < TPR_FAMILIES_NR; i++) {
		char *sentence = tpr_watched_sentence(table, i);

		if (sentence)
			tpr_message("%s (see: tuplewatch doctor)", sentence);
		free(sentence);
	}
}

/**
 * tpr_table_warn_blind() - say on stderr, once, that nothing new is in the tables, or what not
 * @table: the table, from TPR_EVENT_HEAD on
 *
 * Else an empty table reads as "nothing came".
 */
void tpr_table_warn_blind(const struct tpr_table *table)
{
	const char *watching = tpr_table_fact(table, "watching");
	static bool has_warned;

	warn_of_families(table);
	if (has_warned || !watching || strcmp(watching, "no"))
		return;
	tpr_message("NOT WATCHING: the hooks do not fire, and what comes in is not recorded "
		    "(see: tuplewatch doctor)");
	has_warned = true;
}

static int add_fact(struct tpr_table *table, const char *key, const char *value)
{
	struct tpr_fact *facts, *fact;

	facts = realloc(table->facts, (table->facts_nr + 1) * sizeof(*facts));
	if (!facts)
		return -ENOMEM;
	table->facts = facts;
	fact = &facts[table->facts_nr];
	fact->kind = tpr_fact_kind(table->name, key);
	fact->key = strdup(key);
	fact->value = strdup(value);
	if (!fact->key || !fact->value) {
		free(fact->key);
		free(fact->value);
		return -ENOMEM;
	}
	table->facts_nr++;
	return 0;
}

/**
 * tpr_table_set_fact() - put another value in the place of a fact, or add one
 * @table: the table; its name is known
 * @key: its key; copied
 * @value: the new value, of the kind that its key has; copied
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_table_set_fact(struct tpr_table *table, const char *key, const char *value)
{
	struct tpr_fact *fact = find_fact(table, key);
	char *copy;

	if (!fact)
		return add_fact(table, key, value);
	copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	free(fact->value);
	fact->value = copy;
	return 0;
}
