/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The states of sockets: what the kernel calls them in the tables, and what ss calls them.
 */
#ifndef TPR_STATE_H
#define TPR_STATE_H

#include <stdbool.h>
#include <stddef.h>

const char *tpr_state_offer(size_t index);
bool tpr_state_set(const char *word, unsigned int *set);
unsigned int tpr_state_of(const char *field);
const char *tpr_state_word(const char *field);

#endif
