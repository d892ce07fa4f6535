// SPDX-License-Identifier: GPL-2.0
/*
 * Who gets a copy of a datagram that goes to many: __udp4_lib_mcast_deliver()
 * and its like for IPv6.
 *
 * All sockets of the port are looked at, and each that wants it gets one: no
 * score, no group, no BPF program.  What a socket has joined follows
 * ip_mc_sf_allow() and inet6_mc_check(), what a device has joined follows
 * ip_check_mc_rcu() and ipv6_chk_mcast_addr(): compare these when a kernel is
 * new.
 */
#include "explain/multicast.h"

#include "base/compat.h"
#include "explain/group.h"
#include "explain/search.h"

#include <linux/igmp.h>
#include <linux/inetdevice.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/udp.h>

#define SHORT_BUCKET	10	/* in a longer one the kernel goes other ways */

/* What the list of a membership says of a source. */
static enum tpw_fate by_source(unsigned int mode, bool has_list, bool is_listed)
{
	bool wants = mode == MCAST_EXCLUDE ? !is_listed : is_listed;

	if (!has_list)
		wants = mode == MCAST_EXCLUDE;
	return wants ? TPW_FATE_COPY : TPW_FATE_SOURCE_FILTER;
}

static enum tpw_fate member4(const struct ip_mc_socklist *m, __be32 source)
{
	const struct ip_sf_socklist *list = rcu_dereference(m->sflist);
	bool is_listed = false;
	unsigned int i;

	for (i = 0; list && i < list->sl_count; i++)
		is_listed |= list->sl_addr[i] == source;
	return by_source(m->sfmode, list, is_listed);
}

static enum tpw_fate joined4(const struct tpw_query *q, const struct sock *sk)
{
	const struct tpw_tuple *t = &q->tuple;
	const struct ip_mc_socklist *m;

	if (!ipv4_is_multicast(t->local.ip))
		return TPW_FATE_COPY;
	for (m = rcu_dereference(inet_sk(sk)->mc_list); m;
	     m = rcu_dereference(m->next_rcu))
		if (m->multi.imr_multiaddr.s_addr == t->local.ip &&
		    (m->multi.imr_ifindex == q->dif ||
		     (q->sdif && m->multi.imr_ifindex == q->sdif)))
			return member4(m, t->foreign.ip);
	return tpw_inet_flag(sk, MC_ALL, mc_all) ? TPW_FATE_COPY :
						   TPW_FATE_NOT_JOINED;
}

static enum tpw_fate member6(const struct ipv6_mc_socklist *m,
			     const struct in6_addr *source)
{
	const struct ip6_sf_socklist *list = rcu_dereference(m->sflist);
	bool is_listed = false;
	unsigned int i;

	for (i = 0; list && i < list->sl_count; i++)
		is_listed |= ipv6_addr_equal(&list->sl_addr[i], source);
	return by_source(m->sfmode, list, is_listed);
}

static enum tpw_fate joined6(const struct tpw_query *q, const struct sock *sk)
{
	const struct ipv6_mc_socklist *m;

	for (m = rcu_dereference(inet6_sk(sk)->ipv6_mc_list); m;
	     m = rcu_dereference(m->next))
		if (ipv6_addr_equal(&m->addr, tpw_in6(&q->tuple.local)))
			return member6(m, tpw_in6(&q->tuple.foreign));
	return tpw_mc6_all(sk) ? TPW_FATE_COPY : TPW_FATE_NOT_JOINED;
}

/* Does a device want a source?  @counts: of its entry, NULL if it has none. */
static bool wants_source(const unsigned long *counts, unsigned long excluding)
{
	if (!counts)
		return excluding;
	return counts[MCAST_INCLUDE] || counts[MCAST_EXCLUDE] != excluding;
}

/* Guarded by the lock; marked for RCU by some kernels only. */
#define guarded(entry)	((__force const struct ip_sf_list *)(entry))

static bool wants_source4(struct ip_mc_list *m, __be32 source)
{
	const struct ip_sf_list *entry;
	bool wants;

	spin_lock_bh(&m->lock);
	entry = guarded(m->sources);
	while (entry && entry->sf_inaddr != source)
		entry = guarded(entry->sf_next);
	wants = wants_source(entry ? entry->sf_count : NULL,
			     m->sfcount[MCAST_EXCLUDE]);
	spin_unlock_bh(&m->lock);
	return wants;
}

static bool wants_source6(const struct ifmcaddr6 *m,
			  const struct in6_addr *source)
{
	const struct ip6_sf_list *entry = rcu_dereference(m->mca_sources);

	while (entry && !ipv6_addr_equal(&entry->sf_addr, source))
		entry = rcu_dereference(entry->sf_next);
	return wants_source(entry ? entry->sf_count : NULL,
			    m->mca_sfcount[MCAST_EXCLUDE]);
}

/* Has somebody joined the group there, who wants it from that source? */
static bool is_joined4(const struct tpw_search *s, int ifindex)
{
	const struct tpw_tuple *t = &s->q->tuple;
	const struct net_device *dev = dev_get_by_index_rcu(s->net, ifindex);
	const struct in_device *in = dev ? __in_dev_get_rcu(dev) : NULL;
	struct ip_mc_list *m;

	for (m = in ? rcu_dereference(in->mc_list) : NULL; m;
	     m = rcu_dereference(m->next_rcu))
		if (m->multiaddr == t->local.ip)
			return wants_source4(m, t->foreign.ip);
	return false;
}

/**
 * tpw_multicast_is_joined6() - would IPv6 let a datagram to a group in?
 * @net: the namespace
 * @ifindex: the device that it comes in on; of a VRF, the port
 * @t: its tuple
 *
 * As ipv6_chk_mcast_addr(), which ip6_mc_input() asks.
 *
 * Context: process, in an RCU read-side section.
 * Return: true if somebody has joined there, who wants it from that source.
 */
bool tpw_multicast_is_joined6(struct net *net, int ifindex,
			      const struct tpw_tuple *t)
{
	const struct net_device *dev = dev_get_by_index_rcu(net, ifindex);
	const struct inet6_dev *in = dev ? __in6_dev_get(dev) : NULL;
	const struct ifmcaddr6 *m;

	for (m = in ? rcu_dereference(in->mc_list) : NULL; m;
	     m = rcu_dereference(m->next))
		if (ipv6_addr_equal(&m->mca_addr, tpw_in6(&t->local)))
			return wants_source6(m, tpw_in6(&t->foreign));
	return false;
}

static bool has_other_peer(const struct tpw_query *q, const struct sock *sk)
{
	const struct tpw_tuple *t = &q->tuple;

	if (sk->sk_dport && sk->sk_dport != t->fport)
		return true;
	if (t->family == AF_INET6)
		return !ipv6_addr_any(&sk->sk_v6_daddr) &&
		       !ipv6_addr_equal(&sk->sk_v6_daddr, tpw_in6(&t->foreign));
	return sk->sk_daddr && sk->sk_daddr != t->foreign.ip;
}

static bool has_other_address(const struct tpw_query *q, const struct sock *sk)
{
	const struct tpw_tuple *t = &q->tuple;

	if (t->family == AF_INET6)
		return !ipv6_addr_any(&sk->sk_v6_rcv_saddr) &&
		       !ipv6_addr_equal(&sk->sk_v6_rcv_saddr, tpw_in6(&t->local));
	return sk->sk_rcv_saddr && sk->sk_rcv_saddr != t->local.ip;
}

/* As __udp_is_mcast_sock() and its like for IPv6. */
static enum tpw_fate fate_of(struct tpw_search *s, const struct sock *sk)
{
	const struct tpw_query *q = s->q;

	if (udp_sk(sk)->udp_port_hash != ntohs(q->tuple.lport))
		return TPW_FATE_OTHER_PORT;
	if (tpw_search_is_v6(s) && sk->sk_family != AF_INET6)
		return TPW_FATE_ONLY_IPV4;
	if (!tpw_search_is_v6(s) && ipv6_only_sock(sk))
		return TPW_FATE_ONLY_IPV6;
	if (has_other_address(q, sk))
		return TPW_FATE_OTHER_ADDRESS;
	if (has_other_peer(q, sk))
		return TPW_FATE_OTHER_PEER;
	if (!udp_sk_bound_dev_eq(s->net, READ_ONCE(sk->sk_bound_dev_if), q->dif,
				 q->sdif))
		return TPW_FATE_OTHER_DEVICE;
	return tpw_search_is_v6(s) ? joined6(q, sk) : joined4(q, sk);
}

/* IPv4's routing has seen to the device, see gate_route.c; IPv6 asks later. */
static bool comes_in(const struct tpw_search *s)
{
	const struct tpw_query *q = s->q;

	return !tpw_search_is_v6(s) ||
	       tpw_multicast_is_joined6(s->net, q->sdif ? q->sdif : q->dif,
					&q->tuple);
}

static unsigned int look_in(struct tpw_search *s, struct tpw_step_row *row,
			    const struct udp_hslot *slot)
{
	bool is_in = comes_in(s);
	unsigned int copies = 0;
	struct tpw_seen *seen;
	struct sock *sk;

	sk_for_each_rcu(sk, &slot->head) {
		if (!net_eq(sock_net(sk), s->net)) {
			row->others++;
			continue;
		}
		row->sockets++;
		seen = tpw_search_see(s, TPW_STEP_MULTICAST, sk);
		seen->fate = fate_of(s, sk);
		if (seen->fate == TPW_FATE_COPY && !is_in)
			seen->fate = TPW_FATE_NOT_JOINED;
		copies += seen->fate == TPW_FATE_COPY;
	}
	return copies;
}

static struct sock *first_in_port(struct tpw_search *s,
				  const struct udp_hslot *slot)
{
	struct sock *sk;

	sk_for_each_rcu(sk, &slot->head)
		if (net_eq(sock_net(sk), s->net) &&
		    fate_of(s, sk) == TPW_FATE_COPY)
			return sk;
	return NULL;
}

static struct sock *first_in_address(struct tpw_search *s, u32 hash)
{
	struct udp_table *table = tpw_udp_table(s->net);
	struct sock *sk;

	udp_portaddr_for_each_entry_rcu(sk, &udp_hashslot2(table, hash)->head)
		if (net_eq(sock_net(sk), s->net) &&
		    fate_of(s, sk) == TPW_FATE_COPY)
			return sk;
	return NULL;
}

/* In a long bucket: those bound to the group, then those to the wildcard. */
static struct sock *first_by_address(struct tpw_search *s)
{
	const union tpw_addr *local = &s->q->tuple.local;
	u16 port = ntohs(s->q->tuple.lport);
	u32 hash, any;
	struct sock *sk;

	if (tpw_search_is_v6(s)) {
		hash = ipv6_portaddr_hash(s->net, tpw_in6(local), port);
		any = ipv6_portaddr_hash(s->net, &in6addr_any, port);
	} else {
		hash = ipv4_portaddr_hash(s->net, local->ip, port);
		any = ipv4_portaddr_hash(s->net, htonl(INADDR_ANY), port);
	}
	sk = first_in_address(s, hash);
	return sk ? sk : first_in_address(s, any);
}

/* The first one is named by the log too; how many there are is in the rows. */
static void take(struct tpw_search *s, struct sock *sk)
{
	s->found.via = TPW_VIA_MULTICAST;
	s->found.match = READ_ONCE(sk->sk_state) == TCP_ESTABLISHED ?
			 TPW_MATCH_CONNECTED : TPW_MATCH_BOUND;
	tpw_search_describe(&s->found.socket, sk, IPPROTO_UDP);
}

static bool is_short(const struct tpw_step_row *row)
{
	return row->sockets + row->others <= SHORT_BUCKET;
}

/*
 * IPv4's early demux knows a group with a single receiver.  Under a VRF it asks
 * whether the VRF has joined the group.
 */
static bool is_early(const struct tpw_search *s, const struct tpw_step_row *row,
		     unsigned int copies)
{
	return !tpw_search_is_v6(s) && s->q->has_early_demux && copies == 1 &&
	       ipv4_is_multicast(s->q->tuple.local.ip) && is_short(row) &&
	       is_joined4(s, s->q->dif);
}

static struct tpw_seen *find_seen(struct tpw_search *s, u64 cookie)
{
	size_t i;

	for (i = 0; i < s->nr && i < s->room; i++)
		if (s->seen[i].cookie == cookie)
			return &s->seen[i];
	return &s->scratch;
}

/*
 * The group of the socket that early demux has found chooses anew, and any of
 * it may get the datagram: also one that has not joined, or is bound otherwise.
 * The hash is not to be had, as none of the kernel's lookups asks with it.
 */
static void ask_group(struct tpw_search *s, struct sock *sk)
{
	struct tpw_seen *seen = find_seen(s, s->found.socket.cookie);
	struct tpw_choice choice;

	s->is_unasked = true;
	s->is_real = true;
	tpw_group_choose(s, sk, &s->q->tuple.local, &choice);
	if (choice.members < 2 && !choice.prog)
		return;
	seen->fate = TPW_FATE_GROUP_STOPS;
	tpw_group_show(seen, &choice);
	s->found.is_open = choice.is_open;
	if (choice.sk)
		tpw_search_describe(&s->found.socket, choice.sk, IPPROTO_UDP);
	tpw_group_show(&s->found.socket, &choice);
}

static void take_early(struct tpw_search *s, struct sock *sk)
{
	s->found.via = TPW_VIA_EARLY_DEMUX;
	if (TPW_HAS_STEAL_ASKS_GROUP &&
	    READ_ONCE(sk->sk_state) != TCP_ESTABLISHED)
		ask_group(s, sk);
}

/**
 * tpw_explain_multicast() - find the sockets that get a copy
 * @s: the search, reset
 *
 * Context: process.
 */
void tpw_explain_multicast(struct tpw_search *s)
{
	struct udp_table *table = tpw_udp_table(s->net);
	struct tpw_step_row *row;
	const struct udp_hslot *slot;
	struct sock *first = NULL;
	unsigned int copies;

	slot = udp_hashslot(table, s->net, ntohs(s->q->tuple.lport));
	rcu_read_lock();
	row = tpw_search_step(s, TPW_STEP_MULTICAST, &s->q->tuple.local);
	row->bucket = slot - table->hash;
	copies = look_in(s, row, slot);
	if (copies)
		first = is_short(row) ? first_in_port(s, slot) :
					first_by_address(s);
	if (first) {
		row->state = TPW_STEP_STATE_MATCH;
		take(s, first);
		if (is_early(s, row, copies))
			take_early(s, first);
	}
	rcu_read_unlock();
}
