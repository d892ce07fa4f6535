/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a TCP connection closes: what its socket tells while that happens.
 */
#ifndef _TPW_CLOSE_H
#define _TPW_CLOSE_H

#include "verdict/socket_life.h"

struct sock;

extern const char *const tpw_close_names[];

enum tpw_close tpw_close_reason(const struct sock *sk, int from);
enum tpw_close tpw_close_time_wait(const struct sock *sk);

#endif /* _TPW_CLOSE_H */
