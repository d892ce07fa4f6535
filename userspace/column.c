// SPDX-License-Identifier: GPL-2.0
/*
 * The kinds of the columns. A type follows the name alone and never the value: a cookie that
 * happens to have no letter in it stays a string in JSON, row after row. A column that a newer
 * module added is text until it is entered here.
 */
#include "column.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	enum tpw_kind kind;
} kinds[] = {
	/* line 1 */
	{ "armed", TPW_KIND_NUMBER },
	{ "delta_ns", TPW_KIND_NUMBER },
	{ "enabled", TPW_KIND_NUMBER },
	{ "evicted", TPW_KIND_NUMBER },
	{ "evicted_all", TPW_KIND_NUMBER },
	{ "firewalled", TPW_KIND_NUMBER },
	{ "forgotten", TPW_KIND_NUMBER },
	{ "forgotten_ns", TPW_KIND_NUMBER },
	{ "held", TPW_KIND_NUMBER },
	{ "max", TPW_KIND_NUMBER },
	{ "netfilter", TPW_KIND_NUMBER },
	{ "now_ns", TPW_KIND_NUMBER },
	{ "total", TPW_KIND_NUMBER },
	{ "unwatched", TPW_KIND_NUMBER },
	{ "wall_offset_ns", TPW_KIND_SIGNED },
	/* line 1 and columns */
	{ "missed", TPW_KIND_NUMBER },
	{ "netns", TPW_KIND_NETNS },
	/* counters */
	{ "tcp4", TPW_KIND_NUMBER },
	{ "tcp6", TPW_KIND_NUMBER },
	{ "udp4", TPW_KIND_NUMBER },
	{ "udp6", TPW_KIND_NUMBER },
	/* listeners, connections */
	{ "accepted_ns", TPW_KIND_NUMBER },
	{ "assigned", TPW_KIND_NUMBER },
	{ "backlog", TPW_KIND_NUMBER },
	{ "cgroup", TPW_KIND_NUMBER },
	{ "children", TPW_KIND_NUMBER },
	{ "closed_ns", TPW_KIND_NUMBER },
	{ "cookies-bad", TPW_KIND_NUMBER },
	{ "cookies-ok", TPW_KIND_NUMBER },
	{ "cookies-sent", TPW_KIND_NUMBER },
	{ "copies", TPW_KIND_NUMBER },
	{ "drops", TPW_KIND_NUMBER },
	{ "dual", TPW_KIND_NUMBER },
	{ "early-demux", TPW_KIND_NUMBER },
	{ "first_ns", TPW_KIND_NUMBER },
	{ "inode", TPW_KIND_NUMBER },
	{ "last_ns", TPW_KIND_NUMBER },
	{ "overflows", TPW_KIND_NUMBER },
	{ "pid", TPW_KIND_NUMBER },
	{ "queue", TPW_KIND_NUMBER },
	{ "request", TPW_KIND_NUMBER },
	{ "request-segments", TPW_KIND_NUMBER },
	{ "requests", TPW_KIND_NUMBER },
	{ "searched", TPW_KIND_NUMBER },
	{ "segments", TPW_KIND_NUMBER },
	{ "sk-lookup", TPW_KIND_NUMBER },
	{ "syns", TPW_KIND_NUMBER },
	{ "time-wait", TPW_KIND_NUMBER },
	{ "uid", TPW_KIND_NUMBER },
	{ "waited_ns", TPW_KIND_NUMBER },
	/* what the reader adds to listeners: percents of a reuseport group */
	{ "share", TPW_KIND_NUMBER },
	{ "expected", TPW_KIND_NUMBER },
	/* explain */
	{ "asked_ns", TPW_KIND_NUMBER },
	{ "bucket", TPW_KIND_NUMBER },
	{ "disagreements", TPW_KIND_NUMBER },
	{ "incoming-cpu", TPW_KIND_NUMBER },
	{ "nr", TPW_KIND_NUMBER },
	{ "others", TPW_KIND_NUMBER },
	{ "questions", TPW_KIND_NUMBER },
	{ "repeated", TPW_KIND_NUMBER },
	{ "score", TPW_KIND_NUMBER },
	{ "sockets", TPW_KIND_NUMBER },
	{ "step", TPW_KIND_NUMBER },
	{ "unlisted", TPW_KIND_NUMBER },
	/* refused */
	{ "count", TPW_KIND_NUMBER },
	{ "refused", TPW_KIND_NUMBER },
	/* hooks */
	{ "hits", TPW_KIND_NUMBER },
	/* log, log_pipe */
	{ "cpu", TPW_KIND_NUMBER },
	{ "len", TPW_KIND_NUMBER },
	{ "seq", TPW_KIND_NUMBER },
	{ "time_ns", TPW_KIND_NUMBER },
};

/**
 * tpw_column_kind() - what kind of value stands under a name
 * @name: of a column, or of a fact in line 1
 *
 * Return: its kind; text for a name that is not known.
 */
enum tpw_kind tpw_column_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].name, name))
			return kinds[i].kind;
	}
	return TPW_KIND_TEXT;
}
