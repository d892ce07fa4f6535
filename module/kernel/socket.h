/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading a struct sock: who it is and what it is bound to.
 *
 * TIME_WAIT and request sockets are not full sockets.  What is read of "any
 * kind" here lies in struct sock_common, which all kinds share.
 */
#ifndef _TPW_SOCKET_H
#define _TPW_SOCKET_H

#include "base/tuple.h"
#include "verdict/verdict.h"

#include <linux/atomic.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <net/mptcp.h>
#include <net/sock.h>

u64 tpw_socket_new_cookie(struct sock *sk);
void tpw_socket_file(const struct sock *sk, u64 *ino, u32 *uid);
u64 tpw_socket_owner(const struct sock *sk);
u64 tpw_socket_subflow(const struct sock *sk);
void tpw_socket_endpoint(const struct sock *sk, u8 proto,
			 struct tpw_endpoint *to);
void tpw_socket_tuple(const struct sock *sk, struct tpw_tuple *to);

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

/**
 * tpw_socket_uid() - whose a socket is
 * @sk: a socket of any kind
 *
 * Context: any, while @sk is alive.
 * Return: the user, in the initial user namespace; of a connection that was not
 *	accepted yet, its listener's.  0 for what is no full socket.
 */
static __always_inline u32 tpw_socket_uid(const struct sock *sk)
{
	return sk_fullsock(sk) ? __kuid_val(READ_ONCE(sk->sk_uid)) : 0;
}

/**
 * tpw_socket_mods() - what a verdict says of a socket besides
 * @sk: a socket of any kind
 * @packet_family: AF_INET or AF_INET6, of the packet that matched it
 *
 * Context: any, while @sk is alive.
 * Return: TPW_MOD_*.
 */
static __always_inline u8 tpw_socket_mods(const struct sock *sk,
					  u8 packet_family)
{
	u8 mods = 0;

	if (sk->sk_family == AF_INET6 && packet_family == AF_INET)
		mods |= TPW_MOD_DUAL;
	if (READ_ONCE(sk->sk_bound_dev_if))
		mods |= TPW_MOD_DEVICE;
	if (sk_fullsock(sk) && sk->sk_protocol == IPPROTO_TCP && sk_is_mptcp(sk))
		mods |= TPW_MOD_MPTCP;
	return mods;
}

#endif /* _TPW_SOCKET_H */
