/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seeing others come to LOCAL_IN, and go.
 */
#ifndef _TPW_LOOKOUT_H
#define _TPW_LOOKOUT_H

#include <linux/types.h>

void tpw_lookout_add(void);
void tpw_lookout_probe(void);
bool tpw_lookout_is_there(void);
void tpw_lookout_start(void (*look)(void));
void tpw_lookout_stop(void);
void tpw_lookout_flush(void);

#endif /* _TPW_LOOKOUT_H */
