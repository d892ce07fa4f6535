/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that opens the module's files, or those that were saved from it.
 */
#ifndef TPW_PROCFS_H
#define TPW_PROCFS_H

#include "options.h"

/* The name of the overview; all other names are tables. */
#define TPW_PROCFS_OVERVIEW	"tuplewatch"

/** struct tpw_file - an open file of the module */
struct tpw_file {
	/** @fd: to read from */
	int fd;
	/** @path: for messages */
	char *path;
};

const char *tpw_procfs_root(void);
int tpw_procfs_open(struct tpw_file *file, const struct tpw_options *options, const char *name,
		    int flags);
bool tpw_procfs_has(const struct tpw_options *options, const char *name);
void tpw_procfs_close(struct tpw_file *file);

#endif
