/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an examination finds: works or does not, and what to do about it.
 */
#ifndef TPW_FINDING_H
#define TPW_FINDING_H

#include "options.h"

#include <stddef.h>

/**
 * enum tpw_health - how bad it is
 * @TPW_HEALTH_OK: it works
 * @TPW_HEALTH_NOTE: it is worth knowing
 * @TPW_HEALTH_WARN: something is not to be had
 * @TPW_HEALTH_FAIL: nothing can be seen, or what is seen is wrong
 */
enum tpw_health {
	TPW_HEALTH_OK,
	TPW_HEALTH_NOTE,
	TPW_HEALTH_WARN,
	TPW_HEALTH_FAIL,
	TPW_HEALTH_NR,
};

/** struct tpw_findings - where they go: each is printed as it is found */
struct tpw_findings {
	/** @options: of the command line */
	const struct tpw_options *options;
	/** @nr: how many there were of each kind */
	size_t nr[TPW_HEALTH_NR];
};

__attribute__((format(printf, 5, 6)))
void tpw_finding(struct tpw_findings *findings, enum tpw_health health, const char *subject,
		 const char *advice, const char *fmt, ...);
void tpw_findings_finish(const struct tpw_findings *findings);

#endif
