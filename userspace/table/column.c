// SPDX-License-Identifier: GPL-2.0
/*
 * The kinds of the columns. A type follows the name alone and never the value: a cookie that
 * happens to have no letter in it stays a string in JSON, row after row. A column that a newer
 * module added is text until it is entered here.
 */
#include "table/column.h"

#include "lib/words.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	enum tpr_kind kind;
} kinds[] = {
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
	/* line 1 and columns */
	{ "missed", TPR_KIND_NUMBER },
	{ "netns", TPR_KIND_NETNS },
	/* counters */
	{ TPR_FAMILY_TCP4, TPR_KIND_NUMBER },
	{ TPR_FAMILY_TCP6, TPR_KIND_NUMBER },
	{ TPR_FAMILY_UDP4, TPR_KIND_NUMBER },
	{ TPR_FAMILY_UDP6, TPR_KIND_NUMBER },
	/* listeners, connections */
	{ "accepted_ns", TPR_KIND_NUMBER },
	{ "assigned", TPR_KIND_NUMBER },
	{ "backlog", TPR_KIND_NUMBER },
	{ "cgroup", TPR_KIND_NUMBER },
	{ "children", TPR_KIND_NUMBER },
	{ "closed_ns", TPR_KIND_NUMBER },
	{ "cookies-bad", TPR_KIND_NUMBER },
	{ "cookies-ok", TPR_KIND_NUMBER },
	{ "cookies-sent", TPR_KIND_NUMBER },
	{ "copies", TPR_KIND_NUMBER },
	{ "drops", TPR_KIND_NUMBER },
	{ "dual", TPR_KIND_NUMBER },
	{ "early-demux", TPR_KIND_NUMBER },
	{ "first_ns", TPR_KIND_NUMBER },
	{ "inode", TPR_KIND_NUMBER },
	{ "last_ns", TPR_KIND_NUMBER },
	{ "overflows", TPR_KIND_NUMBER },
	{ "pid", TPR_KIND_NUMBER },
	{ "queue", TPR_KIND_NUMBER },
	{ "request", TPR_KIND_NUMBER },
	{ "request-segments", TPR_KIND_NUMBER },
	{ "requests", TPR_KIND_NUMBER },
	{ "searched", TPR_KIND_NUMBER },
	{ "segments", TPR_KIND_NUMBER },
	{ "sk-lookup", TPR_KIND_NUMBER },
	{ "syns", TPR_KIND_NUMBER },
	{ "time-wait", TPR_KIND_NUMBER },
	{ "uid", TPR_KIND_NUMBER },
	{ "waited_ns", TPR_KIND_NUMBER },
	/* what the reader adds to listeners: percents of a reuseport group */
	{ "share", TPR_KIND_NUMBER },
	{ "expected", TPR_KIND_NUMBER },
	/* explain */
	{ "asked_ns", TPR_KIND_NUMBER },
	{ "bucket", TPR_KIND_NUMBER },
	{ "disagreements", TPR_KIND_NUMBER },
	{ "incoming-cpu", TPR_KIND_NUMBER },
	{ "nr", TPR_KIND_NUMBER },
	{ "others", TPR_KIND_NUMBER },
	{ "questions", TPR_KIND_NUMBER },
	{ "repeated", TPR_KIND_NUMBER },
	{ "score", TPR_KIND_NUMBER },
	{ "sockets", TPR_KIND_NUMBER },
	{ "step", TPR_KIND_NUMBER },
	{ "unlisted", TPR_KIND_NUMBER },
	/* refused */
	{ "count", TPR_KIND_NUMBER },
	{ "refused", TPR_KIND_NUMBER },
	/* hooks */
	{ "hits", TPR_KIND_NUMBER },
	/* log, log_pipe */
	{ "cpu", TPR_KIND_NUMBER },
	{ "len", TPR_KIND_NUMBER },
	{ "seq", TPR_KIND_NUMBER },
	{ "time_ns", TPR_KIND_NUMBER },
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
