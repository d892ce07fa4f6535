// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on tracepoints.  Not all are exported, so they are found by name.
 */
#include "hook/arm.h"

#include <linux/string.h>
#include <linux/tracepoint.h>

static void compare(struct tracepoint *tp, void *data)
{
	struct tpw_hook *hook = data;

	if (!strcmp(tp->name, hook->target))
		hook->tp = tp;
}

/**
 * tpw_hook_tracepoint_arm() - arm a hook on a tracepoint
 * @hook: which
 *
 * Context: process, may sleep.
 * Return: 0 or -errno; @hook->state says the same.
 */
int tpw_hook_tracepoint_arm(struct tpw_hook *hook)
{
	int err;

	hook->tp = NULL;
	for_each_kernel_tracepoint(compare, hook);
	if (!hook->tp) {
		hook->state = TPW_HOOK_MISSING;
		return hook->error = -ENOENT;
	}
	err = tracepoint_probe_register(hook->tp, hook->probe, NULL);
	hook->state = err ? TPW_HOOK_FAILED : TPW_HOOK_ARMED;
	return hook->error = err;
}

/**
 * tpw_hook_tracepoint_disarm() - undo tpw_hook_tracepoint_arm()
 * @hook: which; a probe may still run until
 *	tracepoint_synchronize_unregister() has returned
 *
 * Context: process, may sleep.
 */
void tpw_hook_tracepoint_disarm(struct tpw_hook *hook)
{
	tracepoint_probe_unregister(hook->tp, hook->probe, NULL);
}
