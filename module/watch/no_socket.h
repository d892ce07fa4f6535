/* SPDX-License-Identifier: GPL-2.0 */
/*
 * That there is no socket for a segment, where the drop does not tell.
 */
#ifndef _TPW_NO_SOCKET_H
#define _TPW_NO_SOCKET_H

void tpw_no_socket_add(void);

#endif /* _TPW_NO_SOCKET_H */
