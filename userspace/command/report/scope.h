/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which segments belong to some sockets.
 */
#ifndef TPR_REPORT_SCOPE_H
#define TPR_REPORT_SCOPE_H

#include "table/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct tpr_report_scope - the part that a page is about, if it is not about all */
struct tpr_report_scope {
	/** @title: what it is */
	const char *title;
	/** @listeners: its listeners */
	const struct tpr_rows *listeners;
	/** @connections: its connections */
	const struct tpr_rows *connections;
	/** @since_ns: earlier segments are none of it */
	uint64_t since_ns;
};

/** struct tpr_cookies - the cookies of these sockets */
struct tpr_cookies {
	/** @list: in the order of strcmp(3); they belong to the rows */
	const char **list;
	/** @nr: number of @list */
	size_t nr;
	/** @since_ns: see struct tpr_report_scope */
	uint64_t since_ns;
};

int tpr_cookies_init(struct tpr_cookies *cookies, const struct tpr_report_scope *scope);
void tpr_cookies_exit(struct tpr_cookies *cookies);
bool tpr_cookies_has_segment(const struct tpr_table *table, const void *data);

#endif
