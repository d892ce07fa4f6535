/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The classic format of tcpdump: one interface, times in micro- or nanoseconds.
 */
#ifndef TPR_PCAP_H
#define TPR_PCAP_H

#include "capture/input.h"

bool tpr_pcap_is(const uint8_t *start);
enum tpr_capture_event tpr_pcap_begin(struct tpr_capture *capture);
enum tpr_capture_event tpr_pcap_next(struct tpr_capture *capture);
int tpr_pcap_copy(const struct tpr_capture *capture, const char *comment, FILE *out);

#endif
