/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other programs, run to their end for what they write: tar and nft.
 */
#ifndef TPR_PROGRAM_H
#define TPR_PROGRAM_H

#include <stdint.h>

/** struct tpr_program - one run */
struct tpr_program {
	/** @argv: its words, the first its name, NULL behind the last */
	const char *const *argv;
	/** @in: its standard input, or -1 for none */
	int in;
	/** @out: its standard output */
	int out;
	/** @bytes_max: of one file that it may write, or 0 for any */
	uint64_t bytes_max;
	/** @seconds: how long it may take */
	unsigned int seconds;
	/** @said: set to what it said first on its standard error, or why it could not run */
	char said[200];
};

int tpr_program_run(struct tpr_program *program);

#endif
