/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where SYN cookies are sent and come back.
 */
#ifndef _TPW_SYNCOOKIE_H
#define _TPW_SYNCOOKIE_H

void tpw_syncookie_add(void);

#endif /* _TPW_SYNCOOKIE_H */
