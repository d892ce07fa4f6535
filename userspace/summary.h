/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The head of the page that "top" shows: what came in for the whole namespace.
 */
#ifndef TPW_SUMMARY_H
#define TPW_SUMMARY_H

#include "page.h"

int tpw_summary_add(struct tpw_page *page, const struct tpw_moment *moment);

#endif
