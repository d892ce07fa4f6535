/* SPDX-License-Identifier: GPL-2.0 */
/* Signals that ask a command to end. */
#ifndef TPR_STOP_H
#define TPR_STOP_H

#include <stdbool.h>
#include <stdint.h>

typedef void (*tpr_stop_fn)(uint64_t now_ns);

int tpr_stop_catch(tpr_stop_fn stop, bool with_hangup);

#endif
