// SPDX-License-Identifier: GPL-2.0
/*
 * Both lists are sorted by what tells segments apart, then walked beside each other. A packet that went
 * through several devices of the capture is there several times: if its record names one of them, that
 * is where it belongs. Where the log has what NAT made of a packet, the capture has what it was before.
 */
#include "command/annotate/match.h"

#include "command/annotate/alike.h"
#include "command/annotate/merged.h"
#include "command/annotate/reason.h"
#include "lib/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOOPBACK	"lo"

/** struct walk - where both lists are */
struct walk {
	/** @annotation: whose lists */
	struct tpr_annotation *annotation;
	/** @first: the first arrival of this segment */
	size_t first;
	/** @end: behind its last one */
	size_t end;
	/** @record: its first record */
	size_t record;
	/** @record_end: behind its last one */
	size_t record_end;
	/** @candidates: room for all records */
	struct tpr_candidate *candidates;
};

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_times(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_arrivals(const void *left, const void *right)
{
	const struct tpr_arrival *a = left, *b = right;
	int order = tpr_segment_compare(&a->segment, &b->segment);

	if (!order)
		order = compare_u64(a->place, b->place);
	if (!order)
		order = compare_times(a->time_ns, b->time_ns);
	return order ? order : compare_u64(a->packet, b->packet);
}

static int compare_records(const void *left, const void *right)
{
	const struct tpr_record *a = left, *b = right;
	int order = tpr_segment_compare(&a->segment, &b->segment);

	return order ? order : compare_times(a->time_ns, b->time_ns);
}

static int compare_ends(const void *left, const void *right)
{
	const struct tpr_arrival *a = left, *b = right;

	return tpr_segment_compare_ends(&a->segment, &b->segment);
}

/* Under the end that was asked for, if the capture has it. On lo it was changed before. */
static void undo_nat(struct tpr_annotation *annotation, struct tpr_record *record)
{
	const char *dev = annotation->texts.list[record->dev];
	struct tpr_arrival key = { .segment = record->segment };

	if (!record->has_asked || (dev && !strcmp(dev, LOOPBACK)))
		return;
	key.segment.local = record->asked;
	if (annotation->arrivals_nr && bsearch(&key, annotation->arrivals, annotation->arrivals_nr,
					       sizeof(key), compare_ends))
		record->segment.local = record->asked;
}

static void sort(struct tpr_annotation *annotation)
{
	size_t i;

	if (annotation->arrivals_nr)
		qsort(annotation->arrivals, annotation->arrivals_nr,
		      sizeof(*annotation->arrivals), compare_arrivals);
	for (i = 0; i < annotation->records_nr; i++) {
		struct tpr_record *record = &annotation->records[i];

		record->home = TPR_PLACE_ANY;
		record->is_used = false;
		undo_nat(annotation, record);
	}
	if (annotation->records_nr)
		qsort(annotation->records, annotation->records_nr, sizeof(*annotation->records),
		      compare_records);
}

/* The arrivals of one segment at one place, from @at on. Returns the end of them. */
static size_t place_end(const struct walk *walk, size_t at)
{
	const struct tpr_arrival *arrivals = walk->annotation->arrivals;
	size_t end = at;

	while (end < walk->end && arrivals[end].place == arrivals[at].place)
		end++;
	return end;
}

/* Those of one device that may have an arrival there belong there. */
static void settle_homes(const struct walk *walk, size_t at, size_t end)
{
	const struct tpr_arrival *arrivals = walk->annotation->arrivals;
	size_t i;

	if (!arrivals[at].dev)
		return;
	for (i = walk->record; i < walk->record_end; i++) {
		struct tpr_record *record = &walk->annotation->records[i];

		while (at < end && arrivals[at].time_ns + TPR_ALIKE_AFTER_NS < record->time_ns)
			at++;
		if (at < end && record->dev == arrivals[at].dev &&
		    tpr_alike_may_be(&arrivals[at], record))
			record->home = arrivals[at].place;
	}
}

static size_t gather(const struct walk *walk, uint64_t place)
{
	const struct tpr_record *records = walk->annotation->records, *before = NULL;
	size_t nr = 0, run = 0, i;

	for (i = walk->record; i < walk->record_end; i++) {
		if (records[i].home != TPR_PLACE_ANY && records[i].home != place)
			continue;
		if (before && before->text != records[i].text)
			run++;
		before = &records[i];
		walk->candidates[nr++] = (struct tpr_candidate){ i, run };
	}
	return nr;
}

static void match_place(const struct walk *walk, size_t at, size_t end)
{
	struct tpr_annotation *annotation = walk->annotation;
	struct tpr_alike alike = {
		.annotation = annotation,
		.arrivals = &annotation->arrivals[at],
		.arrivals_nr = end - at,
		.records = walk->candidates,
		.records_nr = gather(walk, annotation->arrivals[at].place),
	};

	tpr_alike_decide(&alike);
}

static void match_segment(const struct walk *walk)
{
	size_t at, end;

	for (at = walk->first; at < walk->end; at = end) {
		end = place_end(walk, at);
		settle_homes(walk, at, end);
	}
	for (at = walk->first; at < walk->end; at = end) {
		end = place_end(walk, at);
		match_place(walk, at, end);
	}
}

/* Move on to the next segment that has arrivals. False at the end. */
static bool walk_on(struct walk *walk)
{
	const struct tpr_annotation *annotation = walk->annotation;
	const struct tpr_arrival *arrivals = annotation->arrivals;
	const struct tpr_segment *segment;

	walk->first = walk->end;
	walk->record = walk->record_end;
	if (walk->first == annotation->arrivals_nr)
		return false;
	segment = &arrivals[walk->first].segment;
	while (walk->end < annotation->arrivals_nr &&
	       !tpr_segment_compare(&arrivals[walk->end].segment, segment))
		walk->end++;
	while (walk->record < annotation->records_nr &&
	       tpr_segment_compare(&annotation->records[walk->record].segment, segment) < 0)
		walk->record++;
	walk->record_end = walk->record;
	while (walk->record_end < annotation->records_nr &&
	       !tpr_segment_compare(&annotation->records[walk->record_end].segment, segment))
		walk->record_end++;
	return true;
}

/**
 * tpr_match() - find the record of each arrival
 * @annotation: both lists, which are sorted; notes are filled in
 *
 * Return: 0, or -ENOMEM after a message.
 */
int tpr_match(struct tpr_annotation *annotation)
{
	struct walk walk = { .annotation = annotation };

	walk.candidates = calloc(annotation->records_nr + 1, sizeof(*walk.candidates));
	if (!walk.candidates) {
		tpr_message("out of memory");
		return -ENOMEM;
	}
	sort(annotation);
	while (walk_on(&walk))
		match_segment(&walk);
	free(walk.candidates);
	tpr_reason_find(annotation);
	return tpr_merged_doubt(annotation);
}
