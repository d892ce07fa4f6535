// SPDX-License-Identifier: GPL-2.0
/*
 * Who holds a TCP port, and what bind() would say.
 *
 * The kernel's bind table is read under the lock of one bucket, as bind() reads
 * it.  Which sockets are in the way follows inet_csk_bind_conflict() and
 * inet_rcv_saddr_equal(): compare these when a kernel is new.
 */
#include "explain/holders.h"

#include "base/address.h"
#include "base/compat.h"

#include <linux/bpf-cgroup.h>
#include <linux/cred.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <net/inet_hashtables.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/tcp_states.h>

#define MOST	4096	/* sockets that are looked at under the lock */

#define TPW_NAME_HOLD(id, name, meaning)	[TPW_HOLD_##id] = name,
#define TPW_NAME_BIND(id, name, meaning)	[TPW_BIND_##id] = name,

const char *const tpw_hold_names[] = { TPW_HOLD_NAMES(TPW_NAME_HOLD) };
const char *const tpw_bind_names[] = { TPW_BIND_NAMES(TPW_NAME_BIND) };

static bool has_same_address6(const struct tpw_question *q,
			      const struct sock *sk)
{
	const struct in6_addr *ours = tpw_in6(&q->q.tuple.local);
	const struct in6_addr *theirs = inet6_rcv_saddr(sk);

	if (theirs && ipv6_addr_any(theirs))
		return true;
	if (ipv6_addr_any(ours) && !(q->is_only_ipv6 && !theirs))
		return true;
	return theirs && ipv6_addr_equal(theirs, ours);
}

/* As inet_rcv_saddr_equal() with wildcards; a mapped address is IPv4's here. */
static bool has_same_address(const struct tpw_question *q,
			     const struct sock *sk)
{
	const struct in6_addr *theirs = inet6_rcv_saddr(sk);
	__be32 ours = q->q.tuple.local.ip;

	if (q->q.tuple.family == AF_INET6)
		return has_same_address6(q, sk);
	if (theirs && ipv6_addr_any(theirs))
		return !ipv6_only_sock(sk);
	if (theirs && !ipv6_addr_v4mapped(theirs))
		return false;
	return !ours || !sk->sk_rcv_saddr || sk->sk_rcv_saddr == ours;
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
		    struct sock *sk)
{
	struct tpw_holder holder;

	if (to->total == MOST) {
		to->has_more = true;
		return false;
	}
	tpw_search_describe(&holder.socket, sk, IPPROTO_TCP);
	holder.hold = TPW_HOLD_SHARES;
	if (is_in_the_way(q, sk, &holder.socket)) {
		holder.hold = TPW_HOLD_IN_THE_WAY;
		to->blocking++;
	}
	add(to, &holder);
	to->total++;
	return true;
}

static void look_in(struct tpw_holders *to, const struct tpw_question *q,
		    struct inet_bind_bucket *tb)
{
	struct sock *sk;

	tpw_for_each_bound(sk, tb)
		if (!look_at(to, q, sk))
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
	struct inet_bind_bucket *tb;

	memset(to, 0, sizeof(*to));
	head = &table->bhash[inet_bhashfn(net, port, table->bhash_size)];
	spin_lock_bh(&head->lock);
	inet_bind_bucket_for_each(tb, &head->chain)
		if (net_eq(read_pnet(&tb->ib_net), net) && tb->port == port)
			look_in(to, q, tb);
	spin_unlock_bh(&head->lock);
}

static bool has_program(void)
{
#ifdef CONFIG_CGROUP_BPF
	return cgroup_bpf_enabled(CGROUP_INET4_BIND) ||
	       cgroup_bpf_enabled(CGROUP_INET6_BIND) ||
	       cgroup_bpf_enabled(CGROUP_INET4_POST_BIND) ||
	       cgroup_bpf_enabled(CGROUP_INET6_POST_BIND);
#else
	return false;
#endif
}

static bool may_be_elsewhere(const struct net *net, const struct tpw_question *q)
{
	if (q->q.tuple.family == AF_INET6)
		return READ_ONCE(net->ipv6.sysctl.ip_nonlocal_bind);
	return READ_ONCE(net->ipv4.sysctl_ip_nonlocal_bind);
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
	if (has_program())
		return TPW_BIND_UNKNOWN;
	if (q->local == TPW_LOCAL_ELSEWHERE &&
	    !tpw_addr_is_any(&q->q.tuple.local) && !may_be_elsewhere(net, q))
		return TPW_BIND_NOT_HERE;
	if (holders->blocking)
		return TPW_BIND_IN_USE;
	return holders->has_more ? TPW_BIND_UNKNOWN : TPW_BIND_SUCCEEDS;
}
