/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where kernels differ.  The only file that may ask which kernel this is, and
 * it asks for the version only where no type and no macro can tell: stable
 * releases take over changes of prototypes.
 *
 * One entry a change, headed by the release that made it necessary.
 */
#ifndef _TPW_COMPAT_H
#define _TPW_COMPAT_H

#include <linux/ftrace.h>
#include <linux/ptrace.h>
#include <linux/skbuff.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/udp.h>
#include <trace/events/skb.h>

/*
 * 6.2: ftrace_regs_get_argument() reads an argument of the traced function.
 * Before, x86 kept a whole pt_regs in struct ftrace_regs.
 */
#ifdef ftrace_regs_get_argument
#define tpw_ftrace_arg(fregs, n)	ftrace_regs_get_argument(fregs, n)
#else
#define tpw_ftrace_arg(fregs, n) \
	regs_get_kernel_argument(&(fregs)->regs, n)
#endif

/*
 * 6.11: the tracepoint skb:kfree_skb names the receiving socket.
 */
#define TPW_KFREE_SKB_HAS_RX_SK						\
	(!__builtin_types_compatible_p(typeof(&trace_kfree_skb),	\
		void (*)(struct sk_buff *, void *, enum skb_drop_reason)))

/*
 * 6.19 or so: the listener lookups lose their hashinfo, the skb moves forward.
 */
#define TPW_LOOKUP_HAS_HASHINFO						\
	(!__builtin_types_compatible_p(typeof(&__inet_lookup_listener),	\
		struct sock *(*)(const struct net *, struct sk_buff *,	\
				 int, const __be32, const __be16,	\
				 const __be32, const unsigned short,	\
				 const int, const int)) &&		\
	 !__builtin_types_compatible_p(typeof(&__inet_lookup_listener),	\
		struct sock *(*)(struct net *, struct sk_buff *,	\
				 int, const __be32, const __be16,	\
				 const __be32, const unsigned short,	\
				 const int, const int)))
#define TPW_LISTENER_SKB_ARG	(TPW_LOOKUP_HAS_HASHINFO ? 2 : 1)

/*
 * The same: the established lookups lose theirs.  The socket that has the
 * tuple of @sk, with a reference, or NULL.
 */
static inline struct sock *tpw_lookup_established(const struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct inet_hashinfo *h = net->ipv4.tcp_death_row.hashinfo;
	int dif = READ_ONCE(sk->sk_bound_dev_if);

	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_daddr))
		return __inet6_lookup_established(net, h, &sk->sk_v6_daddr,
						  sk->sk_dport,
						  &sk->sk_v6_rcv_saddr,
						  sk->sk_num, dif, 0);
	return __inet_lookup_established(net, h, sk->sk_daddr, sk->sk_dport,
					 sk->sk_rcv_saddr, sk->sk_num, dif, 0);
}

/*
 * 6.2: the UDP table hangs off the namespace, which may have one of its own.
 */
#include <linux/version.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define tpw_udp_table(net)	((net)->ipv4.udp_table)
#else
#define tpw_udp_table(net)	(&udp_table)
#endif

/*
 * 6.2: UDP early demux takes no reference and marks the skb with sock_pfree,
 * as bpf_sk_assign() does; before, sock_efree.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define TPW_UDP_EARLY_DEMUX_DESTRUCTOR	sock_pfree
#else
#define TPW_UDP_EARLY_DEMUX_DESTRUCTOR	sock_efree
#endif

/*
 * 6.6: the flags of inet sockets became bits, before they were bit fields.
 */
#ifdef inet_test_bit
#define tpw_inet_flag(sk, bit, field)	inet_test_bit(bit, sk)
#else
#define tpw_inet_flag(sk, bit, field)	(inet_sk(sk)->field)
#endif

#endif /* _TPW_COMPAT_H */
