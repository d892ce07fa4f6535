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
#include <trace/events/tcp.h>

/*
 * What the module cannot do without.  32 bits: counters of 64 are written by one
 * CPU and read by others, without a lock.
 */
#if !IS_ENABLED(CONFIG_64BIT)
#error "tuplewatch needs a 64-bit kernel (CONFIG_64BIT)"
#endif
#if !IS_ENABLED(CONFIG_INET) || !IS_ENABLED(CONFIG_IPV6)
#error "tuplewatch needs CONFIG_INET and CONFIG_IPV6"
#endif
#if !IS_ENABLED(CONFIG_NETFILTER) || !IS_ENABLED(CONFIG_CGROUPS)
#error "tuplewatch needs CONFIG_NETFILTER and CONFIG_CGROUPS"
#endif
#if !IS_ENABLED(CONFIG_KPROBES) || !IS_ENABLED(CONFIG_TRACEPOINTS)
#error "tuplewatch needs CONFIG_KPROBES and CONFIG_TRACEPOINTS"
#endif
#if !IS_ENABLED(CONFIG_PROC_FS) || !IS_ENABLED(CONFIG_MODULE_UNLOAD)
#error "tuplewatch needs CONFIG_PROC_FS and CONFIG_MODULE_UNLOAD"
#endif

/*
 * 6.2: ftrace_regs_get_argument() reads an argument of the traced function.
 * Before, x86 kept a whole pt_regs in struct ftrace_regs; arm64 does only for
 * who asks for all registers.
 */
#if defined(ftrace_regs_get_argument) ||				\
	(IS_ENABLED(CONFIG_ARM64) &&					\
	 IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS))
#define tpw_ftrace_arg(fregs, n)	ftrace_regs_get_argument(fregs, n)
#else
#define tpw_ftrace_arg(fregs, n) \
	regs_get_kernel_argument(&(fregs)->regs, n)
#endif

#if IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define TPW_FTRACE_FLAGS	0
#else
#define TPW_FTRACE_FLAGS	FTRACE_OPS_FL_SAVE_REGS
#endif

/*
 * arm64: ftrace is called from behind a landing pad, if the function has one,
 * and an instruction that keeps the link register.  How many instructions the
 * call may stand behind the place where a kprobe does.
 */
#define TPW_FTRACE_INSN		4
#define TPW_FTRACE_MAX_SKIP	(IS_ENABLED(CONFIG_ARM64) ? 2 : 0)

/*
 * 6.11: the tracepoint skb:kfree_skb names the receiving socket.
 */
#define TPW_KFREE_SKB_HAS_RX_SK						\
	(!__builtin_types_compatible_p(typeof(trace_kfree_skb),		\
		void (struct sk_buff *, void *, enum skb_drop_reason)))

/*
 * 6.10: tcp:tcp_send_reset tells why.  Before, it is about full sockets alone.
 */
#define TPW_SEND_RESET_HAS_REASON					\
	(!__builtin_types_compatible_p(typeof(trace_tcp_send_reset),	\
		void (const struct sock *, const struct sk_buff *)))

/*
 * 6.18: the lookups of TCP lose their table, the skb moves forward.  Each is
 * called by the type that it has; 6.1 has no const before struct net.
 */
#define TPW_OLD_LOOKUP(name, ...)					\
	typedef struct sock *name##_in_t(const struct net *net, __VA_ARGS__); \
	typedef struct sock *name##_in_61_t(struct net *net, __VA_ARGS__)

/* Whose arguments are none of these must not be called. */
#define TPW_KNOWN_LOOKUP(f, name)					\
	static_assert(__builtin_types_compatible_p(typeof(f), name##_t) ||	\
		      __builtin_types_compatible_p(typeof(f), name##_in_t) || \
		      __builtin_types_compatible_p(typeof(f), name##_in_61_t))

typedef struct sock *tpw_established4_t(const struct net *net, __be32 saddr,
					__be16 sport, __be32 daddr, u16 hnum,
					int dif, int sdif);
typedef struct sock *tpw_established6_t(const struct net *net,
					const struct in6_addr *saddr,
					__be16 sport,
					const struct in6_addr *daddr, u16 hnum,
					int dif, int sdif);
typedef struct sock *tpw_listener4_t(const struct net *net, struct sk_buff *skb,
				     int doff, __be32 saddr, __be16 sport,
				     __be32 daddr, unsigned short hnum, int dif,
				     int sdif);
typedef struct sock *tpw_listener6_t(const struct net *net, struct sk_buff *skb,
				     int doff, const struct in6_addr *saddr,
				     __be16 sport, const struct in6_addr *daddr,
				     unsigned short hnum, int dif, int sdif);

TPW_OLD_LOOKUP(tpw_established4, struct inet_hashinfo *h, __be32 saddr,
	       __be16 sport, __be32 daddr, u16 hnum, int dif, int sdif);
TPW_OLD_LOOKUP(tpw_established6, struct inet_hashinfo *h,
	       const struct in6_addr *saddr, __be16 sport,
	       const struct in6_addr *daddr, u16 hnum, int dif, int sdif);
TPW_OLD_LOOKUP(tpw_listener4, struct inet_hashinfo *h, struct sk_buff *skb,
	       int doff, __be32 saddr, __be16 sport, __be32 daddr,
	       unsigned short hnum, int dif, int sdif);
TPW_OLD_LOOKUP(tpw_listener6, struct inet_hashinfo *h, struct sk_buff *skb,
	       int doff, const struct in6_addr *saddr, __be16 sport,
	       const struct in6_addr *daddr, unsigned short hnum, int dif,
	       int sdif);

TPW_KNOWN_LOOKUP(__inet_lookup_established, tpw_established4);
TPW_KNOWN_LOOKUP(__inet6_lookup_established, tpw_established6);
TPW_KNOWN_LOOKUP(__inet_lookup_listener, tpw_listener4);
TPW_KNOWN_LOOKUP(inet6_lookup_listener, tpw_listener6);

#define TPW_LOOKUP_HAS_HASHINFO						\
	(!__builtin_types_compatible_p(typeof(__inet_lookup_listener),	\
				       tpw_listener4_t))
#define TPW_LISTENER_SKB_ARG	(TPW_LOOKUP_HAS_HASHINFO ? 2 : 1)

/*
 * The same: without a table of its own to pass, who asks the lookups cannot
 * keep BPF sk_lookup programs from running.
 */
#define TPW_LOOKUP_RUNS_PROGRAMS	(!TPW_LOOKUP_HAS_HASHINFO)

/* The socket that has a tuple, with a reference, or NULL; ports as the kernel. */
static inline struct sock *
tpw_lookup_established4(struct net *net, __be32 saddr, __be16 sport,
			__be32 daddr, u16 hnum, int dif, int sdif)
{
	tpw_established4_in_t *in = (void *)__inet_lookup_established;
	tpw_established4_t *f = (void *)__inet_lookup_established;

	if (TPW_LOOKUP_HAS_HASHINFO)
		return in(net, net->ipv4.tcp_death_row.hashinfo, saddr, sport,
			  daddr, hnum, dif, sdif);
	return f(net, saddr, sport, daddr, hnum, dif, sdif);
}

static inline struct sock *
tpw_lookup_established6(struct net *net, const struct in6_addr *saddr,
			__be16 sport, const struct in6_addr *daddr, u16 hnum,
			int dif, int sdif)
{
	tpw_established6_in_t *in = (void *)__inet6_lookup_established;
	tpw_established6_t *f = (void *)__inet6_lookup_established;

	if (TPW_LOOKUP_HAS_HASHINFO)
		return in(net, net->ipv4.tcp_death_row.hashinfo, saddr, sport,
			  daddr, hnum, dif, sdif);
	return f(net, saddr, sport, daddr, hnum, dif, sdif);
}

/* The listener that a SYN would get from the table @h, or NULL. */
static inline struct sock *
tpw_lookup_listener4(struct net *net, struct inet_hashinfo *h, __be32 saddr,
		     __be16 sport, __be32 daddr, u16 hnum, int dif, int sdif)
{
	tpw_listener4_in_t *in = (void *)__inet_lookup_listener;
	tpw_listener4_t *f = (void *)__inet_lookup_listener;

	if (TPW_LOOKUP_HAS_HASHINFO)
		return in(net, h, NULL, 0, saddr, sport, daddr, hnum, dif,
			  sdif);
	return f(net, NULL, 0, saddr, sport, daddr, hnum, dif, sdif);
}

static inline struct sock *
tpw_lookup_listener6(struct net *net, struct inet_hashinfo *h,
		     const struct in6_addr *saddr, __be16 sport,
		     const struct in6_addr *daddr, u16 hnum, int dif, int sdif)
{
	tpw_listener6_in_t *in = (void *)inet6_lookup_listener;
	tpw_listener6_t *f = (void *)inet6_lookup_listener;

	if (TPW_LOOKUP_HAS_HASHINFO)
		return in(net, h, NULL, 0, saddr, sport, daddr, hnum, dif,
			  sdif);
	return f(net, NULL, 0, saddr, sport, daddr, hnum, dif, sdif);
}

/*
 * By 7.2: the lookups of UDP lose theirs, as there is but one kind left.
 */
typedef struct sock *tpw_udp4_t(const struct net *net, __be32 saddr,
				__be16 sport, __be32 daddr, __be16 dport,
				int dif, int sdif, struct sk_buff *skb);
typedef struct sock *tpw_udp6_t(const struct net *net,
				const struct in6_addr *saddr, __be16 sport,
				const struct in6_addr *daddr, __be16 dport,
				int dif, int sdif, struct sk_buff *skb);
TPW_OLD_LOOKUP(tpw_udp4, __be32 saddr, __be16 sport, __be32 daddr, __be16 dport,
	       int dif, int sdif, struct udp_table *table, struct sk_buff *skb);
TPW_OLD_LOOKUP(tpw_udp6, const struct in6_addr *saddr, __be16 sport,
	       const struct in6_addr *daddr, __be16 dport, int dif, int sdif,
	       struct udp_table *table, struct sk_buff *skb);

TPW_KNOWN_LOOKUP(__udp4_lib_lookup, tpw_udp4);
TPW_KNOWN_LOOKUP(__udp6_lib_lookup, tpw_udp6);

#define TPW_UDP_LOOKUP_HAS_TABLE					\
	(!__builtin_types_compatible_p(typeof(__udp4_lib_lookup),	\
				       tpw_udp4_t))

/* Who would get a datagram from the table @table, or NULL. */
static inline struct sock *
tpw_lookup_udp4(struct net *net, struct udp_table *table, __be32 saddr,
		__be16 sport, __be32 daddr, __be16 dport, int dif, int sdif)
{
	tpw_udp4_in_t *in = (void *)__udp4_lib_lookup;
	tpw_udp4_t *f = (void *)__udp4_lib_lookup;

	if (TPW_UDP_LOOKUP_HAS_TABLE)
		return in(net, saddr, sport, daddr, dport, dif, sdif, table,
			  NULL);
	return f(net, saddr, sport, daddr, dport, dif, sdif, NULL);
}

static inline struct sock *
tpw_lookup_udp6(struct net *net, struct udp_table *table,
		const struct in6_addr *saddr, __be16 sport,
		const struct in6_addr *daddr, __be16 dport, int dif, int sdif)
{
	tpw_udp6_in_t *in = (void *)__udp6_lib_lookup;
	tpw_udp6_t *f = (void *)__udp6_lib_lookup;

	if (TPW_UDP_LOOKUP_HAS_TABLE)
		return in(net, saddr, sport, daddr, dport, dif, sdif, table,
			  NULL);
	return f(net, saddr, sport, daddr, dport, dif, sdif, NULL);
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
 * 6.13: connected UDP sockets stand in a table by the hash of their tuple too.
 */
#ifdef udp_lrpa_for_each_entry_rcu
#define tpw_udp_has_connections(slot)	udp_has_hash4(slot)
#define tpw_udp_is_connection(sk)	udp_hashed4(sk)
#define tpw_udp_connection_bucket(table, sk)				\
	(udp_sk(sk)->udp_lrpa_hash & (table)->mask)
#define tpw_udp_for_each_connection(up, node, table, bucket)		\
	udp_lrpa_for_each_entry_rcu(up, node,				\
				    &(table)->hash4[bucket].nulls_head)
#else
#define tpw_udp_has_connections(slot)			false
#define tpw_udp_is_connection(sk)			false
#define tpw_udp_connection_bucket(table, sk)		0
#define tpw_udp_for_each_connection(up, node, table, bucket)		\
	for ((up) = NULL, (node) = NULL; (up) && (node); )
#endif

/*
 * 6.8: the sockets that have a port are found by way of their addresses.
 */
#ifdef sk_for_each_bound_bhash2
#define tpw_for_each_bound(sk, tb)	sk_for_each_bound(sk, &(tb)->owners)
#else
#define tpw_for_each_bound(sk, tb)					\
	for (struct inet_bind2_bucket *tb2 = hlist_entry_safe(		\
		     (tb)->bhash2.first, struct inet_bind2_bucket, bhash_node); \
	     tb2; tb2 = hlist_entry_safe(tb2->bhash_node.next,		\
					 struct inet_bind2_bucket, bhash_node)) \
		sk_for_each_bound(sk, &tb2->owners)
#endif

/*
 * 6.6: tc hangs off the device in one entry with tcx, where there was a queueing
 * discipline with filters.
 */
#if IS_ENABLED(CONFIG_NET_XGRESS)
#define tpw_dev_has_tc(dev)	(!!rcu_access_pointer((dev)->tcx_ingress))
#elif IS_ENABLED(CONFIG_NET_CLS_ACT)
#define tpw_dev_has_tc(dev)	(!!rcu_access_pointer((dev)->miniq_ingress))
#else
#define tpw_dev_has_tc(dev)	false
#endif

/*
 * 6.13: routing takes a type of its own for DSCP; later it returns a drop reason.
 */
typedef int tpw_route_input_t(struct sk_buff *skb, __be32 dst, __be32 src,
			      u8 tos, struct net_device *dev);

#define TPW_ROUTE_INPUT_RETURNS_ERRNO					\
	__builtin_types_compatible_p(typeof(ip_route_input_noref),	\
				     tpw_route_input_t)

/* As ip_route_input_noref(): 0, or -errno; -EXDEV is rp_filter, -EINVAL martian. */
static inline int tpw_route_input(struct sk_buff *skb, __be32 dst, __be32 src,
				  struct net_device *dev)
{
	tpw_route_input_t *f = (void *)ip_route_input_noref;
	int err = f(skb, dst, src, 0, dev);

	if (TPW_ROUTE_INPUT_RETURNS_ERRNO || !err)
		return err;
	return err == SKB_DROP_REASON_IP_RPFILTER ? -EXDEV : -EINVAL;
}

/*
 * 6.6: the flags of inet sockets became bits, before they were bit fields.
 */
#ifdef inet_test_bit
#define tpw_inet_flag(sk, bit, field)	inet_test_bit(bit, sk)
#else
#define tpw_inet_flag(sk, bit, field)	(inet_sk(sk)->field)
#endif

/*
 * 6.6: the same of what an IPv6 socket wants of groups that it has not joined.
 */
#ifdef inet6_test_bit
#define tpw_mc6_all(sk)		inet6_test_bit(MC6_ALL, sk)
#else
#define tpw_mc6_all(sk)		(inet6_sk(sk)->mc_all)
#endif

/*
 * By 7.0: a socket knows the inode of its file, and keeps its owner when it
 * loses that; before, an orphan was nobody's.  Caller: RCU read lock, since the
 * inode is freed by it.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
static inline void tpw_sk_file(const struct sock *sk, u64 *ino, kuid_t *uid)
{
	*ino = READ_ONCE(sk->sk_ino);
	*uid = sk_uid(sk);
}
#else
static inline void tpw_sk_file(const struct sock *sk, u64 *ino, kuid_t *uid)
{
	struct socket *socket = READ_ONCE(sk->sk_socket);
	const struct inode *inode = socket ? SOCK_INODE(socket) : NULL;

	*ino = inode ? inode->i_ino : 0;
	*uid = inode ? inode->i_uid : GLOBAL_ROOT_UID;
}
#endif

/*
 * 6.18: UDP counts the drops of a socket where no other writer is.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define tpw_sk_drops(sk)	sk_drops_read(sk)
#else
#define tpw_sk_drops(sk)	atomic_read(&(sk)->sk_drops)
#endif

#endif /* _TPW_COMPAT_H */
