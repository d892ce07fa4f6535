/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whom to name beside a listener: the columns "holder_pid" and "holder_comm".
 */
#ifndef TPR_HOLDER_H
#define TPR_HOLDER_H

#include "system/process.h"
#include "table/rows.h"

/* Nobody holds it */
#define TPR_HOLDER_GONE	"gone"

/* Room for a process as people read it */
#define TPR_HOLDER_BYTES	128

/** struct tpr_who - a process to name beside a socket */
struct tpr_who {
	/** @pid: its number; TPR_HOLDER_GONE, or a mark of the table, for none */
	const char *pid;
	/** @comm: its name */
	const char *comm;
};

int tpr_holder_add(struct tpr_rows *listeners, const struct tpr_processes *processes);
int tpr_holder_add_as(struct tpr_rows *rows, const struct tpr_processes *processes,
		      const struct tpr_rows *listeners);
int tpr_holder_look(struct tpr_rows *listeners, bool is_saved);
struct tpr_who tpr_holder_actor(const struct tpr_rows *rows, size_t row);
struct tpr_who tpr_holder_who(const struct tpr_rows *listeners, size_t row, bool is_saved);
const char *tpr_holder_text(char *text, struct tpr_who who);

#endif
