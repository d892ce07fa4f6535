/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that opens the module's files, or those that were saved from it.
 */
#ifndef TPR_PROCFS_H
#define TPR_PROCFS_H

#include "lib/options.h"

/* The name of the overview; all other names are tables. */
#define TPR_PROCFS_OVERVIEW	"tuplewatch"

/* Two that only a running kernel has: one has no end, the other answers what was written to it. */
#define TPR_PROCFS_PIPE		"log_pipe"
#define TPR_PROCFS_EXPLAIN	"explain"

/** struct tpr_file - an open file of the module */
struct tpr_file {
	/** @fd: to read from */
	int fd;
	/** @path: for messages */
	char *path;
};

const char *tpr_procfs_root(void);
int tpr_procfs_open(struct tpr_file *file, const struct tpr_options *options, const char *name,
		    int flags);
bool tpr_procfs_has(const struct tpr_options *options, const char *name);
void tpr_procfs_close(struct tpr_file *file);

#endif
