/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What may wait for ever, in a process of its own.
 */
#ifndef TPR_APART_H
#define TPR_APART_H

#include <stdbool.h>
#include <stddef.h>

char *tpr_apart_read(char *(*read)(const void *data), const void *data, size_t most, bool *is_late);

#endif
