/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where TCP segments arrive and match.
 */
#ifndef _TPW_TCP_H
#define _TPW_TCP_H

void tpw_tcp_add(void);

#endif /* _TPW_TCP_H */
