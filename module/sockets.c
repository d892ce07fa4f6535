// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own socket tables, read live in process context: TCP listeners
 * under RCU, as the kernel's lookup reads them; the established hash and UDP
 * under the lock of one bucket at a time.
 *
 * Nothing can be allocated under a bucket's lock.  If a bucket holds more than
 * there is room for, the room is doubled and that bucket read again.
 */
#include "sockets.h"

#include "compat.h"
#include "socket.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/inet_timewait_sock.h>
#include <net/net_namespace.h>

#define FIRST_ROOM	256

static int make_room(struct tpw_sockets *s)
{
	size_t room = s->room ? s->room * 2 : FIRST_ROOM;
	struct tpw_socket *rows;

	rows = kvmalloc_array(room, sizeof(*rows), GFP_KERNEL);
	if (!rows)
		return -ENOMEM;
	if (s->nr)
		memcpy(rows, s->rows, s->nr * sizeof(*rows));
	kvfree(s->rows);
	s->rows = rows;
	s->room = room;
	return 0;
}

/* ss and netstat print a mapped address in IPv6 form; so does this. */
static void read_tuple(const struct sock *sk, u8 proto, struct tpw_tuple *t)
{
	memset(t, 0, sizeof(*t));
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

/* Common to sockets of all kinds.  False: no room. */
static struct tpw_socket *add(struct tpw_sockets *s, const struct sock *sk,
			      u8 proto)
{
	struct tpw_socket *row;

	if (s->nr == s->room)
		return NULL;
	row = &s->rows[s->nr++];
	memset(row, 0, sizeof(*row));
	read_tuple(sk, proto, &row->tuple);
	row->cookie = tpw_socket_cookie(sk);
	row->ifindex = READ_ONCE(sk->sk_bound_dev_if);
	row->state = READ_ONCE(sk->sk_state);
	return row;
}

static bool add_listener(struct tpw_sockets *s, const struct sock *sk)
{
	struct tpw_socket *row = add(s, sk, IPPROTO_TCP);

	if (!row)
		return false;
	row->queue = READ_ONCE(sk->sk_ack_backlog);
	row->backlog = READ_ONCE(sk->sk_max_ack_backlog);
	return true;
}

static bool add_connection(struct tpw_sockets *s, const struct sock *sk)
{
	struct tpw_socket *row = add(s, sk, IPPROTO_TCP);

	if (!row)
		return false;
	if (row->state == TCP_TIME_WAIT)
		row->state = READ_ONCE(inet_twsk(sk)->tw_substate);
	else if (row->state != TCP_NEW_SYN_RECV)
		row->is_unaccepted = !READ_ONCE(sk->sk_socket) &&
				     !sock_flag(sk, SOCK_DEAD);
	return true;
}

static bool read_listeners(struct tpw_sockets *s, const struct net *net,
			   struct inet_listen_hashbucket *bucket)
{
	struct hlist_nulls_node *node;
	bool is_done = true;
	struct sock *sk;

	rcu_read_lock();
	sk_nulls_for_each_rcu(sk, node, &bucket->nulls_head) {
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
		is_done = add(s, sk, IPPROTO_UDP);
		if (!is_done)
			break;
	}
	spin_unlock_bh(&slot->lock);
	return is_done;
}

static int collect_listeners(struct tpw_sockets *s, struct net *net)
{
	struct inet_hashinfo *h = net->ipv4.tcp_death_row.hashinfo;
	unsigned int i;
	int err;

	for (i = 0; i <= h->lhash2_mask; i++) {
		size_t nr = s->nr;

		while (!read_listeners(s, net, &h->lhash2[i])) {
			s->nr = nr;
			err = make_room(s);
			if (err)
				return err;
		}
		cond_resched();
	}
	return 0;
}

static int collect_connections(struct tpw_sockets *s, struct net *net)
{
	struct inet_hashinfo *h = net->ipv4.tcp_death_row.hashinfo;
	unsigned int i;
	int err;

	for (i = 0; i <= h->ehash_mask; i++) {
		size_t nr = s->nr;

		while (!read_connections(s, net, h, i)) {
			s->nr = nr;
			err = make_room(s);
			if (err)
				return err;
		}
		cond_resched();
	}
	return 0;
}

static int collect_udp(struct tpw_sockets *s, struct net *net)
{
	struct udp_table *table = tpw_udp_table(net);
	unsigned int i;
	int err;

	for (i = 0; i <= table->mask; i++) {
		size_t nr = s->nr;

		while (!read_udp(s, net, &table->hash[i])) {
			s->nr = nr;
			err = make_room(s);
			if (err)
				return err;
		}
		cond_resched();
	}
	return 0;
}

/**
 * tpw_sockets_collect() - copy all TCP and UDP sockets of a namespace
 * @net: the namespace
 * @to: zeroed; where to
 *
 * Sockets may come and go while this runs: what was there all the time is in
 * it, once.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM; tpw_sockets_free() is due in either case.
 */
int tpw_sockets_collect(struct net *net, struct tpw_sockets *to)
{
	int err;

	err = collect_listeners(to, net);
	if (!err)
		err = collect_connections(to, net);
	if (!err)
		err = collect_udp(to, net);
	return err;
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
