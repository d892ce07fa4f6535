/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The self-check at load: do the hooks fire?
 */
#ifndef _TPW_SELFCHECK_H
#define _TPW_SELFCHECK_H

void tpw_selfcheck(void);

#endif /* _TPW_SELFCHECK_H */
