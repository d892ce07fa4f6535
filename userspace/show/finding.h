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

/** struct tpr_findings - where they go: each is printed as it is found */
struct tpr_findings {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @nr: how many there were of each kind */
	size_t nr[TPR_HEALTH_NR];
};

__attribute__((format(printf, 5, 6)))
void tpr_finding(struct tpr_findings *findings, enum tpr_health health, const char *subject,
		 const char *advice, const char *fmt, ...);
void tpr_findings_finish(const struct tpr_findings *findings);

#endif
