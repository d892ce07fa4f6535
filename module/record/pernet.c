// SPDX-License-Identifier: GPL-2.0
/*
 * What belongs to one network namespace: making it, ending it, and comparing
 * it with the kernel's own counters.
 *
 * A subsystem's exit runs after all devices of the namespace are gone, and so
 * after its last segment: whoever still names the namespace then only has to
 * be told to forget it.
 */
#include "record/pernet.h"

#include "base/compat.h"

#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include <net/ip.h>
#include <net/snmp.h>

unsigned int tpw_pernet_id __read_mostly;

static const struct tpw_pernet_ops *views_ops;

static u64 tcp_seen(const struct tpw_net *tn)
{
	const struct tpw_counts *counts;
	u64 n = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		counts = per_cpu_ptr(tn->counters.counts, cpu);
		n += READ_ONCE(counts->family[TPW_TCP4].seen) +
		     READ_ONCE(counts->family[TPW_TCP6].seen);
	}
	return n;
}

/* As snmp_fold_field(), which 7.2 does not export. */
static u64 insegs(const struct tpw_net *tn)
{
	void __percpu *mib = tn->net->mib.tcp_statistics;
	u64 n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += snmp_get_cpu_field(mib, cpu, TCP_MIB_INSEGS);
	return n;
}

/* What the kernel counts is read last, so that "unwatched" never overstates. */
static void rebase(struct tpw_net *tn, void *data)
{
	u64 seen = tcp_seen(tn);
	u64 kernel;

	smp_rmb();	/* a segment in between is in what TCP counts only */
	kernel = insegs(tn);
	raw_spin_lock_irq(&tn->armed_lock);
	tn->armed_nr++;
	tn->armed_seen = seen;
	tn->armed_insegs = kernel;
	tn->unwatched = 0;
	raw_spin_unlock_irq(&tn->armed_lock);
}

/**
 * tpw_pernet_rebase() - the hooks have just been armed: compare from here on
 *
 * Context: process, may sleep.
 */
void tpw_pernet_rebase(void)
{
	tpw_pernet_for_each(rebase, NULL);
}

/**
 * tpw_pernet_unwatched() - TCP segments that the kernel counted and we did not
 * @tn: the namespace
 *
 * Since the hooks were last armed, both families together as the kernel has
 * but one counter; a segment on its way while this reads is given to us.  As that
 * makes it less, and what is not seen is so for good, the most that was ever read
 * is the nearest.
 *
 * Context: process.
 * Return: the growth of Tcp: InSegs less that of seen, never below 0.
 */
u64 tpw_pernet_unwatched(struct tpw_net *tn)
{
	u64 kernel, seen, nr, most;
	s64 now;

	raw_spin_lock_irq(&tn->armed_lock);
	kernel = tn->armed_insegs;
	seen = tn->armed_seen;
	nr = tn->armed_nr;
	raw_spin_unlock_irq(&tn->armed_lock);
	now = insegs(tn) - kernel;
	smp_rmb();	/* a hook counts it before TCP does */
	now -= tcp_seen(tn) - seen;
	raw_spin_lock_irq(&tn->armed_lock);
	if (nr == tn->armed_nr)
		tn->unwatched = max_t(s64, now, tn->unwatched);
	most = tn->unwatched;
	raw_spin_unlock_irq(&tn->armed_lock);
	return most;
}

/**
 * tpw_pernet_taken() - packets that arrived at INPUT, and neither TCP nor UDP
 *	got them
 * @tn: the namespace
 *
 * By a firewall, IPVS, a queue: see tpw_pernet_others().  They are counted where
 * somebody else is at INPUT, see watch/netfilter.c.  What TCP counted and no hook
 * saw is not among them; a datagram that came while the hooks did not fire is.
 *
 * Context: process.
 * Return: their number since the hooks were last armed, never below 0.
 */
u64 tpw_pernet_taken(struct tpw_net *tn)
{
	return tpw_arrivals_taken(&tn->arrivals, tpw_pernet_unwatched(tn));
}

/**
 * tpw_pernet_others() - those of tpw_pernet_taken() that netfilter did not drop
 * @tn: the namespace
 *
 * On loopback some that netfilter dropped had not arrived yet: they make it
 * less, never more.
 *
 * Context: process.
 * Return: their number since the hooks were last armed, never below 0.
 */
u64 tpw_pernet_others(struct tpw_net *tn)
{
	return tpw_arrivals_others(&tn->arrivals, tpw_pernet_unwatched(tn));
}

/**
 * tpw_pernet_forget_arrivals() - count what arrives anew
 * @tn: the namespace; nobody counts now
 *
 * Context: process.
 */
void tpw_pernet_forget_arrivals(struct tpw_net *tn)
{
	tpw_arrivals_reset(&tn->arrivals, tpw_pernet_unwatched(tn));
}

/**
 * tpw_pernet_begin_arrivals() - the hook at LOCAL_IN is about to be armed
 * @tn: the namespace
 * @ip: the version
 *
 * Context: process.
 */
void tpw_pernet_begin_arrivals(struct tpw_net *tn, enum tpw_ip_version ip)
{
	tpw_arrivals_begin(&tn->arrivals, ip, tpw_pernet_unwatched(tn));
}

/**
 * tpw_pernet_end_arrivals() - the hook at LOCAL_IN counts no more
 * @tn: the namespace
 * @ip: the version
 *
 * Context: process.
 */
void tpw_pernet_end_arrivals(struct tpw_net *tn, enum tpw_ip_version ip)
{
	tpw_arrivals_end(&tn->arrivals, ip);
}

/**
 * tpw_pernet_turn_arrivals() - what was on its way when it was armed, or when
 *	counting ended, has gone
 * @tn: the namespace
 * @ip: the version
 *
 * Context: process.
 */
void tpw_pernet_turn_arrivals(struct tpw_net *tn, enum tpw_ip_version ip)
{
	tpw_arrivals_turn_all(&tn->arrivals, ip, tpw_pernet_unwatched(tn));
}

/**
 * tpw_pernet_bytes() - memory that a namespace takes
 * @tn: the namespace
 *
 * Return: bytes.
 */
size_t tpw_pernet_bytes(const struct tpw_net *tn)
{
	return sizeof(struct tpw_net) - sizeof(struct tpw_counters) +
	       tpw_counters_bytes() + tpw_arrivals_bytes() + 2 * tpw_endpoints_bytes() +
	       tpw_log_bytes(tn->log);
}

/**
 * tpw_pernet_next() - the namespace that comes after another
 * @after: cookie of that; 0 for the first of all
 *
 * Context: process, may sleep.
 * Return: the one with the least cookie above @after, held until put_net(); or
 *	NULL.
 */
struct tpw_net *tpw_pernet_next(u64 after)
{
	struct tpw_net *next = NULL;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net) {
		struct tpw_net *tn = tpw_pernet_get(net);

		if (!tn || !tn->net || tn->id.cookie <= after ||
		    (next && tn->id.cookie > next->id.cookie) ||
		    !maybe_get_net(net))
			continue;
		if (next)
			put_net(next->net);
		next = tn;
	}
	up_read(&net_rwsem);
	return next;
}

/**
 * tpw_pernet_for_each() - do something for every namespace
 * @fn: what to do; it may take its time, as no lock is held
 * @data: handed to @fn
 *
 * Context: process, may sleep.
 */
void tpw_pernet_for_each(void (*fn)(struct tpw_net *tn, void *data), void *data)
{
	struct tpw_net *tn;
	u64 after = 0;

	while ((tn = tpw_pernet_next(after))) {
		after = tn->id.cookie;
		fn(tn, data);
		put_net(tn->net);
		cond_resched();
	}
}

/*
 * Who is charged for what is remembered of it: the namespace itself, or the
 * user who has made it and as many more as he likes, in user namespaces of his.
 */
static void name(struct tpw_net *tn, const struct net *net)
{
	const struct user_namespace *ns = net->user_ns;
	static atomic64_t nr;

	tn->id.cookie = tpw_net_new_cookie(net, &nr);
	tn->id.inum = net->ns.inum;
	tn->id.has_users = net_eq(net, &init_net);
	if (ns == &init_user_ns) {
		tn->id.account = hash_64(tn->id.cookie, 31);
		return;
	}
	while (ns->parent && ns->parent != &init_user_ns)
		ns = ns->parent;
	tn->id.account = hash_64(~(u64)__kuid_val(ns->owner), 31);
}

static int init_stores(struct tpw_net *tn)
{
	int err;

	err = tpw_counters_init(&tn->counters);
	if (err)
		return err;
	err = tpw_arrivals_init(&tn->arrivals, &tn->counters);
	if (err)
		goto err_exit_counters;
	err = tpw_endpoints_init(&tn->refused);
	if (err)
		goto err_exit_arrivals;
	err = tpw_endpoints_init(&tn->taken);
	if (err)
		goto err_exit_refused;
	err = -ENOMEM;
	tn->log = tpw_log_create(&tn->id, !net_eq(tn->net, &init_net));
	if (!tn->log)
		goto err_exit_taken;
	tn->rings = tn->log->rings;
	tn->tallies = tpw_tallies_create(tn->id.cookie);
	if (!tn->tallies)
		goto err_end_log;
	return 0;

err_end_log:
	tpw_log_end_namespace(tn->log);
err_exit_taken:
	tpw_endpoints_exit(&tn->taken);
err_exit_refused:
	tpw_endpoints_exit(&tn->refused);
err_exit_arrivals:
	tpw_arrivals_exit(&tn->arrivals);
err_exit_counters:
	tpw_counters_exit(&tn->counters);
	return err;
}

static void exit_stores(struct tpw_net *tn)
{
	tpw_tallies_remove(tn->tallies);
	tpw_log_end_namespace(tn->log);
	tpw_endpoints_exit(&tn->taken);
	tpw_endpoints_exit(&tn->refused);
	tpw_arrivals_exit(&tn->arrivals);
	tpw_counters_exit(&tn->counters);
}

static int __net_init net_init(struct net *net)
{
	struct tpw_net *tn = tpw_pernet_get(net);
	int err;

	raw_spin_lock_init(&tn->armed_lock);
	name(tn, net);
	tn->net = net;
	err = init_stores(tn);
	if (err)
		goto err_forget;
	rebase(tn, NULL);
	err = views_ops->init(tn);
	if (err)
		goto err_exit_stores;
	return 0;

err_exit_stores:
	exit_stores(tn);
err_forget:
	tn->net = NULL;
	return err;
}

static void __net_exit net_exit(struct net *net)
{
	struct tpw_net *tn = tpw_pernet_get(net);

	if (!tn->net)
		return;
	views_ops->exit(tn);
	tpw_filter_clear(&tn->filter);
	tn->net = NULL;
	exit_stores(tn);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &tpw_pernet_id,
	.size = sizeof(struct tpw_net),
};

/**
 * tpw_pernet_init() - make what belongs to each namespace
 * @views: what to do besides as one comes and goes
 *
 * Context: process, may sleep.
 * Return: 0 or -errno.
 */
int tpw_pernet_init(const struct tpw_pernet_ops *views)
{
	views_ops = views;
	return register_pernet_subsys(&net_ops);
}

/**
 * tpw_pernet_exit() - end it for all namespaces
 *
 * Context: process, may sleep; no handler runs any more.
 */
void tpw_pernet_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}
