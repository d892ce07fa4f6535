// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks are kept as they are, byte by byte; of a packet only the options are made anew where a comment
 * comes in. Since that makes a section longer, its length is said to be unknown, which is allowed.
 */
#include "capture/pcapng.h"

#include "capture/block.h"
#include "capture/time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC		0x1a2b3c4d

/* Bytes of bodies before the options, or before the packet */
#define SECTION_BODY	16
#define INTERFACE_BODY	8
#define STATISTICS_BODY	12
#define PACKET_BODY	20
#define SIMPLE_BODY	4

#define OPTION_NAME		2
#define OPTION_RESOLUTION	9
#define OPTION_OFFSET		14
#define OPTION_FLAGS		2
#define OPTION_DROPPED		5

/* The two low bits of epb_flags */
#define FLAGS_IN	1
#define FLAGS_OUT	2

/* "Not known", as the length of a section */
#define UNKNOWN_LENGTH	0xff

/**
 * tpr_pcapng_is() - whether a file is of this format
 * @start: its first four bytes
 *
 * Return: whether it is.
 */
bool tpr_pcapng_is(const uint8_t *start)
{
	return tpr_get32(start, true) == TPR_BLOCK_SECTION;
}

static struct tpr_span body_of(const struct tpr_capture *capture)
{
	return (struct tpr_span){ capture->raw + TPR_BLOCK_HEAD,
				  capture->raw_bytes - TPR_BLOCK_FRAME };
}

/* The rest of a block of which @got bytes were read. */
static int read_rest(struct tpr_capture *capture, size_t got)
{
	uint32_t bytes = tpr_get32(capture->raw + 4, capture->is_big);
	int error;

	if (bytes < TPR_BLOCK_FRAME || bytes < got || bytes % 4) {
		tpr_capture_fail(capture, "a block that says it has %u bytes", bytes);
		return -EINVAL;
	}
	error = bytes > got ? tpr_capture_read(capture, got, bytes - got) : 0;
	if (error == -ENODATA)
		tpr_capture_fail(capture, "it ends in the middle of a packet");
	if (error)
		return -EINVAL;
	if (tpr_get32(capture->raw + bytes - 4, capture->is_big) == bytes)
		return 0;
	tpr_capture_fail(capture, "a block whose two lengths differ");
	return -EINVAL;
}

/* Type, length and byte order were read; interfaces are counted anew. */
static enum tpr_capture_event begin_section(struct tpr_capture *capture)
{
	uint32_t magic = tpr_get32(capture->raw + TPR_BLOCK_HEAD, true);

	if (magic != MAGIC && tpr_get32(capture->raw + TPR_BLOCK_HEAD, false) != MAGIC)
		return tpr_capture_fail(capture, "a section of no known byte order");
	capture->is_big = magic == MAGIC;
	if (read_rest(capture, TPR_BLOCK_FRAME))
		return TPR_CAPTURE_ERROR;
	if (body_of(capture).left < SECTION_BODY)
		return tpr_capture_fail(capture, "a section whose head is cut short");
	if (tpr_get16(body_of(capture).at + 4, capture->is_big) != 1)
		return tpr_capture_fail(capture, "a section of another version of pcapng");
	capture->section = capture->interfaces_nr;
	memset(capture->raw + TPR_BLOCK_HEAD + 8, UNKNOWN_LENGTH, 8);
	return TPR_CAPTURE_OTHER;
}

/**
 * tpr_pcapng_begin() - read the head of the first section
 * @capture: of which the first four bytes were read
 *
 * Return: TPR_CAPTURE_OTHER, or TPR_CAPTURE_ERROR.
 */
enum tpr_capture_event tpr_pcapng_begin(struct tpr_capture *capture)
{
	if (tpr_capture_read(capture, 4, TPR_BLOCK_FRAME - 4))
		return tpr_capture_fail(capture, "it ends in its first 12 bytes");
	return begin_section(capture);
}

static void note_option(struct tpr_interface *interface, const struct tpr_option *option, bool is_big)
{
	size_t bytes = option->bytes;

	if (option->code == OPTION_NAME) {
		if (bytes >= sizeof(interface->name))
			bytes = sizeof(interface->name) - 1;
		memcpy(interface->name, option->value, bytes);
	} else if (option->code == OPTION_RESOLUTION && bytes >= 1) {
		interface->resolution = option->value[0];
	} else if (option->code == OPTION_OFFSET && bytes >= 8) {
		interface->offset_s = (int64_t)tpr_get64(option->value, is_big);
	}
}

static enum tpr_capture_event read_interface(struct tpr_capture *capture)
{
	struct tpr_span body = body_of(capture);
	struct tpr_interface *interface;
	struct tpr_option option;

	if (body.left < INTERFACE_BODY)
		return tpr_capture_fail(capture, "an interface whose head is cut short");
	interface = tpr_capture_add(capture, tpr_get16(body.at, capture->is_big));
	if (!interface)
		return TPR_CAPTURE_ERROR;
	tpr_span_skip(&body, INTERFACE_BODY);
	while (tpr_option_next(&body, capture->is_big, &option))
		note_option(interface, &option, capture->is_big);
	return TPR_CAPTURE_OTHER;
}

static struct tpr_interface *find_interface(const struct tpr_capture *capture, uint32_t number)
{
	if (number >= capture->interfaces_nr - capture->section)
		return NULL;
	return &capture->interfaces[capture->section + number];
}

static enum tpr_capture_event read_statistics(struct tpr_capture *capture)
{
	struct tpr_span body = body_of(capture);
	struct tpr_interface *interface;
	struct tpr_option option;

	if (body.left < STATISTICS_BODY)
		return TPR_CAPTURE_OTHER;
	interface = find_interface(capture, tpr_get32(body.at, capture->is_big));
	tpr_span_skip(&body, STATISTICS_BODY);
	while (interface && tpr_option_next(&body, capture->is_big, &option)) {
		if (option.code == OPTION_DROPPED && option.bytes >= 8)
			interface->dropped_nr = tpr_get64(option.value, capture->is_big);
	}
	return TPR_CAPTURE_OTHER;
}

static enum tpr_direction read_direction(struct tpr_span options, bool is_big)
{
	struct tpr_option option;

	while (tpr_option_next(&options, is_big, &option)) {
		if (option.code != OPTION_FLAGS || option.bytes != 4)
			continue;
		if ((tpr_get32(option.value, is_big) & 3) == FLAGS_OUT)
			return TPR_DIRECTION_OUT;
		if ((tpr_get32(option.value, is_big) & 3) == FLAGS_IN)
			return TPR_DIRECTION_IN;
	}
	return TPR_DIRECTION_UNKNOWN;
}

/* Where the options of the packet begin that was read last */
static struct tpr_span options_of(const struct tpr_capture *capture)
{
	struct tpr_span body = body_of(capture);

	tpr_span_skip(&body, PACKET_BODY + tpr_block_padded(capture->frame.bytes));
	return body;
}

/* The obsolete block has 16 bits of interface and 16 of losses, else they are alike. */
static enum tpr_capture_event read_packet(struct tpr_capture *capture, bool is_obsolete)
{
	struct tpr_span body = body_of(capture);
	struct tpr_frame *frame = &capture->frame;
	bool is_big = capture->is_big;
	struct tpr_interface *interface;

	if (body.left < PACKET_BODY ||
	    tpr_get32(body.at + 12, is_big) > body.left ||
	    body.left - PACKET_BODY < tpr_block_padded(tpr_get32(body.at + 12, is_big)))
		return tpr_capture_fail(capture, "a packet that is longer than its block");
	interface = find_interface(capture, is_obsolete ? tpr_get16(body.at, is_big) :
							  tpr_get32(body.at, is_big));
	if (!interface)
		return tpr_capture_fail(capture, "a packet of an interface that is not there");
	frame->interface = (size_t)(interface - capture->interfaces);
	frame->has_time = tpr_capture_time(interface, tpr_get32(body.at + 4, is_big),
					   tpr_get32(body.at + 8, is_big), &frame->time_ns);
	frame->data = body.at + PACKET_BODY;
	frame->bytes = tpr_get32(body.at + 12, is_big);
	frame->wire_bytes = tpr_get32(body.at + 16, is_big);
	frame->is_sound = tpr_options_are_sound(options_of(capture), is_big);
	frame->direction = read_direction(options_of(capture), is_big);
	return TPR_CAPTURE_FRAME;
}

/* A block that has neither a time nor room for a comment */
static enum tpr_capture_event read_simple(struct tpr_capture *capture)
{
	struct tpr_span body = body_of(capture);
	struct tpr_frame *frame = &capture->frame;

	if (body.left < SIMPLE_BODY)
		return tpr_capture_fail(capture, "a packet that is longer than its block");
	if (!find_interface(capture, 0))
		return tpr_capture_fail(capture, "a packet of an interface that is not there");
	frame->interface = capture->section;
	frame->wire_bytes = tpr_get32(body.at, capture->is_big);
	frame->data = body.at + SIMPLE_BODY;
	frame->bytes = body.left - SIMPLE_BODY;
	if (frame->bytes > frame->wire_bytes)
		frame->bytes = frame->wire_bytes;
	return TPR_CAPTURE_FRAME;
}

/**
 * tpr_pcapng_next() - read the next block
 * @capture: the file
 *
 * Return: what it is.
 */
enum tpr_capture_event tpr_pcapng_next(struct tpr_capture *capture)
{
	int error = tpr_capture_read(capture, 0, TPR_BLOCK_FRAME);
	uint32_t type;

	if (error == -ENODATA)
		return TPR_CAPTURE_END;
	if (error)
		return TPR_CAPTURE_ERROR;
	type = tpr_get32(capture->raw, capture->is_big);
	if (type == TPR_BLOCK_SECTION)
		return begin_section(capture);
	if (read_rest(capture, TPR_BLOCK_FRAME))
		return TPR_CAPTURE_ERROR;
	switch (type) {
	case TPR_BLOCK_INTERFACE:
		return read_interface(capture);
	case TPR_BLOCK_STATISTICS:
		return read_statistics(capture);
	case TPR_BLOCK_PACKET:
		return read_packet(capture, false);
	case TPR_BLOCK_OBSOLETE:
		return read_packet(capture, true);
	case TPR_BLOCK_SIMPLE:
		return read_simple(capture);
	default:
		return TPR_CAPTURE_OTHER;
	}
}

static bool is_ours(const struct tpr_option *option)
{
	const size_t bytes = sizeof(TPR_CAPTURE_MARK) - 1;

	return option->code == TPR_OPTION_COMMENT && option->bytes >= bytes &&
	       !memcmp(option->value, TPR_CAPTURE_MARK, bytes);
}

static bool has_ours(struct tpr_span options, bool is_big)
{
	struct tpr_option option;

	while (tpr_option_next(&options, is_big, &option)) {
		if (is_ours(&option))
			return true;
	}
	return false;
}

/* Returns what is behind it. */
static uint8_t *put_option(uint8_t *at, bool is_big, uint16_t code, const void *value, size_t bytes)
{
	tpr_put16(at, code, is_big);
	tpr_put16(at + 2, (uint16_t)bytes, is_big);
	memcpy(at + 4, value, bytes);
	memset(at + 4 + bytes, 0, tpr_block_padded(bytes) - bytes);
	return at + 4 + tpr_block_padded(bytes);
}

/* Of one that is too long, the words that have room, and that there were more. */
static char *make_comment(const char *comment)
{
	static const char more[] = " ...";
	char *text = NULL, *end;

	if (asprintf(&text, TPR_CAPTURE_MARK "%s", comment) < 0)
		return NULL;
	if (strlen(text) <= UINT16_MAX)
		return text;
	text[UINT16_MAX - strlen(more)] = '\0';
	end = strrchr(text, ' ');
	memcpy(end, more, sizeof(more));
	return text;
}

/* A comment before the options that are there already, without those of an earlier time. */
static uint8_t *put_options(uint8_t *at, bool is_big, struct tpr_span options, const char *comment)
{
	struct tpr_option option;
	char *text = NULL;

	if (comment) {
		text = make_comment(comment);
		if (!text)
			return NULL;
		at = put_option(at, is_big, TPR_OPTION_COMMENT, text, strlen(text));
		free(text);
	}
	while (tpr_option_next(&options, is_big, &option)) {
		if (!is_ours(&option))
			at = put_option(at, is_big, option.code, option.value, option.bytes);
	}
	return put_option(at, is_big, TPR_OPTION_END, "", 0);
}

/* A block anew: what stands before its options, then these. */
static int write_block(FILE *out, bool is_big, struct tpr_span before, struct tpr_span options,
		       const char *comment)
{
	size_t room = before.left + options.left + sizeof(TPR_CAPTURE_MARK) + 32 +
		      (comment ? strlen(comment) : 0);
	uint8_t *block = malloc(room), *end;

	if (!block)
		return -ENOMEM;
	memcpy(block, before.at, before.left);
	end = put_options(block + before.left, is_big, options, comment);
	if (end) {
		tpr_put32(block + 4, (uint32_t)(end - block) + 4, is_big);
		tpr_put32(end, (uint32_t)(end - block) + 4, is_big);
		fwrite(block, 1, (size_t)(end - block) + 4, out);
	}
	free(block);
	return end ? 0 : -ENOMEM;
}

/**
 * tpr_pcapng_copy() - write the block that was read last
 * @capture: the file
 * @comment: for a packet that can take one, or NULL
 * @out: where to
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_pcapng_copy(const struct tpr_capture *capture, const char *comment, FILE *out)
{
	struct tpr_span options = { NULL, 0 };

	if (capture->frame.is_sound)
		options = options_of(capture);
	if (capture->frame.is_sound && (comment || has_ours(options, capture->is_big)))
		return write_block(out, capture->is_big,
				   (struct tpr_span){ capture->raw,
						      (size_t)(options.at - capture->raw) },
				   options, comment);
	fwrite(capture->raw, 1, capture->raw_bytes, out);
	return 0;
}

static void write_fixed(FILE *out, bool is_big, uint32_t type, const uint8_t *body, size_t bytes)
{
	uint8_t head[TPR_BLOCK_HEAD];

	tpr_put32(head, type, is_big);
	tpr_put32(head + 4, (uint32_t)bytes + TPR_BLOCK_FRAME, is_big);
	fwrite(head, 1, sizeof(head), out);
	fwrite(body, 1, bytes, out);
	fwrite(head + 4, 1, 4, out);
}

/**
 * tpr_pcapng_write_head() - write what comes before the packets of a file with one interface
 * @out: where to
 * @is_big: byte order
 * @interface: the interface
 */
void tpr_pcapng_write_head(FILE *out, bool is_big, const struct tpr_interface *interface)
{
	uint8_t section[SECTION_BODY] = { 0 }, body[INTERFACE_BODY + 12] = { 0 };

	tpr_put32(section, MAGIC, is_big);
	tpr_put16(section + 4, 1, is_big);
	memset(section + 8, UNKNOWN_LENGTH, 8);
	write_fixed(out, is_big, TPR_BLOCK_SECTION, section, sizeof(section));
	tpr_put16(body, interface->link_type, is_big);
	put_option(body + INTERFACE_BODY, is_big, OPTION_RESOLUTION, &interface->resolution, 1);
	write_fixed(out, is_big, TPR_BLOCK_INTERFACE, body, sizeof(body));
}

/**
 * tpr_pcapng_write_frame() - write a packet of the first interface
 * @out: where to
 * @is_big: byte order
 * @frame: the packet
 * @time: when, in the unit of its interface
 * @comment: for it, or NULL
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_pcapng_write_frame(FILE *out, bool is_big, const struct tpr_frame *frame, uint64_t time,
			   const char *comment)
{
	size_t bytes = TPR_BLOCK_HEAD + PACKET_BODY + tpr_block_padded(frame->bytes);
	uint8_t *block = calloc(1, bytes);
	int error;

	if (!block)
		return -ENOMEM;
	tpr_put32(block, TPR_BLOCK_PACKET, is_big);
	tpr_put32(block + 12, (uint32_t)(time >> 32), is_big);
	tpr_put32(block + 16, (uint32_t)time, is_big);
	tpr_put32(block + 20, (uint32_t)frame->bytes, is_big);
	tpr_put32(block + 24, (uint32_t)frame->wire_bytes, is_big);
	memcpy(block + TPR_BLOCK_HEAD + PACKET_BODY, frame->data, frame->bytes);
	error = write_block(out, is_big, (struct tpr_span){ block, bytes },
			    (struct tpr_span){ NULL, 0 }, comment);
	free(block);
	return error;
}
