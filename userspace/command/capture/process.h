/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that run beside us: the one that captures, and the command that it is about.
 */
#ifndef TPR_CAPTURE_PROCESS_H
#define TPR_CAPTURE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* As env, nohup and timeout have it */
#define TPR_STATUS_FAILED	125
#define TPR_STATUS_NOT_STARTED	126
#define TPR_STATUS_NOT_FOUND	127
#define TPR_STATUS_SIGNAL	128

pid_t tpr_process_start(const char *const *argv, int out);
int tpr_process_status(int status);

#endif
