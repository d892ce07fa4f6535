// SPDX-License-Identifier: GPL-2.0
/*
 * An arrival gets a record only if no other assignment is possible that would tell something else. What
 * is certain: a record belongs to one arrival, is not older than it, and not much younger; what one CPU
 * got first it also decided first. What is not: that an arrival has a record, as it may have been dropped
 * on its way, and that a record has an arrival, as the capture may have missed it.
 *
 * So they are cut into groups in which any arrival may compete with the next one for a record. A group
 * with more arrivals than records stays undecided: one of them has none, and it cannot be told which. In
 * any other each arrival has one. The earliest it can be follows from those before it, the latest from
 * those behind it, if all are of one CPU; else both from the time alone. If all records between the two
 * tell the same, that is what became of the arrival.
 *
 * If the capture has lost packets and the log has lost rows, a packet without a row and a row without a
 * packet may look like a pair: then nothing is certain.
 */
#include "command/annotate/alike.h"

/** struct group - arrivals that compete for records */
struct group {
	/** @alike: what they are of */
	const struct tpr_alike *alike;
	/** @arrivals: the first of them */
	struct tpr_arrival *arrivals;
	/** @nr: how many */
	size_t nr;
	/** @first: the first record that may be of one of them, of @alike */
	size_t first;
	/** @end: behind the last one */
	size_t end;
};

/**
 * tpr_alike_may_be() - whether a record may be of an arrival, by time
 * @arrival: the arrival
 * @record: the record
 *
 * Return: whether it may.
 */
bool tpr_alike_may_be(const struct tpr_arrival *arrival, const struct tpr_record *record)
{
	int64_t after_ns;

	if (__builtin_sub_overflow(record->time_ns, arrival->time_ns, &after_ns))
		return false;
	return after_ns >= -TPR_ALIKE_BEFORE_NS && after_ns <= TPR_ALIKE_AFTER_NS;
}

static struct tpr_record *record_at(const struct tpr_alike *alike, size_t index)
{
	return &alike->annotation->records[alike->records[index].record];
}

/* Too early for the arrival */
static bool is_before(const struct tpr_alike *alike, size_t index, const struct tpr_arrival *arrival)
{
	return record_at(alike, index)->time_ns + TPR_ALIKE_BEFORE_NS < arrival->time_ns;
}

/* Too late for it */
static bool is_behind(const struct tpr_alike *alike, size_t index, const struct tpr_arrival *arrival)
{
	return record_at(alike, index)->time_ns - TPR_ALIKE_AFTER_NS > arrival->time_ns;
}

static bool is_one_cpu(const struct group *group)
{
	size_t i;

	for (i = group->first + 1; i < group->end; i++) {
		if (record_at(group->alike, i)->cpu != record_at(group->alike, group->first)->cpu)
			return false;
	}
	return true;
}

static void mark(const struct group *group, enum tpr_fate fate)
{
	size_t i;

	for (i = 0; i < group->nr; i++)
		tpr_annotation_note(group->alike->annotation, &group->arrivals[i], fate, 0);
}

/*
 * The earliest record of each arrival goes into the arrival. False if there are too few, or they are
 * where no arrival can reach them.
 */
static bool assign_earliest(const struct group *group)
{
	size_t next = group->first, i;

	for (i = 0; i < group->nr; i++) {
		struct tpr_arrival *arrival = &group->arrivals[i];

		while (next < group->end && is_before(group->alike, next, arrival))
			next++;
		if (next == group->end || is_behind(group->alike, next, arrival))
			return false;
		arrival->record = next++;
	}
	return true;
}

/* What an arrival gets that may have any record from one to another one. */
static void settle(const struct group *group, struct tpr_arrival *arrival, size_t first, size_t last)
{
	const struct tpr_candidate *candidates = group->alike->records;
	struct tpr_record *record = record_at(group->alike, arrival->record);
	bool is_certain = candidates[first].run == candidates[last].run;

	record->is_used = true;
	arrival->record = candidates[arrival->record].record;
	tpr_annotation_note(group->alike->annotation, arrival,
			    is_certain ? TPR_FATE_ANNOTATED : TPR_FATE_AMBIGUOUS,
			    is_certain ? record->text : TPR_TEXT_NONE);
}

/* From the last arrival to the first: the latest record that is left. */
static void settle_ordered(const struct group *group)
{
	size_t last = group->end, i;

	for (i = group->nr; i-- > 0;) {
		struct tpr_arrival *arrival = &group->arrivals[i];

		last--;
		while (is_behind(group->alike, last, arrival))
			last--;
		settle(group, arrival, arrival->record, last);
	}
}

static void settle_unordered(const struct group *group)
{
	size_t first = group->first, last = group->first, i;

	for (i = 0; i < group->nr; i++) {
		struct tpr_arrival *arrival = &group->arrivals[i];

		while (is_before(group->alike, first, arrival))
			first++;
		while (last + 1 < group->end && !is_behind(group->alike, last + 1, arrival))
			last++;
		settle(group, arrival, first, last);
	}
}

static void decide_group(const struct group *group)
{
	size_t i;

	if (group->first == group->end)
		return;
	if (tpr_annotation_is_doubtful(group->alike->annotation) || !assign_earliest(group)) {
		for (i = 0; i < group->nr; i++)
			group->arrivals[i].record = TPR_RECORD_NONE;
		mark(group, TPR_FATE_AMBIGUOUS);
	} else if (is_one_cpu(group)) {
		settle_ordered(group);
	} else {
		settle_unordered(group);
	}
}

/* The arrivals from @at on that compete for records, and these, which are none of the group before. */
static struct group find_group(const struct tpr_alike *alike, size_t at, size_t first)
{
	struct group group = { alike, &alike->arrivals[at], 1, first, first };

	while (group.first < alike->records_nr && is_before(alike, group.first, group.arrivals))
		group.first++;
	group.end = group.first;
	while (group.end < alike->records_nr &&
	       !is_behind(alike, group.end, &group.arrivals[group.nr - 1])) {
		while (at + group.nr < alike->arrivals_nr &&
		       !is_before(alike, group.end, &group.arrivals[group.nr]))
			group.nr++;
		group.end++;
	}
	return group;
}

/**
 * tpr_alike_decide() - find the record of each
 * @alike: the arrivals, whose notes are filled in, and the records
 */
void tpr_alike_decide(const struct tpr_alike *alike)
{
	size_t at = 0, end = 0;

	while (at < alike->arrivals_nr) {
		struct group group = find_group(alike, at, end);

		at += group.nr;
		end = group.end;
		decide_group(&group);
	}
}
