// SPDX-License-Identifier: GPL-2.0
/*
 * Connections that were born before the module was loaded, and wait in the
 * accept queue of their listener: the one place where the kernel still knows
 * whose child they are.  Once they are accepted it is forgotten, so they are
 * looked up at load, and remembered.
 *
 * The listener table is one for all namespaces.
 */
#include "watch/accept_queues.h"

#include "base/compat.h"
#include "watch/socket_life.h"

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <net/inet_connection_sock.h>
#include <net/net_namespace.h>
#include <net/request_sock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

/* Held and locked: listen() would make the queue's lock anew under our hands. */
static void scan_queue(struct sock *listener)
{
	struct request_sock_queue *q = &inet_csk(listener)->icsk_accept_queue;
	struct request_sock *req;

	lock_sock(listener);
	if (listener->sk_state == TCP_LISTEN) {
		spin_lock_bh(&q->rskq_lock);
		for (req = READ_ONCE(q->rskq_accept_head); req; req = req->dl_next)
			if (req->sk)
				tpw_socket_life_born(listener, req->sk);
		spin_unlock_bh(&q->rskq_lock);
	}
	release_sock(listener);
}

/* The listener of a bucket that has connections waiting, but for @skip; held. */
static struct sock *next_waiting(struct inet_listen_hashbucket *bucket,
				 unsigned int skip)
{
	struct tpw_listener_node *node;
	struct sock *sk, *found = NULL;

	rcu_read_lock();
	tpw_for_each_listener(sk, node, bucket) {
		if (!READ_ONCE(sk->sk_ack_backlog) || skip-- ||
		    !refcount_inc_not_zero(&sk->sk_refcnt))
			continue;
		found = sk;
		break;
	}
	rcu_read_unlock();
	return found;
}

/**
 * tpw_accept_queues_scan() - learn who was born from whom before
 *
 * Context: process, may sleep; the hooks are armed, so that none is missed.
 */
void tpw_accept_queues_scan(void)
{
	struct inet_hashinfo *h = init_net.ipv4.tcp_death_row.hashinfo;
	struct sock *listener;
	unsigned int i, nr;

	for (i = 0; i <= h->lhash2_mask; i++) {
		for (nr = 0; (listener = next_waiting(&h->lhash2[i], nr)); nr++) {
			scan_queue(listener);
			sock_put(listener);
		}
		cond_resched();
	}
}
