// SPDX-License-Identifier: GPL-2.0
/*
 * tuplewatch: how each incoming segment found its socket.
 *
 * This file knows the order of things and nothing else: stores, then
 * namespaces with their files, then hooks.  What is seen is never earlier than
 * what keeps it.  Leaving is the exact reverse: hooks first, until no handler
 * runs, then all files with their readers, then namespaces, then what was kept.
 */
#define pr_fmt(fmt)	KBUILD_MODNAME ": " fmt

#include "base/clock.h"
#include "store/connections.h"
#include "store/listeners.h"
#include "store/log.h"
#include "record/pernet.h"
#include "hook/arm.h"
#include "watch/accept_queues.h"
#include "watch/drop.h"
#include "watch/lookout.h"
#include "watch/socket_life.h"
#include "watch/netfilter.h"
#include "watch/no_socket.h"
#include "watch/reuseport.h"
#include "watch/segment.h"
#include "watch/selfcheck.h"
#include "watch/syncookie.h"
#include "watch/tcp.h"
#include "watch/udp.h"
#include "proc/proc.h"

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/sched.h>

static char *backend = "";
module_param(backend, charp, 0444);
MODULE_PARM_DESC(backend, "ftrace or kprobe; the best that the kernel has if not given");

static uint max_connections = TPW_CONNECTIONS_DEFAULT;
module_param(max_connections, uint, 0444);
MODULE_PARM_DESC(max_connections, "connections to remember, 0 to 1048576 (16384)");

static uint max_listeners = TPW_LISTENERS_DEFAULT;
module_param(max_listeners, uint, 0444);
MODULE_PARM_DESC(max_listeners, "listeners to remember, 0 to 65536 (1024)");

static uint log_records = TPW_LOG_DEFAULT;
module_param(log_records, uint, 0444);
MODULE_PARM_DESC(log_records, "records in the log, all CPUs together, 1 to 4194304 (8192)");

static char *test_missing = "";
module_param(test_missing, charp, 0444);
MODULE_PARM_DESC(test_missing, "for tests only: functions to take for missing, separated by commas");

module_param_named(admin_only, tpw_proc_admin_only, bool, 0644);
MODULE_PARM_DESC(admin_only, "1: only administrators of the host may open the files, 0: everybody, who sees his own");

static DEFINE_MUTEX(lock);	/* guards is_up and the switches below */
static bool is_up;		/* the module is loaded: switches act at once */
static bool enabled = true;
static bool netfilter = true;

/*
 * Handlers that cannot be got rid of need the module: it may not be unloaded any
 * more, and if it is being, that must not come to its end.
 */
static void stay_if_stuck(bool is_leaving)
{
	if (!tpw_hooks_are_stuck())
		return;
	if (!is_leaving)
		__module_get(THIS_MODULE);
	while (is_leaving)
		schedule_timeout_uninterruptible(MAX_SCHEDULE_TIMEOUT);
}

static void disarm(bool is_leaving)
{
	tpw_hooks_disarm();
	stay_if_stuck(is_leaving);
	tpw_segment_flush();
}

/* Nothing opens until it is known what can be watched. */
static int arm(void)
{
	int err;

	tpw_segment_pause();
	err = tpw_hooks_arm();
	tpw_segment_resume();
	if (!err)
		tpw_pernet_rebase();
	return err;
}

/* Detached is detached: the netfilter hook goes with the others. */
static int switch_hooks(bool on)
{
	int err;

	if (!on) {
		tpw_netfilter_disarm();
		disarm(false);
		return 0;
	}
	err = arm();
	if (err || !netfilter)
		return err;
	err = tpw_netfilter_arm();
	if (err)
		disarm(false);
	return err;
}

static int switch_netfilter(bool on)
{
	if (on)
		return enabled ? tpw_netfilter_arm() : 0;
	tpw_netfilter_disarm();
	return 0;
}

static int set_switch(const char *val, bool *is_on, int (*act)(bool on))
{
	bool on;
	int err;

	err = kstrtobool(val, &on);
	if (err)
		return err;
	mutex_lock(&lock);
	if (is_up && on != *is_on)
		err = act(on);
	if (!err)
		*is_on = on;
	mutex_unlock(&lock);
	return err;
}

static int set_enabled(const char *val, const struct kernel_param *kp)
{
	return set_switch(val, &enabled, switch_hooks);
}

static int set_netfilter(const char *val, const struct kernel_param *kp)
{
	return set_switch(val, &netfilter, switch_netfilter);
}

static const struct kernel_param_ops enabled_ops = {
	.set = set_enabled,
	.get = param_get_bool,
};
module_param_cb(enabled, &enabled_ops, &enabled, 0644);
MODULE_PARM_DESC(enabled, "1: watch, 0: detach the hooks and keep what was seen");

static const struct kernel_param_ops netfilter_ops = {
	.set = set_netfilter,
	.get = param_get_bool,
};
module_param_cb(netfilter, &netfilter_ops, &netfilter, 0644);
MODULE_PARM_DESC(netfilter, "1: count arrivals at LOCAL_IN too, where others are, 0: do not");

static int check_limit(const char *name, uint value, uint least, uint most)
{
	if (value >= least && value <= most)
		return 0;
	pr_err("%s=%u is out of range: %u to %u\n", name, value, least, most);
	return -EINVAL;
}

static int check_parameters(void)
{
	int err;

	err = check_limit("max_connections", max_connections, 0,
			  TPW_CONNECTIONS_MAX);
	if (!err)
		err = check_limit("max_listeners", max_listeners, 0,
				  TPW_LISTENERS_MAX);
	if (!err)
		err = check_limit("log_records", log_records, 1, TPW_LOG_MAX);
	return err;
}

static void net_exit(struct tpw_net *tn)
{
	tpw_proc_net_exit(tn);
	tpw_segment_forget(tn);
}

static const struct tpw_pernet_ops net_ops = {
	.init = tpw_proc_net_init,
	.exit = net_exit,
};

static void add_hooks(void)
{
	tpw_lookout_add();
	tpw_socket_life_hooks_add();
	tpw_syncookie_add();
	tpw_reuseport_hooks_add();
	tpw_tcp_add();
	tpw_udp_add();
	tpw_no_socket_add();
	tpw_drop_add();
}

static int init_stores(void)
{
	int err;

	tpw_clock_init();
	err = tpw_connections_init(max_connections);
	if (err)
		return err;
	err = tpw_listeners_init(max_listeners);
	if (err)
		goto err_exit_connections;
	err = tpw_log_init(log_records);
	if (err)
		goto err_exit_listeners;
	return 0;

err_exit_listeners:
	tpw_listeners_exit();
err_exit_connections:
	tpw_connections_exit();
	return err;
}

static void exit_stores(void)
{
	tpw_log_exit();
	tpw_listeners_exit();
	tpw_connections_exit();
}

static int start_watching(void)
{
	int err;

	tpw_segment_pause();
	err = tpw_hooks_arm();
	if (!err)
		tpw_selfcheck();
	tpw_segment_resume();
	if (err) {
		stay_if_stuck(true);
		return err;
	}
	tpw_accept_queues_scan();
	tpw_pernet_rebase();
	if (!enabled)
		disarm(false);
	else if (netfilter)
		err = tpw_netfilter_arm();
	if (err)
		disarm(true);
	return err;
}

/* What looks at others goes when no handler can ask for it any more. */
static void stop_watching(void)
{
	tpw_netfilter_disarm();
	disarm(true);
	tpw_lookout_flush();
}

static int __init tpw_init(void)
{
	int err;

	err = check_parameters();
	if (err)
		return err;
	err = init_stores();
	if (err)
		return err;
	err = tpw_hooks_init(backend, test_missing);
	if (err)
		goto err_exit_stores;
	add_hooks();
	err = tpw_pernet_init(&net_ops);
	if (err)
		goto err_exit_stores;
	err = tpw_proc_init();
	if (err)
		goto err_exit_pernet;
	err = tpw_netfilter_start();
	if (err)
		goto err_exit_proc;
	mutex_lock(&lock);
	err = start_watching();
	is_up = !err;
	mutex_unlock(&lock);
	if (err)
		goto err_stop_netfilter;
	return 0;

err_stop_netfilter:
	tpw_netfilter_stop();
err_exit_proc:
	tpw_proc_exit();
err_exit_pernet:
	tpw_pernet_exit();
err_exit_stores:
	exit_stores();
	return err;
}
module_init(tpw_init);

static void __exit tpw_exit(void)
{
	mutex_lock(&lock);
	is_up = false;
	mutex_unlock(&lock);
	stop_watching();
	tpw_netfilter_stop();
	tpw_proc_exit();
	tpw_pernet_exit();
	exit_stores();
}
module_exit(tpw_exit);

MODULE_DESCRIPTION("How each incoming segment found its socket");
MODULE_LICENSE("GPL");
MODULE_VERSION(TPW_VERSION);
