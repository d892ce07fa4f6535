/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file that is written whole or not at all: it is made beside the place that it is for, and goes there
 * when it is complete.
 */
#ifndef TPR_REPLACE_H
#define TPR_REPLACE_H

#include <stdio.h>

/** struct tpr_replace - a file that is being made */
struct tpr_replace {
	/** @out: to write to */
	FILE *out;
	/** @path: where it goes; private */
	const char *path;
	/** @beside: where it is till then, or NULL if @path is no regular file; private */
	char *beside;
};

int tpr_replace_begin(struct tpr_replace *replace, const char *path);
int tpr_replace_end(struct tpr_replace *replace, int error);

#endif
