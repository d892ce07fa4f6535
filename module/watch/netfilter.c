// SPDX-License-Identifier: GPL-2.0
/*
 * How many segments arrive, before any firewall rule sees them: a netfilter
 * hook at LOCAL_IN, first of all.
 *
 * It counts what would be a segment if nothing in between dropped it; of an
 * IPv6 fragment train the first fragment (IPv4 is reassembled before).  What
 * is decapsulated inside the transport layer never passes here.
 *
 * Where nobody else is at LOCAL_IN nobody can take a segment there, and the
 * hooks are not: they would cost each segment for nothing.  lookout.c sees others
 * come and go.  What somebody takes before the hook is armed again, some
 * milliseconds after he came, is in no sum here; if it was dropped, the tracepoint
 * counted it (watch/taken.c).
 */
#include "watch/netfilter.h"

#include "record/record.h"
#include "hook/arm.h"
#include "watch/lookout.h"

#include <linux/if_packet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/netns/generic.h>

/* Who drops what waits in it when any hook of the namespace is unregistered. */
#define QUEUES	"nfqnl_enqueue_packet"

/* Where there was no room for ours. */
#define RETRY	msecs_to_jiffies(30000)

static bool is_segment(const struct sk_buff *skb, u8 proto)
{
	if (proto == IPPROTO_TCP)
		return skb->pkt_type == PACKET_HOST;
	return proto == IPPROTO_UDP;
}

static unsigned int on_local_in4(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	if (is_segment(skb, ip_hdr(skb)->protocol))
		tpw_record_arrived(priv, TPW_IPV4);
	return NF_ACCEPT;
}

/*
 * Behind extension headers.  A function of its own: nearly no segment has any.
 * What IPsec authenticates comes here again, without that header, if it is right.
 */
static noinline bool is_segment_behind(const struct sk_buff *skb)
{
	unsigned short fragment = 0;
	unsigned int offset = 0;
	int flags = IP6_FH_F_AUTH;
	int proto = ipv6_find_hdr(skb, &offset, -1, &fragment, &flags);

	return !fragment && proto >= 0 && is_segment(skb, proto);
}

static unsigned int on_local_in6(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const u8 proto = ipv6_hdr(skb)->nexthdr;

	if (proto == IPPROTO_TCP || proto == IPPROTO_UDP ?
	    is_segment(skb, proto) : is_segment_behind(skb))
		tpw_record_arrived(priv, TPW_IPV6);
	return NF_ACCEPT;
}

static const struct nf_hook_ops nf_ops[] = {
	[TPW_IPV4] = {
		.hook = on_local_in4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_FIRST,
	},
	[TPW_IPV6] = {
		.hook = on_local_in6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FIRST,
	},
};

/**
 * struct own_hook - the hook for one IP version in one namespace
 * @ops: as above, but it knows its namespace's struct tpw_net
 * @is_armed: it is registered
 * @is_turning: it has just been armed, or is about to be disarmed
 * @is_refused: it could not be armed, and is not tried again before @retry
 * @retry: in jiffies
 */
struct own_hook {
	struct nf_hook_ops ops;
	bool is_armed;
	bool is_turning;
	bool is_refused;
	unsigned long retry;
};

/**
 * struct own_hooks - the hooks of one namespace
 * @list: in the list of all
 * @net: the namespace; it lives as long as this is in the list
 * @ip: by IP version
 */
struct own_hooks {
	struct list_head list;
	struct net *net;
	struct own_hook ip[TPW_IP_NR];
};

static DEFINE_MUTEX(lock);	/* guards is_registered */
static bool is_registered;	/* net_ops are */

static DEFINE_MUTEX(nets_lock);	/* guards the following */
static LIST_HEAD(nets);
static bool is_running;		/* hooks come and go as they are needed */
static bool are_queues_there;	/* QUEUES is, or may be */
static unsigned int own_hooks_id;

static const struct nf_hook_entries __rcu *const *
place_of(const struct net *net, enum tpw_ip_version ip)
{
	return (const struct nf_hook_entries __rcu *const *)
		(ip == TPW_IPV6 ? &net->nf.hooks_ipv6[NF_INET_LOCAL_IN] :
				  &net->nf.hooks_ipv4[NF_INET_LOCAL_IN]);
}

/* One that is just being taken off has a substitute, who is somebody else, too. */
static bool are_others_there(const struct own_hooks *own, enum tpw_ip_version ip)
{
	const struct nf_hook_entries *entries;
	struct nf_hook_ops **ops;
	bool is_there = false;
	unsigned int i;

	rcu_read_lock();
	entries = rcu_dereference(*place_of(own->net, ip));
	if (entries) {
		ops = nf_hook_entries_get_hook_ops(entries);
		/* The second at the latest: there may be a thousand. */
		for (i = 0; i < entries->num_hook_entries && !is_there; i++)
			is_there = READ_ONCE(ops[i]) != &own->ip[ip].ops;
	}
	rcu_read_unlock();
	return is_there;
}

static void take_nets(void)
{
	mutex_lock(&nets_lock);
	tpw_lookout_is_looking(current);
}

static void release_nets(void)
{
	tpw_lookout_is_looking(NULL);
	mutex_unlock(&nets_lock);
}

/*
 * If nobody tells when others come, it is armed always.  Else only where others are,
 * also when segments may wait in queues, as where nobody is at LOCAL_IN none waits.
 * What was queued there before ours came goes on behind the place that the queueing
 * hook had till then, where that one is now: once more through it, and no worse.
 *
 * Both versions begin and end together, as what netfilter dropped and what no hook
 * saw are known of both together only.
 */
static bool is_wanted(const struct own_hooks *own)
{
	return !tpw_lookout_is_there() || are_others_there(own, TPW_IPV4) ||
	       are_others_there(own, TPW_IPV6);
}

static void arm(struct own_hooks *own, enum tpw_ip_version ip)
{
	struct tpw_net *tn = tpw_pernet_get(own->net);
	struct own_hook *hook = &own->ip[ip];

	tpw_pernet_begin_arrivals(tn, ip);
	hook->is_armed = !nf_register_net_hook(own->net, &hook->ops);
	hook->is_turning = hook->is_armed;
	hook->is_refused = !hook->is_armed;
	if (hook->is_armed)
		return;
	hook->retry = jiffies + RETRY;
	/* It never ran. */
	tpw_pernet_end_arrivals(tn, ip);
	tpw_pernet_turn_arrivals(tn, ip);
	tpw_pernet_arrivals_are_late(tn, ip, true);
}

/* Whose namespaces are full of hooks makes no look dear. */
static bool may_arm(const struct own_hook *hook)
{
	return !hook->is_armed &&
	       !(hook->is_refused && time_before(jiffies, hook->retry));
}

/* Arm it, or begin to disarm it; returns whether there is more to do. */
static bool begin_to_turn_one(struct own_hooks *own, enum tpw_ip_version ip,
			      bool is_needed, bool may_disarm)
{
	struct tpw_net *tn = tpw_pernet_get(own->net);
	struct own_hook *hook = &own->ip[ip];

	if (is_needed) {
		if (may_arm(hook))
			arm(own, ip);
	} else if (hook->is_armed && may_disarm && !are_queues_there) {
		tpw_pernet_end_arrivals(tn, ip);
		hook->is_turning = true;
	}
	return hook->is_turning;
}

static bool begin_to_turn(struct own_hooks *own, bool may_disarm)
{
	bool is_needed = is_wanted(own);
	bool is_any = begin_to_turn_one(own, TPW_IPV4, is_needed, may_disarm);

	return begin_to_turn_one(own, TPW_IPV6, is_needed, may_disarm) || is_any;
}

/* Nothing is on its way any more that was when it began. */
static void turn(struct own_hooks *own, enum tpw_ip_version ip)
{
	struct tpw_net *tn = tpw_pernet_get(own->net);
	struct own_hook *hook = &own->ip[ip];

	if (!hook->is_turning)
		return;
	hook->is_turning = false;
	tpw_pernet_turn_arrivals(tn, ip);
	if (tpw_pernet_counts_arrivals(tn, ip) || !hook->is_armed)
		return;
	nf_unregister_net_hook(own->net, &hook->ops);
	hook->is_armed = false;
}

static void look_at_all(bool may_disarm)
{
	struct own_hooks *own;
	bool is_any = false;

	list_for_each_entry(own, &nets, list) {
		is_any |= begin_to_turn(own, may_disarm);
		cond_resched();
	}
	if (!is_any)
		return;
	synchronize_net();
	list_for_each_entry(own, &nets, list) {
		turn(own, TPW_IPV4);
		turn(own, TPW_IPV6);
		cond_resched();
	}
}

/* Arm where somebody else is, disarm where nobody is. */
static void look(bool may_disarm)
{
	take_nets();
	if (is_running)
		look_at_all(may_disarm);
	release_nets();
}

/*
 * nfnetlink_queue is the only one who queues.  It is told of before it can, and
 * when it goes, after its queues have gone.  Any user can have it loaded; so that
 * arms nothing: only no hook is disarmed any more, as the lock waits for one that is.
 */
static int on_module(struct notifier_block *nb, unsigned long state, void *data)
{
	const struct module *module = data;

	if (strcmp(module->name, "nfnetlink_queue") ||
	    (state != MODULE_STATE_COMING && state != MODULE_STATE_GOING))
		return NOTIFY_DONE;
	take_nets();
	are_queues_there = state == MODULE_STATE_COMING;
	release_nets();
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = on_module };

/* Before there is anything in it that could be on its way. */
static void begin_with(struct own_hooks *own)
{
	if (!begin_to_turn(own, false))
		return;
	turn(own, TPW_IPV4);
	turn(own, TPW_IPV6);
}

static int __net_init net_init(struct net *net)
{
	struct own_hooks *own = net_generic(net, own_hooks_id);
	struct tpw_net *tn = tpw_pernet_get(net);
	enum tpw_ip_version ip;

	own->net = net;
	for (ip = 0; ip < TPW_IP_NR; ip++) {
		own->ip[ip].ops = nf_ops[ip];
		own->ip[ip].ops.priv = tn;
	}
	tpw_pernet_forget_arrivals(tn);
	take_nets();
	list_add(&own->list, &nets);
	if (is_running)
		begin_with(own);
	release_nets();
	return 0;
}

/* Before a grace period: who lists hooks may look at ours till then. */
static void __net_exit net_pre_exit(struct net *net)
{
	struct own_hooks *own = net_generic(net, own_hooks_id);
	enum tpw_ip_version ip;

	take_nets();
	for (ip = 0; ip < TPW_IP_NR; ip++) {
		if (!own->ip[ip].is_armed)
			continue;
		tpw_pernet_end_arrivals(tpw_pernet_get(net), ip);
		nf_unregister_net_hook(net, &own->ip[ip].ops);
	}
	list_del(&own->list);
	release_nets();
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.id = &own_hooks_id,
	.size = sizeof(struct own_hooks),
};

static void run(bool on)
{
	take_nets();
	is_running = on;
	if (on)
		look_at_all(false);
	release_nets();
}

/**
 * tpw_netfilter_start() - learn whether segments may wait in queues, now and later
 *
 * Context: process, may sleep; before the rest.
 * Return: 0 or -errno.
 */
int tpw_netfilter_start(void)
{
	int err = register_module_notifier(&module_nb);

	if (err)
		return err;
	take_nets();
	are_queues_there |= tpw_hook_kernel_has(QUEUES);
	release_nets();
	return 0;
}

/** tpw_netfilter_stop() - undo that; it is disarmed */
void tpw_netfilter_stop(void)
{
	unregister_module_notifier(&module_nb);
}

/** tpw_netfilter_has_queues() - Return: true if segments may wait in queues. */
bool tpw_netfilter_has_queues(void)
{
	return READ_ONCE(are_queues_there);
}

/**
 * tpw_netfilter_arm() - count arrivals in all namespaces, now and to come
 *
 * Context: process, may sleep; the namespaces' own data must be there, and the
 *	hooks be armed that see segments.
 * Return: 0 or -errno.
 */
int tpw_netfilter_arm(void)
{
	int err = 0;

	mutex_lock(&lock);
	if (!is_registered) {
		err = register_pernet_subsys(&net_ops);
		is_registered = !err;
	}
	if (is_registered) {
		tpw_lookout_start(look);
		run(true);
	}
	tpw_hooks_netfilter(is_registered);
	mutex_unlock(&lock);
	return err;
}

/**
 * tpw_netfilter_disarm() - cease to count; no hook runs when it returns
 *
 * Context: process, may sleep.
 */
void tpw_netfilter_disarm(void)
{
	mutex_lock(&lock);
	tpw_lookout_stop();
	run(false);
	if (is_registered)
		unregister_pernet_subsys(&net_ops);
	is_registered = false;
	tpw_hooks_netfilter(false);
	mutex_unlock(&lock);
	synchronize_net();
}
