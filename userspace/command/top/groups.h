/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page of "top --by": how much comes in for all sockets that have something in common.
 */
#ifndef TPR_TOP_GROUPS_H
#define TPR_TOP_GROUPS_H

#include "command/top/moment.h"
#include "command/top/view.h"

char *tpr_groups_text(const struct tpr_view *view, const struct tpr_moment *moment, size_t width,
		      size_t lines);

#endif
