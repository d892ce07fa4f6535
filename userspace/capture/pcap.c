// SPDX-License-Identifier: GPL-2.0
/*
 * A file has a head of 24 bytes, a packet one of 16: seconds, the rest, bytes captured, bytes sent.
 */
#include "capture/pcap.h"

#include "capture/bytes.h"
#include "capture/pcapng.h"

#include <errno.h>

#define MAGIC_MICRO	0xa1b2c3d4
#define MAGIC_NANO	0xa1b23c4d

#define FILE_HEAD	24
#define FRAME_HEAD	16

/* How many bits of the link type are one; the others tell of a checksum. */
#define LINK_TYPE_MASK	0xffff

static bool is_magic(uint32_t magic)
{
	return magic == MAGIC_MICRO || magic == MAGIC_NANO;
}

/**
 * tpr_pcap_is() - whether a file is of this format
 * @start: its first four bytes
 *
 * Return: whether it is.
 */
bool tpr_pcap_is(const uint8_t *start)
{
	return is_magic(tpr_get32(start, false)) || is_magic(tpr_get32(start, true));
}

/**
 * tpr_pcap_begin() - read the head of a file
 * @capture: of which the first four bytes were read
 *
 * Return: TPR_CAPTURE_OTHER, or TPR_CAPTURE_ERROR.
 */
enum tpr_capture_event tpr_pcap_begin(struct tpr_capture *capture)
{
	struct tpr_interface *interface;
	bool is_nano;

	capture->is_pcap = true;
	capture->is_big = is_magic(tpr_get32(capture->raw, true));
	is_nano = tpr_get32(capture->raw, capture->is_big) == MAGIC_NANO;
	if (tpr_capture_read(capture, 4, FILE_HEAD - 4))
		return tpr_capture_fail(capture, "it ends in its first 24 bytes");
	interface = tpr_capture_add(capture, tpr_get32(capture->raw + 20, capture->is_big) &
					     LINK_TYPE_MASK);
	if (!interface)
		return TPR_CAPTURE_ERROR;
	interface->resolution = is_nano ? 9 : 6;
	return TPR_CAPTURE_OTHER;
}

static int64_t unit_ns(const struct tpr_capture *capture)
{
	return capture->interfaces[0].resolution == 9 ? 1 : 1000;
}

/**
 * tpr_pcap_next() - read the next packet
 * @capture: the file
 *
 * Return: what there is.
 */
enum tpr_capture_event tpr_pcap_next(struct tpr_capture *capture)
{
	int error = tpr_capture_read(capture, 0, FRAME_HEAD);
	bool is_big = capture->is_big;
	uint32_t bytes;

	if (error == -ENODATA)
		return TPR_CAPTURE_END;
	if (error)
		return TPR_CAPTURE_ERROR;
	bytes = tpr_get32(capture->raw + 8, is_big);
	error = tpr_capture_read(capture, FRAME_HEAD, bytes);
	if (error == -ENODATA && bytes)
		return tpr_capture_fail(capture, "it ends in the middle of a packet");
	if (error && bytes)
		return TPR_CAPTURE_ERROR;
	capture->frame = (struct tpr_frame){
		.time_ns = (int64_t)tpr_get32(capture->raw, is_big) * 1000000000 +
			   (int64_t)tpr_get32(capture->raw + 4, is_big) * unit_ns(capture),
		.has_time = true,
		.is_sound = true,
		.data = capture->raw + FRAME_HEAD,
		.bytes = bytes,
		.wire_bytes = tpr_get32(capture->raw + 12, is_big),
	};
	return TPR_CAPTURE_FRAME;
}

/**
 * tpr_pcap_copy() - write what was read last, as pcapng
 * @capture: the file
 * @comment: for a packet, or NULL
 * @out: where to
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_pcap_copy(const struct tpr_capture *capture, const char *comment, FILE *out)
{
	uint64_t time;

	if (!capture->frame.data) {
		tpr_pcapng_write_head(out, capture->is_big, &capture->interfaces[0]);
		return 0;
	}
	time = (uint64_t)(capture->frame.time_ns / unit_ns(capture));
	return tpr_pcapng_write_frame(out, capture->is_big, &capture->frame, time, comment);
}
