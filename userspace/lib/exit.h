/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the program ends.
 */
#ifndef TPR_EXIT_H
#define TPR_EXIT_H

/**
 * enum tpr_exit - exit status of the program
 * @TPR_EXIT_DONE: all is well
 * @TPR_EXIT_FAILED: it could not be done; a message said why
 * @TPR_EXIT_USAGE: the command line was wrong; a message named the word
 */
enum tpr_exit {
	TPR_EXIT_DONE = 0,
	TPR_EXIT_FAILED = 1,
	TPR_EXIT_USAGE = 2,
};

#endif
