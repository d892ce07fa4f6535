/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A capture that is annotated while it goes on: packets wait until all that could be said of them is
 * known.
 */
#ifndef TPR_CAPTURE_STREAM_H
#define TPR_CAPTURE_STREAM_H

#include "capture/capture.h"
#include "command/annotate/annotation.h"
#include "command/annotate/owners.h"
#include "lib/options.h"

#include <stdint.h>
#include <stdio.h>

/** struct tpr_waiting - a block of the capture that has not been written yet */
struct tpr_waiting {
	/** @next: the one that came after it */
	struct tpr_waiting *next;
	/** @block: the block itself */
	struct tpr_capture block;
	/** @is_frame: it is a packet */
	bool is_frame;
	/** @packet: its number then */
	uint64_t packet;
};

/** struct tpr_stream - all of it */
struct tpr_stream {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @annotation: packets and rows of the last seconds, and what was made of all */
	struct tpr_annotation annotation;
	/** @capture: where packets come from */
	struct tpr_capture capture;
	/** @first: the blocks that wait, in their order */
	struct tpr_waiting *first;
	/** @last: where the next one goes */
	struct tpr_waiting **last;
	/** @bytes: of all of them */
	size_t bytes;
	/** @bytes_max: with more, they are written as they are */
	size_t bytes_max;
	/** @blind_ns: till then nothing is matched, by the clock that nobody sets */
	int64_t blind_ns;
	/** @owners: what the tables of sockets said last */
	struct tpr_owners owners;
	/** @owners_ns: when they were read */
	int64_t owners_ns;
	/** @out: where the annotated capture goes */
	FILE *out;
};

void tpr_stream_init(struct tpr_stream *stream, const struct tpr_options *options, FILE *packets,
		     FILE *out);
void tpr_stream_exit(struct tpr_stream *stream);
enum tpr_capture_event tpr_stream_take(struct tpr_stream *stream);
int tpr_stream_write(struct tpr_stream *stream, bool is_end);

#endif
