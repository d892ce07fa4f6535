/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where UDP datagrams arrive and match.
 */
#ifndef _TPW_UDP_H
#define _TPW_UDP_H

void tpw_udp_add(void);

#endif /* _TPW_UDP_H */
