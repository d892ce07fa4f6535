// SPDX-License-Identifier: GPL-2.0
/*
 * Who holds a TCP port, and what bind() would say.
 *
 * The kernel's bind table is read under the lock of one bucket, as bind() reads
 * it.  Which sockets are in the way follows inet_csk_get_port(), with
 * inet_csk_bind_conflict(), inet_rcv_saddr_equal() and sk_reuseport_match():
 * compare these when a kernel is new.
 */
#include "explain/holders.h"

#include "base/address.h"
#include "base/compat.h"

#include <linux/bpf-cgroup.h>
#include <linux/cred.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <net/inet_hashtables.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <net/tcp_states.h>

#define MOST	4096	/* sockets that are looked at under the lock */

#define TPW_NAME_HOLD(id, name, meaning)	[TPW_HOLD_##id] = name,
#define TPW_NAME_BIND(id, name, meaning)	[TPW_BIND_##id] = name,

const char *const tpw_hold_names[] = { TPW_HOLD_NAMES(TPW_NAME_HOLD) };
const char *const tpw_bind_names[] = { TPW_BIND_NAMES(TPW_NAME_BIND) };

static bool is_v4(const struct in6_addr *addr)
{
	return !addr || ipv6_addr_v4mapped(addr);
}

static bool has_same_address6(const struct tpw_question *q,
			      const struct sock *sk)
{
	const struct in6_addr *ours = tpw_in6(&q->q.tuple.local);
	const struct in6_addr *theirs = inet6_rcv_saddr(sk);

	if (theirs && ipv6_addr_any(theirs))
		return true;
	if (ipv6_addr_any(ours))
		return !(q->is_only_ipv6 && is_v4(theirs));
	return theirs && ipv6_addr_equal(theirs, ours);
}

/*
 * Does an IPv4 bind() look at the IPv4 address of a socket?  What is bound to an
 * IPv6 address has one that stands for it, LOOPBACK4_IPV6: 127.0.0.6.
 */
static bool is_compared(const struct tpw_question *q,
			const struct in6_addr *theirs)
{
	return is_v4(theirs) || (!TPW_HAS_BIND_TABLE_BY_FAMILY && !q->is_mapped);
}

/*
 * As bind() compares them.  The wildcard meets every socket that has not been
 * told to take IPv6 only, also one that is connected by IPv6; but as a mapped
 * address it does not.
 */
static bool has_same_address(const struct tpw_question *q,
			     const struct sock *sk)
{
	const struct in6_addr *theirs = inet6_rcv_saddr(sk);
	__be32 ours = q->q.tuple.local.ip;

	if (q->q.tuple.family == AF_INET6)
		return has_same_address6(q, sk);
	if (theirs && ipv6_addr_any(theirs))
		return !ipv6_only_sock(sk);
	if (!ours && (!q->is_mapped || is_v4(theirs)))
		return !ipv6_only_sock(sk);
	return is_compared(q, theirs) && !ipv6_only_sock(sk) &&
	       (!sk->sk_rcv_saddr || sk->sk_rcv_saddr == ours);
}

static bool has_same_device(const struct tpw_question *q, const struct sock *sk)
{
	int bound = READ_ONCE(sk->sk_bound_dev_if);

	return !q->ifindex || !bound || q->ifindex == bound;
}

static kuid_t user_of(const struct tpw_question *q)
{
	return q->has_uid ? make_kuid(current_user_ns(), q->uid) :
			    current_euid();
}

static bool is_same_user(const struct tpw_question *q,
			 const struct tpw_seen *seen)
{
	return seen->state == TCP_TIME_WAIT ||
	       seen->uid == from_kuid(&init_user_ns, user_of(q));
}

/* As inet_bind_conflict() for a port that was named. */
static bool is_in_the_way(const struct tpw_question *q, const struct sock *sk,
			  const struct tpw_seen *seen)
{
	if (!has_same_device(q, sk) || !has_same_address(q, sk))
		return false;
	if (q->has_reuseaddr && sk->sk_reuse && seen->state != TCP_LISTEN)
		return false;
	return !(q->has_reuseport && sk->sk_reuseport && is_same_user(q, seen));
}

#if IS_ENABLED(CONFIG_IPV6)
static bool remembers_address6(const struct inet_bind_bucket *tb,
			       const struct tpw_question *q)
{
	const struct in6_addr *theirs = &tb->fast_v6_rcv_saddr;
	__be32 ours = q->q.tuple.local.ip;

	if (q->q.tuple.family == AF_INET6)
		return ipv6_addr_any(theirs) ||
		       ipv6_addr_equal(theirs, tpw_in6(&q->q.tuple.local));
	if (ipv6_addr_any(theirs))
		return !tb->fast_ipv6_only;
	return ipv6_addr_v4mapped(theirs) &&
	       (!tb->fast_rcv_saddr || tb->fast_rcv_saddr == ours);
}
#else
static bool remembers_address6(const struct inet_bind_bucket *tb,
			       const struct tpw_question *q)
{
	return false;
}
#endif

static bool remembers_address(const struct inet_bind_bucket *tb,
			      const struct tpw_question *q)
{
	__be32 ours = q->q.tuple.local.ip;

	if (tb->fast_sk_family == AF_INET6)
		return remembers_address6(tb, q);
	if (q->q.tuple.family == AF_INET6)
		return !tb->fast_rcv_saddr && !q->is_only_ipv6 &&
		       tpw_addr_is_any(&q->q.tuple.local);
	return !tb->fast_rcv_saddr || tb->fast_rcv_saddr == ours;
}

/*
 * What the kernel remembers of the sockets that have the port: that all were
 * bound with SO_REUSEADDR and none listens, or that one with SO_REUSEPORT was let
 * in last, of the same user and address.  It then looks at none of them, also not
 * at their devices, nor at what was set on them later.
 */
static bool is_let_in(const struct tpw_question *q,
		      const struct inet_bind_bucket *tb)
{
	if (q->has_reuseaddr && tb->fastreuse > 0)
		return true;
	if (!q->has_reuseport || tb->fastreuseport <= 0 ||
	    !uid_eq(tb->fastuid, user_of(q)))
		return false;
	return tb->fastreuseport == FASTREUSEPORT_ANY ||
	       remembers_address(tb, q);
}

/* A VRF has ports of its own.  As inet_sk_bound_l3mdev(). */
static int vrf_of(struct net *net, const struct tpw_question *q)
{
#ifdef CONFIG_NET_L3_MASTER_DEV
	if (!READ_ONCE(net->ipv4.sysctl_tcp_l3mdev_accept))
		return l3mdev_master_ifindex_by_index(net, q->ifindex);
#endif
	return 0;
}

static unsigned int rank_of(const struct tpw_holder *h)
{
	unsigned int way = h->hold == TPW_HOLD_IN_THE_WAY ? 0 : 4;

	switch (h->socket.state) {
	case TCP_CLOSE:
		return way;
	case TCP_LISTEN:
		return way + 1;
	case TCP_TIME_WAIT:
		return way + 3;
	default:
		return way + 2;
	}
}

/* In the order of their ranks; the last one gives way. */
static void add(struct tpw_holders *to, const struct tpw_holder *holder)
{
	unsigned int at = to->nr;

	while (at && rank_of(&to->holder[at - 1]) > rank_of(holder))
		at--;
	if (at == TPW_HOLDERS_ROOM)
		return;
	if (to->nr < TPW_HOLDERS_ROOM)
		to->nr++;
	memmove(&to->holder[at + 1], &to->holder[at],
		(to->nr - at - 1) * sizeof(*holder));
	to->holder[at] = *holder;
}

static bool look_at(struct tpw_holders *to, const struct tpw_question *q,
		    struct sock *sk, bool may_be_in_the_way)
{
	struct tpw_holder holder;

	if (to->total == MOST) {
		to->has_more = true;
		return false;
	}
	tpw_search_describe(&holder.socket, sk, IPPROTO_TCP);
	holder.hold = TPW_HOLD_SHARES;
	if (may_be_in_the_way && is_in_the_way(q, sk, &holder.socket)) {
		holder.hold = TPW_HOLD_IN_THE_WAY;
		to->blocking++;
	}
	add(to, &holder);
	to->total++;
	return true;
}

static void look_in(struct tpw_holders *to, const struct tpw_question *q,
		    struct inet_bind_bucket *tb, int vrf)
{
	bool may_be_in_the_way = tb->l3mdev == vrf && !is_let_in(q, tb);
	struct sock *sk;

	tpw_for_each_bound(sk, tb)
		if (!look_at(to, q, sk, may_be_in_the_way))
			return;
}

/**
 * tpw_holders_find() - find them
 * @to: where to
 * @net: the namespace
 * @q: the question; its local end is what bind() gets
 *
 * Context: process.
 */
void tpw_holders_find(struct tpw_holders *to, struct net *net,
		      const struct tpw_question *q)
{
	struct inet_hashinfo *table = net->ipv4.tcp_death_row.hashinfo;
	u16 port = ntohs(q->q.tuple.lport);
	struct inet_bind_hashbucket *head;
	int vrf = vrf_of(net, q);
	struct inet_bind_bucket *tb;

	memset(to, 0, sizeof(*to));
	head = &table->bhash[inet_bhashfn(net, port, table->bhash_size)];
	spin_lock_bh(&head->lock);
	inet_bind_bucket_for_each(tb, &head->chain)
		if (net_eq(read_pnet(&tb->ib_net), net) && tb->port == port)
			look_in(to, q, tb, vrf);
	spin_unlock_bh(&head->lock);
}

/* The kernel's functions want it without const, and only read it. */
static struct net *readable(const struct net *net)
{
	return (struct net *)net;
}

/* IPv6 asks whether a mapped address is on the device of the socket. */
static unsigned int type_of(struct net *net, const struct tpw_question *q)
{
	u32 table = l3mdev_fib_table_by_index(net, q->ifindex);
	unsigned int type;

	if (!q->is_mapped)
		return inet_addr_type_table(net, q->q.tuple.local.ip,
					    table ? table : RT_TABLE_LOCAL);
	rcu_read_lock();
	type = inet_addr_type_dev_table(net, dev_get_by_index_rcu(net, q->ifindex),
					q->q.tuple.local.ip);
	rcu_read_unlock();
	return type;
}

static bool is_ours4(const struct net *net, const struct tpw_question *q)
{
	switch (type_of(readable(net), q)) {
	case RTN_LOCAL:
	case RTN_MULTICAST:
	case RTN_BROADCAST:
		return true;
	default:
		return READ_ONCE(net->ipv4.sysctl_ip_nonlocal_bind);
	}
}

/* Of an IPv4 socket the device does not matter, but for its VRF. */
static bool is_elsewhere(const struct net *net, const struct tpw_question *q)
{
	if (tpw_addr_is_any(&q->q.tuple.local))
		return false;
	if (q->q.tuple.family == AF_INET6)
		return q->local == TPW_LOCAL_ELSEWHERE &&
		       !READ_ONCE(net->ipv6.sysctl.ip_nonlocal_bind);
	return !is_ours4(net, q);
}

/* Of TCP; what is link-local has its device, or is no question. */
static bool is_invalid(const struct tpw_question *q)
{
	if (q->q.tuple.family == AF_INET6)
		return q->local == TPW_LOCAL_MULTICAST;
	return q->is_mapped && q->is_only_ipv6;
}

/**
 * tpw_holders_judge() - what comes of a bind()
 * @holders: who has the port
 * @net: the namespace
 * @q: the question
 *
 * Without IP_FREEBIND and IP_TRANSPARENT, and with the right to bind to that
 * port.
 *
 * Context: process.
 * Return: see there.
 */
enum tpw_bind tpw_holders_judge(const struct tpw_holders *holders,
				const struct net *net,
				const struct tpw_question *q)
{
	if (tpw_has_bind_programs())
		return TPW_BIND_UNKNOWN;
	if (is_invalid(q))
		return TPW_BIND_INVALID;
	if (is_elsewhere(net, q))
		return TPW_BIND_NOT_HERE;
	if (holders->blocking)
		return TPW_BIND_IN_USE;
	return holders->has_more ? TPW_BIND_UNKNOWN : TPW_BIND_SUCCEEDS;
}
