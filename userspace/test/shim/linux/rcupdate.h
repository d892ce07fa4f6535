/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TPW_SHIM_RCUPDATE_H
#define TPW_SHIM_RCUPDATE_H

#define rcu_read_lock()		((void)0)
#define rcu_read_unlock()	((void)0)

#endif
