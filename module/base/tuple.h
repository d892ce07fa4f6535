/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tuple: both ends of a conversation, from this host's point of view.
 *
 * Pure data, no kernel types: user space compiles it for tests.
 */
#ifndef _TPW_TUPLE_H
#define _TPW_TUPLE_H

#include <linux/types.h>

struct in6_addr;

/**
 * union tpw_addr - an IPv4 or an IPv6 address
 * @ip: IPv4 address, network byte order; the other words are then 0
 * @ip6: IPv6 address, network byte order
 * @word: the same 16 bytes, for comparison
 */
union tpw_addr {
	__be32 ip;
	__be32 ip6[4];
	__u64 word[2];
};

/**
 * struct tpw_tuple - protocol and both ends
 * @local: our address
 * @foreign: the other end's address; of an incoming segment, its source
 * @lport: our port, network byte order
 * @fport: the other end's port, network byte order
 * @family: AF_INET or AF_INET6, of the addresses above
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 */
struct tpw_tuple {
	union tpw_addr local;
	union tpw_addr foreign;
	__be16 lport;
	__be16 fport;
	__u8 family;
	__u8 proto;
};

/**
 * struct tpw_endpoint - what a listener is bound to
 * @addr: its address, all zero for the wildcard
 * @port: its port, network byte order
 * @family: of the socket: AF_INET6 for a dual-stack one
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 * @ifindex: the device it is bound to, or 0
 */
struct tpw_endpoint {
	union tpw_addr addr;
	__be16 port;
	__u8 family;
	__u8 proto;
	__s32 ifindex;
};

/**
 * struct tpw_netid - names a network namespace
 * @cookie: never used again
 * @inum: as people know it, the inode number of /proc/PID/ns/net
 * @account: who is charged for what is remembered of it
 * @has_users: its users are charged one by one
 */
struct tpw_netid {
	__u64 cookie;
	__u32 inum;
	__u32 account : 31;
	__u32 has_users : 1;
};

/**
 * tpw_addr_equal() - compare two addresses of the same family
 * @a: one
 * @b: the other
 *
 * Context: any.
 * Return: true if they are equal.
 */
static inline _Bool tpw_addr_equal(const union tpw_addr *a,
				   const union tpw_addr *b)
{
	return a->word[0] == b->word[0] && a->word[1] == b->word[1];
}

/**
 * tpw_tuple_equal() - compare both ends of two tuples
 * @a: one
 * @b: the other, of the same protocol
 *
 * Context: any.
 * Return: true if they are equal.
 */
static inline _Bool tpw_tuple_equal(const struct tpw_tuple *a,
				    const struct tpw_tuple *b)
{
	return a->lport == b->lport && a->fport == b->fport &&
	       tpw_addr_equal(&a->local, &b->local) &&
	       tpw_addr_equal(&a->foreign, &b->foreign);
}

/**
 * tpw_addr_is_any() - is this the wildcard?
 * @a: the address
 *
 * Context: any.
 * Return: true for 0.0.0.0 and for ::.
 */
static inline _Bool tpw_addr_is_any(const union tpw_addr *a)
{
	return !(a->word[0] | a->word[1]);
}

/**
 * tpw_in6() - an IPv6 address as the kernel's functions take it
 * @addr: the address
 *
 * Context: any.
 * Return: the same bytes.
 */
static inline const struct in6_addr *tpw_in6(const union tpw_addr *addr)
{
	return (const struct in6_addr *)addr->ip6;
}

#endif /* _TPW_TUPLE_H */
