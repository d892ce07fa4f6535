// SPDX-License-Identifier: GPL-2.0
/*
 * That a packet was sent is said only if its source is an address of this host, its destination is none,
 * and, where the link has hardware addresses, those of packets that came in do not contradict.
 */
#include "command/annotate/reason.h"

#include "command/annotate/alike.h"

#include <stdlib.h>
#include <string.h>

/* Records of the same time; which of a million it is, is no matter. */
#define LOOKED_AT	1000

/** struct host - what is known of this host */
struct host {
	/** @annotation: whose */
	struct tpr_annotation *annotation;
	/** @macs: hardware addresses that packets with a record were sent to; sorted */
	uint8_t (*macs)[TPR_MAC_BYTES];
	/** @macs_nr: number of @macs */
	size_t macs_nr;
	/** @by_time: the records, by their ends, then by time */
	const struct tpr_record **by_time;
	/** @by_time_nr: number of @by_time */
	size_t by_time_nr;
	/** @first_ns: when the first row of the log was written */
	int64_t first_ns;
	/** @last_ns: when the last one was */
	int64_t last_ns;
};

static int compare_addresses(const void *left, const void *right)
{
	const struct tpr_endpoint *a = left, *b = right;

	return memcmp(a->addr, b->addr, sizeof(a->addr));
}

static int compare_macs(const void *left, const void *right)
{
	return memcmp(left, right, TPR_MAC_BYTES);
}

static bool is_local(const struct host *host, const struct tpr_endpoint *end)
{
	const struct tpr_annotation *annotation = host->annotation;

	return annotation->locals_nr && bsearch(end, annotation->locals, annotation->locals_nr,
						sizeof(*end), compare_addresses);
}

/* Without memory nothing is known of them, which is said of none. */
static void gather_macs(struct host *host)
{
	const struct tpr_annotation *annotation = host->annotation;
	size_t i;

	host->macs = calloc(annotation->arrivals_nr + 1, sizeof(*host->macs));
	for (i = 0; host->macs && i < annotation->arrivals_nr; i++) {
		const struct tpr_arrival *arrival = &annotation->arrivals[i];
		bool is_group = arrival->to[0] & 1;

		if (arrival->has_macs && !is_group && arrival->record != TPR_RECORD_NONE)
			memcpy(host->macs[host->macs_nr++], arrival->to, TPR_MAC_BYTES);
	}
	if (host->macs)
		qsort(host->macs, host->macs_nr, sizeof(*host->macs), compare_macs);
}

static bool has_mac(const struct host *host, const uint8_t *mac)
{
	return host->macs && bsearch(mac, host->macs, host->macs_nr, TPR_MAC_BYTES, compare_macs);
}

static bool is_sent(const struct host *host, const struct tpr_arrival *arrival)
{
	if (!is_local(host, &arrival->segment.foreign))
		return false;
	if (arrival->has_macs && has_mac(host, arrival->to))
		return false;
	if (arrival->has_macs && has_mac(host, arrival->from))
		return true;
	if (arrival->has_macs && host->macs_nr)
		return false;
	return !is_local(host, &arrival->segment.local);
}

static int compare_by_time(const void *left, const void *right)
{
	const struct tpr_record *const *a = left, *const *b = right;
	int order = tpr_segment_compare_ends(&(*a)->segment, &(*b)->segment);

	if (order)
		return order;
	return (*a)->time_ns < (*b)->time_ns ? -1 : (*a)->time_ns > (*b)->time_ns;
}

/* Without memory no reason can be had of them. */
static void sort_by_time(struct host *host)
{
	const struct tpr_annotation *annotation = host->annotation;
	size_t i;

	host->by_time = calloc(annotation->records_nr + 1, sizeof(*host->by_time));
	if (!host->by_time)
		return;
	host->by_time_nr = annotation->records_nr;
	for (i = 0; i < host->by_time_nr; i++)
		host->by_time[i] = &annotation->records[i];
	if (host->by_time_nr)
		qsort(host->by_time, host->by_time_nr, sizeof(*host->by_time), compare_by_time);
}

/* The first record of the same ends that is not too early, whatever flags and length it has */
static size_t find_near(const struct host *host, const struct tpr_arrival *arrival)
{
	const struct tpr_record key = { .segment = arrival->segment,
					.time_ns = arrival->time_ns - TPR_ALIKE_BEFORE_NS };
	const struct tpr_record *pointer = &key;
	size_t low = 0, high = host->by_time_nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_by_time(&host->by_time[middle], &pointer) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What there is of the same ends at that time */
static enum tpr_fate near_by(const struct host *host, const struct tpr_arrival *arrival)
{
	enum tpr_fate fate = TPR_FATE_NO_ROW;
	size_t at = find_near(host, arrival), end = at + LOOKED_AT;

	for (; at < host->by_time_nr && at < end; at++) {
		const struct tpr_record *record = host->by_time[at];

		if (tpr_segment_compare_ends(&record->segment, &arrival->segment) ||
		    !tpr_alike_may_be(arrival, record))
			break;
		if (!tpr_segment_compare(&record->segment, &arrival->segment))
			return TPR_FATE_ELSEWHERE;
		if (!record->is_used)
			fate = TPR_FATE_OTHER_LENGTH;
	}
	return fate;
}

static enum tpr_fate reason_of(const struct host *host, const struct tpr_arrival *arrival)
{
	enum tpr_fate fate;

	if (is_sent(host, arrival))
		return TPR_FATE_SENT;
	if (!is_local(host, &arrival->segment.local))
		return TPR_FATE_NOT_HERE;
	fate = near_by(host, arrival);
	if (fate != TPR_FATE_NO_ROW || host->annotation->is_live)
		return fate;
	if (arrival->time_ns < host->first_ns)
		return TPR_FATE_BEFORE_LOG;
	if (arrival->time_ns > host->last_ns)
		return TPR_FATE_AFTER_LOG;
	return TPR_FATE_NO_ROW;
}

static void find_span(struct host *host)
{
	const struct tpr_annotation *annotation = host->annotation;
	size_t i;

	host->first_ns = INT64_MAX;
	host->last_ns = INT64_MIN;
	for (i = 0; i < annotation->records_nr; i++) {
		int64_t time_ns = annotation->records[i].time_ns;

		if (time_ns < host->first_ns)
			host->first_ns = time_ns;
		if (time_ns > host->last_ns)
			host->last_ns = time_ns;
	}
}

/* Each once */
static void sort_locals(struct tpr_annotation *annotation)
{
	struct tpr_endpoint *locals = annotation->locals;
	size_t kept = 0, i;

	if (!annotation->locals_nr)
		return;
	qsort(locals, annotation->locals_nr, sizeof(*locals), compare_addresses);
	for (i = 1; i < annotation->locals_nr; i++) {
		if (compare_addresses(&locals[kept], &locals[i]))
			locals[++kept] = locals[i];
	}
	annotation->locals_nr = kept + 1;
}

/**
 * tpr_reason_find() - say of each arrival without a record why
 * @annotation: what was matched; its notes change
 */
void tpr_reason_find(struct tpr_annotation *annotation)
{
	struct host host = { .annotation = annotation };
	size_t i;

	sort_locals(annotation);
	gather_macs(&host);
	find_span(&host);
	sort_by_time(&host);
	for (i = 0; i < annotation->arrivals_nr; i++) {
		const struct tpr_arrival *arrival = &annotation->arrivals[i];

		if (!arrival->is_settled &&
		    tpr_annotation_note_of(annotation, arrival->packet)->fate == TPR_FATE_NO_ROW)
			tpr_annotation_note(annotation, arrival, reason_of(&host, arrival),
					    TPR_TEXT_NONE);
	}
	free(host.macs);
	free(host.by_time);
}
