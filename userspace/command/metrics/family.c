// SPDX-License-Identifier: GPL-2.0
/*
 * Families of samples as OpenMetrics writes them. No two samples may have the same labels: those
 * that would are added up, as connections in one state are.
 *
 * Parsers of Prometheus's older format take UNIT and EOF for comments. They know a family by the
 * name of its samples, so that a counter, whose samples alone end in _total, has no type there;
 * and they refuse the type "info", so that what is one is a gauge whose name ends in _info.
 */
#include "command/metrics/family.h"

#include "lib/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The format knows three escapes; what is not UTF-8 or could drive a terminal becomes octal. */
static void write_value(FILE *out, const char *value)
{
	char *text = NULL;
	size_t bytes;
	const char *c;
	FILE *shown = open_memstream(&text, &bytes);

	if (!shown)
		return;
	tpr_text_show(shown, value);
	if (!fclose(shown)) {
		for (c = text; *c; c++) {
			if (*c == '"' || *c == '\\')
				fputc('\\', out);
			fputc(*c, out);
		}
	}
	free(text);
}

static char *make_labels(const struct tpr_label *labels, size_t nr)
{
	bool needs_comma = false;
	char *text = NULL;
	size_t bytes, i;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	for (i = 0; i < nr; i++) {
		if (!labels[i].value)
			continue;
		fprintf(out, "%s%s=\"", needs_comma ? "," : "", labels[i].name);
		write_value(out, labels[i].value);
		fputc('"', out);
		needs_comma = true;
	}
	return fclose(out) ? NULL : text;
}

/**
 * tpr_family_add() - add a sample
 * @family: the family
 * @labels: what tells it from the others of the family
 * @nr: number of @labels
 * @value: the number
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_family_add(struct tpr_family *family, const struct tpr_label *labels, size_t nr,
		   uint64_t value)
{
	struct tpr_sample *sample;

	if (family->nr == family->max) {
		size_t wanted = family->max * 2 + 16;
		struct tpr_sample *moved = realloc(family->samples, wanted * sizeof(*moved));

		if (!moved)
			return -ENOMEM;
		family->samples = moved;
		family->max = wanted;
	}
	sample = &family->samples[family->nr];
	sample->value = value;
	sample->number = family->nr;
	sample->labels = make_labels(labels, nr);
	if (!sample->labels)
		return -ENOMEM;
	family->nr++;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct tpr_sample *a = left, *b = right;

	return strcmp(a->labels, b->labels);
}

/* Those of one histogram stay in the order in which they were added. */
static int compare_buckets(const void *left, const void *right)
{
	const struct tpr_sample *a = left, *b = right;
	const char *a_le = strstr(a->labels, ",le=\""), *b_le = strstr(b->labels, ",le=\"");
	size_t a_bytes = a_le ? (size_t)(a_le - a->labels) : 0;
	size_t b_bytes = b_le ? (size_t)(b_le - b->labels) : 0;
	int order = strncmp(a->labels, b->labels, a_bytes < b_bytes ? a_bytes : b_bytes);

	if (order)
		return order;
	if (a_bytes != b_bytes)
		return a_bytes < b_bytes ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void write_head(FILE *out, const struct tpr_family *family)
{
	fprintf(out, "# HELP tuplewatch_%s %s\n", family->name, family->help);
	fprintf(out, "# TYPE tuplewatch_%s %s\n", family->name,
		family->is_histogram ? "histogram" : family->is_gauge ? "gauge" : "counter");
	if (family->unit)
		fprintf(out, "# UNIT tuplewatch_%s %s\n", family->name, family->unit);
}

/* What the names of its samples end in */
static const char *suffix_of(const struct tpr_family *family)
{
	if (family->is_histogram)
		return "_bucket";
	return family->is_gauge ? "" : "_total";
}

/**
 * tpr_family_write() - write a family, if it has samples
 * @out: where to
 * @family: the family; its samples are sorted
 */
void tpr_family_write(FILE *out, struct tpr_family *family)
{
	size_t i;

	if (!family->nr)
		return;
	qsort(family->samples, family->nr, sizeof(*family->samples),
	      family->is_histogram ? compare_buckets : compare);
	write_head(out, family);
	for (i = 0; i < family->nr; i++) {
		const char *labels = family->samples[i].labels;
		uint64_t value = family->samples[i].value;

		while (i + 1 < family->nr && !strcmp(family->samples[i + 1].labels, labels))
			value += family->samples[++i].value;
		fprintf(out, "tuplewatch_%s%s%s%s%s %" PRIu64 "\n", family->name,
			suffix_of(family), *labels ? "{" : "", labels, *labels ? "}" : "", value);
	}
}

/**
 * tpr_family_end() - write what comes behind the last family
 * @out: where to
 */
void tpr_family_end(FILE *out)
{
	fputs("# EOF\n", out);
}

/**
 * tpr_family_exit() - free the samples of a family
 * @family: the family
 */
void tpr_family_exit(struct tpr_family *family)
{
	size_t i;

	for (i = 0; i < family->nr; i++)
		free(family->samples[i].labels);
	free(family->samples);
	family->samples = NULL;
	family->nr = 0;
	family->max = 0;
}
