// SPDX-License-Identifier: GPL-2.0
/*
 * A walk along one bucket: inet_lhash2_lookup(), udp4_lib_lookup2() and their
 * like for IPv6.
 *
 * The first of the best wins.  One that is better than all before and has
 * SO_REUSEPORT hands over to its group, and the walk ends there, whatever
 * stands behind it.  Only a UDP group with connected members goes on, with the
 * score of the member that it has chosen.
 */
#include "explain/bucket.h"

#include "explain/after.h"
#include "explain/score.h"
#include "explain/way_back.h"

#include <linux/bits.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/sock_reuseport.h>

#define BREATH	64	/* sockets between two looks at who else wants the CPU */

/**
 * tpw_pass_init() - begin
 * @p: the walk
 * @s: its search
 * @step: which step of it
 * @addr: the address to search for, or the wildcard; must outlive @p
 * @bucket: number of the bucket
 * @is_over: the kernel has found what it searches for and looks no more; its
 *	sockets are shown all the same
 *
 * Context: process, in the RCU read-side section of the walk.
 */
void tpw_pass_init(struct tpw_pass *p, struct tpw_search *s, enum tpw_step step,
		   const union tpw_addr *addr, u32 bucket, bool is_over)
{
	memset(p, 0, sizeof(*p));
	p->s = s;
	p->row = tpw_search_step(s, step, addr);
	p->row->bucket = bucket;
	p->addr = addr;
	/* Of IPv6 datagrams, the least score of a socket that fits is 0. */
	p->best = tpw_search_is_udp(s) && tpw_search_is_v6(s) ? -1 : 0;
	p->is_over = is_over;
	if (is_over)
		p->row->state = TPW_STEP_STATE_NOT_REACHED;
}

/* The lookups of 6.1 and 6.12 score the member anew. */
static void go_on(struct tpw_pass *p)
{
	struct tpw_score score;

	tpw_score_socket(p->s, p->winner, p->addr, &score);
	if (score.value > p->best)
		p->best = score.value;
}

static bool is_connected(const struct tpw_pass *p, const struct sock *sk)
{
	return tpw_search_is_udp(p->s) &&
	       READ_ONCE(sk->sk_state) == TCP_ESTABLISHED;
}

/* @sk is better than all before it: does it win, or hand over? */
static void take(struct tpw_pass *p, struct sock *sk, struct tpw_seen *seen)
{
	seen->fate = TPW_FATE_BEST;
	p->winner = sk;
	memset(&p->choice, 0, sizeof(p->choice));
	if (is_connected(p, sk))
		return;
	tpw_group_choose(p->s, sk, p->addr, &p->choice);
	tpw_group_show(seen, &p->choice);
	if (!p->choice.sk && !p->choice.is_open)
		return;
	p->winner = p->choice.sk;
	p->is_open = p->choice.is_open;
	if (!p->is_open && tpw_search_is_udp(p->s) && reuseport_has_conns(sk)) {
		seen->fate = TPW_FATE_GROUP_GOES_ON;
		go_on(p);
	} else {
		seen->fate = TPW_FATE_GROUP_STOPS;
		p->is_over = true;
	}
}

/* Is it still where it was found?  It has been held. */
static bool is_there(const struct tpw_pass *p, const struct sock *sk)
{
	return sk_hashed(sk) && sk->sk_num == ntohs(p->s->q->tuple.lport);
}

/*
 * In a bucket of thousands, let others run.  What the walk stands on and what
 * has won so far are held meanwhile.  False if either is gone after that.
 */
static bool breathe(struct tpw_pass *p, struct sock *sk)
{
	struct sock *winner = p->winner;
	bool is_whole = false;

	if (!refcount_inc_not_zero(&sk->sk_refcnt))
		return false;
	if (winner && !refcount_inc_not_zero(&winner->sk_refcnt))
		goto put;
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
	is_whole = is_there(p, sk) && (!winner || is_there(p, winner));
	/* Freed, if at all, when this read-side section is over. */
	if (winner)
		sock_put(winner);
put:
	sock_put(sk);
	return is_whole;
}

static void look(struct tpw_pass *p, struct sock *sk)
{
	struct tpw_search *s = p->s;
	struct tpw_score score;
	struct tpw_seen *seen;

	p->row->sockets++;
	seen = tpw_search_see(s, p->row->step, sk);
	tpw_score_socket(s, sk, p->addr, &score);
	seen->score = score.value;
	seen->points = score.points;
	seen->fate = score.fate;
	if (score.value != TPW_NO_SCORE && seen->incoming_cpu >= 0)
		s->has_cpu = true;
	if (p->is_over) {
		seen->fate = TPW_FATE_NOT_REACHED;
	} else if (score.value > p->best) {
		p->best = score.value;
		take(p, sk, seen);
	} else if (score.value != TPW_NO_SCORE) {
		seen->fate = TPW_FATE_NOT_BETTER;
	}
}

/**
 * tpw_pass_look() - look at the next socket of the bucket
 * @p: the walk
 * @sk: the socket
 *
 * Context: process, in the RCU read-side section of the walk, which it may
 *	leave and enter again.
 * Return: false if the walk cannot go on; the search is to be made anew.
 */
bool tpw_pass_look(struct tpw_pass *p, struct sock *sk)
{
	if (net_eq(sock_net(sk), p->s->net))
		look(p, sk);
	else
		p->row->others++;
	if (++p->looked % BREATH || !need_resched())
		return true;
	/* Of another namespace it may be bound to another port. */
	if (net_eq(sock_net(sk), p->s->net) && !breathe(p, sk))
		p->s->is_broken = true;
	return !p->s->is_broken;
}

/**
 * tpw_pass_end() - the bucket has ended
 * @p: the walk
 * @via: how the winner was found, if there is one
 * @match: what it is
 *
 * Context: process, in the RCU read-side section of the walk.
 */
void tpw_pass_end(struct tpw_pass *p, enum tpw_via via, enum tpw_match match)
{
	struct tpw_finding *found = &p->s->found;

	if (!p->winner && !p->is_open)
		return;
	p->row->state = TPW_STEP_STATE_MATCH;
	found->via = via;
	found->match = match;
	found->is_open = p->is_open;
	if (p->winner) {
		tpw_search_describe(&found->socket, p->winner,
				    p->s->q->tuple.proto);
		if (match == TPW_MATCH_LISTENER &&
		    tpw_way_back_lacks(p->winner, p->s->q))
			found->socket.after |= BIT(TPW_AFTER_NO_ROUTE);
		if (is_connected(p, p->winner)) {
			found->via = TPW_VIA_UDP_CONNECTED;
			found->match = TPW_MATCH_CONNECTED;
		}
	}
	tpw_group_show(&found->socket, &p->choice);
}
