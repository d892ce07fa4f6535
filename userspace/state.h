/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The states of sockets: what the kernel calls them in the tables, and what ss calls them.
 */
#ifndef TPW_STATE_H
#define TPW_STATE_H

#include <stdbool.h>

bool tpw_state_set(const char *word, unsigned int *set);
unsigned int tpw_state_of(const char *field);

#endif
