// SPDX-License-Identifier: GPL-2.0
/*
 * A packet is decided when no packet and no row can come any more that would compete with it: half a
 * second for the rows, and a second for what is late in a pipe. What was decided stays for another while,
 * so that its rows are not taken for those of packets that came later. Then it is forgotten, also by its
 * notes and texts: a capture may go on for months.
 *
 * More than fits is written without comments, and so is what comes until no packet and no row can have
 * one of those for its other half. That happens where a clock is set, too: what seems to come from the
 * future would wait for it.
 */
#include "command/capture/stream.h"

#include "command/annotate/alike.h"
#include "command/annotate/arrivals.h"
#include "command/annotate/comment.h"
#include "command/annotate/match.h"
#include "command/annotate/records.h"
#include "lib/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S	1000000000LL

/* From when a packet came till it is written, and till it is forgotten */
#define WAIT_NS		(TPR_ALIKE_AFTER_NS + NS_PER_S)
#define KEEP_NS		(WAIT_NS + 2 * NS_PER_S)

/* What may wait: packets in bytes, packets and rows that are matched in numbers */
#define BYTES_MAX	(256 * 1024 * 1024)
#define MATCHED_MAX	1000000

/* The tables are not read more often for a process that is not known yet. */
#define OWNERS_NS	NS_PER_S

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t now_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

/**
 * tpr_stream_init() - begin
 * @stream: all 0; filled in; for tpr_stream_exit()
 * @options: of the command line
 * @packets: where packets come from
 * @out: where they go
 */
void tpr_stream_init(struct tpr_stream *stream, const struct tpr_options *options, FILE *packets,
		     FILE *out)
{
	stream->options = options;
	stream->last = &stream->first;
	stream->bytes_max = BYTES_MAX;
	stream->out = out;
	stream->annotation.is_live = true;
	tpr_capture_init(&stream->capture, packets);
}

static void drop_first(struct tpr_stream *stream)
{
	struct tpr_waiting *first = stream->first;

	stream->bytes -= first->block.raw_bytes;
	stream->first = first->next;
	if (!stream->first)
		stream->last = &stream->first;
	free(first->block.raw);
	free(first);
}

/**
 * tpr_stream_exit() - free all that it has
 * @stream: the stream
 */
void tpr_stream_exit(struct tpr_stream *stream)
{
	while (stream->first)
		drop_first(stream);
	tpr_capture_exit(&stream->capture);
	tpr_owners_free(&stream->owners);
	tpr_annotation_free(&stream->annotation);
}

static bool keep(struct tpr_stream *stream, bool is_frame)
{
	struct tpr_waiting *waiting = calloc(1, sizeof(*waiting));

	if (!waiting || tpr_capture_keep(&waiting->block, &stream->capture)) {
		tpr_message("out of memory");
		free(waiting);
		return false;
	}
	waiting->is_frame = is_frame;
	waiting->packet = stream->annotation.forgotten_nr + stream->annotation.notes_nr;
	stream->bytes += waiting->block.raw_bytes;
	*stream->last = waiting;
	stream->last = &waiting->next;
	return true;
}

static bool is_blind(const struct tpr_stream *stream)
{
	return read_clock(CLOCK_MONOTONIC) < stream->blind_ns;
}

/* Packets and rows that are there are not matched any more; of packets, that is told. */
static void give_up(struct tpr_annotation *annotation)
{
	size_t i;

	for (i = 0; i < annotation->arrivals_nr; i++)
		tpr_annotation_note(annotation, &annotation->arrivals[i], TPR_FATE_TOO_MANY,
				    TPR_TEXT_NONE);
	annotation->arrivals_nr = 0;
	annotation->lost_nr += annotation->records_nr;
	annotation->records_nr = 0;
}

/**
 * tpr_stream_take() - take the next block of the capture
 * @stream: the stream
 *
 * Return: what it was; TPR_CAPTURE_ERROR after a message.
 */
enum tpr_capture_event tpr_stream_take(struct tpr_stream *stream)
{
	struct tpr_frame frame;
	enum tpr_capture_event event = tpr_capture_next(&stream->capture, &frame);
	bool is_frame = event == TPR_CAPTURE_FRAME;

	if (event == TPR_CAPTURE_ERROR)
		tpr_message("capture: %s", stream->capture.error);
	if (event == TPR_CAPTURE_ERROR || event == TPR_CAPTURE_END)
		return event;
	if (!keep(stream, is_frame))
		return TPR_CAPTURE_ERROR;
	if (is_frame && tpr_arrivals_add(&stream->annotation, &stream->capture, &frame))
		return TPR_CAPTURE_ERROR;
	return event;
}

/* The tables as they are now; where they cannot be read, what they said last stays. */
static void load_owners(struct tpr_stream *stream)
{
	struct tpr_owners owners;

	stream->owners_ns = now_ns();
	if (tpr_owners_load(&owners, stream->options)) {
		tpr_owners_free(&owners);
		return;
	}
	tpr_owners_free(&stream->owners);
	stream->owners = owners;
	tpr_records_locals(&stream->annotation, &stream->owners);
}

/* The comment of a packet, to be freed, or NULL for none */
static char *comment_of(struct tpr_stream *stream, const struct tpr_waiting *waiting)
{
	const struct tpr_note *note;
	bool is_complete = true;
	const char *text;
	char *comment;

	/* what is no packet has no note */
	if (!waiting->is_frame)
		return NULL;
	note = tpr_annotation_note_of(&stream->annotation, waiting->packet);
	if (note->fate != TPR_FATE_ANNOTATED)
		return NULL;
	text = stream->annotation.texts.list[note->text];
	comment = tpr_comment_make(text, &stream->owners, &is_complete);
	if (is_complete || now_ns() - stream->owners_ns < OWNERS_NS)
		return comment;
	free(comment);
	load_owners(stream);
	return tpr_comment_make(text, &stream->owners, NULL);
}

static bool is_decided(const struct tpr_waiting *waiting, int64_t until_ns)
{
	return !waiting->is_frame || !waiting->block.frame.has_time ||
	       waiting->block.frame.time_ns < until_ns;
}

static int write_decided(struct tpr_stream *stream, int64_t until_ns)
{
	int error = 0;

	while (!error && stream->first && is_decided(stream->first, until_ns)) {
		char *comment = comment_of(stream, stream->first);

		error = tpr_capture_copy(&stream->first->block, comment, stream->out);
		free(comment);
		drop_first(stream);
	}
	return error;
}

/* Packets that are old, with their rows, and rows that no packet had */
static void forget_old(struct tpr_annotation *annotation, int64_t until_ns)
{
	size_t kept = 0, i;

	for (i = 0; i < annotation->arrivals_nr; i++) {
		struct tpr_arrival *arrival = &annotation->arrivals[i];

		if (arrival->record != TPR_RECORD_NONE && arrival->time_ns < until_ns)
			annotation->records[arrival->record].time_ns = INT64_MIN;
		/* records move; the next match finds it again */
		arrival->record = TPR_RECORD_NONE;
		if (arrival->time_ns >= until_ns)
			annotation->arrivals[kept++] = *arrival;
	}
	annotation->arrivals_nr = kept;
	for (i = kept = 0; i < annotation->records_nr; i++) {
		if (annotation->records[i].time_ns >= until_ns)
			annotation->records[kept++] = annotation->records[i];
	}
	annotation->records_nr = kept;
}

/* Notes of packets before the first one that waits or may be matched, and texts that nothing has */
static int forget(struct tpr_stream *stream)
{
	struct tpr_annotation *annotation = &stream->annotation;
	uint64_t first = stream->first ? stream->first->packet :
					 annotation->forgotten_nr + annotation->notes_nr;
	size_t i;

	forget_old(annotation, now_ns() - KEEP_NS);
	for (i = 0; i < annotation->arrivals_nr; i++) {
		if (annotation->arrivals[i].packet < first)
			first = annotation->arrivals[i].packet;
	}
	return tpr_annotation_forget(annotation, first);
}

/* What was written stays as it was. */
static int decide(struct tpr_annotation *annotation, uint64_t first)
{
	size_t i;

	for (i = 0; i < annotation->arrivals_nr; i++) {
		struct tpr_arrival *arrival = &annotation->arrivals[i];

		arrival->record = TPR_RECORD_NONE;
		arrival->is_settled = arrival->packet < first;
		tpr_annotation_note(annotation, arrival, TPR_FATE_NO_ROW, TPR_TEXT_NONE);
	}
	return tpr_match(annotation);
}

static int decide_and_write(struct tpr_stream *stream, int64_t until_ns)
{
	int error;

	if (!stream->first || !is_decided(stream->first, until_ns))
		return 0;
	error = decide(&stream->annotation, stream->first->packet);
	return error ? error : write_decided(stream, until_ns);
}

static bool is_too_much(const struct tpr_stream *stream)
{
	return stream->bytes > stream->bytes_max || stream->annotation.arrivals_nr > MATCHED_MAX ||
	       stream->annotation.records_nr > MATCHED_MAX;
}

/**
 * tpr_stream_write() - write what is decided, and forget what is old
 * @stream: the stream
 * @is_end: nothing comes any more: all is
 *
 * Return: 0 or -errno.
 */
int tpr_stream_write(struct tpr_stream *stream, bool is_end)
{
	int64_t until_ns = is_end ? INT64_MAX : now_ns() - WAIT_NS;
	int error;

	if (is_too_much(stream))
		stream->blind_ns = read_clock(CLOCK_MONOTONIC) + WAIT_NS;
	if (is_blind(stream)) {
		give_up(&stream->annotation);
		error = write_decided(stream, INT64_MAX);
	} else {
		if (is_end)
			load_owners(stream);
		error = decide_and_write(stream, until_ns);
	}
	if (!error && !is_end)
		error = forget(stream);
	fflush(stream->out);
	return error ? error : ferror(stream->out) ? -EIO : 0;
}
