// SPDX-License-Identifier: GPL-2.0
/*
 * Where segments of a connection have no row of their length, several may have become one since. A row of
 * that sum may look like that of a longer segment, which itself was merged with others, or dropped. So such
 * a longer one keeps its comment only if all rows of its connection and time tell the same. What has no
 * payload, and SYN and RST, are never merged.
 */
#include "command/annotate/merged.h"

#include "command/annotate/alike.h"
#include "lib/message.h"

#include <errno.h>
#include <stdlib.h>

/** struct point - something that was at a time */
struct point {
	/** @time_ns: when */
	int64_t time_ns;
	/** @text: of a row, what it tells; then a number that changes where that does */
	size_t text;
};

/** struct flow - all that has the same ends, and may have been merged */
struct flow {
	/** @annotation: of what */
	struct tpr_annotation *annotation;
	/** @first: its first arrival */
	size_t first;
	/** @end: behind its last one */
	size_t end;
	/** @record: its first record */
	size_t record;
	/** @rows: its records, by time; room for all of the annotation */
	struct point *rows;
	/** @rows_nr: number of @rows */
	size_t rows_nr;
	/** @parts: arrivals without a record, by time; room for all of the annotation */
	struct point *parts;
	/** @parts_nr: number of @parts */
	size_t parts_nr;
	/** @least: the length of the shortest of these */
	uint32_t least;
};

static bool is_mergeable(const struct tpr_segment *segment)
{
	return segment->len && !(segment->flags & (TPR_FLAG_SYN | TPR_FLAG_RST));
}

static enum tpr_fate fate_of(const struct flow *flow, size_t arrival)
{
	uint64_t packet = flow->annotation->arrivals[arrival].packet;

	return tpr_annotation_note_of(flow->annotation, packet)->fate;
}

static int compare_points(const void *left, const void *right)
{
	const struct point *a = left, *b = right;

	return a->time_ns < b->time_ns ? -1 : a->time_ns > b->time_ns;
}

/* The first point that is not before a time */
static size_t find_time(const struct point *points, size_t nr, int64_t time_ns)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (points[middle].time_ns < time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void gather_parts(struct flow *flow)
{
	const struct tpr_arrival *arrivals = flow->annotation->arrivals;
	size_t i;

	flow->parts_nr = 0;
	flow->least = UINT32_MAX;
	for (i = flow->first; i < flow->end; i++) {
		const struct tpr_segment *segment = &arrivals[i].segment;
		enum tpr_fate fate = fate_of(flow, i);

		if (!is_mergeable(segment) || (fate != TPR_FATE_OTHER_LENGTH && fate != TPR_FATE_NO_ROW))
			continue;
		flow->parts[flow->parts_nr++] = (struct point){ .time_ns = arrivals[i].time_ns };
		if (segment->len < flow->least)
			flow->least = segment->len;
	}
	qsort(flow->parts, flow->parts_nr, sizeof(*flow->parts), compare_points);
}

/* Its records stand where its arrivals would. */
static void gather_rows(struct flow *flow)
{
	const struct tpr_segment *ends = &flow->annotation->arrivals[flow->first].segment;
	const struct tpr_annotation *annotation = flow->annotation;
	size_t text = 0, i;

	while (flow->record < annotation->records_nr &&
	       tpr_segment_compare_ends(&annotation->records[flow->record].segment, ends) < 0)
		flow->record++;
	flow->rows_nr = 0;
	for (i = flow->record; i < annotation->records_nr &&
	     !tpr_segment_compare_ends(&annotation->records[i].segment, ends); i++) {
		const struct tpr_record *record = &annotation->records[i];

		if (is_mergeable(&record->segment))
			flow->rows[flow->rows_nr++] = (struct point){ record->time_ns, record->text };
	}
	qsort(flow->rows, flow->rows_nr, sizeof(*flow->rows), compare_points);
	for (i = 0; i < flow->rows_nr; i++) {
		bool changes = i + 1 < flow->rows_nr && flow->rows[i].text != flow->rows[i + 1].text;

		flow->rows[i].text = text;
		text += changes;
	}
}

/* Rows that may be of an arrival, by time: from @first to before the end, which is returned */
static size_t find_rows(const struct flow *flow, const struct tpr_arrival *arrival, size_t *first)
{
	*first = find_time(flow->rows, flow->rows_nr, arrival->time_ns - TPR_ALIKE_BEFORE_NS);
	return find_time(flow->rows, flow->rows_nr, arrival->time_ns + TPR_ALIKE_AFTER_NS + 1);
}

/* Longer than a part that is near it, and of rows that tell different things */
static bool is_doubtful(const struct flow *flow, const struct tpr_arrival *arrival)
{
	size_t part = find_time(flow->parts, flow->parts_nr, arrival->time_ns - TPR_ALIKE_AFTER_NS);
	size_t first, end;

	if (!is_mergeable(&arrival->segment) || arrival->segment.len <= flow->least ||
	    part == flow->parts_nr || flow->parts[part].time_ns > arrival->time_ns + TPR_ALIKE_AFTER_NS)
		return false;
	end = find_rows(flow, arrival, &first);
	return first < end && flow->rows[first].text != flow->rows[end - 1].text;
}

/* What had no row then has one near it that is of no certain packet any more. */
static void explain_parts(const struct flow *flow)
{
	size_t first, i;

	for (i = flow->first; i < flow->end; i++) {
		const struct tpr_arrival *arrival = &flow->annotation->arrivals[i];

		if (fate_of(flow, i) == TPR_FATE_NO_ROW && is_mergeable(&arrival->segment) &&
		    find_rows(flow, arrival, &first) > first)
			tpr_annotation_note(flow->annotation, arrival, TPR_FATE_OTHER_LENGTH,
					    TPR_TEXT_NONE);
	}
}

static void doubt_flow(struct flow *flow)
{
	size_t doubtful_nr = 0, i;

	gather_parts(flow);
	if (!flow->parts_nr)
		return;
	gather_rows(flow);
	for (i = flow->first; i < flow->end; i++) {
		const struct tpr_arrival *arrival = &flow->annotation->arrivals[i];

		if (fate_of(flow, i) != TPR_FATE_ANNOTATED || !is_doubtful(flow, arrival))
			continue;
		tpr_annotation_note(flow->annotation, arrival, TPR_FATE_AMBIGUOUS, TPR_TEXT_NONE);
		doubtful_nr++;
	}
	if (doubtful_nr)
		explain_parts(flow);
}

static void doubt_all(struct flow *flow)
{
	const struct tpr_annotation *annotation = flow->annotation;

	for (flow->first = 0; flow->first < annotation->arrivals_nr; flow->first = flow->end) {
		const struct tpr_segment *ends = &annotation->arrivals[flow->first].segment;

		for (flow->end = flow->first + 1; flow->end < annotation->arrivals_nr; flow->end++) {
			if (tpr_segment_compare_ends(&annotation->arrivals[flow->end].segment, ends))
				break;
		}
		doubt_flow(flow);
	}
}

/**
 * tpr_merged_doubt() - take comments back that may be of a row that was merged
 * @annotation: both lists, sorted and matched; its notes have the reasons
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_merged_doubt(struct tpr_annotation *annotation)
{
	struct flow flow = { .annotation = annotation };
	int error = 0;

	flow.rows = calloc(annotation->records_nr + 1, sizeof(*flow.rows));
	flow.parts = calloc(annotation->arrivals_nr + 1, sizeof(*flow.parts));
	if (flow.rows && flow.parts) {
		doubt_all(&flow);
	} else {
		tpr_message("out of memory");
		error = -ENOMEM;
	}
	free(flow.rows);
	free(flow.parts);
	return error;
}
