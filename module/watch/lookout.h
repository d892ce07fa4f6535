/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seeing others come to LOCAL_IN, and go.
 */
#ifndef _TPW_LOOKOUT_H
#define _TPW_LOOKOUT_H

#include <linux/types.h>

struct task_struct;

void tpw_lookout_add(void);
void tpw_lookout_probe(bool by_netfilter);
bool tpw_lookout_is_there(void);
void tpw_lookout_is_looking(struct task_struct *task);
void tpw_lookout_start(void (*look)(bool may_disarm));
void tpw_lookout_stop(void);
void tpw_lookout_flush(void);

#endif /* _TPW_LOOKOUT_H */
