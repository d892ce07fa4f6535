/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where kernels differ: one face for what probes.c has found.  An entry a
 * feature, TPW_HAS_<feature>; since when there is one stands in probes.c.
 */
#ifndef _TPW_COMPAT_H
#define _TPW_COMPAT_H

#include <linux/bpf-cgroup.h>
#include <linux/ftrace.h>
#include <linux/proc_fs.h>
#include <linux/ptrace.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <net/sock.h>
#include <net/udp.h>
#include <probed.h>

/* Without ftrace, or where it tells no arguments, the hooks are kprobes alone. */
#define TPW_HAS_FTRACE	(IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) ||	\
			 IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_REGS))

/*
 * An argument of the traced function.  Before there was a function for it, x86
 * kept a whole pt_regs in struct ftrace_regs; arm64 did only for who asks for
 * all registers.
 */
#if TPW_HAS_FTRACE_ARGUMENT
#define tpw_ftrace_arg(fregs, n)	ftrace_regs_get_argument(fregs, n)
#elif TPW_HAS_FTRACE_REGS
#define tpw_ftrace_arg(fregs, n) \
	regs_get_kernel_argument(&(fregs)->regs, n)
#else
#define ftrace_regs			pt_regs
#define tpw_ftrace_arg(fregs, n)	regs_get_kernel_argument(fregs, n)
#endif

/* No recursion guard, which once was what needed no flag. */
#if !TPW_HAS_FTRACE_REGS
#define TPW_FTRACE_FLAGS (FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION_SAFE)
#elif IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)
#define TPW_FTRACE_FLAGS	0
#else
#define TPW_FTRACE_FLAGS	FTRACE_OPS_FL_SAVE_REGS
#endif

/* Of ops that are not registered; then modules had no function for it. */
#if !TPW_HAS_FTRACE_REGS
#define ftrace_free_filter(ops)	ftrace_set_filter(ops, NULL, 0, true)
#endif

/*
 * arm64: ftrace is called from behind a landing pad, if the function has one,
 * and an instruction that keeps the link register.  How many instructions the
 * call may stand behind the place where a kprobe does.
 */
#define TPW_FTRACE_INSN		4
#define TPW_FTRACE_MAX_SKIP	(IS_ENABLED(CONFIG_ARM64) ? 2 : 0)

/*
 * riscv64: ftrace's call is the first thing in a function, where no kprobe may
 * stand unless it can be one by way of ftrace.  It may behind the call.
 */
#if IS_ENABLED(CONFIG_RISCV) && IS_ENABLED(CONFIG_DYNAMIC_FTRACE) &&		\
	!IS_ENABLED(CONFIG_KPROBES_ON_FTRACE)
#define TPW_KPROBE_BEHIND	MCOUNT_INSN_SIZE
#else
#define TPW_KPROBE_BEHIND	0
#endif

/* Reasons that are looked for, where the kernel gives none. */
#if !TPW_HAS_DROP_REASONS
enum skb_drop_reason {
	SKB_DROP_REASON_NOT_SPECIFIED,
	SKB_DROP_REASON_NO_SOCKET,
	SKB_DROP_REASON_PKT_TOO_SMALL,
	SKB_DROP_REASON_SKB_CSUM,
	SKB_DROP_REASON_TCP_CSUM,
	SKB_DROP_REASON_UDP_CSUM,
	SKB_DROP_REASON_SOCKET_BACKLOG,
	SKB_DROP_REASON_SOCKET_RCVBUFF,
	SKB_DROP_REASON_SOCKET_FILTER,
	SKB_DROP_REASON_PROTO_MEM,
	SKB_DROP_REASON_XFRM_POLICY,
};
#endif

#if !TPW_HAS_MEMSET_AFTER
#define memset_after(obj, v, member)					\
	memset((u8 *)(obj) + offsetofend(typeof(*(obj)), member), v,	\
	       sizeof(*(obj)) - offsetofend(typeof(*(obj)), member))
#endif

#if !TPW_HAS_PDE_DATA
#define pde_data(inode)		PDE_DATA(inode)
#endif

/*
 * What a namespace is called, never again another: its number, or the next of
 * @nr where the kernel has one only if somebody asks, which modules cannot.
 */
static inline u64 tpw_net_new_cookie(const struct net *net, atomic64_t *nr)
{
#if TPW_HAS_NET_COOKIE
	return net->net_cookie;
#else
	return atomic64_inc_return(nr);
#endif
}

/* Which namespace it is, while it lives. */
static inline u64 tpw_net_number(const struct net *net)
{
#if TPW_HAS_NET_COOKIE
	return net->net_cookie;
#else
	return net->ns.inum;
#endif
}

/* May a program of some cgroup decide about a bind()? */
static inline bool tpw_has_bind_programs(void)
{
#ifndef CONFIG_CGROUP_BPF
	return false;
#elif TPW_HAS_CGROUP_BPF_BY_TYPE
	return cgroup_bpf_enabled(CGROUP_INET4_BIND) ||
	       cgroup_bpf_enabled(CGROUP_INET6_BIND) ||
	       cgroup_bpf_enabled(CGROUP_INET4_POST_BIND) ||
	       cgroup_bpf_enabled(CGROUP_INET6_POST_BIND);
#else
	return cgroup_bpf_enabled;
#endif
}

/* The device that the cached route of a full socket is for. */
#if TPW_HAS_RX_DST_OF_SOCK
#define tpw_rx_dst_ifindex(sk)	READ_ONCE((sk)->sk_rx_dst_ifindex)
#else
#define tpw_rx_dst_ifindex(sk)	READ_ONCE(inet_sk(sk)->rx_dst_ifindex)
#endif

/* Has a socket this tuple? */
#if !TPW_HAS_INET_MATCH
#define inet_match(net, sk, cookie, ports, dif, sdif)			\
	INET_MATCH(net, sk, cookie, ports, dif, sdif)
#endif

/* The listeners of a bucket. Caller: RCU read lock. */
#if TPW_HAS_LISTENER_NULLS
#define tpw_listener_node	hlist_nulls_node
#define tpw_for_each_listener(sk, node, bucket)				\
	sk_nulls_for_each_rcu(sk, node, &(bucket)->nulls_head)
#else
#define tpw_listener_node	hlist_node
#define tpw_listener_sock(node)						\
	((struct sock *)hlist_entry(node, struct inet_connection_sock,	\
				    icsk_listen_portaddr_node))
#define tpw_for_each_listener(sk, node, bucket)				\
	for ((node) = rcu_dereference(hlist_first_rcu(&(bucket)->head)); \
	     (node) && ((sk) = tpw_listener_sock(node));			\
	     (node) = rcu_dereference(hlist_next_rcu(node)))
#endif

/* Does a group prefer the member whose CPU it is? */
#if TPW_HAS_REUSEPORT_INCOMING_CPU
#define tpw_group_has_cpu(group)	READ_ONCE((group)->incoming_cpu)
#else
#define tpw_group_has_cpu(group)	false
#endif

/* The lookups of TCP take a table; without, the skb is an argument earlier. */
#if TPW_HAS_LOOKUP_WITHOUT_TABLE
#define TPW_TCP_TABLE(table)
#define TPW_LISTENER_SKB_ARG	1
#else
#define TPW_TCP_TABLE(table)	(table),
#define TPW_LISTENER_SKB_ARG	2
#endif

/*
 * The same: without a table of its own to pass, who asks the lookups cannot
 * keep BPF sk_lookup programs from running.
 */
#define TPW_LOOKUP_RUNS_PROGRAMS	TPW_HAS_LOOKUP_WITHOUT_TABLE

/* The socket that has a tuple, with a reference, or NULL; ports as the kernel. */
static inline struct sock *
tpw_lookup_established4(struct net *net, __be32 saddr, __be16 sport,
			__be32 daddr, u16 hnum, int dif, int sdif)
{
	return __inet_lookup_established(net,
			TPW_TCP_TABLE(net->ipv4.tcp_death_row.hashinfo)
			saddr, sport, daddr, hnum, dif, sdif);
}

static inline struct sock *
tpw_lookup_established6(struct net *net, const struct in6_addr *saddr,
			__be16 sport, const struct in6_addr *daddr, u16 hnum,
			int dif, int sdif)
{
	return __inet6_lookup_established(net,
			TPW_TCP_TABLE(net->ipv4.tcp_death_row.hashinfo)
			saddr, sport, daddr, hnum, dif, sdif);
}

/* The listener that a SYN would get from the table @h, or NULL. */
static inline struct sock *
tpw_lookup_listener4(struct net *net, struct inet_hashinfo *h, __be32 saddr,
		     __be16 sport, __be32 daddr, u16 hnum, int dif, int sdif)
{
	return __inet_lookup_listener(net, TPW_TCP_TABLE(h) NULL, 0, saddr,
				      sport, daddr, hnum, dif, sdif);
}

static inline struct sock *
tpw_lookup_listener6(struct net *net, struct inet_hashinfo *h,
		     const struct in6_addr *saddr, __be16 sport,
		     const struct in6_addr *daddr, u16 hnum, int dif, int sdif)
{
	return inet6_lookup_listener(net, TPW_TCP_TABLE(h) NULL, 0, saddr,
				     sport, daddr, hnum, dif, sdif);
}

/* The lookups of UDP: the same, where there is but one kind left. */
#if TPW_HAS_UDP_LOOKUP_WITHOUT_TABLE
#define TPW_UDP_TABLE(table)
#else
#define TPW_UDP_TABLE(table)	(table),
#endif

/* Who would get a datagram from the table @table, or NULL. */
static inline struct sock *
tpw_lookup_udp4(struct net *net, struct udp_table *table, __be32 saddr,
		__be16 sport, __be32 daddr, __be16 dport, int dif, int sdif)
{
	return __udp4_lib_lookup(net, saddr, sport, daddr, dport, dif, sdif,
				 TPW_UDP_TABLE(table) NULL);
}

static inline struct sock *
tpw_lookup_udp6(struct net *net, struct udp_table *table,
		const struct in6_addr *saddr, __be16 sport,
		const struct in6_addr *daddr, __be16 dport, int dif, int sdif)
{
	return __udp6_lib_lookup(net, saddr, sport, daddr, dport, dif, sdif,
				 TPW_UDP_TABLE(table) NULL);
}

/* The UDP table of a namespace, which may be its own. */
#if TPW_HAS_UDP_TABLE_OF_NET
#define tpw_udp_table(net)	((net)->ipv4.udp_table)
#else
#define tpw_udp_table(net)	(&udp_table)
#endif

/* TIME_WAITs of a namespace, which holds one reference itself. */
#if TPW_HAS_TIME_WAIT_REFCOUNT
#define tpw_time_waits(net)						\
	((int)refcount_read(&(net)->ipv4.tcp_death_row.tw_refcount) - 1)
#else
#define tpw_time_waits(net)	atomic_read(&(net)->ipv4.tcp_death_row.tw_count)
#endif

/* Connected UDP sockets stand in a table by the hash of their tuple too. */
#if TPW_HAS_UDP_CONNECTIONS
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
	for ((up) = NULL, (node) = NULL; (up) && (node); (up) = NULL)
#endif

/* The sockets that have a port, which are found by way of their addresses. */
#if !TPW_HAS_PORT_BY_ADDRESS
#define tpw_for_each_bound(sk, tb)	sk_for_each_bound(sk, &(tb)->owners)
#else
#define tpw_for_each_bound(sk, tb)					\
	for (struct inet_bind2_bucket *tb2 = hlist_entry_safe(		\
		     (tb)->bhash2.first, struct inet_bind2_bucket, bhash_node); \
	     tb2; tb2 = hlist_entry_safe(tb2->bhash_node.next,		\
					 struct inet_bind2_bucket, bhash_node)) \
		sk_for_each_bound(sk, &tb2->owners)
#endif

/* As ip_route_input_noref(): 0, or -errno; -EXDEV is rp_filter, -EINVAL martian. */
static inline int tpw_route_input(struct sk_buff *skb, __be32 dst, __be32 src,
				  struct net_device *dev)
{
	int err = ip_route_input_noref(skb, dst, src, 0, dev);

#if TPW_HAS_ROUTE_INPUT_REASON
	if (err)
		return err == SKB_DROP_REASON_IP_RPFILTER ? -EXDEV : -EINVAL;
#endif
	return err;
}

/* The flags of inet sockets are bits, or bit fields. */
#if TPW_HAS_INET_FLAGS
#define tpw_inet_flag(sk, bit, field)	inet_test_bit(bit, sk)
#else
#define tpw_inet_flag(sk, bit, field)	(inet_sk(sk)->field)
#endif

/* What an IPv6 socket wants of groups that it has not joined. */
#if TPW_HAS_INET6_FLAGS
#define tpw_mc6_all(sk)		inet6_test_bit(MC6_ALL, sk)
#else
#define tpw_mc6_all(sk)		(inet6_sk(sk)->mc_all)
#endif

/*
 * The inode of a socket's file, and its owner, which it may keep when it loses
 * that; else an orphan is nobody's.  Caller: RCU read lock, since the inode is
 * freed by it.
 */
#if TPW_HAS_SK_INO
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

/* The drops of a socket, which UDP may count where no other writer is. */
#if TPW_HAS_SK_DROPS_READ
#define tpw_sk_drops(sk)	sk_drops_read(sk)
#else
#define tpw_sk_drops(sk)	atomic_read(&(sk)->sk_drops)
#endif

/* Its workers are bound to no CPU. */
#if TPW_HAS_SYSTEM_DFL_WQ
#define tpw_unbound_wq		system_dfl_wq
#else
#define tpw_unbound_wq		system_unbound_wq
#endif

#endif /* _TPW_COMPAT_H */
