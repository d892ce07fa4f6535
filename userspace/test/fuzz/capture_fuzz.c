// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as a capture: read, matched with a few rows, and copied. Besides what the sanitizers find: a copy has as many
 * packets as were read, and a copy of a copy is the same, byte by byte.
 */
#include "capture/capture.h"
#include "command/annotate/annotation.h"
#include "command/annotate/arrivals.h"
#include "command/annotate/match.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

const char *const fuzz_words[] = {
	"\x0a\x0d\x0d\x0a", "\x4d\x3c\x2b\x1a", "\x1a\x2b\x3c\x4d", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d",
	"\x06", "\x01", "\x0c", "\x1c", "\x20", "\xff\xff\xff\xff", "\x7f", "\x80", "tuplewatch: ", "\x45", "\x60",
	"\x08\x06", "\x81\x01", "\x86\xdd", "\x2c\x40", "\x11", "\x3c", NULL,
};

/** struct copy - what was written, and of how many packets */
struct copy {
	char *data;
	size_t bytes;
	size_t frames_nr;
};

/* Where a byte behind what was captured is one that nobody may look at. */
static void read_alone(const struct tpr_capture *capture, const struct tpr_frame *frame)
{
	uint8_t *data = malloc(frame->bytes);
	struct tpr_span span = { data, frame->bytes };
	struct tpr_packet packet;
	struct tpr_link link;

	if (!data)
		return;
	memcpy(data, frame->data, frame->bytes);
	if (tpr_link_read(capture->interfaces[frame->interface].link_type, &span, &link) ==
	    TPR_LINK_READ)
		tpr_packet_read(link.ethertype, span, frame->wire_bytes, &packet);
	free(data);
}

/* Every second packet gets a comment. */
static struct copy copy_of(const void *data, size_t bytes, struct tpr_annotation *annotation)
{
	FILE *file = fmemopen((void *)data, bytes, "r");
	struct copy copy = { .data = NULL };
	FILE *out = open_memstream(&copy.data, &copy.bytes);
	enum tpr_capture_event event;
	struct tpr_capture capture;
	struct tpr_frame frame;

	tpr_capture_init(&capture, file);
	while ((event = tpr_capture_next(&capture, &frame)) != TPR_CAPTURE_END &&
	       event != TPR_CAPTURE_ERROR) {
		if (event == TPR_CAPTURE_FRAME && annotation &&
		    tpr_arrivals_add(annotation, &capture, &frame))
			abort();
		if (event == TPR_CAPTURE_FRAME) {
			read_alone(&capture, &frame);
			copy.frames_nr++;
		}
		if (tpr_capture_copy(&capture, copy.frames_nr & 1 ? "via=none" : NULL, out))
			abort();
	}
	tpr_capture_exit(&capture);
	fclose(out);
	fclose(file);
	return copy;
}

/* Rows of what came, so that there is something to decide; each third is missing. */
static void add_records(struct tpr_annotation *annotation)
{
	size_t i;

	annotation->records = calloc(annotation->arrivals_nr + 1, sizeof(*annotation->records));
	for (i = 0; i < annotation->arrivals_nr; i++) {
		if (i % 3)
			annotation->records[annotation->records_nr++] = (struct tpr_record){
				.segment = annotation->arrivals[i].segment, .cpu = i % 5 == 1,
				.time_ns = annotation->arrivals[i].time_ns, .text = i % 2,
				.home = TPR_PLACE_ANY,
			};
	}
}

static void check_counts(const struct tpr_annotation *annotation, const struct copy *copy)
{
	size_t i;

	if (annotation->notes_nr != copy->frames_nr)
		abort();
	for (i = 0; i < annotation->notes_nr; i++) {
		if (annotation->notes[i].fate >= TPR_FATES_NR)
			abort();
	}
}

/**
 * LLVMFuzzerTestOneInput() - try one input; the name is libFuzzer's
 * @data: the bytes of a capture
 * @bytes: how many
 *
 * Return: 0. It aborts if something is wrong.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct tpr_annotation *annotation;
	struct copy first, second;
	uint32_t unused;

	if (!bytes)
		return 0;
	annotation = calloc(1, sizeof(*annotation));
	first = copy_of(data, bytes, annotation);
	if (tpr_texts_add(&annotation->texts, "a", &unused))
		abort();
	add_records(annotation);
	if (tpr_match(annotation))
		abort();
	check_counts(annotation, &first);
	if (first.bytes) {
		second = copy_of(first.data, first.bytes, NULL);
		if (second.frames_nr != first.frames_nr || second.bytes != first.bytes ||
		    memcmp(second.data, first.data, first.bytes))
			abort();
		free(second.data);
	}
	tpr_annotation_free(annotation);
	free(annotation);
	free(first.data);
	return 0;
}
