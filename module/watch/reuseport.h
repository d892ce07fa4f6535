/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups of SO_REUSEPORT: which member got a segment, and who chose it.
 */
#ifndef _TPW_REUSEPORT_H
#define _TPW_REUSEPORT_H

struct sock;
struct tpw_segment;

void tpw_reuseport_hooks_add(void);
void tpw_reuseport_match(struct tpw_segment *s, const struct sock *sk);

#endif /* _TPW_REUSEPORT_H */
