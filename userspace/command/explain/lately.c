// SPDX-License-Identifier: GPL-2.0
/*
 * What did not arrive lately: packets to the endpoint in question that somebody took before the
 * lookup. What no answer can tell, as no ruleset is run for it, they show.
 */
#include "command.h"

#include "command/explain/explain.h"
#include "lib/text.h"
#include "lib/words.h"
#include "table/clock.h"
#include "table/watched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_asked(const struct tpr_explained *explained, const struct tpr_rows *taken, size_t row)
{
	return !strcmp(tpr_rows_get(taken, row, "local"), tpr_explain_fact(explained, "local")) &&
	       !strncmp(tpr_rows_get(taken, row, "proto"), tpr_explain_fact(explained, "proto"), 3);
}

/* ", the last 2.0 s ago", or nothing if a time is not known */
static void put_ago(char *text, size_t bytes, const struct tpr_rows *taken, size_t row)
{
	const char *now = tpr_table_fact(taken->table, "now_ns");
	char span[TPR_CLOCK_BYTES];
	uint64_t now_ns, last_ns;

	text[0] = '\0';
	if (!now || !tpr_text_u64(now, &now_ns) ||
	    !tpr_text_u64(tpr_rows_get(taken, row, "last_ns"), &last_ns))
		return;
	tpr_clock_span(span, now_ns > last_ns ? now_ns - last_ns : 0);
	snprintf(text, bytes, ", the last %s ago", span);
}

static void say(const struct tpr_rows *taken, size_t row)
{
	const char *who = tpr_rows_get(taken, row, "who");
	const char *count = tpr_rows_get(taken, row, "count");
	char ago[TPR_CLOCK_BYTES + 32];

	put_ago(ago, sizeof(ago), taken, row);
	tpr_explain_say("LATELY", "%s packet%s to it %s dropped at %s (%s)%s%s%s.", count,
			tpr_text_plural_of(count, "", "s"), tpr_text_plural_of(count, "was", "were"),
			tpr_rows_get(taken, row, "by"), tpr_rows_get(taken, row, "reason"), ago,
			tpr_table_is_value(who) ? "; there now: " : "",
			tpr_table_is_value(who) ? who : "");
}

/* By the packet in question */
static const char *family_of(const struct tpr_explained *explained)
{
	bool is_udp = !strcmp(tpr_explain_fact(explained, "proto"), "udp");

	if (*tpr_explain_fact(explained, "local") == '[')
		return is_udp ? TPR_FAMILY_UDP6 : TPR_FAMILY_TCP6;
	return is_udp ? TPR_FAMILY_UDP4 : TPR_FAMILY_TCP4;
}

static void say_not_watched(const struct tpr_explained *explained)
{
	size_t i;

	for (i = 0; i < TPR_FAMILIES_NR; i++) {
		char *sentence = tpr_watched_sentence(explained->rows.table, i);

		if (sentence && !strcmp(tpr_families[i], family_of(explained)))
			tpr_explain_say("LATELY", "%s: what came here is not known.", sentence);
		free(sentence);
	}
}

/**
 * tpr_explain_lately() - say what was taken of the segments to that endpoint
 * @explained: the answer; nothing is said of one that is saved
 *
 * Return: whether some were.
 */
bool tpr_explain_lately(const struct tpr_explained *explained)
{
	struct tpr_rows taken = { 0 };
	bool was_taken = false;
	size_t i;

	if (!explained->options->from &&
	    !tpr_rows_load(&taken, explained->options, "taken", &tpr_taken_shape)) {
		for (i = 0; i < taken.nr; i++) {
			if (!is_asked(explained, &taken, i))
				continue;
			say(&taken, i);
			was_taken = true;
		}
	}
	tpr_rows_free(&taken);
	say_not_watched(explained);
	return was_taken;
}
