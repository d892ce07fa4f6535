/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading a struct sock: who it is and what it is bound to.
 *
 * TIME_WAIT and request sockets are not full sockets.  What is read of "any
 * kind" here lies in struct sock_common, which all kinds share.
 */
#ifndef _TPW_SOCKET_H
#define _TPW_SOCKET_H

#include "tuple.h"

#include <linux/atomic.h>
#include <linux/types.h>
#include <net/sock.h>

u64 tpw_socket_new_cookie(struct sock *sk);
void tpw_socket_endpoint(const struct sock *sk, u8 proto,
			 struct tpw_endpoint *to);
void tpw_socket_tuple(const struct sock *sk, struct tpw_tuple *to);
u8 tpw_socket_mods(const struct sock *sk, u8 packet_family);

/**
 * tpw_socket_cookie() - the cookie of a socket, as SO_COOKIE gives it
 * @sk: a socket of any kind; gets a cookie if it had none
 *
 * Context: any, while @sk is alive.
 * Return: the cookie, never 0.
 */
static __always_inline u64 tpw_socket_cookie(const struct sock *sk)
{
	u64 cookie = atomic64_read(&sk->sk_cookie);

	return likely(cookie) ? cookie :
				tpw_socket_new_cookie((struct sock *)sk);
}

/**
 * tpw_socket_known_cookie() - the cookie of a socket, if it has one
 * @sk: a socket of any kind
 *
 * Context: any, while @sk is alive.
 * Return: the cookie, or 0: nobody has asked for it, so no row can have it.
 */
static __always_inline u64 tpw_socket_known_cookie(const struct sock *sk)
{
	return atomic64_read(&sk->sk_cookie);
}

#endif /* _TPW_SOCKET_H */
