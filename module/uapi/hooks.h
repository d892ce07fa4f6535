/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What the hooks take the arguments of functions for: they read them by place,
 * and no header declares most of these functions.  X(function, arguments): the
 * types in their order as far as a handler reads them, "-" for one that it does
 * not read; after "|", what it is taken for where the first does not fit, which
 * the build chooses (base/probes.c).
 *
 * "tuplewatch doctor" compares them with the running kernel's own types (BTF).
 * A new hook on a function gets its line here; the doctor says if one has none.
 */
#ifndef _UAPI_TUPLEWATCH_HOOKS_H
#define _UAPI_TUPLEWATCH_HOOKS_H

#define TPW_SEARCH_ARGUMENTS						\
	"struct net *, struct sk_buff *|struct net *, -, struct sk_buff *"

#define TPW_HOOK_ARGUMENTS(X)						\
	X("static_key_slow_inc", "struct static_key *")			\
	X("static_key_slow_dec", "struct static_key *")			\
	X("inet_csk_reqsk_queue_hash_add",				\
	  "struct sock *, struct request_sock *")			\
	X("inet_csk_complete_hashdance",				\
	  "struct sock *, struct sock *, -, bool")			\
	X("inet_csk_reqsk_queue_add",					\
	  "struct sock *, -, struct sock *")				\
	X("tcp_time_wait", "struct sock *")				\
	X("udp_lib_unhash", "struct sock *")				\
	X("udp_lib_get_port", "struct sock *")				\
	X("__inet_accept", "-, -, struct sock *")			\
	X("cookie_v4_init_sequence", "struct sk_buff *")		\
	X("cookie_v6_init_sequence", "struct sk_buff *")		\
	X("cookie_v4_check", "struct sock *, struct sk_buff *")		\
	X("cookie_v6_check", "struct sock *, struct sk_buff *")		\
	X("tcp_get_cookie_sock", "struct sock *")			\
	X("__inet_lookup_listener", TPW_SEARCH_ARGUMENTS)		\
	X("inet6_lookup_listener", TPW_SEARCH_ARGUMENTS)		\
	X("inet_lhash2_lookup", "-, -, struct sk_buff *")		\
	X("inet6_lhash2_lookup", "-, -, struct sk_buff *")		\
	X("reuseport_select_sock",					\
	  "struct sock *, u32, struct sk_buff *")			\
	X("reuseport_migrate_sock", "-, -, struct sk_buff *")		\
	X("tcp_v4_syn_recv_sock", "struct sock *, struct sk_buff *")	\
	X("tcp_v6_syn_recv_sock", "struct sock *, struct sk_buff *")	\
	X("tcp_check_req",						\
	  "struct sock *, struct sk_buff *, struct request_sock *")	\
	X("tcp_child_process",						\
	  "struct sock *, struct sock *, struct sk_buff *")		\
	X("tcp_timewait_state_process",					\
	  "struct inet_timewait_sock *, struct sk_buff *")		\
	X("tcp_add_backlog", "struct sock *, struct sk_buff *")		\
	X("tcp_v4_do_rcv", "struct sock *, struct sk_buff *")		\
	X("tcp_v6_do_rcv", "struct sock *, struct sk_buff *")		\
	X("udp_queue_rcv_skb", "struct sock *, struct sk_buff *")	\
	X("udpv6_queue_rcv_skb", "struct sock *, struct sk_buff *")	\
	X("tcp_v4_rcv", "struct sk_buff *")				\
	X("tcp_v6_rcv", "struct sk_buff *")				\
	X("udp_rcv", "struct sk_buff *")				\
	X("udpv6_rcv", "struct sk_buff *")

/* Hooked where the kernel gives no reasons for its drops, enum skb_drop_reason. */
#define TPW_HOOK_ARGUMENTS_NO_REASONS(X)				\
	X("tcp_v4_send_reset", "struct sock *, struct sk_buff *")	\
	X("tcp_v6_send_reset", "struct sock *, struct sk_buff *")	\
	X("__icmp_send", "struct sk_buff *, int, int")			\
	X("icmp6_send", "struct sk_buff *, u8, u8")

#endif /* _UAPI_TUPLEWATCH_HOOKS_H */
