// SPDX-License-Identifier: GPL-2.0
/*
 * One face for both formats.
 */
#include "capture/capture.h"

#include "capture/pcap.h"
#include "capture/pcapng.h"

#include <errno.h>

/* The first four bytes say which format it is. */
static enum tpr_capture_event begin(struct tpr_capture *capture)
{
	int error = tpr_capture_read(capture, 0, 4);

	capture->has_begun = true;
	if (error == -ENODATA)
		return tpr_capture_fail(capture, "it is empty");
	if (error)
		return TPR_CAPTURE_ERROR;
	if (tpr_pcapng_is(capture->raw))
		return tpr_pcapng_begin(capture);
	if (tpr_pcap_is(capture->raw))
		return tpr_pcap_begin(capture);
	return tpr_capture_fail(capture, "neither pcapng nor pcap");
}

/**
 * tpr_capture_next() - read what comes next
 * @capture: the file
 * @frame: filled in if it is a packet
 *
 * Return: what it is.
 */
enum tpr_capture_event tpr_capture_next(struct tpr_capture *capture, struct tpr_frame *frame)
{
	enum tpr_capture_event event;

	capture->frame = (struct tpr_frame){ .data = NULL };
	if (capture->error[0])
		return TPR_CAPTURE_ERROR;
	if (!capture->has_begun)
		event = begin(capture);
	else if (capture->is_pcap)
		event = tpr_pcap_next(capture);
	else
		event = tpr_pcapng_next(capture);
	*frame = capture->frame;
	return event;
}

/**
 * tpr_capture_copy() - write what was read last
 * @capture: the file, at TPR_CAPTURE_FRAME or TPR_CAPTURE_OTHER
 * @comment: for a packet, what we have to say, behind TPR_CAPTURE_MARK; or NULL
 * @out: where to
 *
 * Return: 0, or -ENOMEM; errors of @out stay there.
 */
int tpr_capture_copy(const struct tpr_capture *capture, const char *comment, FILE *out)
{
	if (capture->is_pcap)
		return tpr_pcap_copy(capture, comment, out);
	return tpr_pcapng_copy(capture, comment, out);
}
