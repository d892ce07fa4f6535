// SPDX-License-Identifier: GPL-2.0
/*
 * The search for the socket of a datagram to one host: __udp4_lib_lookup() and
 * its like for IPv6.
 *
 * There is no table of connections: a connected socket stands among those that
 * are bound to its address, and has more points.  If one is found the search is
 * over; else BPF sk_lookup programs are asked first, and only then is the
 * socket taken that was found for the address.  What early demux finds, none of
 this is asked for.
 */
#include "explain/search_udp.h"

#include "base/compat.h"
#include "explain/bucket.h"
#include "explain/score.h"
#include "explain/search.h"

#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/udp.h>

static u32 hash_of(const struct tpw_search *s, const union tpw_addr *addr)
{
	u16 port = ntohs(s->q->tuple.lport);

	if (tpw_search_is_v6(s))
		return ipv6_portaddr_hash(s->net, tpw_in6(addr), port);
	return ipv4_portaddr_hash(s->net, addr->ip, port);
}

static void search_bucket(struct tpw_search *s, enum tpw_step step,
			  const union tpw_addr *addr, enum tpw_via via,
			  bool is_over)
{
	struct udp_table *table = tpw_udp_table(s->net);
	u32 hash = hash_of(s, addr);
	struct tpw_pass pass;
	struct sock *sk;

	rcu_read_lock();
	tpw_pass_init(&pass, s, step, addr, hash & table->mask, is_over);
	udp_portaddr_for_each_entry_rcu(sk, &udp_hashslot2(table, hash)->head)
		if (!tpw_pass_look(&pass, sk))
			break;
	tpw_pass_end(&pass, via, TPW_MATCH_BOUND);
	rcu_read_unlock();
}

/*
 * Some connected socket of the address that has the tuple.  The hash of tuples
 * is not for modules, but a socket knows its own, and all that fit have the
 * same.
 */
static const struct sock *find_like(const struct tpw_search *s,
				    const struct udp_hslot *slot)
{
	const struct sock *sk;

	if (!tpw_udp_has_connections(slot))
		return NULL;
	udp_portaddr_for_each_entry_rcu(sk, &slot->head)
		if (net_eq(sock_net(sk), s->net) && tpw_udp_is_connection(sk) &&
		    tpw_search_has_tuple(s, sk))
			return sk;
	return NULL;
}

static struct sock *walk_connections(struct tpw_search *s,
				     struct tpw_step_row *row,
				     struct udp_table *table)
{
	const struct hlist_nulls_node *node;
	struct sock *sk, *found = NULL;
	struct udp_sock *up;

	tpw_udp_for_each_connection(up, node, table, row->bucket) {
		sk = (struct sock *)up;
		if (!net_eq(sock_net(sk), s->net)) {
			row->others++;
			continue;
		}
		row->sockets++;
		if (!found && tpw_search_has_tuple(s, sk))
			found = sk;
	}
	return found;
}

/* True if a socket is found there: it gets the datagram. */
static bool search_connections(struct tpw_search *s, bool is_over)
{
	const union tpw_addr *local = &s->q->tuple.local;
	struct udp_table *table = tpw_udp_table(s->net);
	const struct sock *like;
	struct tpw_step_row *row;
	struct sock *sk = NULL;

	rcu_read_lock();
	like = find_like(s, udp_hashslot2(table, hash_of(s, local)));
	if (like) {
		row = tpw_search_step(s, TPW_STEP_ESTABLISHED, local);
		row->bucket = tpw_udp_connection_bucket(table, like);
		sk = walk_connections(s, row, table);
		if (is_over)
			row->state = TPW_STEP_STATE_NOT_REACHED;
		else if (sk)
			row->state = TPW_STEP_STATE_MATCH;
	}
	if (sk && !is_over) {
		s->found.via = TPW_VIA_UDP_CONNECTED;
		s->found.match = TPW_MATCH_CONNECTED;
		tpw_search_describe(&s->found.socket, sk, IPPROTO_UDP);
	}
	rcu_read_unlock();
	return sk;
}

static void take_early(struct tpw_search *s, struct tpw_step_row *row,
		       struct sock *sk)
{
	row->state = TPW_STEP_STATE_MATCH;
	s->established.via = TPW_VIA_EARLY_DEMUX;
	s->established.match = TPW_MATCH_CONNECTED;
	tpw_search_describe(&s->established.socket, sk, IPPROTO_UDP);
}

/*
 * Before a datagram is routed, the first socket of the bucket is taken if the
 * whole tuple fits, whatever the points of those behind it.
 */
static void search_early(struct tpw_search *s)
{
	const union tpw_addr *local = &s->q->tuple.local;
	struct udp_table *table = tpw_udp_table(s->net);
	u32 hash = hash_of(s, local);
	struct tpw_step_row *row;
	struct sock *sk;

	row = tpw_search_step(s, TPW_STEP_EARLY_DEMUX, local);
	row->bucket = hash & table->mask;
	rcu_read_lock();
	udp_portaddr_for_each_entry_rcu(sk, &udp_hashslot2(table, hash)->head) {
		bool is_first = !row->sockets && !row->others;

		if (!net_eq(sock_net(sk), s->net)) {
			row->others++;
			continue;
		}
		row->sockets++;
		if (is_first && READ_ONCE(sk->sk_state) == TCP_ESTABLISHED &&
		    tpw_search_has_tuple(s, sk))
			take_early(s, row, sk);
	}
	rcu_read_unlock();
}

/*
 * What is left when nothing was found: the bucket of the port, for a socket
 * that is getting another address just now.  Groups have no say.
 */
static void search_port(struct tpw_search *s)
{
	const union tpw_addr *local = &s->q->tuple.local;
	struct udp_table *table = tpw_udp_table(s->net);
	struct tpw_score score;
	struct tpw_pass pass;
	struct udp_hslot *slot;
	struct sock *sk;

	slot = udp_hashslot(table, s->net, ntohs(s->q->tuple.lport));
	rcu_read_lock();
	tpw_pass_init(&pass, s, TPW_STEP_UDP_PORT, local, slot - table->hash,
		      false);
	pass.best = 0;
	sk_for_each_rcu(sk, &slot->head) {
		if (!net_eq(sock_net(sk), s->net)) {
			pass.row->others++;
			continue;
		}
		pass.row->sockets++;
		tpw_score_socket(s, sk, local, &score);
		if (score.value <= pass.best)
			continue;
		pass.best = score.value;
		pass.winner = sk;
	}
	tpw_pass_end(&pass, TPW_VIA_UDP_ADDR, TPW_MATCH_BOUND);
	rcu_read_unlock();
}

/**
 * tpw_explain_udp() - search for the socket of a datagram
 * @s: the search, reset
 *
 * Context: process, may sleep between the steps.
 */
void tpw_explain_udp(struct tpw_search *s)
{
	static const union tpw_addr any;
	bool is_over;

	if (s->is_real && s->q->has_early_demux)
		search_early(s);
	is_over = s->established.match != TPW_MATCH_NONE;
	is_over |= search_connections(s, is_over);
	search_bucket(s, TPW_STEP_UDP_ADDR, &s->q->tuple.local,
		      TPW_VIA_UDP_ADDR, is_over);
	tpw_search_programs(s, is_over ||
			    s->found.match == TPW_MATCH_CONNECTED);
	is_over |= s->found.match != TPW_MATCH_NONE;
	search_bucket(s, TPW_STEP_UDP_ANY, &any, TPW_VIA_UDP_ANY, is_over);
	if (!is_over && s->found.match == TPW_MATCH_NONE)
		search_port(s);
}
