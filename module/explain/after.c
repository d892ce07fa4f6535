// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a segment at the socket that the lookup has found: a SYN at a
 * listener, a datagram at a UDP socket.
 */
#include "explain/after.h"

#include "base/compat.h"

#include <linux/bits.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#define TPW_NAME_AFTER(id, name, meaning)	[TPW_AFTER_##id] = name,

const char *const tpw_after_names[] = { TPW_AFTER_NAMES(TPW_NAME_AFTER) };
static_assert(TPW_AFTER_NR <= 16, "a socket has 16 bits for them");

/* The last quarter is for peers that tcp_peer_is_proven() knows, which is not asked. */
static bool is_backlog_short(const struct sock *sk, u8 syncookies)
{
	int max = READ_ONCE(sock_net(sk)->ipv4.sysctl_max_syn_backlog);

	return !syncookies && max - inet_csk_reqsk_queue_len(sk) < max >> 2;
}

/* As tcp_conn_request() looks at its queues, in its order. */
static u16 queues_of(const struct sock *sk)
{
	u8 syncookies = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_syncookies);
	u16 after = 0;

	if (syncookies == 2)
		after |= BIT(TPW_AFTER_SYN_COOKIE);
	else if (inet_csk_reqsk_queue_is_full(sk))
		after |= syncookies ? BIT(TPW_AFTER_SYN_COOKIE) :
				      BIT(TPW_AFTER_REQUEST_QUEUE);
	if (sk_acceptq_is_full(sk))
		after |= BIT(TPW_AFTER_ACCEPT_QUEUE);
	if (is_backlog_short(sk, syncookies))
		after |= BIT(TPW_AFTER_SYN_BACKLOG);
	if (READ_ONCE(inet_csk(sk)->icsk_accept_queue.rskq_defer_accept))
		after |= BIT(TPW_AFTER_DEFER_ACCEPT);
	return after;
}

static u16 keys_of(const struct sock *sk)
{
	u16 after = 0;

#ifdef CONFIG_TCP_MD5SIG
	if (rcu_access_pointer(tcp_sk(sk)->md5sig_info))
		after |= BIT(TPW_AFTER_TCP_MD5);
#endif
#ifdef CONFIG_TCP_AO
	if (rcu_access_pointer(tcp_sk(sk)->ao_info))
		after |= BIT(TPW_AFTER_TCP_AO);
#endif
	return after;
}

/*
 * Whether there is no room for even the smallest datagram, by the rule of
 * __udp_enqueue_schedule_skb(): where each counts before it is taken, only an
 * empty buffer takes one that does not fit.
 */
static bool is_buffer_full(const struct sock *sk)
{
	unsigned int used = atomic_read(&sk->sk_rmem_alloc);
	unsigned int limit = READ_ONCE(sk->sk_rcvbuf);

	if (TPW_HAS_UDP_PROD_QUEUE)
		return used && used + SKB_TRUESIZE(0) > limit;
	return used > limit;
}

static u16 buffer_of(const struct sock *sk)
{
	u16 after = 0;

	if (is_buffer_full(sk))
		after |= BIT(TPW_AFTER_RECEIVE_BUFFER);
	if (READ_ONCE(udp_sk(sk)->encap_type))
		after |= BIT(TPW_AFTER_ENCAP);
	return after;
}

static bool has_min_ttl(const struct sock *sk)
{
	if (READ_ONCE(inet_sk(sk)->min_ttl))
		return true;
	return sk->sk_family == AF_INET6 && inet6_sk(sk) &&
	       READ_ONCE(inet6_sk(sk)->min_hopcount);
}

/**
 * tpw_after_of() - what a socket does with a segment, besides taking it
 * @sk: a full socket
 * @proto: IPPROTO_TCP or IPPROTO_UDP
 *
 * Context: process, while @sk is alive.
 * Return: BIT(enum tpw_after).
 */
u16 tpw_after_of(const struct sock *sk, u8 proto)
{
	u16 after = 0;

	if (proto == IPPROTO_UDP)
		after |= buffer_of(sk);
	else
		after |= keys_of(sk);
	if (proto == IPPROTO_TCP && sk->sk_state == TCP_LISTEN)
		after |= queues_of(sk);
	if (has_min_ttl(sk))
		after |= BIT(TPW_AFTER_MIN_TTL);
	if (rcu_access_pointer(sk->sk_filter))
		after |= BIT(TPW_AFTER_FILTER);
	return after;
}

/**
 * tpw_after_fate() - what that does to a segment
 * @after: which
 *
 * Return: DECIDES where it depends on what is in the segment.
 */
enum tpw_gate_fate tpw_after_fate(enum tpw_after after)
{
	switch (after) {
	case TPW_AFTER_ACCEPT_QUEUE:
	case TPW_AFTER_REQUEST_QUEUE:
	case TPW_AFTER_RECEIVE_BUFFER:
	case TPW_AFTER_NO_ROUTE:
		return TPW_GATE_FATE_DROPS;
	case TPW_AFTER_SYN_COOKIE:
	case TPW_AFTER_DEFER_ACCEPT:
		return TPW_GATE_FATE_PASSES;
	default:
		return TPW_GATE_FATE_DECIDES;
	}
}
