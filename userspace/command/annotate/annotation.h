/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A capture and a log beside each other: what came, what the log says, and which belongs to which.
 */
#ifndef TPR_ANNOTATE_ANNOTATION_H
#define TPR_ANNOTATE_ANNOTATION_H

#include "capture/datagram.h"
#include "capture/link.h"
#include "capture/packet.h"
#include "command/annotate/fate.h"
#include "command/annotate/texts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a record that belongs to no place in particular */
#define TPR_PLACE_ANY	UINT64_MAX

/* Of an arrival that has no record */
#define TPR_RECORD_NONE	SIZE_MAX

/** struct tpr_record - a row of the log */
struct tpr_record {
	/** @segment: which segment */
	struct tpr_segment segment;
	/** @asked: its local end before NAT, if @has_asked */
	struct tpr_endpoint asked;
	/** @has_asked: NAT had changed it */
	bool has_asked;
	/** @is_used: it belongs to an arrival */
	bool is_used;
	/** @cpu: where */
	uint32_t cpu;
	/** @text: what is told about it, of the annotation's texts */
	uint32_t text;
	/** @dev: name of its device, of the same */
	uint32_t dev;
	/** @time_ns: when the verdict was known, since 1970 */
	int64_t time_ns;
	/** @home: the place where its packet was captured, or TPR_PLACE_ANY */
	uint64_t home;
};

/** struct tpr_arrival - a segment in a capture, which came in, was sent, or passed by */
struct tpr_arrival {
	/** @segment: which segment */
	struct tpr_segment segment;
	/** @has_macs: @from and @to are known */
	bool has_macs;
	/** @from: hardware address that it came from */
	uint8_t from[TPR_MAC_BYTES];
	/** @to: the one that it went to */
	uint8_t to[TPR_MAC_BYTES];
	/** @dev: name of the device, or TPR_TEXT_NONE */
	uint32_t dev;
	/** @time_ns: when it was captured, since 1970 */
	int64_t time_ns;
	/** @place: where, a number for each interface of the file */
	uint64_t place;
	/** @packet: its number, of the last fragment if it has several */
	uint64_t packet;
	/** @record: index of the record that belongs to it, or TPR_RECORD_NONE */
	size_t record;
	/** @is_settled: its note stays as it is */
	bool is_settled;
};

/** struct tpr_note - what is known of a packet */
struct tpr_note {
	/** @fate: what became of it */
	uint8_t fate;
	/** @text: its comment, of the annotation's texts */
	uint32_t text;
};

/* Sequences of rows that are looked after at a time: one for each CPU and namespace */
#define TPR_SEQUENCES_NR	1024

/** struct tpr_sequence - rows whose numbers follow each other */
struct tpr_sequence {
	/** @cpu: of which CPU */
	uint32_t cpu;
	/** @netns: of which namespace */
	uint64_t netns;
	/** @seq: number of the last one, from 1; 0 if there is none yet */
	uint64_t seq;
};

/** struct tpr_annotation - all of it */
struct tpr_annotation {
	/** @texts: comments, names of devices */
	struct tpr_texts texts;
	/** @texts_kept: how many there were when those were forgotten that nothing had */
	uint32_t texts_kept;
	/** @records: of the log */
	struct tpr_record *records;
	/** @records_nr: number of @records */
	size_t records_nr;
	/** @records_room: room of @records */
	size_t records_room;
	/** @arrivals: of the capture */
	struct tpr_arrival *arrivals;
	/** @arrivals_nr: number of @arrivals */
	size_t arrivals_nr;
	/** @arrivals_room: room of @arrivals */
	size_t arrivals_room;
	/** @notes: one for each packet of the capture, but for those that are forgotten */
	struct tpr_note *notes;
	/** @notes_nr: number of @notes */
	size_t notes_nr;
	/** @notes_room: room of @notes */
	size_t notes_room;
	/** @forgotten_nr: packets before these, whose notes are forgotten */
	uint64_t forgotten_nr;
	/** @forgotten: how many of them became what */
	uint64_t forgotten[TPR_FATES_NR];
	/** @locals: addresses that the log has at our end; sorted once all are there */
	struct tpr_endpoint *locals;
	/** @locals_nr: number of @locals */
	size_t locals_nr;
	/** @locals_room: room of @locals */
	size_t locals_room;
	/** @datagrams: those that lack fragments */
	struct tpr_datagrams datagrams;
	/** @rows_nr: rows of the log */
	uint64_t rows_nr;
	/** @lost_nr: rows that the log lost, as it says */
	uint64_t lost_nr;
	/** @missing_nr: the same, as the numbers of its rows say */
	uint64_t missing_nr;
	/** @sequences: those numbers, in places that follow from CPU and namespace */
	struct tpr_sequence sequences[TPR_SEQUENCES_NR];
	/** @is_filtered: the log has not all verdicts */
	bool is_filtered;
	/** @dropped_nr: packets that the capture lost, as far as it tells */
	uint64_t dropped_nr;
	/** @is_live: rows have been followed from the first packet to the last */
	bool is_live;
};

/* Where both lack something, what is alike may be of two different segments. */
static inline bool tpr_annotation_is_doubtful(const struct tpr_annotation *annotation)
{
	return annotation->dropped_nr && (annotation->lost_nr || annotation->missing_nr || annotation->is_filtered);
}

/* The note of a packet that is not forgotten */
static inline struct tpr_note *tpr_annotation_note_of(const struct tpr_annotation *annotation,
						      uint64_t packet)
{
	return &annotation->notes[packet - annotation->forgotten_nr];
}

static inline void tpr_annotation_note(struct tpr_annotation *annotation,
				       const struct tpr_arrival *arrival, enum tpr_fate fate,
				       uint32_t text)
{
	if (!arrival->is_settled)
		*tpr_annotation_note_of(annotation, arrival->packet) =
			(struct tpr_note){ (uint8_t)fate, text };
}

int tpr_annotation_room(void *list, size_t nr, size_t *room, size_t bytes);
int tpr_annotation_local(struct tpr_annotation *annotation, const struct tpr_endpoint *local);
int tpr_annotation_forget(struct tpr_annotation *annotation, uint64_t first);
void tpr_annotation_free(struct tpr_annotation *annotation);

int tpr_segment_compare_ends(const struct tpr_segment *a, const struct tpr_segment *b);
int tpr_segment_compare(const struct tpr_segment *a, const struct tpr_segment *b);

#endif
