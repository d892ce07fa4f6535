// SPDX-License-Identifier: GPL-2.0
/*
 * Which member of a SO_REUSEPORT group the kernel would choose:
 * reuseport_select_sock() of net/core/sock_reuseport.c.
 *
 * A classic program cannot do anything but look at the packet and return a
 * number: it is run, on a segment made up of what the question says.  An
 * extended one may write to maps: it never is.
 */
#include "explain/group.h"

#include "base/compat.h"
#include "kernel/socket.h"

#include <linux/bottom_half.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/reciprocal_div.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/sock_reuseport.h>

#define TTL	64

static u32 hash_tcp(const struct tpw_search *s, const union tpw_addr *addr)
{
	const struct tpw_tuple *t = &s->q->tuple;

	if (tpw_search_is_v6(s))
		return inet6_ehashfn(s->net, tpw_in6(addr), ntohs(t->lport),
				     tpw_in6(&t->foreign), t->fport);
	return inet_ehashfn(s->net, addr->ip, ntohs(t->lport), t->foreign.ip,
			    t->fport);
}

/* The hash that a group is asked with in this search; false if not known. */
static bool find_hash(const struct tpw_search *s, const union tpw_addr *addr,
		      u32 *hash)
{
	bool is_any = tpw_addr_is_any(addr);

	if (!tpw_search_is_udp(s)) {
		*hash = hash_tcp(s, addr);
		return true;
	}
	*hash = s->hashes.hash[is_any];
	return s->hashes.has[is_any];
}

static void take(struct tpw_choice *to, struct sock *sk, unsigned int index)
{
	to->sk = sk;
	to->member = index + 1;
}

/* From the place that the hash names upwards, connected ones left out. */
static void choose_by_hash(const struct tpw_search *s,
			   const struct sock_reuseport *group, u32 hash,
			   struct tpw_choice *to)
{
	unsigned int nr = to->members;
	unsigned int at = reciprocal_scale(hash, nr);
	unsigned int i;

	for (i = 0; i < nr; i++, at = at + 1 < nr ? at + 1 : 0) {
		struct sock *sk = READ_ONCE(group->socks[at]);

		if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED)
			continue;
		if (!tpw_group_has_cpu(group) ||
		    READ_ONCE(sk->sk_incoming_cpu) == s->cpu) {
			take(to, sk, at);
			return;
		}
		if (!to->sk)
			take(to, sk, at);
	}
}

/* Without the hash, the member that the kernel has named. */
static void choose_as_kernel(struct tpw_search *s,
			     const struct sock_reuseport *group,
			     struct tpw_choice *to)
{
	unsigned int i;

	s->lacks_hash = true;
	to->is_open = s->is_unasked;
	for (i = 0; i < to->members; i++) {
		struct sock *sk = READ_ONCE(group->socks[i]);

		if (tpw_socket_cookie(sk) == s->kernel)
			take(to, sk, i);
	}
}

/*
 * As run_bpf_filter(): what the program sees begins behind the header.  With
 * softirqs off, as it is used to.
 */
static u32 run_classic(const struct bpf_prog *prog, struct sk_buff *skb,
		       bool is_udp)
{
	unsigned int header = is_udp ? sizeof(struct udphdr) :
				       sizeof(struct tcphdr);
	u32 index;

	local_bh_disable();
	__skb_pull(skb, header);
	index = bpf_prog_run_save_cb(prog, skb);
	__skb_push(skb, header);
	local_bh_enable();
	return index;
}

/* True if the program has had its say. */
static bool choose_by_program(struct tpw_search *s,
			      const struct sock_reuseport *group,
			      const struct bpf_prog *prog,
			      struct tpw_choice *to)
{
	u32 index;

	to->prog = prog->aux->id;
	if (!bpf_prog_was_classic(prog)) {
		to->chooser = TPW_CHOOSER_EBPF;
		to->is_open = true;
		return true;
	}
	s->has_cpu = true;	/* it may have looked at that too */
	index = run_classic(prog, s->packet, tpw_search_is_udp(s));
	if (index >= to->members)
		return false;
	to->chooser = TPW_CHOOSER_CBPF;
	take(to, READ_ONCE(group->socks[index]), index);
	return true;
}

/**
 * tpw_group_choose() - which member of its group would be chosen for a socket?
 * @s: the search
 * @sk: the socket
 * @addr: the address that is searched for, or the wildcard
 * @to: where the answer goes
 *
 * Context: process, in an RCU read-side section.
 */
void tpw_group_choose(struct tpw_search *s, struct sock *sk,
		      const union tpw_addr *addr, struct tpw_choice *to)
{
	const struct sock_reuseport *group;
	const struct bpf_prog *prog;
	u32 hash;

	memset(to, 0, sizeof(*to));
	if (!sk->sk_reuseport)
		return;
	group = rcu_dereference(sk->sk_reuseport_cb);
	if (!group)
		return;
	prog = rcu_dereference(group->prog);
	to->members = READ_ONCE(group->num_socks);
	if (!to->members)
		return;
	smp_rmb();	/* pairs with smp_wmb() in __reuseport_add_sock() */
	to->chooser = TPW_CHOOSER_HASH;
	s->has_program |= !!prog;
	s->has_cpu |= !!tpw_group_has_cpu(group);
	if (prog && s->is_real && choose_by_program(s, group, prog, to))
		return;
	if (find_hash(s, addr, &hash))
		choose_by_hash(s, group, hash, to);
	else
		choose_as_kernel(s, group, to);
}

/**
 * tpw_group_show() - note a choice with the socket whose group was asked
 * @seen: the socket
 * @choice: the choice
 *
 * Context: process, in the RCU read-side section of the choice.
 */
void tpw_group_show(struct tpw_seen *seen, const struct tpw_choice *choice)
{
	seen->members = choice->members;
	seen->member = choice->member;
	seen->chooser = choice->chooser;
	seen->prog = choice->prog;
	if (choice->sk)
		seen->chosen = tpw_socket_cookie(choice->sk);
}

static void fill_ip(struct sk_buff *skb, const struct tpw_tuple *t,
		    unsigned int header)
{
	struct iphdr *ip = skb_put_zero(skb, sizeof(*ip));

	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tot_len = htons(sizeof(*ip) + header);
	ip->ttl = TTL;
	ip->protocol = t->proto;
	ip->saddr = t->foreign.ip;
	ip->daddr = t->local.ip;
	ip->check = ip_fast_csum(ip, ip->ihl);
	skb->protocol = htons(ETH_P_IP);
}

static void fill_ip6(struct sk_buff *skb, const struct tpw_tuple *t,
		     unsigned int header)
{
	struct ipv6hdr *ip6 = skb_put_zero(skb, sizeof(*ip6));

	ip6->version = 6;
	ip6->payload_len = htons(header);
	ip6->nexthdr = t->proto;
	ip6->hop_limit = TTL;
	ip6->saddr = *tpw_in6(&t->foreign);
	ip6->daddr = *tpw_in6(&t->local);
	skb->protocol = htons(ETH_P_IPV6);
}

static void fill_tcp(struct sk_buff *skb, const struct tpw_tuple *t)
{
	struct tcphdr *th = skb_put_zero(skb, sizeof(*th));

	th->source = t->fport;
	th->dest = t->lport;
	th->doff = sizeof(*th) / 4;
	th->syn = 1;
	th->window = htons(U16_MAX);
}

static void fill_udp(struct sk_buff *skb, const struct tpw_tuple *t)
{
	struct udphdr *uh = skb_put_zero(skb, sizeof(*uh));

	uh->source = t->fport;
	uh->dest = t->lport;
	uh->len = htons(sizeof(*uh));
}

/**
 * tpw_group_make_packet() - make up the segment that the question is about
 * @s: the search; tpw_search_exit() frees it
 *
 * A SYN without options, or a datagram of 0 bytes.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tpw_group_make_packet(struct tpw_search *s)
{
	const struct tpw_tuple *t = &s->q->tuple;
	bool is_udp = tpw_search_is_udp(s);
	unsigned int header = is_udp ? sizeof(struct udphdr) :
				       sizeof(struct tcphdr);
	struct sk_buff *skb;

	skb = alloc_skb(sizeof(struct ipv6hdr) + header, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	if (tpw_search_is_v6(s))
		fill_ip6(skb, t, header);
	else
		fill_ip(skb, t, header);
	__skb_pull(skb, skb->len);
	skb_reset_transport_header(skb);
	if (is_udp)
		fill_udp(skb, t);
	else
		fill_tcp(skb, t);
	skb->pkt_type = PACKET_HOST;
	skb->skb_iif = s->q->dif;
	s->packet = skb;
	return 0;
}
