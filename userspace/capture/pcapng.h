/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The format pcapng: sections of blocks, in the byte order of who wrote them.
 */
#ifndef TPR_PCAPNG_H
#define TPR_PCAPNG_H

#include "capture/input.h"

bool tpr_pcapng_is(const uint8_t *start);
enum tpr_capture_event tpr_pcapng_begin(struct tpr_capture *capture);
enum tpr_capture_event tpr_pcapng_next(struct tpr_capture *capture);
int tpr_pcapng_copy(const struct tpr_capture *capture, const char *comment, FILE *out);

/* What a classic file becomes */
void tpr_pcapng_write_head(FILE *out, bool is_big, const struct tpr_interface *interface);
int tpr_pcapng_write_frame(FILE *out, bool is_big, const struct tpr_frame *frame, uint64_t time,
			   const char *comment);

#endif
