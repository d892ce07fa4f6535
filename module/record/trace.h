/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoints tuplewatch:verdict, tuplewatch:listener and tuplewatch:lost,
 * for perf, trace-cmd and bpftrace.
 *
 * Words stand in them as text, as in /proc: a number may change, a name does
 * not, and a tracer's filter can compare it.  Each address is there twice: as
 * a socket address, which tracers can print, and bare, for bpftrace's ntop().
 * Ports and all other numbers are in host byte order.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tuplewatch

#if !defined(_TPW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TPW_TRACE_H

#include "base/tuple.h"
#include "verdict/verdict.h"
#include "kernel/actor.h"

#include <linux/in6.h>
#include <linux/tracepoint.h>
#include <linux/types.h>

#define TPW_TRACE_WORD_LEN	16
#define TPW_TRACE_REASON_LEN	40
#define TPW_TRACE_ADDR_LEN	sizeof(struct sockaddr_in6)

void tpw_trace_put_addr(u8 *to, u8 family, const union tpw_addr *addr,
			__be16 port);
void tpw_trace_put_word(char *to, const char *word);
void tpw_trace_put_proto(char *to, u8 proto, u8 family);
void tpw_trace_put_flags(char *to, const struct tpw_verdict *v);
void tpw_trace_put_reason(char *to, const struct tpw_verdict *v);
void tpw_trace_put_relookup(char *to, const struct tpw_verdict *v);

/* A segment that the filter of its namespace lets through. */
TRACE_EVENT(verdict,
	    TP_PROTO(const struct tpw_netid *net, const struct tpw_verdict *v),
	TP_ARGS(net, v),
	TP_STRUCT__entry(
		__field(u64, cookie)
		__field(u64, listener)
		__field(u32, netns)
		__field(u32, len)
		__field(u16, family)
		__field(u16, protocol)
		__field(u16, lport)
		__field(u16, fport)
		__field(u16, receivers)
		__field(u16, member)
		__field(u16, members)
		__field(u8, chooser)
		__field(u8, mods)
		__array(u8, local, TPW_TRACE_ADDR_LEN)
		__array(u8, foreign, TPW_TRACE_ADDR_LEN)
		__array(u8, laddr, 16)
		__array(u8, faddr, 16)
		__array(char, dev, TPW_DEV_LEN)
		__array(char, proto, TPW_TRACE_WORD_LEN)
		__array(char, flags, TPW_TRACE_WORD_LEN)
		__array(char, via, TPW_TRACE_WORD_LEN)
		__array(char, match, TPW_TRACE_WORD_LEN)
		__array(char, state, TPW_TRACE_WORD_LEN)
		__array(char, outcome, TPW_TRACE_WORD_LEN)
		__array(char, relookup, TPW_TRACE_WORD_LEN)
		__array(char, reason, TPW_TRACE_REASON_LEN)
	),
	TP_fast_assign(
		__entry->cookie = v->cookie;
		__entry->listener = v->listener;
		__entry->netns = net->inum;
		__entry->len = v->len;
		__entry->family = v->tuple.family;
		__entry->protocol = v->tuple.proto;
		__entry->lport = be16_to_cpu(v->tuple.lport);
		__entry->fport = be16_to_cpu(v->tuple.fport);
		__entry->receivers = v->receivers;
		__entry->member = v->member;
		__entry->members = v->members;
		__entry->chooser = v->chooser;
		__entry->mods = v->mods;
		tpw_trace_put_addr(__entry->local, v->tuple.family,
				   &v->tuple.local, v->tuple.lport);
		tpw_trace_put_addr(__entry->foreign, v->tuple.family,
				   &v->tuple.foreign, v->tuple.fport);
		memcpy(__entry->laddr, &v->tuple.local, 16);
		memcpy(__entry->faddr, &v->tuple.foreign, 16);
		tpw_trace_put_word(__entry->dev, v->dev);
		tpw_trace_put_proto(__entry->proto, v->tuple.proto,
				    v->tuple.family);
		tpw_trace_put_flags(__entry->flags, v);
		tpw_trace_put_word(__entry->via, tpw_via_names[v->via]);
		tpw_trace_put_word(__entry->match, tpw_match_names[v->match]);
		tpw_trace_put_word(__entry->state, tpw_state_name(v->state));
		tpw_trace_put_word(__entry->outcome,
				   tpw_outcome_names[v->outcome]);
		tpw_trace_put_relookup(__entry->relookup, v);
		tpw_trace_put_reason(__entry->reason, v);
	),
	TP_printk("%s %s %pISpc > %pISpc %s len=%u via=%s match=%s state=%s outcome=%s reason=%s cookie=%llx listener=%llx mods=%s reuseport=%u/%u:%s relookup=%s receivers=%u netns=%u",
		  __entry->dev, __entry->proto, __entry->foreign,
		  __entry->local, __entry->flags, __entry->len, __entry->via,
		  __entry->match, __entry->state, __entry->outcome,
		  __entry->reason, __entry->cookie, __entry->listener,
		  __print_flags(__entry->mods, ",",
				{ 1, "dual" }, { 2, "device" }, { 4, "mptcp" }),
		  __entry->member, __entry->members,
		  __print_symbolic(__entry->chooser, { 0, "-" }, { 1, "hash" },
				   { 2, "cbpf" }, { 3, "ebpf" }),
		  __entry->relookup, __entry->receivers, __entry->netns)
);

/*
 * A listener was opened, was closed, or had no room in its accept queue
 * (overflow).  What is not known of it is 0.
 */
TRACE_EVENT(listener,
	    TP_PROTO(const struct tpw_netid *net, const char *what, u64 cookie,
		     const struct tpw_endpoint *bound,
		 const struct tpw_actor *actor),
	TP_ARGS(net, what, cookie, bound, actor),
	TP_STRUCT__entry(
		__field(u64, cookie)
		__field(u32, netns)
		__field(u32, pid)
		__field(s32, ifindex)
		__field(u16, family)
		__field(u16, protocol)
		__field(u16, lport)
		__array(u8, local, TPW_TRACE_ADDR_LEN)
		__array(u8, laddr, 16)
		__array(char, what, TPW_TRACE_WORD_LEN)
		__array(char, proto, TPW_TRACE_WORD_LEN)
		__array(char, comm, TPW_COMM_LEN)
	),
	TP_fast_assign(
		__entry->cookie = cookie;
		__entry->netns = net->inum;
		__entry->pid = actor->pid;
		__entry->ifindex = bound->ifindex;
		__entry->family = bound->family;
		__entry->protocol = bound->proto;
		__entry->lport = be16_to_cpu(bound->port);
		tpw_trace_put_addr(__entry->local, bound->family, &bound->addr,
				   bound->port);
		memcpy(__entry->laddr, &bound->addr, 16);
		tpw_trace_put_word(__entry->what, what);
		tpw_trace_put_proto(__entry->proto, bound->proto,
				    bound->family);
		tpw_trace_put_word(__entry->comm, actor->comm);
	),
	TP_printk("%s %s %pISpc ifindex=%d cookie=%llx pid=%u comm=%s netns=%u",
		  __entry->what, __entry->proto, __entry->local,
		  __entry->ifindex, __entry->cookie, __entry->pid,
		  __entry->comm, __entry->netns)
);

/*
 * A reader of the log, the task in whose context this is, was too slow for so
 * many rows.  A namespace of 0 is all of them.
 */
TRACE_EVENT(lost,
	    TP_PROTO(u32 netns, u64 nr),
	TP_ARGS(netns, nr),
	TP_STRUCT__entry(
		__field(u64, nr)
		__field(u32, netns)
	),
	TP_fast_assign(
		__entry->nr = nr;
		__entry->netns = netns;
	),
	TP_printk("%llu rows netns=%u", __entry->nr, __entry->netns)
);

#endif /* _TPW_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
