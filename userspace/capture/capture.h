/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of packets, as Wireshark and tcpdump write them: pcapng, and classic pcap. They may come from
 * anywhere: whatever a file says of lengths is compared with what is there.
 *
 * Reading needs no seeking, so that a pipe will do. What was read last can be written to another file,
 * a packet with a comment; that file is always pcapng.
 */
#ifndef TPR_CAPTURE_H
#define TPR_CAPTURE_H

#include "capture/input.h"

enum tpr_capture_event tpr_capture_next(struct tpr_capture *capture, struct tpr_frame *frame);
int tpr_capture_copy(const struct tpr_capture *capture, const char *comment, FILE *out);

#endif
