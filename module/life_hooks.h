/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where sockets are born and die.
 */
#ifndef _TPW_LIFE_HOOKS_H
#define _TPW_LIFE_HOOKS_H

void tpw_life_hooks_add(void);

#endif /* _TPW_LIFE_HOOKS_H */
