/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that were born before the module was loaded.
 */
#ifndef _TPW_ACCEPT_QUEUES_H
#define _TPW_ACCEPT_QUEUES_H

void tpw_accept_queues_scan(void);

#endif /* _TPW_ACCEPT_QUEUES_H */
