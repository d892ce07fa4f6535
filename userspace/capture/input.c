// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes into memory, with an end to how many.
 */
#include "capture/input.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* No packet comes near this. It bounds what a bad file can make us allocate. */
#define RAW_BYTES_MAX	(32 * 1024 * 1024)

#define INTERFACES_MAX	65536

/**
 * tpr_capture_init() - begin to read a file
 * @capture: filled in; for tpr_capture_exit()
 * @file: at its beginning; the caller closes it, behind everything else
 */
void tpr_capture_init(struct tpr_capture *capture, FILE *file)
{
	*capture = (struct tpr_capture){ .file = file };
}

/**
 * tpr_capture_exit() - free what reading took
 * @capture: from tpr_capture_init()
 */
void tpr_capture_exit(struct tpr_capture *capture)
{
	free(capture->interfaces);
	free(capture->raw);
}

/**
 * tpr_capture_fail() - note what is wrong with a file
 * @capture: the file
 * @fmt: as printf
 *
 * Return: TPR_CAPTURE_ERROR.
 */
enum tpr_capture_event tpr_capture_fail(struct tpr_capture *capture, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(capture->error, sizeof(capture->error), fmt, args);
	va_end(args);
	return TPR_CAPTURE_ERROR;
}

static int make_room(struct tpr_capture *capture, size_t bytes)
{
	uint8_t *moved;

	if (bytes <= capture->room)
		return 0;
	if (bytes > RAW_BYTES_MAX) {
		tpr_capture_fail(capture, "a block of %zu bytes, which no packet has", bytes);
		return -EINVAL;
	}
	moved = realloc(capture->raw, bytes);
	if (!moved) {
		tpr_capture_fail(capture, "out of memory");
		return -ENOMEM;
	}
	capture->raw = moved;
	capture->room = bytes;
	return 0;
}

/**
 * tpr_capture_read() - read the next bytes of a file
 * @capture: the file
 * @at: where in @capture->raw they go
 * @bytes: how many
 *
 * Return: 0, or -errno with an error noted; -ENODATA, without one, if the file ends before the first.
 */
int tpr_capture_read(struct tpr_capture *capture, size_t at, size_t bytes)
{
	size_t got;
	int error;

	if (bytes > RAW_BYTES_MAX) {
		tpr_capture_fail(capture, "a block of %zu bytes, which no packet has", bytes);
		return -EINVAL;
	}
	error = make_room(capture, at + bytes);
	if (error)
		return error;
	got = fread(capture->raw + at, 1, bytes, capture->file);
	if (got == bytes) {
		capture->raw_bytes = at + bytes;
		return 0;
	}
	if (ferror(capture->file))
		tpr_capture_fail(capture, "%s", strerror(errno));
	else if (!got)
		return -ENODATA;
	else
		tpr_capture_fail(capture, "it ends in the middle of a packet");
	return -EINVAL;
}

/**
 * tpr_capture_add() - note an interface
 * @capture: the file
 * @link_type: what its packets begin with
 *
 * Return: the interface, with times in microseconds; NULL with an error noted.
 */
struct tpr_interface *tpr_capture_add(struct tpr_capture *capture, uint16_t link_type)
{
	struct tpr_interface *moved;

	if (capture->interfaces_nr == INTERFACES_MAX) {
		tpr_capture_fail(capture, "more than %d interfaces", INTERFACES_MAX);
		return NULL;
	}
	moved = realloc(capture->interfaces, (capture->interfaces_nr + 1) * sizeof(*moved));
	if (!moved) {
		tpr_capture_fail(capture, "out of memory");
		return NULL;
	}
	capture->interfaces = moved;
	moved += capture->interfaces_nr++;
	*moved = (struct tpr_interface){ .link_type = link_type, .resolution = 6 };
	return moved;
}

/**
 * tpr_capture_keep() - keep what was read last, to be written later
 * @kept: filled in; @kept->raw is to be freed, nothing else of it
 * @capture: the file; its interfaces must stay if it is a classic one
 *
 * Return: 0 or -ENOMEM.
 */
int tpr_capture_keep(struct tpr_capture *kept, const struct tpr_capture *capture)
{
	*kept = *capture;
	kept->raw = malloc(capture->raw_bytes);
	if (!kept->raw)
		return -ENOMEM;
	memcpy(kept->raw, capture->raw, capture->raw_bytes);
	if (kept->frame.data)
		kept->frame.data = kept->raw + (capture->frame.data - capture->raw);
	return 0;
}
