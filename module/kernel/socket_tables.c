// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own socket tables, read live in process context: TCP listeners
 * under RCU, as the kernel's lookup reads them; the established hash and UDP
 * under the lock of one bucket at a time.
 *
 * Nothing can be allocated under a bucket's lock.  If a bucket holds more than
 * there is room for, the room is doubled and that bucket read again.
 *
 * How many there are can be told without a copy.
 */
#include "kernel/socket_tables.h"

#include "base/compat.h"
#include "verdict/verdict.h"
#include "kernel/socket.h"

#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/filter.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/user_namespace.h>
#include <net/inet_connection_sock.h>
#include <net/inet_timewait_sock.h>
#include <net/mptcp.h>
#include <net/net_namespace.h>
#include <net/request_sock.h>
#include <net/sock_reuseport.h>
#include <net/tcp.h>
#include <net/transp_v6.h>

#define FIRST_ROOM	256

static int make_room(struct tpw_sockets *s)
{
	size_t room = s->room ? s->room * 2 : FIRST_ROOM;
	struct tpw_socket *rows;

	rows = kvmalloc_array(room, sizeof(*rows), GFP_KERNEL_ACCOUNT);
	if (!rows)
		return -ENOMEM;
	if (s->nr)
		memcpy(rows, s->rows, s->nr * sizeof(*rows));
	kvfree(s->rows);
	s->rows = rows;
	s->room = room;
	return 0;
}

static bool has_most(const struct tpw_sockets *s)
{
	return s->most && s->nr == s->most;
}

/* ss and netstat print a mapped address in IPv6 form; so does this. */
static void read_tuple(const struct sock *sk, u8 proto, struct tpw_tuple *t)
{
	t->family = sk->sk_family;
	t->proto = proto;
	t->lport = htons(sk->sk_num);
	t->fport = sk->sk_dport;
	if (sk->sk_family == AF_INET6) {
		memcpy(t->local.ip6, &sk->sk_v6_rcv_saddr, sizeof(t->local));
		memcpy(t->foreign.ip6, &sk->sk_v6_daddr, sizeof(t->foreign));
	} else {
		t->local.ip = sk->sk_rcv_saddr;
		t->foreign.ip = sk->sk_daddr;
	}
}

/* Common to sockets of all kinds.  NULL: no room. */
static struct tpw_socket *add(struct tpw_sockets *s, const struct sock *sk,
			      u8 proto)
{
	struct tpw_socket *row;

	if (s->nr == s->room || has_most(s))
		return NULL;
	row = &s->rows[s->nr++];
	memset(row, 0, sizeof(*row));
	read_tuple(sk, proto, &row->tuple);
	row->cookie = tpw_socket_cookie(sk);
	row->ifindex = READ_ONCE(sk->sk_bound_dev_if);
	row->state = READ_ONCE(sk->sk_state);
	return row;
}

static_assert(TPW_SOCKET_FLAG_NR <= 8, "flags is a u8");

static u8 flags_of(const struct sock *sk)
{
	u8 flags = 0;

	if (tpw_inet_flag(sk, FREEBIND, freebind))
		flags |= BIT(TPW_SOCKET_FREEBIND);
	if (tpw_inet_flag(sk, TRANSPARENT, transparent))
		flags |= BIT(TPW_SOCKET_TRANSPARENT);
	if (tpw_inet_flag(sk, BIND_ADDRESS_NO_PORT, bind_address_no_port))
		flags |= BIT(TPW_SOCKET_NO_PORT);
	if (sk->sk_reuse)
		flags |= BIT(TPW_SOCKET_REUSEADDR);
	if (sk->sk_reuseport)
		flags |= BIT(TPW_SOCKET_REUSEPORT);
	if (sk->sk_family == AF_INET6 && sk->sk_ipv6only)
		flags |= BIT(TPW_SOCKET_ONLY_IPV6);
	if (sk->sk_protocol == IPPROTO_TCP && sk_is_mptcp(sk))
		flags |= BIT(TPW_SOCKET_MPTCP);
	if (sk->sk_kern_sock)
		flags |= BIT(TPW_SOCKET_KERNEL);
	return flags;
}

/* What only full sockets have.  The caller keeps @sk alive. */
static void read_full(struct tpw_socket *row, struct sock *sk)
{
#if IS_ENABLED(CONFIG_SOCK_CGROUP_DATA)
	row->cgroup = cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data));
#endif
	row->flags = flags_of(sk);
	row->drops = tpw_sk_drops(sk);
	tpw_socket_file(sk, &row->inode, &row->uid);
	if (row->flags & BIT(TPW_SOCKET_MPTCP))
		row->owner = tpw_socket_owner(sk);
}

static void read_group(struct tpw_socket *row, const struct sock *sk)
{
	const struct sock_reuseport *group;
	const struct bpf_prog *prog;

	rcu_read_lock();
	group = rcu_dereference(sk->sk_reuseport_cb);
	if (group) {
		prog = rcu_dereference(group->prog);
		row->members = READ_ONCE(group->num_socks);
		row->chooser = !prog ? TPW_CHOOSER_HASH :
			       bpf_prog_was_classic(prog) ? TPW_CHOOSER_CBPF :
							    TPW_CHOOSER_EBPF;
	}
	rcu_read_unlock();
}

/*
 * The first in the accept queue.  Its lock is made anew by listen(), so it is not
 * taken: requests and sockets of TCP come from caches whose memory stays what it
 * is until the end of the RCU section.  If the queue moves on meanwhile, this may
 * be some other connection, of which no more is read than its cookie.
 */
static u64 oldest_of(const struct sock *sk)
{
	const struct request_sock *req;
	const struct sock *child;
	u64 cookie;

	rcu_read_lock();
	req = READ_ONCE(inet_csk(sk)->icsk_accept_queue.rskq_accept_head);
	child = req ? READ_ONCE(req->sk) : NULL;
	cookie = child ? tpw_socket_known_cookie(child) : 0;
	rcu_read_unlock();
	return cookie;
}

static bool add_listener(struct tpw_sockets *s, struct sock *sk)
{
	struct tpw_socket *row = add(s, sk, IPPROTO_TCP);

	if (!row)
		return false;
	read_full(row, sk);
	read_group(row, sk);
	row->queue = READ_ONCE(sk->sk_ack_backlog);
	row->backlog = READ_ONCE(sk->sk_max_ack_backlog);
	row->oldest = oldest_of(sk);
	row->requests = reqsk_queue_len(&inet_csk(sk)->icsk_accept_queue);
	return true;
}

static bool add_connection(struct tpw_sockets *s, struct sock *sk)
{
	struct tpw_socket *row = add(s, sk, IPPROTO_TCP);
	const struct sock *listener;

	if (!row)
		return false;
	switch (row->state) {
	case TCP_TIME_WAIT:
		row->state = READ_ONCE(inet_twsk(sk)->tw_substate);
		break;
	case TCP_NEW_SYN_RECV:
		listener = inet_reqsk(sk)->rsk_listener;
		if (listener)
			row->listener = tpw_socket_cookie(listener);
		break;
	default:
		read_full(row, sk);
		row->is_unaccepted = !READ_ONCE(sk->sk_socket) &&
				     !sock_flag(sk, SOCK_DEAD);
	}
	return true;
}

static bool add_udp(struct tpw_sockets *s, struct sock *sk)
{
	struct tpw_socket *row = add(s, sk, IPPROTO_UDP);

	if (!row)
		return false;
	read_full(row, sk);
	read_group(row, sk);
	row->queue = udp_rqueue_get(sk);
	return true;
}

static bool read_listeners(struct tpw_sockets *s, const struct net *net,
			   struct inet_listen_hashbucket *bucket)
{
	struct tpw_listener_node *node;
	bool is_done = true;
	struct sock *sk;

	rcu_read_lock();
	tpw_for_each_listener(sk, node, bucket) {
		if (!net_eq(sock_net(sk), net))
			continue;
		is_done = add_listener(s, sk);
		if (!is_done)
			break;
	}
	rcu_read_unlock();
	return is_done;
}

static bool read_connections(struct tpw_sockets *s, const struct net *net,
			     struct inet_hashinfo *h, unsigned int i)
{
	spinlock_t *lock = inet_ehash_lockp(h, i);
	struct hlist_nulls_node *node;
	bool is_done = true;
	struct sock *sk;

	if (hlist_nulls_empty(&h->ehash[i].chain))
		return true;
	spin_lock_bh(lock);
	sk_nulls_for_each(sk, node, &h->ehash[i].chain) {
		if (!net_eq(sock_net(sk), net))
			continue;
		is_done = add_connection(s, sk);
		if (!is_done)
			break;
	}
	spin_unlock_bh(lock);
	return is_done;
}

static bool read_udp(struct tpw_sockets *s, const struct net *net,
		     struct udp_hslot *slot)
{
	bool is_done = true;
	struct sock *sk;

	if (hlist_empty(&slot->head))
		return true;
	spin_lock_bh(&slot->lock);
	sk_for_each(sk, &slot->head) {
		if (!net_eq(sock_net(sk), net))
			continue;
		is_done = add_udp(s, sk);
		if (!is_done)
			break;
	}
	spin_unlock_bh(&slot->lock);
	return is_done;
}

/**
 * tpw_sockets_buckets() - how many buckets a table has
 * @net: of which namespace
 * @table: which
 *
 * Return: their number, which does not change.
 */
unsigned int tpw_sockets_buckets(struct net *net, enum tpw_socket_table table)
{
	const struct inet_hashinfo *h = net->ipv4.tcp_death_row.hashinfo;

	switch (table) {
	case TPW_SOCKETS_LISTENERS:
		return h->lhash2_mask + 1;
	case TPW_SOCKETS_CONNECTIONS:
		return h->ehash_mask + 1;
	case TPW_SOCKETS_UDP:
		return tpw_udp_table(net)->mask + 1;
	default:
		return 0;
	}
}

static bool read_bucket(struct net *net, enum tpw_socket_table table,
			unsigned int i, struct tpw_sockets *to)
{
	struct inet_hashinfo *h = net->ipv4.tcp_death_row.hashinfo;

	switch (table) {
	case TPW_SOCKETS_LISTENERS:
		return read_listeners(to, net, &h->lhash2[i]);
	case TPW_SOCKETS_CONNECTIONS:
		return read_connections(to, net, h, i);
	case TPW_SOCKETS_UDP:
		return read_udp(to, net, &tpw_udp_table(net)->hash[i]);
	default:
		return true;
	}
}

/**
 * tpw_sockets_read_bucket() - append the sockets of one bucket
 * @net: of which namespace
 * @table: of which table
 * @bucket: below tpw_sockets_buckets()
 * @to: where to
 *
 * A socket never changes its bucket, and a bucket is read under one lock: so
 * who reads all buckets gets each socket that stays once, if @to has no @most.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM, with what was appended before left in place.
 */
int tpw_sockets_read_bucket(struct net *net, enum tpw_socket_table table,
			    unsigned int bucket, struct tpw_sockets *to)
{
	size_t nr = to->nr;
	int err;

	while (!read_bucket(net, table, bucket, to)) {
		if (has_most(to))
			return 0;
		to->nr = nr;
		err = make_room(to);
		if (err)
			return err;
	}
	return 0;
}

static u64 count_listeners(const struct net *net,
			   struct inet_listen_hashbucket *bucket)
{
	struct tpw_listener_node *node;
	struct sock *sk;
	u64 nr = 0;

	rcu_read_lock();
	tpw_for_each_listener(sk, node, bucket)
		nr += net_eq(sock_net(sk), net);
	rcu_read_unlock();
	return nr;
}

static u64 count_udp(const struct net *net, struct udp_hslot *slot)
{
	struct sock *sk;
	u64 nr = 0;

	/* As udp_get_first() does. */
	if (hlist_empty(&slot->head))
		return 0;
	spin_lock_bh(&slot->lock);
	sk_for_each(sk, &slot->head)
		nr += net_eq(sock_net(sk), net);
	spin_unlock_bh(&slot->lock);
	return nr;
}

/**
 * tpw_sockets_count_bucket() - how many sockets a bucket has
 * @net: of which namespace
 * @table: of which table; of connections, see tpw_sockets_tcp_in_use()
 * @bucket: below tpw_sockets_buckets()
 *
 * Context: process.
 * Return: their number.
 */
u64 tpw_sockets_count_bucket(struct net *net, enum tpw_socket_table table,
			     unsigned int bucket)
{
	struct inet_hashinfo *h = net->ipv4.tcp_death_row.hashinfo;

	if (table == TPW_SOCKETS_LISTENERS)
		return count_listeners(net, &h->lhash2[bucket]);
	if (table == TPW_SOCKETS_UDP)
		return count_udp(net, &tpw_udp_table(net)->hash[bucket]);
	return 0;
}

/**
 * tpw_sockets_tcp_in_use() - how many TCP sockets there are, as the kernel
 *	counts them for /proc/net/sockstat
 * @net: of which namespace
 *
 * Context: any.
 * Return: listeners, connections and TIME_WAITs, but no requests.
 */
u64 tpw_sockets_tcp_in_use(struct net *net)
{
	int nr = sock_prot_inuse_get(net, &tcp_prot) +
		 sock_prot_inuse_get(net, &tcpv6_prot) + tpw_time_waits(net);

	return max(nr, 0);
}

/**
 * tpw_sockets_free() - free a copy
 * @s: the copy
 *
 * Context: process, may sleep.
 */
void tpw_sockets_free(struct tpw_sockets *s)
{
	kvfree(s->rows);
	memset(s, 0, sizeof(*s));
}
