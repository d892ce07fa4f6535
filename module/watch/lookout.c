// SPDX-License-Identifier: GPL-2.0
/*
 * Seeing others come to LOCAL_IN, and go: netfilter counts the hooks of a place
 * in a static key, after one is there for all to see, and before it is gone.
 *
 * A hook cannot wait, nor tell whose namespace it was.  So it asks for a look at
 * all of them, soon, and however many ask there is one: who comes and goes a
 * thousand times a second keeps one worker busy for a moment a hundred times.
 * Who goes is looked for a moment later, as he may come again.  While ftrace or
 * kprobes are switched off nobody asks; so there is a look now and then anyway.
 */
#include "watch/lookout.h"

#include "hook/arm.h"

#include <linux/jiffies.h>
#include <linux/jump_label.h>
#include <linux/kconfig.h>
#include <linux/netfilter.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#define GAP		msecs_to_jiffies(10)
#define PATIENCE	msecs_to_jiffies(200)
#define NOW_AND_THEN	msecs_to_jiffies(30000)

static void (*look)(void);
static bool is_started;
static unsigned long last;		/* look, in jiffies */
static struct task_struct *looker;	/* a number: does what it does for us */

static DEFINE_STATIC_KEY_FALSE(probe);

static void look_now(void)
{
	WRITE_ONCE(looker, current);
	look();
	WRITE_ONCE(looker, NULL);
	WRITE_ONCE(last, jiffies);
}

static void on_ask(struct work_struct *work)
{
	look_now();
}

static DECLARE_DELAYED_WORK(soon, on_ask);
static DECLARE_DELAYED_WORK(later, on_ask);

static void now_and_then(struct work_struct *work);
static DECLARE_DEFERRABLE_WORK(always, now_and_then);

static void now_and_then(struct work_struct *work)
{
	look_now();
	if (READ_ONCE(is_started))
		schedule_delayed_work(&always, NOW_AND_THEN);
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
	unsigned long due;

	if (!is_somebody(a0))
		return;
	due = READ_ONCE(last) + GAP;
	schedule_delayed_work(&soon, time_before(jiffies, due) ? GAP : 0);
}

/* static_key_slow_dec(key): the hook is about to go */
static void on_remove(unsigned long a0, unsigned long a1, unsigned long a2,
		      unsigned long a3)
{
	if (is_somebody(a0))
		schedule_delayed_work(&later, PATIENCE);
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

/**
 * tpw_lookout_probe() - set off these hooks, for the self-check
 *
 * Context: process, may sleep.
 */
void tpw_lookout_probe(void)
{
	static_branch_inc(&probe);
	static_branch_dec(&probe);
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
	return !IS_ENABLED(CONFIG_PREEMPT_RT) &&
	       tpw_hook_fires(TPW_HOOK_NETFILTER_ADD);
}

/**
 * tpw_lookout_start() - from now on
 * @fn: what looks, from a work queue
 *
 * Context: process.
 */
void tpw_lookout_start(void (*fn)(void))
{
	look = fn;
	smp_wmb();	/* before somebody asks for it */
	WRITE_ONCE(is_started, true);
	schedule_delayed_work(&always, NOW_AND_THEN);
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
