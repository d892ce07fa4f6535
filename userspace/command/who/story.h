/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What there is to tell of one socket.
 */
#ifndef TPR_STORY_H
#define TPR_STORY_H

#include "command/who/inquiry.h"

#include <stddef.h>

void tpr_story_connection(const struct tpr_inquiry *inquiry, size_t row);
void tpr_story_listening(const struct tpr_inquiry *inquiry, size_t row);
void tpr_story_refused(const struct tpr_options *options, const struct tpr_rows *rows, size_t row);
void tpr_story_json(const struct tpr_inquiry *inquiry, const struct tpr_rows *rows, size_t row,
		    const char *what);

#endif
