/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who should accept what waits in a queue: of the processes that hold a listener, the one that did
 * so last. That is the worker, not the master that opened it and gave it to all of them.
 */
#ifndef TPR_ACCEPTOR_H
#define TPR_ACCEPTOR_H

#include "system/process.h"
#include "table/rows.h"

/** struct tpr_acceptor - who accepted last */
struct tpr_acceptor {
	/** @pid: its number, or 0 */
	uint64_t pid;
	/** @holder: the same process, if it holds the listener still */
	const struct tpr_holder *holder;
	/** @is_gone: nobody of that number holds it */
	bool is_gone;
	/** @stopped_pid: of who should accept, one that is stopped; or 0 */
	uint64_t stopped_pid;
};

void tpr_acceptor_find(struct tpr_acceptor *acceptor, const struct tpr_processes *processes,
		       const struct tpr_rows *listeners, size_t row);

#endif
