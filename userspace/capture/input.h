/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An open file of packets, for those who know its format: its bytes, what went wrong, and what was
 * found in it.
 */
#ifndef TPR_INPUT_H
#define TPR_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What begins every comment that we write: who annotates a file again replaces these. */
#define TPR_CAPTURE_MARK	"tuplewatch: "

/* Room for the name of an interface */
#define TPR_INTERFACE_BYTES	64

/**
 * enum tpr_capture_event - what tpr_capture_next() found
 * @TPR_CAPTURE_FRAME: a packet
 * @TPR_CAPTURE_OTHER: something else, which belongs into a copy too
 * @TPR_CAPTURE_END: the file has ended as it should
 * @TPR_CAPTURE_ERROR: it is damaged, or cut short; tpr_capture.error says how. Nothing follows.
 */
enum tpr_capture_event {
	TPR_CAPTURE_FRAME,
	TPR_CAPTURE_OTHER,
	TPR_CAPTURE_END,
	TPR_CAPTURE_ERROR,
};

/**
 * enum tpr_direction - which way a packet went, if the file tells
 * @TPR_DIRECTION_UNKNOWN: it does not
 * @TPR_DIRECTION_IN: it came in
 * @TPR_DIRECTION_OUT: this host sent it
 */
enum tpr_direction {
	TPR_DIRECTION_UNKNOWN,
	TPR_DIRECTION_IN,
	TPR_DIRECTION_OUT,
};

/** struct tpr_interface - where packets were captured */
struct tpr_interface {
	/** @name: of the device, "" if the file does not tell */
	char name[TPR_INTERFACE_BYTES];
	/** @link_type: what their first header is */
	uint16_t link_type;
	/** @resolution: of times, as if_tsresol has it */
	uint8_t resolution;
	/** @offset_s: seconds to add to times */
	int64_t offset_s;
	/** @dropped_nr: packets that the capture lost, as far as the file tells */
	uint64_t dropped_nr;
};

/** struct tpr_frame - one packet of a file; its bytes are valid until the next event */
struct tpr_frame {
	/** @interface: which one, of tpr_capture.interfaces */
	size_t interface;
	/** @time_ns: when, since 1970 */
	int64_t time_ns;
	/** @has_time: @time_ns is known */
	bool has_time;
	/** @is_sound: it can take a comment */
	bool is_sound;
	/** @direction: which way it went */
	enum tpr_direction direction;
	/** @data: what was captured of it */
	const uint8_t *data;
	/** @bytes: how much that is */
	size_t bytes;
	/** @wire_bytes: how long it was */
	size_t wire_bytes;
};

/** struct tpr_capture - an open file; callers read @interfaces and @error */
struct tpr_capture {
	/** @interfaces: of all sections so far */
	struct tpr_interface *interfaces;
	/** @interfaces_nr: number of @interfaces */
	size_t interfaces_nr;
	/** @error: what is wrong with the file */
	char error[120];

	/** @file: where it is read from; private */
	FILE *file;
	/** @raw: the block that was read last, whole; private */
	uint8_t *raw;
	/** @raw_bytes: how long that is; private */
	size_t raw_bytes;
	/** @room: size of @raw; private */
	size_t room;
	/** @section: the first interface of this section; private */
	size_t section;
	/** @is_big: byte order of this section; private */
	bool is_big;
	/** @is_pcap: it is of the classic format; private */
	bool is_pcap;
	/** @has_begun: its beginning was read; private */
	bool has_begun;
	/** @frame: what was read last, if it is a packet; private */
	struct tpr_frame frame;
};

void tpr_capture_init(struct tpr_capture *capture, FILE *file);
void tpr_capture_exit(struct tpr_capture *capture);
__attribute__((format(printf, 2, 3)))
enum tpr_capture_event tpr_capture_fail(struct tpr_capture *capture, const char *fmt, ...);
int tpr_capture_read(struct tpr_capture *capture, size_t at, size_t bytes);
int tpr_capture_keep(struct tpr_capture *kept, const struct tpr_capture *capture);
struct tpr_interface *tpr_capture_add(struct tpr_capture *capture, uint16_t link_type);

#endif
