/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Times of pcapng, whose unit is told by the interface.
 */
#ifndef TPR_CAPTURE_TIME_H
#define TPR_CAPTURE_TIME_H

#include "capture/input.h"

bool tpr_capture_time(const struct tpr_interface *interface, uint32_t high, uint32_t low,
		      int64_t *time_ns);

#endif
