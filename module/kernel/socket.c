// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a struct sock.
 */
#include "kernel/socket.h"

#include "base/compat.h"

#include <linux/net.h>
#include <linux/rcupdate.h>
#include <linux/sock_diag.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

/**
 * tpw_socket_new_cookie() - give a socket its cookie
 * @sk: a socket of any kind
 *
 * As a getsockopt(SO_COOKIE) of its owner would.
 *
 * Context: any, while @sk is alive.
 * Return: the cookie, never 0.
 */
u64 tpw_socket_new_cookie(struct sock *sk)
{
	u32 half[2];

	sock_diag_save_cookie(sk, half);
	return (u64)half[1] << 32 | half[0];
}

/**
 * tpw_socket_file() - the file of a socket
 * @sk: a full socket
 * @ino: inode number, 0 for none
 * @uid: whose it is, in the initial user namespace
 *
 * As /proc/net/tcp has them.
 *
 * Context: any, while @sk is alive.
 */
void tpw_socket_file(const struct sock *sk, u64 *ino, u32 *uid)
{
	kuid_t owner;

	rcu_read_lock();
	tpw_sk_file(sk, ino, &owner);
	rcu_read_unlock();
	*uid = __kuid_val(owner);
}

/**
 * tpw_socket_owner() - the cookie of the socket that a program holds, if that
 *	is another: an MPTCP socket, of which @sk is a subflow
 * @sk: a full socket
 *
 * Context: any, while @sk is alive.
 * Return: that cookie, or 0.
 */
u64 tpw_socket_owner(const struct sock *sk)
{
	const struct socket *socket;
	const struct sock *owner;
	u64 cookie = 0;

	rcu_read_lock();
	socket = READ_ONCE(sk->sk_socket);	/* its inode is freed by RCU */
	owner = socket ? READ_ONCE(socket->sk) : NULL;
	if (owner && owner != sk)
		cookie = tpw_socket_cookie(owner);
	rcu_read_unlock();
	return cookie;
}

/* What the tuple of @sk finds, with a reference, or NULL. */
static struct sock *find_established(const struct sock *sk)
{
	int dif = READ_ONCE(sk->sk_bound_dev_if);
	struct net *net = sock_net(sk);

	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_daddr))
		return tpw_lookup_established6(net, &sk->sk_v6_daddr,
					       sk->sk_dport,
					       &sk->sk_v6_rcv_saddr,
					       sk->sk_num, dif, 0);
	return tpw_lookup_established4(net, sk->sk_daddr, sk->sk_dport,
				       sk->sk_rcv_saddr, sk->sk_num, dif, 0);
}

/**
 * tpw_socket_subflow() - the cookie of the first subflow of an MPTCP socket
 * @sk: the socket, just accepted
 *
 * The socket has the subflow's addresses and ports, so that is what a search
 * of the established table finds.
 *
 * Context: process; takes no lock.
 * Return: that cookie, or 0 if the subflow is gone already.
 */
u64 tpw_socket_subflow(const struct sock *sk)
{
	struct sock *subflow = find_established(sk);
	u64 cookie;

	if (!subflow)
		return 0;
	cookie = tpw_socket_cookie(subflow);
	sock_gen_put(subflow);
	return cookie;
}

static bool is_v6(const struct sock *sk)
{
	return sk->sk_family == AF_INET6;
}

static void set_ip(union tpw_addr *to, __be32 ip)
{
	to->word[0] = 0;
	to->word[1] = 0;
	to->ip = ip;
}

static void set_ip6(union tpw_addr *to, const struct in6_addr *ip6)
{
	memcpy(to->ip6, ip6, sizeof(to->ip6));
}

/**
 * tpw_socket_endpoint() - what a listener is bound to
 * @sk: a socket of any kind
 * @proto: IPPROTO_TCP or IPPROTO_UDP, which minisocks do not say
 * @to: where to; of an IPv6 socket the address is in IPv6 form
 *
 * Context: any, while @sk is alive.
 */
void tpw_socket_endpoint(const struct sock *sk, u8 proto,
			 struct tpw_endpoint *to)
{
	if (is_v6(sk))
		set_ip6(&to->addr, &sk->sk_v6_rcv_saddr);
	else
		set_ip(&to->addr, sk->sk_rcv_saddr);
	to->port = htons(sk->sk_num);
	to->family = sk->sk_family;
	to->proto = proto;
	to->ifindex = READ_ONCE(sk->sk_bound_dev_if);
}

/**
 * tpw_socket_tuple() - both ends of a connection, as its packets have them
 * @sk: a socket of any kind
 * @to: where to; AF_INET for a mapped peer of an IPv6 socket
 *
 * The protocol is left to the caller: minisocks do not say it.
 *
 * Context: any, while @sk is alive.
 */
void tpw_socket_tuple(const struct sock *sk, struct tpw_tuple *to)
{
	if (is_v6(sk) && !ipv6_addr_v4mapped(&sk->sk_v6_daddr)) {
		set_ip6(&to->local, &sk->sk_v6_rcv_saddr);
		set_ip6(&to->foreign, &sk->sk_v6_daddr);
		to->family = AF_INET6;
	} else {
		set_ip(&to->local, sk->sk_rcv_saddr);
		set_ip(&to->foreign, sk->sk_daddr);
		to->family = AF_INET;
	}
	to->lport = htons(sk->sk_num);
	to->fport = sk->sk_dport;
}
