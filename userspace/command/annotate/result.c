// SPDX-License-Identifier: GPL-2.0
/*
 * Each packet counts once: the first lines add up to all of them, the reasons to the last of these.
 */
#include "command/annotate/result.h"

#include "lib/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/** struct result - what is told in the end */
struct result {
	/** @packets_nr: packets of the capture */
	uint64_t packets_nr;
	/** @fates: of these, how many became what */
	uint64_t fates[TPR_FATES_NR];
	/** @rows_nr: rows of the log */
	uint64_t rows_nr;
	/** @lost_nr: rows that the log lost */
	uint64_t lost_nr;
	/** @dropped_nr: packets that the capture lost, as far as it tells */
	uint64_t dropped_nr;
	/** @is_doubtful: both lack something: nothing is certain */
	bool is_doubtful;
	/** @is_live: comments were written before that was known */
	bool is_live;
};

static uint64_t unmatched(const struct result *result)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < TPR_FATES_NR; i++)
		sum += tpr_fate_is_reason(i) ? result->fates[i] : 0;
	return sum;
}

static void print_json(FILE *out, const struct result *result)
{
	int i;

	fprintf(out, "{\"annotate\":{\"packets\":%" PRIu64 ",\"unmatched\":%" PRIu64,
		result->packets_nr, unmatched(result));
	for (i = 0; i < TPR_FATES_NR; i++)
		fprintf(out, ",\"%s\":%" PRIu64, tpr_fate_word(i), result->fates[i]);
	fprintf(out, ",\"rows\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"dropped\":%" PRIu64 "}}\n",
		result->rows_nr, result->lost_nr, result->dropped_nr);
}

static void print_fates(FILE *out, const struct result *result, bool are_reasons)
{
	int i;

	for (i = 0; i < TPR_FATES_NR; i++) {
		if (tpr_fate_is_reason(i) == are_reasons && (result->fates[i] || !i))
			fprintf(out, "%s%-*s %8" PRIu64 "  %s\n", are_reasons ? "  " : "",
				are_reasons ? 12 : 14, tpr_fate_word(i), result->fates[i],
				tpr_fate_meaning(i));
	}
}

static void print_losses(FILE *out, const struct result *result)
{
	if (result->dropped_nr)
		fprintf(out, "the capture lost %" PRIu64 " packet%s: it says so itself\n",
			result->dropped_nr, tpr_text_plural(result->dropped_nr, "", "s"));
	if (result->lost_nr)
		fprintf(out, "the log lost %" PRIu64 " row%s\n", result->lost_nr,
			tpr_text_plural(result->lost_nr, "", "s"));
	if (result->is_doubtful)
		fprintf(out, "both lack something: what looks like a pair may be none%s\n",
			result->is_live ? ", which was not known in time" : ", so there is no comment");
}

static void print(FILE *out, const struct result *result, const struct tpr_options *options)
{
	if (options->is_json) {
		print_json(out, result);
		return;
	}
	if (!options->has_no_header)
		fprintf(out, "%" PRIu64 " packet%s, %" PRIu64 " row%s of the log\n",
			result->packets_nr, tpr_text_plural(result->packets_nr, "", "s"),
			result->rows_nr, tpr_text_plural(result->rows_nr, "", "s"));
	print_fates(out, result, false);
	fprintf(out, "%-14s %8" PRIu64 "  incoming segments, or what may be one, without a comment\n",
		"unmatched", unmatched(result));
	print_fates(out, result, true);
	print_losses(out, result);
}

/**
 * tpr_result_print() - say how many packets became what
 * @out: where to
 * @annotation: what was matched
 * @options: of the command line
 */
void tpr_result_print(FILE *out, const struct tpr_annotation *annotation,
		      const struct tpr_options *options)
{
	struct result result = {
		.packets_nr = annotation->forgotten_nr + annotation->notes_nr,
		.rows_nr = annotation->rows_nr,
		.lost_nr = annotation->lost_nr > annotation->missing_nr ? annotation->lost_nr :
									  annotation->missing_nr,
		.dropped_nr = annotation->dropped_nr,
		.is_live = annotation->is_live,
		.is_doubtful = tpr_annotation_is_doubtful(annotation),
	};
	size_t i;

	memcpy(result.fates, annotation->forgotten, sizeof(result.fates));
	for (i = 0; i < annotation->notes_nr; i++)
		result.fates[annotation->notes[i].fate]++;
	print(out, &result, options);
}
