/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which connections have closed from one reading of their table to the next, and how many did of
 * which nothing can be told any more.
 */
#ifndef TPR_LEDGER_H
#define TPR_LEDGER_H

#include "table/rows.h"

/** struct tpr_known - a connection of an earlier reading */
struct tpr_known {
	/** @cookie: of its socket */
	uint64_t cookie;
	/** @closed_ns: when it was closed, 0 while it is not */
	uint64_t closed_ns;
	/** @forgotten: what line 1 counted when it was there */
	uint64_t forgotten;
	/** @is_ending: it is in TIME_WAIT, and nobody knows since when: no news any more */
	bool is_ending;
	/** @has_row: it was closed, and the table remembered it */
	bool has_row;
	/** @is_missing: it was not in the table any more the last time */
	bool is_missing;
	/** @is_udp: and not TCP */
	bool is_udp;
};

/** struct tpr_ledger - what is known of all readings so far */
struct tpr_ledger {
	/** @known: of the last reading, by cookie */
	struct tpr_known *known;
	/** @nr: number of @known */
	size_t nr;
	/** @has_begun: there was one */
	bool has_begun;
	/** @forgotten: what line 1 of the first reading counted */
	uint64_t forgotten;
	/** @last_forgotten: the same of the last one */
	uint64_t last_forgotten;
	/** @vanished: closed ones that had been told, or had been there at first, and are gone */
	uint64_t vanished;
	/** @missed: closed ones that were forgotten between two readings, as far as is known */
	uint64_t missed;
	/** @rowless: TCP connections that the module had no row of, in line 1 of the first reading */
	uint64_t rowless;
	/** @last_rowless: the same of the last one */
	uint64_t last_rowless;
	/** @inferred: of TCP, were open, and are gone without a row */
	uint64_t inferred;
	/** @unnoted: of TCP, told so far as what the module did not know of */
	uint64_t unnoted;
};

/** struct tpr_news - what one reading tells */
struct tpr_news {
	/** @rows: those that have closed, in the order of time; to be freed */
	size_t *rows;
	/** @nr: number of @rows */
	size_t nr;
	/** @missed: others that did, and were forgotten before this reading */
	uint64_t missed;
	/** @unnoted: others that did, and of which the module did not know */
	uint64_t unnoted;
};

int tpr_ledger_take(struct tpr_ledger *ledger, const struct tpr_rows *connections,
		    bool is_settled, struct tpr_news *news);
void tpr_ledger_free(struct tpr_ledger *ledger);

#endif
