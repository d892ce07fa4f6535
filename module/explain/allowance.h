/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much may be asked by who is no administrator of the host.
 */
#ifndef _TPW_ALLOWANCE_H
#define _TPW_ALLOWANCE_H

#include <linux/types.h>

struct cred;

bool tpw_allowance_take(const struct cred *cred);

#endif /* _TPW_ALLOWANCE_H */
