/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the page that "top" shows says.
 */
#ifndef TPR_PAGE_H
#define TPR_PAGE_H

#include "lib/options.h"
#include "command/top/lines.h"
#include "command/top/moment.h"

int tpr_page_make(struct tpr_page *page, const struct tpr_options *options,
		  const struct tpr_moment *moment, size_t width, size_t height);

#endif
