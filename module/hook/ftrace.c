// SPDX-License-Identifier: GPL-2.0
/*
 * The ftrace backend: fast, and loses nothing.
 *
 * Hooks on the path of every segment have a trampoline that calls them without
 * a detour.  All others share one, which looks up the hook by its address: each
 * struct ftrace_ops costs a grace period of RCU tasks when it is unregistered,
 * and with one a hook rmmod would take seconds.
 *
 * The ops ask for no recursion guard: no handler calls a hooked function.
 */
#include "hook/arm.h"

#include "base/compat.h"

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/string.h>

#define MAX_GROUPS	8

/**
 * struct group - functions that share a trampoline
 * @ops: what ftrace knows of it
 * @nr: how many functions
 * @is_registered: ftrace has it
 */
struct group {
	struct ftrace_ops ops;
	unsigned int nr;
	bool is_registered;
};

static struct group groups[MAX_GROUPS];
static unsigned int nr_groups;

#define SHARED_BITS	7

/*
 * The hooks without a trampoline of their own, by a hash of their addresses,
 * the next free place if that is taken; written while none is armed.
 */
static struct tpw_hook *shared[1 << SHARED_BITS];

static __always_inline unsigned int shared_place(unsigned long addr)
{
	return hash_long(addr, SHARED_BITS);
}

static __always_inline unsigned int shared_next(unsigned int place)
{
	return (place + 1) % ARRAY_SIZE(shared);
}

static void share(struct tpw_hook *hook)
{
	unsigned int place = shared_place(hook->addr);

	BUILD_BUG_ON(ARRAY_SIZE(shared) <= TPW_HOOK_NR);
	while (shared[place])
		place = shared_next(place);
	shared[place] = hook;
}

static __always_inline const struct tpw_hook *find_shared(unsigned long addr)
{
	unsigned int place = shared_place(addr);
	const struct tpw_hook *hook = shared[place];

	while (unlikely(hook && hook->addr != addr)) {
		place = shared_next(place);
		hook = shared[place];
	}
	return hook;
}

static void notrace call_shared(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops,
				struct ftrace_regs *fregs)
{
	const struct tpw_hook *hook = find_shared(ip);
	unsigned int i;

	for (i = 0; i < TPW_FTRACE_MAX_SKIP && !hook; i++) {
		ip -= TPW_FTRACE_INSN;
		hook = find_shared(ip);
	}
	if (unlikely(!hook))
		return;
	tpw_hook_hit(hook->id);
	hook->handler(tpw_ftrace_arg(fregs, 0), tpw_ftrace_arg(fregs, 1),
		      tpw_ftrace_arg(fregs, 2), tpw_ftrace_arg(fregs, 3));
}
NOKPROBE_SYMBOL(call_shared);

static struct group *group_of(struct tpw_hook *hook)
{
	ftrace_func_t func = hook->fast ? hook->fast : call_shared;
	struct group *g;

	for (g = groups; g < groups + nr_groups; g++)
		if (g->ops.func == func)
			return g;
	if (WARN_ON_ONCE(nr_groups == MAX_GROUPS))
		return NULL;
	nr_groups++;
	memset(g, 0, sizeof(*g));
	g->ops.func = func;
	g->ops.flags = TPW_FTRACE_FLAGS;
	return g;
}

/*
 * Where ftrace cannot trace a function that is there, that hook fails, and not
 * its group.
 */
static int add_to_group(struct group *g, struct tpw_hook *hook)
{
	int err = ftrace_set_filter_ip(&g->ops, hook->addr, 0, !g->nr);

	if (err == -EINVAL) {
		hook->error = err;
		hook->state = TPW_HOOK_FAILED;
		return 0;
	}
	if (err)
		return err;
	if (!hook->fast)
		share(hook);
	g->nr++;
	return 0;
}

static int sort_into_groups(struct tpw_hook **hooks, unsigned int nr)
{
	unsigned int i;

	nr_groups = 0;
	memset(shared, 0, sizeof(shared));
	for (i = 0; i < nr; i++) {
		struct group *g;
		int err;

		if (hooks[i]->state != TPW_HOOK_OFF)
			continue;
		g = group_of(hooks[i]);
		if (!g)
			continue;
		err = add_to_group(g, hooks[i]);
		if (err)
			return err;
	}
	return 0;
}

/* After ftrace has given up for a bug of its own, it lets go of nothing. */
static int unregister_group(struct group *g)
{
	int err = g->is_registered ? unregister_ftrace_function(&g->ops) : 0;

	if (err)
		return err;
	g->is_registered = false;
	ftrace_free_filter(&g->ops);
	return 0;
}

static int unregister_groups(void)
{
	struct group *g;
	int err, first_err = 0;

	/* What opens a segment was registered last and goes first. */
	for (g = groups + nr_groups; g-- > groups; ) {
		err = unregister_group(g);
		if (!first_err)
			first_err = err;
	}
	if (!first_err)
		nr_groups = 0;
	return first_err;
}

/* An empty filter would be one for all functions. */
static int register_groups(void)
{
	struct group *g;

	for (g = groups; g < groups + nr_groups; g++) {
		int err = g->nr ? register_ftrace_function(&g->ops) : 0;

		if (err)
			return err;
		g->is_registered = g->nr;
	}
	return 0;
}

static int arm(struct tpw_hook **hooks, unsigned int nr)
{
	unsigned int i;
	int err;

	tpw_hook_find_addresses(hooks, nr);
	err = sort_into_groups(hooks, nr);
	if (!err)
		err = register_groups();
	if (err) {
		unregister_groups();
		return err;
	}
	for (i = 0; i < nr; i++)
		if (hooks[i]->state == TPW_HOOK_OFF)
			hooks[i]->state = TPW_HOOK_ARMED;
	return 0;
}

static int disarm(struct tpw_hook **hooks, unsigned int nr)
{
	return unregister_groups();
}

static u64 missed(const struct tpw_hook *hook)
{
	return 0;
}

const struct tpw_backend tpw_backend_ftrace = {
	.name = "ftrace",
	.arm = arm,
	.disarm = disarm,
	.missed = missed,
};
