// SPDX-License-Identifier: GPL-2.0
/*
 * Segments a second by what they matched and by what became of them.
 */
#include "command/top/head.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Over all families, since the last page */
static uint64_t count_since(const struct tpr_moment *moment, const char *name)
{
	static const char *const columns[] = { "tcp4", "tcp6", "udp4", "udp6" };
	uint64_t sum = 0;
	size_t i, j;

	for (i = 0; i < moment->counters.nr; i++) {
		if (strcmp(tpr_rows_get(&moment->counters, i, "name"), name))
			continue;
		for (j = 0; j < sizeof(columns) / sizeof(columns[0]); j++)
			sum += tpr_mark_since(&moment->counters_last, &moment->counters, i,
					      columns[j]);
	}
	return sum;
}

/** struct part - a counter and its name in the head */
struct part {
	/** @title: as it is shown */
	const char *title;
	/** @name: its row in the table */
	const char *name;
};

static const struct part matches[] = {
	{ "seen", "seen" }, { "connection", "match:established" },
	{ "request", "match:request" }, { "listener", "match:listener" },
	{ "bound", "match:bound" }, { "none", "match:none" },
};

static const struct part outcomes[] = {
	{ "handed", "outcome:handed" }, { "backlog", "outcome:backlog" },
	{ "answered", "outcome:answered" }, { "refused", "outcome:refused" },
	{ "ignored", "outcome:ignored" }, { "queue-full", "outcome:queue-full" },
};

static int add_counters(struct tpr_page *page, const struct tpr_moment *moment,
			const char *title, const struct part *parts, size_t nr)
{
	enum tpr_style style = TPR_STYLE_BOLD;
	char *text = NULL;
	size_t bytes, i;
	FILE *out = open_memstream(&text, &bytes);
	int error = -ENOMEM;

	if (!out)
		return -ENOMEM;
	fputs(title, out);
	for (i = 0; i < nr; i++) {
		uint64_t count = count_since(moment, parts[i].name);
		char rate[32];

		tpr_rate_format(rate, sizeof(rate), count, moment->seconds);
		fprintf(out, "  %s %s", parts[i].title, rate);
		style = count && !strcmp(parts[i].title, "queue-full") ? TPR_STYLE_ALARM : style;
	}
	if (!fclose(out))
		error = tpr_page_add(page, style, "%s", text);
	free(text);
	return error;
}

/**
 * tpr_summary_add() - add the head of the page
 * @page: the page
 * @moment: what there is to show
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_summary_add(struct tpr_page *page, const struct tpr_moment *moment)
{
	const char *netns = tpr_table_fact(moment->counters.table, "netns");
	const char *watching = tpr_table_fact(moment->counters.table, "watching");
	int error;

	error = tpr_page_add(page, TPR_STYLE_BOLD, "tuplewatch top: netns %s, for %.0f s", netns ?
			 netns : "?", moment->total_seconds);
	if (!error && watching && !strcmp(watching, "no"))
		error = tpr_page_add(page, TPR_STYLE_ALARM, "NOT WATCHING (see: tuplewatch doctor)");
	if (!error)
		error = add_counters(page, moment, "Matched/s", matches,
				     sizeof(matches) / sizeof(matches[0]));
	if (!error)
		error = add_counters(page, moment, "Outcome/s", outcomes,
				     sizeof(outcomes) / sizeof(outcomes[0]));
	return error;
}
