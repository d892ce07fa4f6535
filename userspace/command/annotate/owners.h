/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose a socket is: its listener and its process, by its cookie.
 */
#ifndef TPR_ANNOTATE_OWNERS_H
#define TPR_ANNOTATE_OWNERS_H

#include "lib/options.h"
#include "table/rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** struct tpr_owner - a row with a cookie */
struct tpr_owner {
	/** @cookie: as the tables write it */
	const char *cookie;
	/** @is_listener: of the listeners; else of the connections. No pointer: who has both may move */
	bool is_listener;
	/** @row: which one */
	size_t row;
};

/** struct tpr_owners - all sockets that the tables know */
struct tpr_owners {
	/** @connections: the table */
	struct tpr_rows connections;
	/** @listeners: the table */
	struct tpr_rows listeners;
	/** @list: the rows of both, by cookie */
	struct tpr_owner *list;
	/** @nr: number of @list */
	size_t nr;
};

int tpr_owners_load(struct tpr_owners *owners, const struct tpr_options *options);
void tpr_owners_free(struct tpr_owners *owners);
bool tpr_owners_have(const struct tpr_owners *owners, const char *cookie);
void tpr_owners_write(const struct tpr_owners *owners, const char *cookie,
		      const char *listener_cookie, FILE *out);
void tpr_owners_write_word(FILE *out, const char *text);

#endif
