/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The search for the socket of a datagram to one host.
 */
#ifndef _TPW_SEARCH_UDP_H
#define _TPW_SEARCH_UDP_H

struct tpw_search;

void tpw_explain_udp(struct tpw_search *s);

#endif /* _TPW_SEARCH_UDP_H */
