/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A port that this namespace publishes for a container.
 */
#ifndef TPR_PUBLISHED_H
#define TPR_PUBLISHED_H

#include "command/who/inquiry.h"

#include <stddef.h>

void tpr_published_answer(struct tpr_inquiry *inquiry,
			  void (*tell)(struct tpr_inquiry *inquiry, size_t row));

#endif
