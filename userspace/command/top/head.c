// SPDX-License-Identifier: GPL-2.0
/*
 * Segments a second by what they matched and by what became of them.
 */
#include "command/top/head.h"

#include "lib/words.h"
#include "table/watched.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Over all families, since the last page */
static uint64_t count_since(const struct tpr_moment *moment, const char *name)
{
	uint64_t sum = 0;
	size_t i, j;

	for (i = 0; i < moment->counters.nr; i++) {
		if (strcmp(tpr_rows_get(&moment->counters, i, "name"), name))
			continue;
		for (j = 0; j < TPR_FAMILIES_NR; j++)
			sum += tpr_mark_since(&moment->counters_last, &moment->counters, i,
					      tpr_families[j]);
	}
	return sum;
}

/** struct part - a counter and its name in the head */
struct part {
	/** @kind: of counters */
	const char *kind;
	/** @word: which of these; NULL for @kind itself */
	const char *word;
	/** @title: as it is shown, if not as @word */
	const char *title;
};

static const struct part matches[] = {
	{ "seen", NULL, "seen" }, { "match", TPR_MATCH_ESTABLISHED, "connection" },
	{ "match", TPR_MATCH_REQUEST, NULL }, { "match", TPR_MATCH_LISTENER, NULL },
	{ "match", TPR_MATCH_BOUND, NULL }, { "match", TPR_MATCH_NONE, NULL },
};

static const struct part outcomes[] = {
	{ "outcome", TPR_OUTCOME_HANDED, NULL }, { "outcome", TPR_OUTCOME_BACKLOG, NULL },
	{ "outcome", TPR_OUTCOME_ANSWERED, NULL }, { "outcome", TPR_OUTCOME_REFUSED, NULL },
	{ "outcome", TPR_OUTCOME_IGNORED, NULL }, { "outcome", TPR_OUTCOME_QUEUE_FULL, NULL },
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
		const struct part *part = &parts[i];
		uint64_t count;
		char name[64], rate[32];

		snprintf(name, sizeof(name), "%s%s%s", part->kind, part->word ? ":" : "",
			 part->word ? part->word : "");
		count = count_since(moment, name);
		tpr_rate_format(rate, sizeof(rate), count, moment->seconds);
		fprintf(out, "  %s %s", part->title ? part->title : part->word, rate);
		style = count && part->word == TPR_OUTCOME_QUEUE_FULL ? TPR_STYLE_ALARM : style;
	}
	if (!fclose(out))
		error = tpr_page_add(page, style, "%s", text);
	free(text);
	return error;
}

static int add_not_watched(struct tpr_page *page, const struct tpr_moment *moment)
{
	int error = 0;
	size_t i;

	for (i = 0; i < TPR_FAMILIES_NR && !error; i++) {
		char *sentence = tpr_watched_sentence(moment->counters.table, i);

		if (sentence)
			error = tpr_page_add(page, TPR_STYLE_ALARM, "%s", sentence);
		free(sentence);
	}
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
		error = add_not_watched(page, moment);
	if (!error)
		error = add_counters(page, moment, "Matched/s", matches,
				     sizeof(matches) / sizeof(matches[0]));
	if (!error)
		error = add_counters(page, moment, "Outcome/s", outcomes,
				     sizeof(outcomes) / sizeof(outcomes[0]));
	return error;
}
