// SPDX-License-Identifier: GPL-2.0
/*
 * The kprobe backend: works wherever kprobes do, costs some three times as
 * much, and can miss a call that comes while another probe's handler runs.
 */
#include "hook/arm.h"

#include "base/compat.h"

#include <linux/kernel.h>
#include <linux/string.h>

static int call_hook(struct kprobe *kp, struct pt_regs *regs)
{
	struct tpw_hook *hook = container_of(kp, struct tpw_hook, kp);

	if (!hook->fast)
		tpw_hook_hit(hook->id);
	hook->handler(regs_get_kernel_argument(regs, 0),
		      regs_get_kernel_argument(regs, 1),
		      regs_get_kernel_argument(regs, 2),
		      regs_get_kernel_argument(regs, 3));
	return 0;
}
NOKPROBE_SYMBOL(call_hook);

static void prepare(struct tpw_hook *hook, u32 flags)
{
	hook->missed_before += hook->kp.nmissed;
	memset(&hook->kp, 0, sizeof(hook->kp));
	hook->kp.symbol_name = hook->target;
	hook->kp.pre_handler = call_hook;
	hook->kp.flags = flags;
}

/* Where a function begins, or as near to that as a kprobe may stand. */
static int probe(struct tpw_hook *hook, u32 flags)
{
	int err;

	prepare(hook, flags);
	err = register_kprobe(&hook->kp);
	if (err != -EINVAL || !TPW_KPROBE_BEHIND)
		return err;
	prepare(hook, flags);
	hook->kp.offset = TPW_KPROBE_BEHIND;
	return register_kprobe(&hook->kp);
}

static void failed(struct tpw_hook *hook, int err)
{
	hook->error = err;
	hook->state = err == -ENOENT ? TPW_HOOK_MISSING : TPW_HOOK_FAILED;
}

/**
 * tpw_hook_find_addresses() - find where functions begin, for ftrace
 * @hooks: which; those whose state is not OFF are left out
 * @nr: how many
 *
 * kallsyms_lookup_name() is not for modules.  A kprobe that is registered
 * disabled looks the name up, and changes no code.
 *
 * Context: process, may sleep.
 */
void tpw_hook_find_addresses(struct tpw_hook **hooks, unsigned int nr)
{
	struct kprobe *probes[TPW_HOOK_NR];
	unsigned int i, nr_probes = 0;

	for (i = 0; i < nr; i++) {
		struct tpw_hook *hook = hooks[i];
		int err;

		if (hook->state != TPW_HOOK_OFF)
			continue;
		err = probe(hook, KPROBE_FLAG_DISABLED);
		if (err) {
			failed(hook, err);
			continue;
		}
		hook->addr = (unsigned long)hook->kp.addr - hook->kp.offset;
		probes[nr_probes++] = &hook->kp;
	}
	unregister_kprobes(probes, nr_probes);
}

/**
 * tpw_hook_kernel_has() - is there a function of that name?
 * @function: the name; it may be in a module
 *
 * Context: process, may sleep.
 * Return: false if there is none; true also if that cannot be found out.
 */
bool tpw_hook_kernel_has(const char *function)
{
	struct kprobe kp = {
		.symbol_name = function,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&kp);

	if (!err)
		unregister_kprobe(&kp);
	return err != -ENOENT;
}

static int arm(struct tpw_hook **hooks, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		struct tpw_hook *hook = hooks[i];
		int err;

		if (hook->state != TPW_HOOK_OFF)
			continue;
		err = probe(hook, 0);
		if (err)
			failed(hook, err);
		else
			hook->state = TPW_HOOK_ARMED;
	}
	return 0;
}

/* Disarm the armed ones of an interval of hooks, with one grace period. */
static void disarm_some(struct tpw_hook **hooks, unsigned int from,
			unsigned int to)
{
	struct kprobe *probes[TPW_HOOK_NR];
	unsigned int i, nr_probes = 0;

	for (i = from; i < to; i++)
		if (hooks[i]->state == TPW_HOOK_ARMED ||
		    hooks[i]->state == TPW_HOOK_SILENT)
			probes[nr_probes++] = &hooks[i]->kp;
	unregister_kprobes(probes, nr_probes);
}

/* What opens a segment goes first, so that each open one still gets closed. */
static int disarm(struct tpw_hook **hooks, unsigned int nr)
{
	unsigned int first_open = nr;

	while (first_open && hooks[first_open - 1]->id >= TPW_HOOK_OPENING)
		first_open--;
	disarm_some(hooks, first_open, nr);
	disarm_some(hooks, 0, first_open);
	return 0;
}

static u64 missed(const struct tpw_hook *hook)
{
	return hook->missed_before + READ_ONCE(hook->kp.nmissed);
}

const struct tpw_backend tpw_backend_kprobe = {
	.name = "kprobe",
	.arm = arm,
	.disarm = disarm,
	.missed = missed,
};
