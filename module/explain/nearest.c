// SPDX-License-Identifier: GPL-2.0
/*
 * What comes nearest to an endpoint that nobody is bound to.
 *
 * All TCP listeners are walked once, bucket by bucket, under RCU and for all
 * endpoints together; of UDP, the bucket of each port.  Those that are bound to
 * the port are compared.
 */
#include "explain/nearest.h"

#include "base/compat.h"
#include "store/listeners.h"
#include "record/pernet.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/rculist_nulls.h>
#include <linux/rcupdate.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/udp.h>
#include <linux/user_namespace.h>
#include <net/inet_hashtables.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/udp.h>

#define TPW_NAME_NEAR(id, name, meaning)	[TPW_NEAR_##id] = name,

const char *const tpw_near_names[] = { TPW_NEAR_NAMES(TPW_NAME_NEAR) };

/**
 * struct looking - a walk
 * @n: the endpoints
 * @nr: how many
 * @net: their namespace
 * @visible: what the reader may see
 */
struct looking {
	struct tpw_nearest_list *n;
	unsigned int nr;
	struct net *net;
	const struct tpw_visibility *visible;
};

static unsigned int count_nets(void)
{
	unsigned int nr = 0;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		nr++;
	up_read(&net_rwsem);
	return nr;
}

/**
 * tpw_visibility_of() - find out which namespaces a reader may see
 * @visible: where the answer goes
 * @file: whose opener is the reader
 * @here: the namespace that it is about
 *
 * He needs CAP_NET_ADMIN in the user namespace that owns them.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM; tpw_visibility_free() is due if it is 0.
 */
int tpw_visibility_of(struct tpw_visibility *visible, const struct file *file,
		      const struct net *here)
{
	unsigned int room = count_nets() + 8;
	struct net *net;

	memset(visible, 0, sizeof(*visible));
	tpw_rights_take(&visible->rights, file, here);
	if (visible->rights.is_host_admin)
		return 0;
	visible->net = kvcalloc(room, sizeof(*visible->net), GFP_KERNEL_ACCOUNT);
	if (!visible->net)
		return -ENOMEM;
	down_read(&net_rwsem);
	for_each_net(net)
		if (visible->nr < room &&
		    file_ns_capable(file, net->user_ns, CAP_NET_ADMIN))
			visible->net[visible->nr++] = tpw_net_number(net);
	up_read(&net_rwsem);
	return 0;
}

/**
 * tpw_visibility_free() - undo tpw_visibility_of()
 * @visible: what it has filled
 *
 * Context: process, may sleep.
 */
void tpw_visibility_free(struct tpw_visibility *visible)
{
	kvfree(visible->net);
	visible->net = NULL;
}

static bool sees(const struct looking *l, const struct net *net)
{
	unsigned int i;

	if (l->visible->rights.is_host_admin || net_eq(net, l->net))
		return true;
	for (i = 0; i < l->visible->nr; i++)
		if (l->visible->net[i] == tpw_net_number(net))
			return true;
	return false;
}

static bool is_any(const struct sock *sk)
{
	return sk->sk_family == AF_INET6 ?
		       ipv6_addr_any(&sk->sk_v6_rcv_saddr) : !sk->sk_rcv_saddr;
}

/* Would its address take the packet? */
static bool fits_address(const struct tpw_query *q, const struct sock *sk)
{
	const struct tpw_tuple *t = &q->tuple;

	if (t->family == AF_INET6)
		return sk->sk_family == AF_INET6 &&
		       (is_any(sk) || ipv6_addr_equal(&sk->sk_v6_rcv_saddr,
						      tpw_in6(&t->local)));
	return !ipv6_only_sock(sk) &&
	       (!sk->sk_rcv_saddr || sk->sk_rcv_saddr == t->local.ip);
}

static bool fits_device(const struct tpw_query *q, const struct sock *sk)
{
	int bound = READ_ONCE(sk->sk_bound_dev_if);

	return !bound || bound == q->dif || bound == q->sdif;
}

static bool is_proto(const struct tpw_query *q, u8 proto)
{
	return q->tuple.proto == proto;
}

/* A socket of the same namespace, protocol and port: what keeps it away? */
static enum tpw_near_kind compare(const struct tpw_query *q,
				  const struct sock *sk)
{
	if (!fits_address(q, sk)) {
		if (sk->sk_family == q->tuple.family)
			return TPW_NEAR_ADDRESS;
		return sk->sk_family == AF_INET6 ? TPW_NEAR_ONLY_IPV6 :
						   TPW_NEAR_ONLY_IPV4;
	}
	if (!fits_device(q, sk))
		return TPW_NEAR_DEVICE;
	return is_proto(q, IPPROTO_UDP) &&
	       READ_ONCE(sk->sk_state) == TCP_ESTABLISHED ? TPW_NEAR_PEER :
							    TPW_NEAR_NOW;
}

/* Of what is not in its own tables, only what would take the segment. */
static enum tpw_near_kind classify(const struct looking *l,
				   const struct tpw_query *q, struct sock *sk,
				   u8 proto)
{
	bool is_here = net_eq(sock_net(sk), l->net);

	if (is_here && is_proto(q, proto))
		return compare(q, sk);
	if (!fits_address(q, sk) || READ_ONCE(sk->sk_state) == TCP_ESTABLISHED)
		return TPW_NEAR_KINDS;
	if (is_here)
		return fits_device(q, sk) ? TPW_NEAR_PROTO : TPW_NEAR_KINDS;
	return is_proto(q, proto) && sees(l, sock_net(sk)) ? TPW_NEAR_NETNS :
							     TPW_NEAR_KINDS;
}

static struct tpw_near *add(struct tpw_nearest_list *n, enum tpw_near_kind kind)
{
	if (kind == TPW_NEAR_KINDS || n->nr[kind] == TPW_NEAR_EACH)
		return NULL;
	return &n->near[kind][n->nr[kind]++];
}

static void look(struct looking *l, struct tpw_nearest_list *n, struct sock *sk,
		 u8 proto)
{
	struct tpw_near *near = add(n, classify(l, &n->q, sk, proto));

	if (!near)
		return;
	tpw_search_describe(&near->socket, sk, proto);
	near->inum = sock_net(sk)->ns.inum;
	near->closed_ns = 0;
}

/* In one table for all namespaces. */
static void look_at_listeners(struct looking *l)
{
	struct inet_hashinfo *h = l->net->ipv4.tcp_death_row.hashinfo;
	struct tpw_listener_node *node;
	unsigned int bucket, i;
	struct sock *sk;

	for (bucket = 0; bucket <= h->lhash2_mask; bucket++) {
		rcu_read_lock();
		tpw_for_each_listener(sk, node, &h->lhash2[bucket]) {
			for (i = 0; i < l->nr; i++)
				if (sk->sk_num == ntohs(l->n[i].q.tuple.lport))
					look(l, &l->n[i], sk, IPPROTO_TCP);
		}
		rcu_read_unlock();
		cond_resched();
	}
}

static void look_at_udp(struct looking *l, struct net *net,
			struct tpw_nearest_list *n)
{
	u16 port = ntohs(n->q.tuple.lport);
	struct udp_hslot *slot;
	struct sock *sk;

	slot = udp_hashslot(tpw_udp_table(net), net, port);
	rcu_read_lock();
	sk_for_each_rcu(sk, &slot->head)
		if (net_eq(sock_net(sk), net) &&
		    udp_sk(sk)->udp_port_hash == port)
			look(l, n, sk, IPPROTO_UDP);
	rcu_read_unlock();
	cond_resched();
}

/* Buckets of UDP depend on the namespace, which may have its own table too. */
static void look_at_datagrams(struct looking *l)
{
	struct tpw_net *tn;
	unsigned int i;
	u64 after = 0;

	for (i = 0; i < l->nr; i++)
		look_at_udp(l, l->net, &l->n[i]);
	/* Whoever sees his own alone need not go through all. */
	if (!l->visible->rights.is_host_admin && l->visible->nr < 2)
		return;
	while ((tn = tpw_pernet_next(after))) {
		after = tn->id.cookie;
		for (i = 0; i < l->nr; i++)
			if (is_proto(&l->n[i].q, IPPROTO_UDP) &&
			    !net_eq(tn->net, l->net) && sees(l, tn->net))
				look_at_udp(l, tn->net, &l->n[i]);
		put_net(tn->net);
	}
}

/* Was this one, now closed, bound to what is asked for? */
static bool was_there(const struct tpw_query *q, const struct tpw_listener *old)
{
	const struct tpw_tuple *t = &q->tuple;
	const struct tpw_endpoint *b = &old->bound;

	if (b->proto != t->proto || b->port != t->lport)
		return false;
	if (b->ifindex && b->ifindex != q->dif && b->ifindex != q->sdif)
		return false;
	if (tpw_addr_is_any(&b->addr))
		return b->family == AF_INET6 || t->family == AF_INET;
	if (b->family == AF_INET6 && t->family == AF_INET)
		return ipv6_addr_v4mapped(tpw_in6(&b->addr)) &&
		       b->addr.ip6[3] == t->local.ip;
	return b->family == t->family && tpw_addr_equal(&b->addr, &t->local);
}

static void remember(struct tpw_nearest_list *n, const struct tpw_listener *old)
{
	struct tpw_near *near = &n->near[TPW_NEAR_CLOSED][0];

	if (n->nr[TPW_NEAR_CLOSED] && near->closed_ns > old->closed_ns)
		return;
	memset(near, 0, sizeof(*near));
	near->socket.bound = old->bound;
	near->socket.cookie = old->e.key;
	near->socket.incoming_cpu = -1;
	near->socket.score = TPW_NO_SCORE;
	near->inum = old->net.inum;
	near->closed_ns = old->closed_ns;
	n->nr[TPW_NEAR_CLOSED] = 1;
}

/* /proc/net/tcp forgets a socket with its end. */
static bool sees_past(const struct tpw_visibility *visible,
		      const struct tpw_listener *old)
{
	return visible->rights.is_admin ||
	       (old->actor.pid &&
		tpw_rights_own(&visible->rights, old->actor.uid));
}

/* The last one that was closed. */
static void look_back(struct looking *l)
{
	u64 here = tpw_pernet_get(l->net)->id.cookie;
	struct tpw_listener_counts counts;
	struct tpw_listener old;
	unsigned int i;
	u32 index;

	for (index = 0; index < tpw_listeners_nr(); index++) {
		cond_resched();
		if (!tpw_listeners_at(index, &old, &counts) || !old.closed_ns ||
		    old.net.cookie != here || !sees_past(l->visible, &old))
			continue;
		for (i = 0; i < l->nr; i++)
			if (was_there(&l->n[i].q, &old))
				remember(&l->n[i], &old);
	}
}

/**
 * tpw_nearest_find() - find what is near
 * @n: endpoints; of each, the query is set
 * @nr: how many
 * @net: their namespace
 * @visible: what the reader may see
 *
 * Context: process, may sleep.
 */
void tpw_nearest_find(struct tpw_nearest_list *n, unsigned int nr, struct net *net,
		      const struct tpw_visibility *visible)
{
	struct looking l = { .n = n, .nr = nr, .net = net, .visible = visible };
	unsigned int i;

	for (i = 0; i < nr; i++)
		memset(n[i].nr, 0, sizeof(n[i].nr));
	look_at_listeners(&l);
	look_at_datagrams(&l);
	look_back(&l);
}

/**
 * tpw_nearest_first() - the nearest
 * @n: what tpw_nearest_find() has filled
 * @kind: set to why it is only near
 *
 * Return: it, or NULL.
 */
const struct tpw_near *tpw_nearest_first(const struct tpw_nearest_list *n,
					 enum tpw_near_kind *kind)
{
	unsigned int i;

	for (i = 0; i < TPW_NEAR_KINDS; i++) {
		if (!n->nr[i])
			continue;
		*kind = i;
		return &n->near[i][0];
	}
	return NULL;
}
