// SPDX-License-Identifier: GPL-2.0
/*
 * Asking the kernel's own lookups without a packet.
 *
 * They compare the table they are given with that of the namespace to know
 * whether BPF sk_lookup programs have a say.  A copy of the table has the same
 * buckets and another address: the search is the same, and no program runs.
 * Without a packet no program of a reuseport group runs either, and its hash
 * decides.
 *
 * Since 6.18 there is but one table, and lookups are not given any: where a
 * sk_lookup program is attached, the kernel cannot be asked.
 */
#include "kernel/lookup.h"

#include "base/compat.h"

#include <linux/atomic.h>
#include <linux/bpf-netns.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/udp.h>

#define EACH	8	/* questions at a time, of administrators and of others */

/**
 * struct asking - a question to a UDP table that is being asked
 * @is_v6: about an IPv6 packet
 * @hashes: where the hashes go
 */
struct asking {
	bool is_v6;
	struct tpw_lookup_hashes *hashes;
};

/*
 * Who asks, and what; compared, never followed.  A task touches what stands
 * beside itself alone.
 */
static struct task_struct *askers[2 * EACH];
static struct asking askings[2 * EACH];
static atomic_t nr_askers = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(admins);

/* Nobody who is no administrator keeps one waiting. */
static bool take_place(bool is_admin)
{
	unsigned int i, first = is_admin ? 0 : EACH;

	for (i = first; i < first + EACH; i++) {
		if (READ_ONCE(askers[i]) ||
		    cmpxchg(&askers[i], NULL, current))
			continue;
		memset(&askings[i], 0, sizeof(askings[i]));
		atomic_inc(&nr_askers);
		return true;
	}
	return false;
}

/* The place of this task, or a negative number. */
static int place_of_current(void)
{
	int i;

	for (i = 0; i < 2 * EACH; i++)
		if (READ_ONCE(askers[i]) == current)
			return i;
	return -1;
}

/**
 * tpw_lookup_begin() - begin to ask
 * @is_admin: on behalf of an administrator of the host, who waits for others of
 *	them if there are many; anybody else comes again later
 *
 * Context: process, may sleep; tpw_lookup_end() is due in the same task.
 * Return: 0, -EAGAIN, or -EINTR if a signal ends the task.
 */
int tpw_lookup_begin(bool is_admin)
{
	if (!is_admin)
		return take_place(false) ? 0 : -EAGAIN;
	return wait_event_killable(admins, take_place(true)) ? -EINTR : 0;
}

/**
 * tpw_lookup_end() - no more questions
 *
 * Context: process.
 */
void tpw_lookup_end(void)
{
	atomic_dec(&nr_askers);
	/* What stands beside it is the next one's from here on. */
	smp_store_release(&askers[place_of_current()], NULL);
	smp_mb();	/* before the look at who waits */
	if (waitqueue_active(&admins))
		wake_up(&admins);
}

/**
 * tpw_lookup_is_harmless() - may the kernel be asked?
 * @net: the namespace
 *
 * Where a lookup takes no table, BPF sk_lookup programs would run, and what
 * they do besides cannot be undone.
 *
 * Context: any.
 * Return: false if such a program is attached here and cannot be left out.
 */
bool tpw_lookup_is_harmless(const struct net *net)
{
	return !TPW_LOOKUP_RUNS_PROGRAMS ||
	       !static_branch_unlikely(&bpf_sk_lookup_enabled) ||
	       !rcu_access_pointer(net->bpf.run_array[NETNS_BPF_SK_LOOKUP]);
}

/**
 * tpw_lookup_established() - who has the whole tuple, in the kernel's words
 * @net: the namespace
 * @q: the segment, of TCP
 *
 * Context: process.
 * Return: a socket of any kind, with a reference that sock_gen_put() gives
 *	back, or NULL.
 */
struct sock *tpw_lookup_established(struct net *net, const struct tpw_query *q)
{
	const struct tpw_tuple *t = &q->tuple;

	if (t->family == AF_INET6)
		return tpw_lookup_established6(net, tpw_in6(&t->foreign), t->fport,
					       tpw_in6(&t->local), ntohs(t->lport),
					       q->dif, q->sdif);
	return tpw_lookup_established4(net, t->foreign.ip, t->fport,
				       t->local.ip, ntohs(t->lport), q->dif,
				       q->sdif);
}

/**
 * tpw_lookup_listener() - which listener a SYN would get, in the kernel's words
 * @net: the namespace
 * @q: the segment, of TCP
 *
 * Context: process, softirqs on, in an RCU read-side section; on the CPU that
 *	the question is about.
 * Return: the listener, valid in that section, or NULL.
 */
struct sock *tpw_lookup_listener(struct net *net, const struct tpw_query *q)
{
	struct inet_hashinfo copy = *net->ipv4.tcp_death_row.hashinfo;
	const struct tpw_tuple *t = &q->tuple;

	if (t->family == AF_INET6)
		return tpw_lookup_listener6(net, &copy, tpw_in6(&t->foreign),
					    t->fport, tpw_in6(&t->local),
					    ntohs(t->lport), q->dif, q->sdif);
	return tpw_lookup_listener4(net, &copy, t->foreign.ip, t->fport,
				    t->local.ip, ntohs(t->lport), q->dif,
				    q->sdif);
}

/**
 * tpw_lookup_udp() - who would get a datagram, in the kernel's words
 * @net: the namespace
 * @q: the datagram
 * @to: the hashes that groups were asked with
 *
 * Context: process, softirqs on, in an RCU read-side section; on the CPU that
 *	the question is about; between tpw_lookup_begin() and _end().
 * Return: the socket, valid in that section, or NULL.
 */
struct sock *tpw_lookup_udp(struct net *net, const struct tpw_query *q,
			    struct tpw_lookup_hashes *to)
{
	struct udp_table copy = *tpw_udp_table(net);
	const struct tpw_tuple *t = &q->tuple;
	struct asking *asking = &askings[place_of_current()];
	struct sock *sk;

	asking->is_v6 = t->family == AF_INET6;
	asking->hashes = to;
	barrier();	/* the hook below runs in this task, and in order */
	if (asking->is_v6)
		sk = tpw_lookup_udp6(net, &copy, tpw_in6(&t->foreign), t->fport,
				     tpw_in6(&t->local), t->lport, q->dif, q->sdif);
	else
		sk = tpw_lookup_udp4(net, &copy, t->foreign.ip, t->fport,
				     t->local.ip, t->lport, q->dif, q->sdif);
	barrier();
	asking->hashes = NULL;
	return sk;
}

/**
 * tpw_lookup_selected() - a reuseport group is asked for a member
 * @sk: for which socket
 * @hash: with which hash
 *
 * Context: not in softirq, else any.
 */
void tpw_lookup_selected(const struct sock *sk, u32 hash)
{
	const struct asking *asking;
	bool is_any;
	int place;

	if (likely(!atomic_read(&nr_askers)))
		return;
	place = place_of_current();
	if (place < 0 || !askings[place].hashes)
		return;
	asking = &askings[place];
	is_any = asking->is_v6 ? ipv6_addr_any(&sk->sk_v6_rcv_saddr) :
				 !sk->sk_rcv_saddr;
	asking->hashes->hash[is_any] = hash;
	asking->hashes->has[is_any] = true;
}
