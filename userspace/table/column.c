// SPDX-License-Identifier: GPL-2.0
/*
 * The kinds of the columns. A type follows the name alone and never the value: a cookie that
 * happens to have no letter in it stays a string in JSON, row after row. A column that a newer
 * module added is text until it is entered here.
 */
#include "table/column.h"

#include "module/uapi/columns.h"

#include <stddef.h>
#include <string.h>

#define TPR_COLUMN(name, kind)	{ name, TPR_KIND_##kind },

static const struct {
	const char *name;
	enum tpr_kind kind;
} kinds[] = {
	TPW_COUNTERS_COLUMNS(TPR_COLUMN)
	TPW_LISTENERS_COLUMNS(TPR_COLUMN)
	TPW_CONNECTIONS_COLUMNS(TPR_COLUMN)
	TPW_REFUSED_COLUMNS(TPR_COLUMN)
	TPW_LOG_COLUMNS(TPR_COLUMN)
	TPW_HOOKS_COLUMNS(TPR_COLUMN)
	TPW_EXPLAIN_COLUMNS(TPR_COLUMN)
	/* line 1 */
	{ "armed", TPR_KIND_NUMBER },
	{ "delta_ns", TPR_KIND_NUMBER },
	{ "enabled", TPR_KIND_NUMBER },
	{ "evicted", TPR_KIND_NUMBER },
	{ "evicted_all", TPR_KIND_NUMBER },
	{ "firewalled", TPR_KIND_NUMBER },
	{ "forgotten", TPR_KIND_NUMBER },
	{ "forgotten_ns", TPR_KIND_NUMBER },
	{ "held", TPR_KIND_NUMBER },
	{ "max", TPR_KIND_NUMBER },
	{ "netfilter", TPR_KIND_NUMBER },
	{ "now_ns", TPR_KIND_NUMBER },
	{ "total", TPR_KIND_NUMBER },
	{ "unwatched", TPR_KIND_NUMBER },
	{ "wall_offset_ns", TPR_KIND_SIGNED },
	/* what the reader adds to listeners: percents of a reuseport group */
	{ "share", TPR_KIND_NUMBER },
	{ "expected", TPR_KIND_NUMBER },
	/* line 1 of explain */
	{ "asked_ns", TPR_KIND_NUMBER },
	{ "disagreements", TPR_KIND_NUMBER },
	{ "questions", TPR_KIND_NUMBER },
	{ "repeated", TPR_KIND_NUMBER },
	{ "unlisted", TPR_KIND_NUMBER },
};

/**
 * tpr_column_kind() - what kind of value stands under a name
 * @name: of a column, or of a fact in line 1
 *
 * Return: its kind; text for a name that is not known.
 */
enum tpr_kind tpr_column_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].name, name))
			return kinds[i].kind;
	}
	return TPR_KIND_TEXT;
}
