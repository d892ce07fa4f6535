/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who gets a copy of a datagram that goes to many.
 */
#ifndef _TPW_MULTICAST_H
#define _TPW_MULTICAST_H

struct tpw_search;

void tpw_explain_multicast(struct tpw_search *s);

#endif /* _TPW_MULTICAST_H */
