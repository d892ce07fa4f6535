/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The metrics that there are, each with its samples.
 */
#ifndef TPR_CATALOGUE_H
#define TPR_CATALOGUE_H

#include "command/metrics/family.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** enum tpr_metric - in the order in which they are written */
enum tpr_metric {
	TPR_METRIC_INFO,
	TPR_METRIC_WATCHING,
	TPR_METRIC_FAMILY_WATCHED,
	TPR_METRIC_HOOKS_ARMED,
	TPR_METRIC_HOOKS,
	TPR_METRIC_MISSED,
	TPR_METRIC_SEEN,
	TPR_METRIC_VIA,
	TPR_METRIC_MATCH,
	TPR_METRIC_OUTCOME,
	TPR_METRIC_LATER,
	TPR_METRIC_RELOOKUP,
	TPR_METRIC_UNRESOLVED,
	TPR_METRIC_LOGGED,
	TPR_METRIC_FILTERED,
	TPR_METRIC_UNLOGGED,
	TPR_METRIC_UNWATCHED,
	TPR_METRIC_TAKEN,
	TPR_METRIC_EVICTED,
	TPR_METRIC_END_REFUSED,
	TPR_METRIC_END_TAKEN,
	TPR_METRIC_LISTENER,
	TPR_METRIC_SEGMENTS,
	TPR_METRIC_SYNS,
	TPR_METRIC_CHILDREN,
	TPR_METRIC_ACCEPTED,
	TPR_METRIC_INHERITED,
	TPR_METRIC_LOST,
	TPR_METRIC_MIGRATED,
	TPR_METRIC_WAIT,
	TPR_METRIC_WAITED,
	TPR_METRIC_OVERFLOWS,
	TPR_METRIC_DROPS,
	TPR_METRIC_COOKIES_SENT,
	TPR_METRIC_COOKIES_BAD,
	TPR_METRIC_QUEUE,
	TPR_METRIC_QUEUE_BYTES,
	TPR_METRIC_BACKLOG,
	TPR_METRIC_GROUP,
	TPR_METRIC_CONNECTIONS,
	TPR_METRIC_UNACCEPTED,
	TPR_METRICS_NR,
};

struct tpr_family *tpr_metric_family(enum tpr_metric metric);
int tpr_metric_add(enum tpr_metric metric, const struct tpr_label *labels, size_t nr, uint64_t value);
void tpr_catalogue_write(FILE *out);
void tpr_catalogue_exit(void);

#endif
