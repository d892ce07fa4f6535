/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The search for the socket of a SYN.
 */
#ifndef _TPW_SEARCH_TCP_H
#define _TPW_SEARCH_TCP_H

struct tpw_search;

void tpw_explain_tcp(struct tpw_search *s);

#endif /* _TPW_SEARCH_TCP_H */
