/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The columns "holder_pid" and "holder_comm" of listeners.
 */
#ifndef TPR_HOLDER_H
#define TPR_HOLDER_H

#include "system/process.h"
#include "table/rows.h"

/* Nobody holds it */
#define TPR_HOLDER_GONE	"gone"

int tpr_holder_add(struct tpr_rows *listeners, const struct tpr_processes *processes);

#endif
