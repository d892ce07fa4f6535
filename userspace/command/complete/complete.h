/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tuplewatch complete WORD...: what can stand in place of the last word, for the completions of shells.
 */
#ifndef TPR_COMPLETE_H
#define TPR_COMPLETE_H

#include "lib/exit.h"

#include <stdbool.h>
#include <stddef.h>

/** struct tpr_complete_command - a command, as completions know it */
struct tpr_complete_command {
	/** @name: the word on the command line */
	const char *name;
	/** @brief: half a line */
	const char *brief;
	/** @letters: the options it takes besides those that all take */
	const char *letters;
	/** @has_filter: whether filter words stand behind it */
	bool has_filter;
};

enum tpr_exit tpr_complete(const struct tpr_complete_command *commands, size_t nr, int argc,
			   char **argv);

#endif
