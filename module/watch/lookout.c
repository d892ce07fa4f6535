// SPDX-License-Identifier: GPL-2.0
/*
 * Seeing others come to LOCAL_IN, and go: netfilter counts the hooks of a place
 * in a static key, after one is there for all to see, and before it is gone.
 *
 * A hook cannot wait, nor tell whose namespace it was.  So it asks for a look at
 * all of them, soon, and however many ask there is one: who comes and goes a
 * thousand times a second keeps one worker busy for a moment a hundred times.
 * That worker is bound to no CPU, and so keeps no other work waiting.
 * Who goes is looked for a moment later, as he may come again.  While ftrace or
 * kprobes are switched off nobody asks; so there is a look now and then anyway.
 */
#include "watch/lookout.h"

#include "base/compat.h"
#include "hook/arm.h"

#include <linux/jiffies.h>
#include <linux/jump_label.h>
#include <linux/kconfig.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#define GAP		msecs_to_jiffies(10)
#define PATIENCE	msecs_to_jiffies(200)
#define NOW_AND_THEN	msecs_to_jiffies(30000)

static void (*look)(bool may_disarm);
static bool is_started;
static bool has_seen_netfilter;		/* it has set off on_add() */
static unsigned long last;		/* look, in jiffies */
static struct task_struct *looker;	/* a number: does what it does for us */

static void look_now(bool may_disarm)
{
	look(may_disarm);
	WRITE_ONCE(last, jiffies);
}

/* However long a look takes, and whoever asks meanwhile, there is a gap. */
static void on_ask(struct work_struct *work)
{
	if (time_before(jiffies, READ_ONCE(last) + GAP))
		queue_delayed_work(tpw_unbound_wq, to_delayed_work(work), GAP);
	else
		look_now(false);
}

static void on_ask_later(struct work_struct *work)
{
	look_now(true);
}

static DECLARE_DELAYED_WORK(soon, on_ask);
static DECLARE_DELAYED_WORK(later, on_ask_later);

static void now_and_then(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(always, now_and_then);

static void now_and_then(struct work_struct *work)
{
	look_now(true);
	if (READ_ONCE(is_started))
		queue_delayed_work(tpw_unbound_wq, &always, NOW_AND_THEN);
}

static bool is_local_in(unsigned long key)
{
#ifdef CONFIG_JUMP_LABEL
	return key == (unsigned long)&nf_hooks_needed[NFPROTO_IPV4][NF_INET_LOCAL_IN] ||
	       key == (unsigned long)&nf_hooks_needed[NFPROTO_IPV6][NF_INET_LOCAL_IN];
#else
	return false;
#endif
}

static bool is_somebody(unsigned long key)
{
	return is_local_in(key) && READ_ONCE(is_started) &&
	       READ_ONCE(looker) != current;
}

/* static_key_slow_inc(key): the hook is there */
static void on_add(unsigned long a0, unsigned long a1, unsigned long a2,
		   unsigned long a3)
{
	if (is_local_in(a0) && !READ_ONCE(has_seen_netfilter))
		WRITE_ONCE(has_seen_netfilter, true);
	if (is_somebody(a0))
		queue_delayed_work(tpw_unbound_wq, &soon, 0);
}

/* static_key_slow_dec(key): the hook is about to go */
static void on_remove(unsigned long a0, unsigned long a1, unsigned long a2,
		      unsigned long a3)
{
	if (is_somebody(a0))
		queue_delayed_work(tpw_unbound_wq, &later, PATIENCE);
}

static struct tpw_hook hooks[] = {
	TPW_FUNCTION_HOOK(NETFILTER_ADD, OPTIONAL, "netfilter-add",
			  "static_key_slow_inc", on_add, .is_checked = true),
	TPW_FUNCTION_HOOK(NETFILTER_REMOVE, OPTIONAL, "netfilter-remove",
			  "static_key_slow_dec", on_remove, .is_checked = true),
};

/**
 * tpw_lookout_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_lookout_add(void)
{
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
}

static DEFINE_STATIC_KEY_FALSE(probe);

static unsigned int on_nothing(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

/**
 * tpw_lookout_probe() - set off these hooks, for the self-check
 * @by_netfilter: have netfilter do it.  Only that tells that others will be seen:
 *	a compiler may have put these functions into its own.  Not where segments
 *	may wait in queues, as those that do are dropped when any hook goes.
 *
 * Context: process, may sleep.
 */
void tpw_lookout_probe(bool by_netfilter)
{
	static const struct nf_hook_ops ops = {
		.hook = on_nothing,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST,
	};

	if (!by_netfilter) {
		static_branch_inc(&probe);
		static_branch_dec(&probe);
	} else if (!nf_register_net_hook(&init_net, &ops)) {
		nf_unregister_net_hook(&init_net, &ops);
	}
}

/**
 * tpw_lookout_is_looking() - who arms and disarms hooks of ours
 * @task: him, or NULL when he has done
 *
 * Context: process, one at a time.
 */
void tpw_lookout_is_looking(struct task_struct *task)
{
	WRITE_ONCE(looker, task);
}

/**
 * tpw_lookout_is_there() - does somebody tell when others come?
 *
 * On PREEMPT_RT it is as if nobody did: there segments overtake each other on a
 * CPU, so that it has no moment between two of them, see store/arrivals.h.
 *
 * Context: any.
 * Return: true if so.
 */
bool tpw_lookout_is_there(void)
{
	return !IS_ENABLED(CONFIG_PREEMPT_RT) && READ_ONCE(has_seen_netfilter) &&
	       tpw_hook_fires(TPW_HOOK_NETFILTER_ADD);
}

/**
 * tpw_lookout_start() - from now on
 * @fn: what looks, from a work queue; without may_disarm only for others who have
 *	come
 *
 * Context: process.
 */
void tpw_lookout_start(void (*fn)(bool may_disarm))
{
	look = fn;
	smp_wmb();	/* before somebody asks for it */
	WRITE_ONCE(is_started, true);
	queue_delayed_work(tpw_unbound_wq, &always, NOW_AND_THEN);
}

/**
 * tpw_lookout_stop() - ask for no look any more; one may be on its way
 *
 * Context: any.
 */
void tpw_lookout_stop(void)
{
	WRITE_ONCE(is_started, false);
}

/**
 * tpw_lookout_flush() - wait until no look is on its way
 *
 * Context: process, may sleep; stopped, and no handler runs any more.
 */
void tpw_lookout_flush(void)
{
	cancel_delayed_work_sync(&soon);
	cancel_delayed_work_sync(&later);
	cancel_delayed_work_sync(&always);
}
