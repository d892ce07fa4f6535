/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The head of the page that "top" shows: what came in for the whole namespace.
 */
#ifndef TPR_HEAD_H
#define TPR_HEAD_H

#include "command/top/lines.h"
#include "command/top/moment.h"

int tpr_summary_add(struct tpr_page *page, const struct tpr_moment *moment);

#endif
