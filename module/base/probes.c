// SPDX-License-Identifier: GPL-2.0
/*
 * What this kernel has, found by compiling: the one place that asks which kernel
 * this is, and it asks the headers, never the version, as distributions and
 * stable releases take over changes.  compat.h makes one face of the answers.
 *
 * The build compiles this file once and keeps the compiler's errors; probes.awk
 * reads from them, by their lines, which functions compile:
 *
 * - PROBE(feature, since, without it), the entry of the table: since which
 *   release of Linux, and how it is without or what is lost.
 * - with(feature) compiles where the kernel has it: TPW_HAS_<feature> is 1.
 * - without(feature) must compile where that does not.  If neither does, or where
 *   there is none, the build ends with one sentence.
 * - never() must not compile, which shows that errors are seen.
 *
 * Types are compared whole, so that a function whose arguments have moved or
 * changed is not taken for one that is known.
 */
#include <linux/bpf-cgroup.h>
#include <linux/build_bug.h>
#include <linux/filter.h>
#include <linux/ftrace.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/proc_fs.h>
#include <linux/ptrace.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#if IS_ENABLED(CONFIG_NF_TABLES)
#include <net/netfilter/nf_tables.h>
#endif
#include <net/route.h>
#include <net/sock.h>
#include <net/sock_reuseport.h>
#include <net/udp.h>
#include <trace/events/skb.h>
#include <trace/events/tcp.h>

/*
 * What the module cannot do without.  32 bits: counters of 64 are written by one
 * CPU and read by others, without a lock.
 */
#if !IS_ENABLED(CONFIG_64BIT)
#error "a 64-bit kernel (CONFIG_64BIT)"
#endif
#if !IS_ENABLED(CONFIG_INET)
#error "CONFIG_INET"
#endif
#if !IS_ENABLED(CONFIG_IPV6)
#error "CONFIG_IPV6 (built in or as a module)"
#endif
#if !IS_ENABLED(CONFIG_NETFILTER)
#error "CONFIG_NETFILTER"
#endif
#if !IS_ENABLED(CONFIG_KPROBES)
#error "CONFIG_KPROBES, by which functions are found that ftrace hooks too"
#endif
#if !IS_ENABLED(CONFIG_TRACEPOINTS)
#error "CONFIG_TRACEPOINTS"
#endif
#if !IS_ENABLED(CONFIG_PROC_FS)
#error "CONFIG_PROC_FS"
#endif
#if !IS_ENABLED(CONFIG_MODULE_UNLOAD)
#error "CONFIG_MODULE_UNLOAD"
#endif

#define PROBE(_feature, _since, _without)
#define with(_feature)		static inline void with_##_feature(void)
#define without(_feature)	static inline void without_##_feature(void)
#define never(_what)		static inline void never_##_what(void)

#define IS_SAME(_what, ...)						\
	__builtin_types_compatible_p(typeof(_what), __VA_ARGS__)
#define IS_TYPE(_what, ...)	static_assert(IS_SAME(_what, __VA_ARGS__))
#define IS_EITHER(_what, _type, ...)					\
	static_assert(IS_SAME(_what, _type) || IS_SAME(_what, __VA_ARGS__))
#define HAS_MEMBER(_struct, _member)	((void)sizeof(((_struct *)0)->_member))
/* No function or object of that name is declared. */
#define IS_ABSENT(_name)	extern char _name[1]
/* No structure, or enum, of that name is declared: a tag names one kind of type only. */
#define IS_NO_STRUCT(_name)	extern enum _name *no_##_name
#define IS_NO_ENUM(_name)	extern struct _name *no_##_name

never(undeclared)
{
	tpw_no_kernel_has_this();
}

never(unlike)
{
	IS_TYPE(0, long);
}

PROBE(NET_COOKIE, "5.12", "a namespace has a number once somebody has asked for it")
with(NET_COOKIE)
{
	IS_TYPE(((struct net *)0)->net_cookie, u64);
}

without(NET_COOKIE)
{
	IS_TYPE(((struct net *)0)->net_cookie, atomic64_t);
}

/* With what was new at that time: elements of all else. */
PROBE(NFT_HOOKS, "5.14", "explain does not know a chain of nftables, and so does not read it")
with(NFT_HOOKS)
{
	(void)(((struct nf_hook_ops *)0)->hook_ops_type == NF_HOOK_OP_NF_TABLES);
}

without(NFT_HOOKS)
{
	IS_NO_ENUM(nf_hook_ops_type);
}

/* Of Linux since 6.2, which 6.1 has taken over. */
#if IS_ENABLED(CONFIG_NF_TABLES)
PROBE(NFT_DUMP_RESETS, "6.1", "what an expression of a rule is can be asked for without more ado")
with(NFT_DUMP_RESETS)
{
	IS_TYPE(((const struct nft_expr_ops *)0)->dump,
		int (*)(struct sk_buff *, const struct nft_expr *, bool));
}

without(NFT_DUMP_RESETS)
{
	IS_TYPE(((const struct nft_expr_ops *)0)->dump,
		int (*)(struct sk_buff *, const struct nft_expr *));
}
#endif

#ifdef CONFIG_CGROUP_BPF
PROBE(CGROUP_BPF_BY_TYPE, "5.15", "whether a cgroup has BPF programs, and not of which type")
with(CGROUP_BPF_BY_TYPE)
{
	(void)cgroup_bpf_enabled(CGROUP_INET4_BIND);
}

without(CGROUP_BPF_BY_TYPE)
{
	IS_TYPE(cgroup_bpf_enabled_key, struct static_key_false);
}
#endif

PROBE(MEMSET_AFTER, "5.16", "it is written out")
with(MEMSET_AFTER)
{
	struct { int kept, cleared; } object;

	memset_after(&object, 0, kept);
}

without(MEMSET_AFTER)
{
#ifdef memset_after
	HAS_MEMBER(struct sk_buff, memset_after_by_another_name);
#endif
}

PROBE(RX_DST_OF_SOCK, "5.16", "the device of a cached route is a member of inet sockets")
with(RX_DST_OF_SOCK)
{
	HAS_MEMBER(struct sock, sk_rx_dst_ifindex);
}

without(RX_DST_OF_SOCK)
{
	HAS_MEMBER(struct inet_sock, rx_dst_ifindex);
}

PROBE(PDE_DATA, "5.17", "the data of a file in /proc is got by PDE_DATA()")
with(PDE_DATA)
{
	IS_TYPE(pde_data, void *(const struct inode *));
}

without(PDE_DATA)
{
	IS_TYPE(PDE_DATA, void *(const struct inode *));
}

PROBE(DROP_REASONS, "5.17", "why a segment was dropped is not told")
with(DROP_REASONS)
{
	(void)SKB_DROP_REASON_NO_SOCKET;
}

without(DROP_REASONS)
{
	IS_TYPE(trace_kfree_skb, void (struct sk_buff *, void *));
}

PROBE(TIME_WAIT_REFCOUNT, "5.18", "TIME_WAITs of a namespace are counted by an atomic")
with(TIME_WAIT_REFCOUNT)
{
	IS_TYPE(init_net.ipv4.tcp_death_row.tw_refcount, refcount_t);
}

without(TIME_WAIT_REFCOUNT)
{
	IS_TYPE(init_net.ipv4.tcp_death_row.tw_count, atomic_t);
}

PROBE(INET_MATCH, "5.19", "the function that matches an IPv4 socket has a name in capitals")
with(INET_MATCH)
{
	IS_EITHER(inet_match,
		  bool (struct net *, const struct sock *, const __addrpair,
			const __portpair, int, int),
		  bool (const struct net *, const struct sock *, const __addrpair,
			const __portpair, int, int));
	(void)inet6_match;
}

without(INET_MATCH)
{
	(void)inet6_match;
	IS_TYPE(INET_MATCH, bool (struct net *, const struct sock *, const __addrpair,
				  const __portpair, int, int));
}

/* Their buckets looked alike, when a second table of them, by port alone, stood in there. */
PROBE(LISTENER_NULLS, "5.19", "the lists of listeners end in NULL")
with(LISTENER_NULLS)
{
	HAS_MEMBER(struct inet_listen_hashbucket, nulls_head);
	static_assert(sizeof(struct inet_hashinfo) <
		      INET_LHTABLE_SIZE * sizeof(struct inet_listen_hashbucket));
}

without(LISTENER_NULLS)
{
	HAS_MEMBER(struct inet_hashinfo, listening_hash);
	IS_TYPE(((struct inet_listen_hashbucket *)0)->head, struct hlist_head);
}

PROBE(REUSEPORT_INCOMING_CPU, "6.1", "no member of a group is preferred for its CPU")
with(REUSEPORT_INCOMING_CPU)
{
	HAS_MEMBER(struct sock_reuseport, incoming_cpu);
}

without(REUSEPORT_INCOMING_CPU)
{
	HAS_MEMBER(struct sock_reuseport, num_socks);
}

PROBE(BIND_TABLE_BY_FAMILY, "6.1", "bind() meets the IPv4 address that stands for an IPv6 one")
with(BIND_TABLE_BY_FAMILY)
{
	HAS_MEMBER(struct inet_hashinfo, bhash2);
}

without(BIND_TABLE_BY_FAMILY)
{
	IS_NO_STRUCT(inet_bind2_bucket);
}

PROBE(BPF_SK_LOOKUP, "5.9", "nothing older has been looked at")
with(BPF_SK_LOOKUP)
{
	(void)init_net.bpf.run_array[NETNS_BPF_SK_LOOKUP];
}

/* From 5.18 to 6.0 it hung off a pointer. */
PROBE(HASHINFO_OF_NET, "4.10", "a namespace with a TCP table of its own would be missed")
with(HASHINFO_OF_NET)
{
	IS_TYPE(init_net.ipv4.tcp_death_row.hashinfo, struct inet_hashinfo *);
}

/* Since then, too, it guards against recursion for who asks, and not for who does not forbid. */
PROBE(FTRACE_REGS, "5.11", "ftrace gives a pt_regs")
with(FTRACE_REGS)
{
#if IS_ENABLED(CONFIG_DYNAMIC_FTRACE)
	IS_TYPE(*(ftrace_func_t)0, void (unsigned long, unsigned long, struct ftrace_ops *,
					 struct ftrace_regs *));
	(void)FTRACE_OPS_FL_RECURSION;
#endif
}

without(FTRACE_REGS)
{
	IS_TYPE(*(ftrace_func_t)0, void (unsigned long, unsigned long, struct ftrace_ops *,
					 struct pt_regs *));
	(void)FTRACE_OPS_FL_RECURSION_SAFE;
}

/* An argument of a traced function. */
PROBE(FTRACE_ARGUMENT, "6.2", "what ftrace gives is a pt_regs, or has one")
with(FTRACE_ARGUMENT)
{
#if IS_ENABLED(CONFIG_DYNAMIC_FTRACE)
	IS_TYPE(ftrace_regs_get_argument((struct ftrace_regs *)0, 0),
		unsigned long);
#endif
}

without(FTRACE_ARGUMENT)
{
	struct bare { struct pt_regs regs; };
	enum { is_bare = IS_SAME(*(ftrace_func_t)0,
				     void (unsigned long, unsigned long,
					   struct ftrace_ops *, struct pt_regs *)) };

	IS_TYPE(__builtin_choose_expr(is_bare, (struct bare *)0,
				      (struct ftrace_regs *)0)->regs, struct pt_regs);
}

PROBE(UDP_TABLE_OF_NET, "6.2", "all namespaces share one UDP table")
with(UDP_TABLE_OF_NET)
{
	IS_TYPE(init_net.ipv4.udp_table, struct udp_table *);
}

without(UDP_TABLE_OF_NET)
{
	IS_TYPE(udp_table, struct udp_table);
}

/* inet_steal_sock(): of what is not connected. */
PROBE(STEAL_ASKS_GROUP, "6.6", "what is found before the lookup does not ask its reuseport group")
with(STEAL_ASKS_GROUP)
{
	IS_TYPE(skb_steal_sock, struct sock *(struct sk_buff *, bool *, bool *));
}

without(STEAL_ASKS_GROUP)
{
	IS_TYPE(skb_steal_sock, struct sock *(struct sk_buff *, bool *));
}

/* tc hangs off the device in one entry, where there was a queueing discipline. */
PROBE(TCX, "6.6", "tc is the queueing discipline clsact alone")
with(TCX)
{
	HAS_MEMBER(struct net_device, tcx_ingress);
}

without(TCX)
{
#if IS_ENABLED(CONFIG_NET_CLS_ACT)
	HAS_MEMBER(struct net_device, miniq_ingress);
#endif
}

PROBE(INET_FLAGS, "6.6", "the flags of inet sockets are bit fields")
with(INET_FLAGS)
{
	(void)inet_test_bit(TRANSPARENT, (struct sock *)0);
}

without(INET_FLAGS)
{
	(void)((struct inet_sock *)0)->transparent;
}

PROBE(INET6_FLAGS, "6.8", "the flags of IPv6 sockets are bit fields")
with(INET6_FLAGS)
{
	(void)inet6_test_bit(MC6_ALL, (struct sock *)0);
}

without(INET6_FLAGS)
{
	(void)((struct ipv6_pinfo *)0)->mc_all;
}

/* The sockets that have a port are found by way of their addresses. */
PROBE(PORT_BY_ADDRESS, "6.8", "a port has a list of its sockets")
with(PORT_BY_ADDRESS)
{
	IS_TYPE(((struct inet_bind_bucket *)0)->bhash2, struct hlist_head);
}

without(PORT_BY_ADDRESS)
{
	IS_TYPE(((struct inet_bind_bucket *)0)->owners, struct hlist_head);
}

PROBE(SEND_RESET_REASON, "6.10", "tcp:tcp_send_reset is about full sockets alone")
with(SEND_RESET_REASON)
{
	IS_TYPE(trace_tcp_send_reset, void (const struct sock *, const struct sk_buff *,
					    const enum sk_rst_reason));
}

without(SEND_RESET_REASON)
{
	IS_TYPE(trace_tcp_send_reset, void (const struct sock *, const struct sk_buff *));
}

PROBE(KFREE_SKB_RX_SK, "6.11", "the socket of a drop before the match is not known")
with(KFREE_SKB_RX_SK)
{
	IS_EITHER(trace_kfree_skb,
		  void (struct sk_buff *, void *, enum skb_drop_reason, struct sock *),
		  void (struct sk_buff *, void *, enum skb_drop_reason,
			const struct sock *));
}

without(KFREE_SKB_RX_SK)
{
	IS_EITHER(trace_kfree_skb, void (struct sk_buff *, void *),
		  void (struct sk_buff *, void *, enum skb_drop_reason));
}

/* A table of connected UDP sockets, by the hash of their tuple. */
PROBE(UDP_CONNECTIONS, "6.13", "connected UDP sockets stand among all others")
with(UDP_CONNECTIONS)
{
	HAS_MEMBER(struct udp_table, hash4);
	HAS_MEMBER(struct udp_sock, udp_lrpa_hash);
	(void)udp_hashed4((struct sock *)0);
}

without(UDP_CONNECTIONS)
{
#ifdef udp_lrpa_for_each_entry_rcu
	HAS_MEMBER(struct udp_table, hash4_by_another_name);
#endif
}

/* DSCP has a type of its own, which is the same to the compiler. */
PROBE(ROUTE_INPUT_REASON, "6.14", "routing says -errno where it drops")
with(ROUTE_INPUT_REASON)
{
	IS_TYPE(ip_route_input_noref,
		enum skb_drop_reason (struct sk_buff *, __be32, __be32, u8,
				      struct net_device *));
}

without(ROUTE_INPUT_REASON)
{
	IS_TYPE(ip_route_input_noref,
		int (struct sk_buff *, __be32, __be32, u8, struct net_device *));
}

PROBE(LOOKUP_WITHOUT_TABLE, "6.18", "TCP can be asked without running BPF sk_lookup programs")
with(LOOKUP_WITHOUT_TABLE)
{
	IS_TYPE(__inet_lookup_established,
		struct sock *(const struct net *, __be32, __be16, __be32, u16, int, int));
	IS_TYPE(__inet6_lookup_established,
		struct sock *(const struct net *, const struct in6_addr *, __be16,
			      const struct in6_addr *, u16, int, int));
	IS_TYPE(__inet_lookup_listener,
		struct sock *(const struct net *, struct sk_buff *, int, __be32, __be16,
			      __be32, unsigned short, int, int));
	IS_TYPE(inet6_lookup_listener,
		struct sock *(const struct net *, struct sk_buff *, int,
			      const struct in6_addr *, __be16, const struct in6_addr *,
			      unsigned short, int, int));
}

/* Whether struct net is const is all that may differ. */
without(LOOKUP_WITHOUT_TABLE)
{
	IS_EITHER(__inet_lookup_established,
		  struct sock *(struct net *, struct inet_hashinfo *, __be32, __be16,
				__be32, u16, int, int),
		  struct sock *(const struct net *, struct inet_hashinfo *, __be32,
				__be16, __be32, u16, int, int));
	IS_EITHER(__inet6_lookup_established,
		  struct sock *(struct net *, struct inet_hashinfo *,
				const struct in6_addr *, __be16,
				const struct in6_addr *, u16, int, int),
		  struct sock *(const struct net *, struct inet_hashinfo *,
				const struct in6_addr *, __be16,
				const struct in6_addr *, u16, int, int));
	IS_EITHER(__inet_lookup_listener,
		  struct sock *(struct net *, struct inet_hashinfo *, struct sk_buff *,
				int, __be32, __be16, __be32, unsigned short, int, int),
		  struct sock *(const struct net *, struct inet_hashinfo *,
				struct sk_buff *, int, __be32, __be16, __be32,
				unsigned short, int, int));
	IS_EITHER(inet6_lookup_listener,
		  struct sock *(struct net *, struct inet_hashinfo *, struct sk_buff *,
				int, const struct in6_addr *, __be16,
				const struct in6_addr *, unsigned short, int, int),
		  struct sock *(const struct net *, struct inet_hashinfo *,
				struct sk_buff *, int, const struct in6_addr *, __be16,
				const struct in6_addr *, unsigned short, int, int));
}

/* sk_drops is not the only counter any more. */
PROBE(SK_DROPS_READ, "6.18", "all drops of a socket are in sk_drops")
with(SK_DROPS_READ)
{
	IS_TYPE(sk_drops_read, int (const struct sock *));
}

without(SK_DROPS_READ)
{
	IS_ABSENT(sk_drops_read);
	IS_TYPE(((struct sock *)0)->sk_drops, atomic_t);
}

#if IS_ENABLED(CONFIG_NF_TABLES)
PROBE(NFT_LOOKUP_GIVES_EXT, "6.12", "some kinds of sets give no element of what they have")
with(NFT_LOOKUP_GIVES_EXT)
{
	IS_TYPE(*((struct nft_set_ops *)0)->lookup,
		const struct nft_set_ext *(const struct net *, const struct nft_set *,
					   const u32 *));
}

without(NFT_LOOKUP_GIVES_EXT)
{
	IS_TYPE(*((struct nft_set_ops *)0)->lookup,
		bool (const struct net *, const struct nft_set *, const u32 *,
		      const struct nft_set_ext **));
}

PROBE(NFT_BASE_SEQ, "6.12", "of commits of nftables, two that follow each other are not seen")
with(NFT_BASE_SEQ)
{
	IS_TYPE(((struct net *)0)->nft.base_seq, unsigned int);
}

without(NFT_BASE_SEQ)
{
	IS_TYPE(((struct net *)0)->nft.gencursor, u8);
}
#endif

/* Datagrams wait for the receive queue's lock, and each counts before it is taken. */
PROBE(UDP_PROD_QUEUE, "6.18", "a receive buffer takes one datagram past its limit")
with(UDP_PROD_QUEUE)
{
	IS_TYPE(((struct udp_sock *)0)->udp_prod_queue, struct udp_prod_queue *);
}

without(UDP_PROD_QUEUE)
{
	IS_NO_STRUCT(udp_prod_queue);
}

/* Of 6.17, and of the later stable releases of 6.12. */
PROBE(SYSTEM_DFL_WQ, "6.12", "the workqueue whose workers are bound to no CPU has another name")
with(SYSTEM_DFL_WQ)
{
	IS_TYPE(system_dfl_wq, struct workqueue_struct *);
}

without(SYSTEM_DFL_WQ)
{
	IS_TYPE(system_unbound_wq, struct workqueue_struct *);
	IS_ABSENT(system_dfl_wq);
}

/* A socket knows the inode of its file, and keeps its owner when it loses that. */
PROBE(SK_INO, "7.0", "a socket that is closed and lingers is nobody's")
with(SK_INO)
{
	HAS_MEMBER(struct sock, sk_ino);
	IS_TYPE(sk_uid((struct sock *)0), kuid_t);
}

without(SK_INO)
{
	IS_TYPE(((struct sock *)0)->sk_socket, struct socket *);
}

PROBE(UDP_LOOKUP_WITHOUT_TABLE, "7.1", "UDP-Lite has a table of its own")
with(UDP_LOOKUP_WITHOUT_TABLE)
{
	IS_TYPE(__udp4_lib_lookup,
		struct sock *(const struct net *, __be32, __be16, __be32, __be16, int,
			      int, struct sk_buff *));
	IS_TYPE(__udp6_lib_lookup,
		struct sock *(const struct net *, const struct in6_addr *, __be16,
			      const struct in6_addr *, __be16, int, int,
			      struct sk_buff *));
}

without(UDP_LOOKUP_WITHOUT_TABLE)
{
	IS_EITHER(__udp4_lib_lookup,
		  struct sock *(struct net *, __be32, __be16, __be32, __be16, int, int,
				struct udp_table *, struct sk_buff *),
		  struct sock *(const struct net *, __be32, __be16, __be32, __be16, int,
				int, struct udp_table *, struct sk_buff *));
	IS_EITHER(__udp6_lib_lookup,
		  struct sock *(struct net *, const struct in6_addr *, __be16,
				const struct in6_addr *, __be16, int, int,
				struct udp_table *, struct sk_buff *),
		  struct sock *(const struct net *, const struct in6_addr *, __be16,
				const struct in6_addr *, __be16, int, int,
				struct udp_table *, struct sk_buff *));
}
