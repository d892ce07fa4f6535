/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What goes into a directory of saved files, besides the directory.
 */
#ifndef TPR_SAVE_H
#define TPR_SAVE_H

#include "lib/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** struct tpr_save - one run */
struct tpr_save {
	/** @options: of the command line */
	const struct tpr_options *options;
	/** @fd: of the directory that is being filled */
	int fd;
	/** @notes: the rows of the file "saved" */
	FILE *notes;
	/** @files_nr: of the module's, how many are in it */
	size_t files_nr;
	/** @began_ns: when the first of them was opened, CLOCK_MONOTONIC */
	uint64_t began_ns;
	/** @ended_ns: when the last of them had been read */
	uint64_t ended_ns;
	/** @offset_ns: what to add for the wall clock, at the beginning */
	int64_t offset_ns;
};

/* Set by a signal that asks us to stop. */
extern volatile int tpr_save_is_stopped;

int tpr_save_create(const struct tpr_save *save, const char *name);
void tpr_save_note(struct tpr_save *save, const char *name, const char *value);
uint64_t tpr_save_clock(int clock);

void tpr_save_versions(struct tpr_save *save);
int tpr_save_tables(struct tpr_save *save);
int tpr_save_system(struct tpr_save *save);
int tpr_save_saved(struct tpr_save *save, const char *notes);

#endif
