/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of "tuplewatch explain", and of all that asks the module what would match.
 */
#ifndef TPR_EXPLAIN_H
#define TPR_EXPLAIN_H

#include "lib/options.h"
#include "show/drawing.h"
#include "system/process.h"
#include "table/rows.h"

/** struct tpr_explained - an answer of the module */
struct tpr_explained {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @rows: the rows */
	struct tpr_rows rows;
	/** @processes: who holds sockets now; empty for saved files */
	struct tpr_processes processes;
	/** @fd: of the module's file, or -1 */
	int fd;
	/** @path: of the same, for messages */
	char *path;
};

extern const struct tpr_shape tpr_explain_shape;

int tpr_explain_open(struct tpr_explained *explained, const struct tpr_options *options);
int tpr_explain_ask(struct tpr_explained *explained, const char *question);
void tpr_explain_close(struct tpr_explained *explained);

#define TPR_EXPLAIN_NONE	((size_t)-1)
/* Columns of a line. */
#define TPR_EXPLAIN_WIDTH	100

const char *tpr_explain_get(const struct tpr_explained *explained, size_t row, const char *column);
const char *tpr_explain_fact(const struct tpr_explained *explained, const char *key);
bool tpr_explain_is(const struct tpr_explained *explained, size_t row, const char *column,
		    const char *value);
bool tpr_explain_has_flag(const struct tpr_explained *explained, size_t row, const char *flag);
size_t tpr_explain_find(const struct tpr_explained *explained, size_t from, const char *kind);
char *tpr_explain_endpoint(const struct tpr_explained *explained, size_t row);
const char *tpr_explain_programs(const struct tpr_explained *explained, size_t row);
char *tpr_explain_process(const struct tpr_explained *explained, size_t row);
char *tpr_explain_socket(const struct tpr_explained *explained, size_t row);

void tpr_explain_fold(const char *text, int indent);
__attribute__((format(printf, 2, 3)))
void tpr_explain_say(const char *label, const char *fmt, ...);

/** enum tpr_arrival - how far a segment comes */
enum tpr_arrival {
	/** @TPR_ARRIVES: to the lookup */
	TPR_ARRIVES,
	/** @TPR_ARRIVAL_OPEN: something decides that is not run to answer a question */
	TPR_ARRIVAL_OPEN,
	/** @TPR_ARRIVES_NOT: not to the lookup */
	TPR_ARRIVES_NOT,
};

void tpr_explain_before(const struct tpr_explained *explained);
enum tpr_arrival tpr_explain_arrival(const struct tpr_explained *explained);
void tpr_explain_say_arrival(const struct tpr_explained *explained);

/** struct tpr_gate - what is passed before the lookup */
struct tpr_gate {
	/** @place: where that stands */
	const char *place;
	/** @name: who it is; NULL without memory */
	char *name;
	/** @fate: what it does; NULL without memory */
	char *fate;
};

size_t tpr_explain_find_gate(const struct tpr_explained *explained, size_t from);
void tpr_explain_gate_init(struct tpr_gate *gate, const struct tpr_explained *explained, size_t row);
void tpr_explain_gate_exit(struct tpr_gate *gate);

bool tpr_explain_depends_on_cpu(const struct tpr_explained *explained);
char *tpr_explain_cpus_like(const struct tpr_explained *explained, size_t row);
const char *tpr_explain_label(const struct tpr_explained *explained);

void tpr_explain_draw(const struct tpr_explained *explained, const struct tpr_drawing *drawing);
void tpr_explain_search(const struct tpr_explained *explained);
void tpr_explain_end(const struct tpr_explained *explained);
void tpr_explain_why(const struct tpr_explained *explained, size_t result);
bool tpr_explain_lately(const struct tpr_explained *explained);
void tpr_explain_near(const struct tpr_explained *explained, bool was_taken);

bool tpr_explain_is_taken(const struct tpr_explained *explained);
void tpr_explain_holders(const struct tpr_explained *explained);
bool tpr_explain_is_bind(const struct tpr_explained *explained);
void tpr_explain_bind(const struct tpr_explained *explained);

#endif
