// SPDX-License-Identifier: GPL-2.0
/*
 * Connections that were born before the module was loaded, and wait in the
 * accept queue of their listener: the one place where the kernel still knows
 * whose child they are.  Once they are accepted it is forgotten, so they are
 * looked up at load, and remembered.
 *
 * The listener table is one for all namespaces.
 */
#include "life_scan.h"

#include "compat.h"
#include "life_hooks.h"

#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <net/inet_connection_sock.h>
#include <net/net_namespace.h>
#include <net/request_sock.h>

static void scan_queue(struct sock *listener)
{
	struct request_sock_queue *q = &inet_csk(listener)->icsk_accept_queue;
	struct request_sock *req;

	spin_lock_bh(&q->rskq_lock);
	for (req = READ_ONCE(q->rskq_accept_head); req; req = req->dl_next)
		if (req->sk)
			tpw_life_born(listener, req->sk);
	spin_unlock_bh(&q->rskq_lock);
}

/**
 * tpw_life_scan() - learn who was born from whom before
 *
 * Context: process, may sleep; the hooks are armed, so that none is missed.
 */
void tpw_life_scan(void)
{
	struct inet_hashinfo *h = init_net.ipv4.tcp_death_row.hashinfo;
	struct hlist_nulls_node *node;
	struct sock *sk;
	unsigned int i;

	for (i = 0; i <= h->lhash2_mask; i++) {
		rcu_read_lock();
		sk_nulls_for_each_rcu(sk, node, &h->lhash2[i].nulls_head)
			if (READ_ONCE(sk->sk_ack_backlog))
				scan_queue(sk);
		rcu_read_unlock();
		cond_resched();
	}
}
