/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an examination finds: works or does not, and what to do about it.
 */
#ifndef TPR_FINDING_H
#define TPR_FINDING_H

#include "lib/options.h"

#include <stddef.h>

/**
 * enum tpr_health - how bad it is
 * @TPR_HEALTH_OK: it works
 * @TPR_HEALTH_NOTE: it is worth knowing
 * @TPR_HEALTH_WARN: something is not to be had
 * @TPR_HEALTH_FAIL: nothing can be seen, or what is seen is wrong
 */
enum tpr_health {
	TPR_HEALTH_OK,
	TPR_HEALTH_NOTE,
	TPR_HEALTH_WARN,
	TPR_HEALTH_FAIL,
	TPR_HEALTH_NR,
};

/**
 * enum tpr_concern - whose trouble it is; the first is printed first
 * @TPR_CONCERN_SIGHT: ours: nothing is watched, and what the tables say may be long over
 * @TPR_CONCERN_SERVERS: that of the servers here, now
 * @TPR_CONCERN_INSTALLATION: the installation's
 */
enum tpr_concern {
	TPR_CONCERN_SIGHT,
	TPR_CONCERN_SERVERS,
	TPR_CONCERN_INSTALLATION,
	TPR_CONCERN_NR,
};

struct tpr_finding;
struct tpr_processes;

/** struct tpr_findings - where they go; they are printed in the end, the worst first */
struct tpr_findings {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @concern: of those that come now */
	enum tpr_concern concern;
	/** @processes: who holds sockets, for those who tell of listeners */
	const struct tpr_processes *processes;
	/** @nr: how many there were of each kind */
	size_t nr[TPR_HEALTH_NR];
	/** @all: in the order in which they were found; private */
	struct tpr_finding *all;
	/** @all_nr: number of @all; private */
	size_t all_nr;
};

__attribute__((format(printf, 5, 6)))
void tpr_finding(struct tpr_findings *findings, enum tpr_health health, const char *subject,
		 const char *advice, const char *fmt, ...);
void tpr_findings_finish(struct tpr_findings *findings);

#endif
