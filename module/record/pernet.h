/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What belongs to one network namespace.
 */
#ifndef _TPW_PERNET_H
#define _TPW_PERNET_H

#include "base/tuple.h"
#include "filter/filter.h"
#include "store/arrivals.h"
#include "store/counters.h"
#include "store/log.h"
#include "store/endpoints.h"
#include "store/tally.h"

#include <linux/spinlock.h>
#include <linux/types.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

struct tpw_proc_dirs;

/* What segments without a socket are marked with, in their rows. */
enum tpw_refused_mark {
	TPW_REFUSED_ANSWERED,	/* with RST or ICMP */
	TPW_REFUSED_SYN,	/* asks for a connection */
};

/* What packets that never arrive are marked with, in their rows. */
enum tpw_taken_mark { TPW_TAKEN_SYN };

/* These rows' kind: who took the packets, and the kernel's reason. */
#define TPW_TAKEN_KIND(taker, reason)	((u32)(reason) << 8 | (taker))
#define TPW_TAKEN_TAKER(kind)		((kind) & 0xff)
#define TPW_TAKEN_REASON(kind)		((kind) >> 8)

/**
 * struct tpw_net - one namespace
 * @counters: its counters
 * @arrivals: what reached LOCAL_IN
 * @rings: those of @log, for writers
 * @log: its log
 * @refused: its last endpoints without a socket
 * @taken: its last endpoints of packets that did not arrive
 * @tallies: what was forgotten of it
 * @filter: what of its verdicts log and tracepoint get; NULL for all of them
 * @net: the namespace itself, which outlives this
 * @id: names it
 * @armed_lock: guards the following
 * @armed_nr: how often the hooks were armed
 * @armed_insegs: Tcp: InSegs when the hooks were last armed
 * @armed_seen: TCP segments seen then
 * @unwatched: the most that tpw_pernet_unwatched() has read since
 * @dirs: its directories in /proc, owned by proc.c
 */
struct tpw_net {
	struct tpw_counters counters;
	struct tpw_filter __rcu *filter;
	struct tpw_ring __percpu *rings;
	struct tpw_log *log;
	struct tpw_arrivals arrivals;
	struct tpw_endpoints refused;
	struct tpw_endpoints taken;
	struct tpw_tallies *tallies;
	struct net *net;
	struct tpw_netid id;
	raw_spinlock_t armed_lock;
	u64 armed_nr;
	u64 armed_insegs;
	u64 armed_seen;
	u64 unwatched;
	struct tpw_proc_dirs *dirs;
};

/**
 * struct tpw_pernet_ops - what other layers do as namespaces come and go
 * @init: a namespace has come; its struct tpw_net is ready
 * @exit: it goes; no segment of it opens any more
 */
struct tpw_pernet_ops {
	int (*init)(struct tpw_net *tn);
	void (*exit)(struct tpw_net *tn);
};

extern unsigned int tpw_pernet_id;

int tpw_pernet_init(const struct tpw_pernet_ops *views);
void tpw_pernet_exit(void);
void tpw_pernet_rebase(void);
struct tpw_net *tpw_pernet_next(u64 after);
void tpw_pernet_for_each(void (*fn)(struct tpw_net *tn, void *data), void *data);
u64 tpw_pernet_unwatched(struct tpw_net *tn);
void tpw_pernet_forget_arrivals(struct tpw_net *tn);
void tpw_pernet_begin_arrivals(struct tpw_net *tn, enum tpw_ip_version ip);
void tpw_pernet_end_arrivals(struct tpw_net *tn, enum tpw_ip_version ip);
void tpw_pernet_turn_arrivals(struct tpw_net *tn, enum tpw_ip_version ip);
u64 tpw_pernet_taken(struct tpw_net *tn);
u64 tpw_pernet_others(struct tpw_net *tn);
size_t tpw_pernet_bytes(const struct tpw_net *tn);

/** tpw_pernet_counts_arrivals() - Return: true between begin and end. */
static inline bool tpw_pernet_counts_arrivals(const struct tpw_net *tn,
					      enum tpw_ip_version ip)
{
	return tpw_arrivals_are_counted(&tn->arrivals, ip);
}

/**
 * tpw_pernet_arrivals_are_late() - note whether some should be counted that
 *	are not
 * @tn: the namespace
 * @ip: the version
 * @is_late: whether it is so
 *
 * Context: process.
 */
static inline void tpw_pernet_arrivals_are_late(struct tpw_net *tn,
						enum tpw_ip_version ip, bool is_late)
{
	WRITE_ONCE(tn->arrivals.is_late[ip], is_late);
}

/**
 * tpw_pernet_get() - ours of a namespace
 * @net: the namespace
 *
 * Context: any, while @net is alive.
 * Return: its struct tpw_net.
 */
static __always_inline struct tpw_net *tpw_pernet_get(const struct net *net)
{
	return net_generic(net, tpw_pernet_id);
}

/**
 * tpw_pernet_get_bh() - the same, where an RCU read-side section is certain
 * @net: the namespace
 *
 * Context: the receive path.
 * Return: its struct tpw_net.
 */
static __always_inline struct tpw_net *tpw_pernet_get_bh(const struct net *net)
{
	return rcu_dereference_raw(net->gen)->ptr[tpw_pernet_id];
}

#endif /* _TPW_PERNET_H */
