/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Times of pcapng, whose unit is told by the interface.
 */
#ifndef TPR_CAPTURE_TIME_H
#define TPR_CAPTURE_TIME_H

#include "capture/input.h"

/* Of times that fit 64 bits; there is room for a minute behind it: who compares times adds some to them. */
#define TPR_CAPTURE_SECONDS_MAX	(INT64_MAX / 1000000000 - 60)

bool tpr_capture_time(const struct tpr_interface *interface, uint32_t high, uint32_t low,
		      int64_t *time_ns);

#endif
