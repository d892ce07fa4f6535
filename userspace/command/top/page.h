/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the page that "top" shows says.
 */
#ifndef TPR_PAGE_H
#define TPR_PAGE_H

#include "command/top/lines.h"
#include "command/top/moment.h"
#include "command/top/view.h"

int tpr_page_make(struct tpr_page *page, const struct tpr_view *view,
		  const struct tpr_moment *moment, const struct tpr_paper *paper);

#endif
