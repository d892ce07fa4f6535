/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of "tuplewatch explain", and of all that asks the module what would match.
 */
#ifndef TPW_EXPLAIN_H
#define TPW_EXPLAIN_H

#include "options.h"
#include "process.h"
#include "rows.h"

/** struct tpw_explained - an answer of the module */
struct tpw_explained {
	/** @options: of the command line */
	const struct tpw_options *options;
	/** @rows: the rows */
	struct tpw_rows rows;
	/** @processes: who holds sockets now; empty for saved files */
	struct tpw_processes processes;
	/** @fd: of the module's file, or -1 */
	int fd;
	/** @path: of the same, for messages */
	char *path;
};

int tpw_explain_open(struct tpw_explained *explained, const struct tpw_options *options);
int tpw_explain_ask(struct tpw_explained *explained, const char *question);
void tpw_explain_close(struct tpw_explained *explained);

#define TPW_EXPLAIN_NONE	((size_t)-1)
/* Columns of a line. */
#define TPW_EXPLAIN_WIDTH	100

const char *tpw_explain_get(const struct tpw_explained *explained, size_t row, const char *column);
const char *tpw_explain_fact(const struct tpw_explained *explained, const char *key);
bool tpw_explain_is(const struct tpw_explained *explained, size_t row, const char *column,
		    const char *value);
size_t tpw_explain_find(const struct tpw_explained *explained, size_t from, const char *kind);
char *tpw_explain_endpoint(const struct tpw_explained *explained, size_t row);
char *tpw_explain_process(const struct tpw_explained *explained, size_t row);
char *tpw_explain_socket(const struct tpw_explained *explained, size_t row);

void tpw_explain_fold(const char *text, int indent);
__attribute__((format(printf, 2, 3)))
void tpw_explain_say(const char *label, const char *fmt, ...);

void tpw_explain_search(const struct tpw_explained *explained);
void tpw_explain_end(const struct tpw_explained *explained);
void tpw_explain_near(const struct tpw_explained *explained);

#endif
