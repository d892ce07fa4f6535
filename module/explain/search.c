// SPDX-License-Identifier: GPL-2.0
/*
 * What a search has met, kept for whoever prints it.
 *
 * Nothing can be allocated in the RCU section of a walk.  Where there is no
 * room sockets are counted, and who asks makes room and searches again.
 */
#include "explain/search.h"

#include "base/compat.h"
#include "kernel/socket.h"
#include "explain/after.h"

#include <linux/bpf-netns.h>
#include <linux/filter.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>

#define TPW_NAME_STEP(id, name, meaning)		[TPW_STEP_##id] = name,
#define TPW_NAME_STEP_STATE(id, name, meaning)	[TPW_STEP_STATE_##id] = name,
#define TPW_NAME_FATE(id, name, meaning)		[TPW_FATE_##id] = name,
#define TPW_NAME_POINT(id, name, meaning)	[TPW_POINT_##id] = name,

const char *const tpw_step_names[] = { TPW_STEP_NAMES(TPW_NAME_STEP) };
const char *const tpw_step_state_names[] = {
	TPW_STEP_STATE_NAMES(TPW_NAME_STEP_STATE)
};

const char *const tpw_fate_names[] = { TPW_FATE_NAMES(TPW_NAME_FATE) };
const char *const tpw_point_names[] = { TPW_POINT_NAMES(TPW_NAME_POINT) };

/**
 * tpw_search_init() - prepare a search
 * @s: the search
 * @net: in which namespace
 * @q: what for; must outlive the search
 *
 * Context: any.
 */
void tpw_search_init(struct tpw_search *s, struct net *net,
		     const struct tpw_query *q)
{
	memset(s, 0, sizeof(*s));
	s->net = net;
	s->q = q;
}

/**
 * tpw_search_exit() - free what a search holds
 * @s: the search
 *
 * Context: process, may sleep.
 */
void tpw_search_exit(struct tpw_search *s)
{
	kfree_skb(s->packet);
	kvfree(s->seen);
	s->packet = NULL;
	s->seen = NULL;
}

/**
 * tpw_search_grow() - make room for all that the last search met
 * @s: the search, which has to be made again
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_search_grow(struct tpw_search *s)
{
	size_t room = s->nr ? s->nr + s->nr / 4 : TPW_SEARCH_ROOM;
	struct tpw_seen *seen;

	room = min_t(size_t, max_t(size_t, room, TPW_SEARCH_ROOM),
		     TPW_SEARCH_ROOM_MAX);
	seen = kvmalloc_array(room, sizeof(*seen), GFP_KERNEL_ACCOUNT);
	if (!seen)
		return -ENOMEM;
	kvfree(s->seen);
	s->seen = seen;
	s->room = room;
	s->nr = 0;
	return 0;
}

/**
 * tpw_search_reset() - forget what was found, to search once more
 * @s: the search
 *
 * Context: any.
 */
void tpw_search_reset(struct tpw_search *s)
{
	s->has_program = false;
	s->has_cpu = false;
	s->has_sk_lookup = false;
	s->lacks_hash = false;
	s->is_broken = false;
	memset(&s->established, 0, sizeof(s->established));
	memset(&s->found, 0, sizeof(s->found));
	s->established.via = TPW_VIA_NONE;
	s->established.match = TPW_MATCH_NONE;
	s->found.via = TPW_VIA_NONE;
	s->found.match = TPW_MATCH_NONE;
	s->steps = 0;
	s->nr = 0;
}

/**
 * tpw_search_step() - the next step begins
 * @s: the search
 * @step: which
 * @addr: the address that is searched for
 *
 * Return: its row.
 */
struct tpw_step_row *tpw_search_step(struct tpw_search *s, enum tpw_step step,
				     const union tpw_addr *addr)
{
	struct tpw_step_row *row = &s->step[s->steps++];

	memset(row, 0, sizeof(*row));
	row->step = step;
	row->addr = *addr;
	row->first = s->nr;
	return row;
}

static void describe_peer(struct tpw_seen *to, const struct sock *sk)
{
	to->peer_port = sk->sk_dport;
	if (sk->sk_family == AF_INET6)
		memcpy(to->peer.ip6, &sk->sk_v6_daddr, sizeof(to->peer.ip6));
	else
		to->peer.ip = sk->sk_daddr;
}

/**
 * tpw_search_describe() - copy what matters of a socket
 * @to: where to
 * @sk: a socket of any kind
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 *
 * Context: process, while @sk is alive.
 */
void tpw_search_describe(struct tpw_seen *to, struct sock *sk, u8 proto)
{
	memset(to, 0, sizeof(*to));
	tpw_socket_endpoint(sk, proto, &to->bound);
	to->cookie = tpw_socket_cookie(sk);
	to->state = READ_ONCE(sk->sk_state);
	to->incoming_cpu = -1;
	to->score = TPW_NO_SCORE;
	if (to->state != TCP_LISTEN)
		describe_peer(to, sk);
	if (!sk_fullsock(sk))
		return;
	to->incoming_cpu = READ_ONCE(sk->sk_incoming_cpu);
	if (sk->sk_reuseport)
		to->flags |= BIT(TPW_SOCKET_REUSEPORT);
	if (sk->sk_family == AF_INET6 && sk->sk_ipv6only)
		to->flags |= BIT(TPW_SOCKET_ONLY_IPV6);
	if (proto == IPPROTO_TCP && sk_is_mptcp(sk))
		to->flags |= BIT(TPW_SOCKET_MPTCP);
	if (sk->sk_kern_sock)
		to->flags |= BIT(TPW_SOCKET_KERNEL);
	tpw_socket_file(sk, &to->inode, &to->uid);
	to->after = tpw_after_of(sk, proto);
}

/**
 * tpw_search_see() - a socket is looked at
 * @s: the search
 * @step: in which step
 * @sk: the socket
 *
 * Context: process, in an RCU read-side section.
 * Return: its copy, whose fate is still open.
 */
struct tpw_seen *tpw_search_see(struct tpw_search *s, enum tpw_step step,
				struct sock *sk)
{
	struct tpw_seen *to = &s->scratch;

	if (s->nr++ < s->room)
		to = &s->seen[s->nr - 1];
	tpw_search_describe(to, sk, s->q->tuple.proto);
	to->step = step;
	return to;
}

static bool has_pair(const struct tpw_search *s, const struct sock *sk,
		     __portpair ports)
{
	INET_ADDR_COOKIE(pair, s->q->tuple.foreign.ip, s->q->tuple.local.ip);

	return inet_match(s->net, sk, pair, ports, s->q->dif, s->q->sdif);
}

/**
 * tpw_search_has_tuple() - is a socket connected by the tuple of the segment?
 * @s: the search
 * @sk: a socket of any kind that is not a listener
 *
 * Context: in an RCU read-side section, or while @sk is held.
 * Return: true if it is, and not bound to another device.
 */
bool tpw_search_has_tuple(const struct tpw_search *s, const struct sock *sk)
{
	const struct tpw_tuple *t = &s->q->tuple;
	const __portpair ports = INET_COMBINED_PORTS(t->fport, ntohs(t->lport));

	if (!tpw_search_is_v6(s))
		return has_pair(s, sk, ports);
	return inet6_match(s->net, sk, (const struct in6_addr *)t->foreign.ip6,
			   (const struct in6_addr *)t->local.ip6, ports,
			   s->q->dif, s->q->sdif);
}

/* The programs in their order; an empty place has one without aux. */
static unsigned int read_programs(const struct net *net, u32 *ids)
{
	const struct bpf_prog_array_item *item;
	const struct bpf_prog_array *array;
	unsigned int nr = 0;

	rcu_read_lock();
	array = rcu_dereference(net->bpf.run_array[NETNS_BPF_SK_LOOKUP]);
	for (item = array ? array->items : NULL; item && item->prog; item++) {
		const struct bpf_prog_aux *aux = READ_ONCE(item->prog)->aux;

		if (!aux)
			continue;
		if (nr < TPW_STEP_PROGS)
			ids[nr] = aux->id;
		nr++;
	}
	rcu_read_unlock();
	return nr;
}

/**
 * tpw_search_programs() - the step in which BPF sk_lookup programs are asked
 * @s: the search
 * @is_over: it has ended before
 *
 * They are looked at and not run: what they do besides cannot be undone.
 *
 * Context: process.
 */
void tpw_search_programs(struct tpw_search *s, bool is_over)
{
	struct tpw_step_row *row;
	unsigned int nr = 0;

	row = tpw_search_step(s, TPW_STEP_SK_LOOKUP, &s->q->tuple.local);
	if (static_branch_unlikely(&bpf_sk_lookup_enabled))
		nr = read_programs(s->net, row->progs);
	if (!nr)
		row->state = TPW_STEP_STATE_NOT_ATTACHED;
	else
		row->state = is_over ? TPW_STEP_STATE_NOT_REACHED :
				       TPW_STEP_STATE_ATTACHED;
	s->has_sk_lookup = row->state == TPW_STEP_STATE_ATTACHED;
}
