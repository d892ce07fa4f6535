/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where SYN cookies are sent and come back.
 */
#ifndef _TPW_COOKIE_HOOKS_H
#define _TPW_COOKIE_HOOKS_H

void tpw_cookie_hooks_add(void);

#endif /* _TPW_COOKIE_HOOKS_H */
