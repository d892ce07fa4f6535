// SPDX-License-Identifier: GPL-2.0
/*
 * The columns of a table by their names. Each field of each row is asked for by name, so names
 * are hashed when line 2 is read.
 */
#include "table/table.h"

#include <errno.h>
#include <string.h>

/* Where a name is in tpr_table.slots, or the free one where it would be. */
static uint16_t *find_slot(const struct tpr_table *table, const char *name)
{
	size_t nr = sizeof(table->slots) / sizeof(table->slots[0]), slot = 0, i;

	/* three letters tell most names apart */
	for (i = 0; i < 3 && name[i]; i++)
		slot = slot * 31 + (unsigned char)name[i];
	/* no more than half are ever taken */
	for (slot %= nr; table->slots[slot]; slot = (slot + 1) % nr) {
		if (!strcmp(table->columns[table->slots[slot] - 1].name, name))
			break;
	}
	return (uint16_t *)&table->slots[slot];
}

/**
 * tpr_table_column() - look up a column by its name
 * @table: the table, from TPR_EVENT_HEAD on
 * @name: as in line 2
 *
 * Return: its index in tpr_table.columns and tpr_table.fields, or -1.
 */
int tpr_table_column(const struct tpr_table *table, const char *name)
{
	return (int)*find_slot(table, name) - 1;
}

/**
 * tpr_table_add_column() - add a column to those of line 2
 * @table: the table, from TPR_EVENT_HEAD on
 * @name: its name, which the table does not have yet; copied
 *
 * The rows that are read do not have it: that is up to the caller.
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_table_add_column(struct tpr_table *table, const char *name)
{
	struct tpr_column *column = &table->columns[table->columns_nr];

	if (table->columns_nr == TPR_TABLE_COLUMNS_NR)
		return -ENOMEM;
	column->kind = tpr_column_kind(table->name, name);
	column->name = strdup(name);
	if (!column->name)
		return -ENOMEM;
	*find_slot(table, name) = (uint16_t)++table->columns_nr;
	return 0;
}
