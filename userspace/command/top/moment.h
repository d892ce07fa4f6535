/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "top" has read for one page.
 */
#ifndef TPR_MOMENT_H
#define TPR_MOMENT_H

#include "system/process.h"
#include "table/marks.h"
#include "table/rows.h"

/** struct tpr_moment - the tables at one moment, and what they are compared with */
struct tpr_moment {
	/** @counters: of the namespace */
	struct tpr_rows counters;
	/** @listeners: live and remembered */
	struct tpr_rows listeners;
	/** @connections: live and remembered */
	struct tpr_rows connections;
	/** @processes: who holds sockets */
	struct tpr_processes processes;
	/** @counters_last: when the last page was made */
	struct tpr_mark counters_last;
	/** @listeners_last: when the last page was made */
	struct tpr_mark listeners_last;
	/** @connections_last: when the last page was made */
	struct tpr_mark connections_last;
	/** @listeners_first: when top began: shares are since then */
	struct tpr_mark listeners_first;
	/** @seconds: since the last page */
	double seconds;
	/** @total_seconds: since top began */
	double total_seconds;
};

#endif
