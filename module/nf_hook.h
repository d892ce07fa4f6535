/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many segments arrive, before any firewall rule sees them.
 */
#ifndef _TPW_NF_HOOK_H
#define _TPW_NF_HOOK_H

#include <linux/types.h>

int tpw_nf_hook_arm(void);
void tpw_nf_hook_disarm(void);
bool tpw_nf_hook_is_armed(void);

#endif /* _TPW_NF_HOOK_H */
