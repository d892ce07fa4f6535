// SPDX-License-Identifier: GPL-2.0
/*
 * What save notes beside the tables: its reader, module and kernel, a row each.
 */
#include "command/saved.h"

#include <string.h>

static const char *const names[] = { TPR_SAVED, NULL };
static const char *const pair[] = { "name", "value", NULL };
static const char *const facts[] = { NULL };

const struct tpr_shape tpr_saved_shape = {
	.names = names, .columns = pair, .facts = facts,
};

/**
 * tpr_saved_value() - what was noted under a name
 * @saved: the table
 * @name: the name
 *
 * Return: it; NULL if nothing was, or if it was not known then.
 */
const char *tpr_saved_value(const struct tpr_rows *saved, const char *name)
{
	const char *value;
	size_t i;

	for (i = 0; i < saved->nr; i++) {
		if (strcmp(tpr_rows_get(saved, i, pair[0]), name))
			continue;
		value = tpr_rows_get(saved, i, pair[1]);
		return tpr_table_is_value(value) ? value : NULL;
	}
	return NULL;
}
