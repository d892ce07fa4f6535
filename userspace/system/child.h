/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that we start: the command that somebody wants to see, the one that captures.
 */
#ifndef TPR_CHILD_H
#define TPR_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* As env, nohup and timeout have it */
#define TPR_STATUS_FAILED	125
#define TPR_STATUS_NOT_STARTED	126
#define TPR_STATUS_NOT_FOUND	127
#define TPR_STATUS_SIGNAL	128

typedef int (*tpr_child_fn)(const void *what);

pid_t tpr_child_start(const char *const *argv, tpr_child_fn prepare, const void *what);
int tpr_child_status(int status);

#endif
