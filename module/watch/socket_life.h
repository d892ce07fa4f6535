/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where sockets are born and die.
 */
#ifndef _TPW_SOCKET_LIFE_HOOKS_H
#define _TPW_SOCKET_LIFE_HOOKS_H

#include <linux/types.h>

struct sock;

void tpw_socket_life_hooks_add(void);
void tpw_socket_life_born(const struct sock *listener, const struct sock *child);

#endif /* _TPW_SOCKET_LIFE_HOOKS_H */
