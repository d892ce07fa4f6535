/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where segments are dropped.
 */
#ifndef _TPW_DROP_H
#define _TPW_DROP_H

void tpw_drop_add(void);

#endif /* _TPW_DROP_H */
