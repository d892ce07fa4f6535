// SPDX-License-Identifier: GPL-2.0
/*
 * The search for the socket of a SYN: __inet_lookup_established(),
 * __inet_lookup_listener() and their like for IPv6.
 *
 * The established table is read without its lock, as the kernel's lookup does.
 * Its sockets are freed at once and may become others, so only what all kinds
 * share is compared, and the one that fits is held and compared again before
 * more of it is read.  Listeners live until the RCU section ends.
 */
#include "explain/search_tcp.h"

#include "base/compat.h"
#include "kernel/socket.h"
#include "explain/bucket.h"
#include "explain/search.h"

#include <linux/rculist_nulls.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/request_sock.h>
#include <net/tcp_states.h>

#define MAX_TRIES	8

static u32 hash_of(const struct tpw_search *s)
{
	const struct tpw_tuple *t = &s->q->tuple;

	if (t->family == AF_INET6)
		return inet6_ehashfn(s->net, tpw_in6(&t->local), ntohs(t->lport),
				     tpw_in6(&t->foreign), t->fport);
	return inet_ehashfn(s->net, t->local.ip, ntohs(t->lport), t->foreign.ip,
			    t->fport);
}

/*
 * Count a chain and look for the tuple in it.  False if it has to be walked
 * again: a socket that was freed and is now elsewhere has led astray.
 */
static bool walk_chain(struct tpw_search *s, struct tpw_step_row *row,
		       const struct inet_ehash_bucket *head, u32 slot,
		       struct sock **found)
{
	const struct hlist_nulls_node *node;
	struct sock *sk;

	row->sockets = 0;
	row->others = 0;
	*found = NULL;
	sk_nulls_for_each_rcu(sk, node, &head->chain) {
		if (!net_eq(sock_net(sk), s->net)) {
			row->others++;
			continue;
		}
		row->sockets++;
		if (!*found && tpw_search_has_tuple(s, sk))
			*found = sk;
	}
	return get_nulls_value(node) == slot;
}

/* The socket that has the tuple, held, or NULL. */
static struct sock *find_established(struct tpw_search *s,
				     struct tpw_step_row *row)
{
	struct inet_hashinfo *h = s->net->ipv4.tcp_death_row.hashinfo;
	u32 hash = hash_of(s);
	unsigned int tries;
	struct sock *sk;

	row->bucket = hash & h->ehash_mask;
	for (tries = 0; tries < MAX_TRIES; tries++) {
		if (!walk_chain(s, row, &h->ehash[row->bucket], row->bucket,
				&sk))
			continue;
		if (!sk)
			return NULL;
		if (!refcount_inc_not_zero(&sk->sk_refcnt))
			continue;
		if (tpw_search_has_tuple(s, sk))
			return sk;
		sock_gen_put(sk);
	}
	return NULL;
}

/* @sk is held: its listener, if it is a request, is so too. */
static void describe_established(struct tpw_search *s, struct sock *sk)
{
	struct tpw_finding *to = &s->established;
	const struct sock *listener;

	to->via = s->q->has_early_demux ? TPW_VIA_EARLY_DEMUX : TPW_VIA_EHASH;
	tpw_search_describe(&to->socket, sk, IPPROTO_TCP);
	switch (to->socket.state) {
	case TCP_TIME_WAIT:
		to->match = TPW_MATCH_TIME_WAIT;
		to->socket.state = READ_ONCE(inet_twsk(sk)->tw_substate);
		break;
	case TCP_NEW_SYN_RECV:
		to->match = TPW_MATCH_REQUEST;
		listener = inet_reqsk(sk)->rsk_listener;
		if (listener)
			to->socket.listener = tpw_socket_cookie(listener);
		break;
	default:
		to->match = TPW_MATCH_ESTABLISHED;
	}
}

static void search_established(struct tpw_search *s)
{
	struct tpw_step_row *row;
	struct sock *sk;

	row = tpw_search_step(s, TPW_STEP_ESTABLISHED, &s->q->tuple.local);
	rcu_read_lock();
	sk = find_established(s, row);
	if (sk) {
		row->state = TPW_STEP_STATE_MATCH;
		describe_established(s, sk);
		sock_gen_put(sk);
	}
	rcu_read_unlock();
}

static u32 listener_hash(const struct tpw_search *s, const union tpw_addr *addr)
{
	u16 port = ntohs(s->q->tuple.lport);

	if (tpw_search_is_v6(s))
		return ipv6_portaddr_hash(s->net, tpw_in6(addr), port);
	return ipv4_portaddr_hash(s->net, addr->ip, port);
}

static void search_listeners(struct tpw_search *s, enum tpw_step step,
			     const union tpw_addr *addr, enum tpw_via via,
			     bool is_over)
{
	struct inet_hashinfo *h = s->net->ipv4.tcp_death_row.hashinfo;
	u32 bucket = listener_hash(s, addr) & h->lhash2_mask;
	struct tpw_listener_node *node;
	struct tpw_pass pass;
	struct sock *sk;

	rcu_read_lock();
	tpw_pass_init(&pass, s, step, addr, bucket, is_over);
	tpw_for_each_listener(sk, node, &h->lhash2[bucket])
		if (!tpw_pass_look(&pass, sk))
			break;
	tpw_pass_end(&pass, via, TPW_MATCH_LISTENER);
	rcu_read_unlock();
}

/**
 * tpw_explain_tcp() - search for the socket of a SYN
 * @s: the search, reset
 *
 * A TIME_WAIT may let go of its tuple for a SYN that is new enough, so the
 * listeners are searched behind it too.
 *
 * Context: process, may sleep between the steps.
 */
void tpw_explain_tcp(struct tpw_search *s)
{
	static const union tpw_addr any;
	bool is_over;

	search_established(s);
	is_over = s->established.match != TPW_MATCH_NONE &&
		  s->established.match != TPW_MATCH_TIME_WAIT;
	tpw_search_programs(s, is_over);
	search_listeners(s, TPW_STEP_LISTENER_ADDR, &s->q->tuple.local,
			 TPW_VIA_LISTENER_ADDR, is_over);
	is_over |= s->found.match != TPW_MATCH_NONE;
	search_listeners(s, TPW_STEP_LISTENER_ANY, &any, TPW_VIA_LISTENER_ANY,
			 is_over);
}
