// SPDX-License-Identifier: GPL-2.0
/*
 * A socket that was looked at: its names, its points, and what happened with it.
 */
#include "command/explain/candidate.h"

#include "lib/text.h"
#include "lib/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *fate;
	const char *words;
} fates[] = {
	{ TPR_FATE_OTHER_PORT, "another port" },
	{ TPR_FATE_OTHER_ADDRESS, "another address" },
	{ TPR_FATE_OTHER_DEVICE, "bound to another device" },
	{ TPR_FATE_OTHER_PEER, "connected to another peer" },
	{ TPR_FATE_ONLY_IPV4, "takes IPv4 only" },
	{ TPR_FATE_ONLY_IPV6, "takes IPv6 only" },
	{ TPR_FATE_NOT_JOINED, "has not joined the group" },
	{ TPR_FATE_SOURCE_FILTER, "does not want that source" },
	{ TPR_FATE_COPY, "gets a copy" },
	{ TPR_FATE_BEST, "best so far" },
	{ TPR_FATE_GROUP_STOPS, "best so far; SO_REUSEPORT" },
	{ TPR_FATE_GROUP_GOES_ON, "best so far; SO_REUSEPORT" },
	{ TPR_FATE_NOT_BETTER, "not better than the best" },
	{ TPR_FATE_NOT_REACHED, "never looked at" },
};

static const struct {
	const char *point;
	const char *words;
} points[] = {
	{ TPR_POINT_ANY_DEVICE, "any device" },
	{ TPR_POINT_IPV4, "IPv4" },
	{ TPR_POINT_IPV6, "IPv6" },
	{ TPR_POINT_PEER_ADDRESS, "peer address" },
	{ TPR_POINT_PEER_PORT, "peer port" },
	{ TPR_POINT_CPU, "this CPU" },
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static const char *fate_of(const char *fate)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fates); i++) {
		if (!strcmp(fates[i].fate, fate))
			return fates[i].words;
	}
	return fate;
}

static bool is_word(const char *text, size_t bytes, const char *word)
{
	return strlen(word) == bytes && !strncmp(word, text, bytes);
}

/* "any-device:1" as "any device 1", "device:2" as "device lo 2". */
static void write_point(FILE *out, const char *point, size_t bytes, const char *dev)
{
	const char *colon = memchr(point, ':', bytes);
	size_t name_bytes = colon ? (size_t)(colon - point) : bytes, i;

	if (is_word(point, name_bytes, TPR_POINT_DEVICE)) {
		fprintf(out, "device %s", dev);
	} else {
		for (i = 0; i < ARRAY_SIZE(points); i++) {
			if (is_word(point, name_bytes, points[i].point))
				break;
		}
		if (i < ARRAY_SIZE(points))
			fputs(points[i].words, out);
		else
			fprintf(out, "%.*s", (int)name_bytes, point);
	}
	if (colon)
		fprintf(out, " %.*s", (int)(bytes - name_bytes - 1), colon + 1);
}

/* "2 = any device 1 + IPv4 1" */
static char *make_score(const struct tpr_explained *explained, size_t row)
{
	const char *score = tpr_explain_get(explained, row, "score");
	const char *point = tpr_explain_get(explained, row, "points");
	const char *before = " = ";
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	fputs(score, out);
	while (tpr_table_is_value(point) && *point) {
		bytes = strcspn(point, ",");
		fputs(before, out);
		write_point(out, point, bytes, tpr_explain_get(explained, row, "dev"));
		before = " + ";
		point += bytes + (point[bytes] == ',');
	}
	return fclose(out) ? NULL : text;
}

/* What its group has to do with it, if it was asked. */
static char *make_more(const struct tpr_explained *explained, size_t row)
{
	const char *group = tpr_explain_get(explained, row, "group");
	const char *chooser = tpr_explain_get(explained, row, "chooser");
	const char *end = "the walk STOPS";
	char *text = NULL;
	int bytes;

	if (!tpr_table_is_value(group))
		return NULL;
	if (tpr_explain_is(explained, row, "fate", TPR_FATE_GROUP_GOES_ON))
		end = "it has connected members: the walk goes on";
	if (!strcmp(chooser, TPR_CHOOSER_EBPF))
		bytes = asprintf(&text, "group of %s asked, its eBPF program %s chooses, %s", group,
				 tpr_explain_programs(explained, row), end);
	else
		bytes = asprintf(&text, "group of %s asked, member %s chosen%s, %s", group,
				 tpr_explain_get(explained, row, "member"),
				 strcmp(chooser, TPR_CHOOSER_CBPF) ? "" :
				 " (its program, simulated)", end);
	return bytes < 0 ? NULL : text;
}

static char *make_name(const struct tpr_explained *explained, size_t row)
{
	const char *cookie = tpr_explain_get(explained, row, "cookie");
	char *endpoint = tpr_explain_endpoint(explained, row);
	char *text = NULL;

	if (!tpr_table_is_value(cookie))
		return endpoint;
	if (!endpoint || asprintf(&text, "%s %s", cookie, endpoint) < 0)
		text = NULL;
	free(endpoint);
	return text;
}

static bool fill(struct tpr_candidate *candidate, const struct tpr_explained *explained, size_t row)
{
	*candidate = (struct tpr_candidate){
		.row = row,
		.place = tpr_explain_get(explained, row, "place"),
		.name = make_name(explained, row),
		.process = tpr_explain_process(explained, row),
		.score = make_score(explained, row),
		.fate = fate_of(tpr_explain_get(explained, row, "fate")),
		.more = make_more(explained, row),
	};
	return candidate->name && candidate->process && candidate->score;
}

/* Of those on other ports there may be thousands, and they say nothing. */
static bool is_shown(const struct tpr_explained *explained, size_t row)
{
	return explained->options->is_extended ||
	       (!tpr_explain_is(explained, row, "fate", TPR_FATE_OTHER_PORT) &&
		!(tpr_explain_is(explained, row, "fate", TPR_FATE_NOT_REACHED) &&
		  tpr_explain_is(explained, row, "score", "-")));
}

/**
 * tpr_candidates_init() - gather the sockets of a step, which stand behind it
 * @candidates: filled in, for tpr_candidates_exit(); without memory with less
 * @explained: the answer
 * @step: the row of the step
 */
void tpr_candidates_init(struct tpr_candidates *candidates, const struct tpr_explained *explained,
			 size_t step)
{
	size_t row, end = step + 1;

	*candidates = (struct tpr_candidates){ 0 };
	while (end < explained->rows.nr && tpr_explain_is(explained, end, "row", "socket"))
		end++;
	candidates->list = calloc(end - step, sizeof(*candidates->list));
	for (row = step + 1; candidates->list && row < end; row++) {
		if (!is_shown(explained, row))
			candidates->hidden++;
		else if (!fill(&candidates->list[candidates->nr++], explained, row))
			break;
	}
}

/**
 * tpr_candidates_say_hidden() - that there are more
 * @candidates: from tpr_candidates_init()
 *
 * Return: the words, to be freed; NULL if there are none.
 */
char *tpr_candidates_say_hidden(const struct tpr_candidates *candidates)
{
	char *text = NULL;

	if (!candidates->hidden)
		return NULL;
	if (asprintf(&text, "%zu %s in this bucket, out of the question; -e lists them",
		     candidates->hidden, candidates->nr ? "more" :
		     tpr_text_plural(candidates->hidden, "socket", "sockets")) < 0)
		return NULL;
	return text;
}

/**
 * tpr_candidates_exit() - free them
 * @candidates: from tpr_candidates_init()
 */
void tpr_candidates_exit(struct tpr_candidates *candidates)
{
	size_t i;

	for (i = 0; i < candidates->nr; i++) {
		free(candidates->list[i].name);
		free(candidates->list[i].process);
		free(candidates->list[i].score);
		free(candidates->list[i].more);
	}
	free(candidates->list);
}
