// SPDX-License-Identifier: GPL-2.0
/*
 * The table of hooks: arming and disarming all of them, and telling whether
 * they still fire.
 */
#define pr_fmt(fmt)	KBUILD_MODNAME ": " fmt

#include "hook/arm.h"

#include "base/compat.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

DEFINE_PER_CPU(struct tpw_hook_hits, tpw_hook_hits);

static DEFINE_MUTEX(lock);		/* guards all below */
static struct tpw_hook *table[TPW_HOOK_NR];
static const struct tpw_backend *backend;
static const char *missing_names;	/* hooks to do without, for tests */
static const char *selfcheck = "not run";
static bool has_netfilter;
static bool is_armed;
static bool is_stuck;			/* handlers cannot be got rid of */
static u64 armed_ns;

/* Hit by dispatch: nothing is left to do. */
static void on_canary(unsigned long a0, unsigned long a1, unsigned long a2,
		      unsigned long a3)
{
}

static struct tpw_hook canary_hook = {
	.id = TPW_HOOK_CANARY,
	.name = "canary",
	.target = "tpw_canary",
	.need = TPW_HOOK_FOR_ALL,
	.handler = on_canary,
};

static const struct tpw_backend *find_backend(const char *name)
{
	static const struct tpw_backend *const all[] = {
#if TPW_HAS_FTRACE
		&tpw_backend_ftrace,
#endif
		&tpw_backend_kprobe,
	};
	unsigned int i;

	if (!*name)
		return all[0];
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}

/**
 * tpw_hooks_init() - choose a backend
 * @name: "ftrace", "kprobe" or "" for the best there is
 * @test_missing: names of targets that count as missing, separated by commas
 *
 * Context: process.
 * Return: 0, or -EINVAL for a backend that is not known.
 */
int tpw_hooks_init(const char *name, const char *test_missing)
{
	backend = find_backend(name);
	if (!backend) {
		pr_err("backend=%s is not known: use %skprobe\n", name,
		       TPW_HAS_FTRACE ? "ftrace or " : "");
		return -EINVAL;
	}
	missing_names = test_missing;
	tpw_hook_add(&canary_hook, 1);
	return 0;
}

/**
 * tpw_hook_add() - put hooks into the table
 * @hooks: they live as long as the module
 * @nr: how many
 *
 * Context: process, while nothing is armed.
 */
void tpw_hook_add(struct tpw_hook *hooks, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		table[hooks[i].id] = &hooks[i];
}

static bool is_named(const char *list, const char *name)
{
	size_t len = strlen(name);
	const char *at;

	for (at = list; (at = strstr(at, name)); at += len)
		if ((at == list || at[-1] == ',') &&
		    (at[len] == ',' || !at[len]))
			return true;
	return false;
}

static void reset(struct tpw_hook *hook)
{
	hook->error = 0;
	hook->state = TPW_HOOK_OFF;
	if (is_named(missing_names, hook->target)) {
		hook->error = -ENOENT;
		hook->state = TPW_HOOK_MISSING;
	}
}

/* The hooks on functions, in the order of the table. */
static unsigned int functions(struct tpw_hook **to)
{
	unsigned int i, nr = 0;

	for (i = 0; i < TPW_HOOK_NR; i++)
		if (table[i] && !table[i]->probe)
			to[nr++] = table[i];
	return nr;
}

static void arm_tracepoints(void)
{
	unsigned int i;

	for (i = 0; i < TPW_HOOK_NR; i++)
		if (table[i] && table[i]->probe &&
		    table[i]->state == TPW_HOOK_OFF)
			tpw_hook_tracepoint_arm(table[i]);
}

static bool is_up(const struct tpw_hook *hook)
{
	return hook->state == TPW_HOOK_ARMED || hook->state == TPW_HOOK_SILENT;
}

static void disarm_functions(void)
{
	struct tpw_hook *hooks[TPW_HOOK_NR];
	unsigned int nr = functions(hooks), i;
	int err = backend->disarm(hooks, nr);

	if (err) {
		pr_err("%s does not let go of the hooks (error %d): the module has to stay\n",
		       backend->name, err);
		is_stuck = true;
	}
	for (i = 0; i < nr; i++)
		if (is_up(hooks[i]))
			hooks[i]->state = TPW_HOOK_OFF;
}

static void disarm_all(void)
{
	unsigned int i;

	disarm_functions();
	for (i = 0; i < TPW_HOOK_NR; i++)
		if (table[i] && table[i]->probe && is_up(table[i]))
			tpw_hook_tracepoint_disarm(table[i]);
	tracepoint_synchronize_unregister();
	for (i = 0; i < TPW_HOOK_NR; i++)
		if (table[i] && is_up(table[i]))
			table[i]->state = TPW_HOOK_OFF;
}

/* insmod takes -ENOENT for a symbol that the module lacks itself. */
static int name_required(void)
{
	int err = -EOPNOTSUPP;
	unsigned int i;

	for (i = 0; i < TPW_HOOK_NR; i++) {
		const struct tpw_hook *hook = table[i];

		if (!hook || !hook->need || !tpw_hook_is_lacking(hook))
			continue;
		pr_err("cannot hook %s (error %d), and cannot do without\n",
		       hook->target, hook->error);
		if (hook->error && hook->error != -ENOENT)
			err = hook->error;
	}
	return err;
}

/* What cannot be watched without the hooks that are not to be had. */
static int judge(void)
{
	unsigned int i;

	for (i = 0; i < TPW_HOOK_NR; i++)
		if (table[i] && tpw_hook_is_lacking(table[i]) &&
		    !tpw_watched_without(table[i]))
			return name_required();
	return 0;
}

static void tell_optional(void)
{
	unsigned int i;

	for (i = 0; i < TPW_HOOK_NR; i++)
		if (table[i] && !table[i]->need && tpw_hook_is_lacking(table[i]))
			pr_info("no hook on %s (error %d): what it tells will be \"?\"\n",
				table[i]->target, table[i]->error);
}

/* A segment that is opened and never closed would be worse than none. */
static void leave_out(void)
{
	struct tpw_hook *hooks[TPW_HOOK_NR];
	unsigned int nr = functions(hooks), i;

	for (i = 0; i < nr; i++)
		if (hooks[i]->state == TPW_HOOK_OFF && hooks[i]->need &&
		    !(hooks[i]->need & ~tpw_watched_lost()))
			hooks[i]->state = TPW_HOOK_UNUSED;
}

static int arm_functions(void)
{
	struct tpw_hook *hooks[TPW_HOOK_NR];
	int err = backend->arm(hooks, functions(hooks));

	if (err) {
		pr_err("%s cannot arm the hooks (error %d)\n", backend->name, err);
		return err;
	}
	return judge();
}

/* As often as that shows that something less can be watched. */
static int arm_what_there_is(void)
{
	unsigned int before;
	int err;

	for (;;) {
		before = tpw_watched_lost();
		err = arm_functions();
		if (err || tpw_watched_lost() == before)
			return err;
		disarm_functions();
		if (is_stuck)
			return -EBUSY;
		leave_out();
	}
}

static int arm_all(void)
{
	unsigned int i;
	int err;

	tpw_watched_begin();
	for (i = 0; i < TPW_HOOK_NR; i++)
		if (table[i])
			reset(table[i]);
	arm_tracepoints();
	err = arm_what_there_is();
	if (err)
		disarm_all();
	else
		tell_optional();
	return err;
}

/**
 * tpw_hooks_arm() - begin to watch
 *
 * Context: process, may sleep.
 * Return: 0, or -errno with a message that names what is missing.
 */
int tpw_hooks_arm(void)
{
	int err = 0;

	mutex_lock(&lock);
	if (is_stuck) {
		err = -EBUSY;
	} else if (!is_armed) {
		err = arm_all();
		armed_ns = ktime_get_ns();
	}
	is_armed = !err;
	mutex_unlock(&lock);
	return err;
}

/**
 * tpw_hooks_disarm() - cease to watch; no handler runs when it returns
 *
 * Context: process, may sleep.
 */
void tpw_hooks_disarm(void)
{
	mutex_lock(&lock);
	if (is_armed)
		disarm_all();
	is_armed = false;
	mutex_unlock(&lock);
}

/** tpw_hooks_are_stuck() - Return: true if handlers may run for ever. */
bool tpw_hooks_are_stuck(void)
{
	return READ_ONCE(is_stuck);
}

/** tpw_hooks_are_armed() - Return: true between arm and disarm. */
bool tpw_hooks_are_armed(void)
{
	return READ_ONCE(is_armed);
}

/**
 * tpw_hook_is_armed() - can this hook be relied upon?
 * @id: which
 *
 * Context: any.
 * Return: true if it is armed.
 */
bool tpw_hook_is_armed(enum tpw_hook_id id)
{
	return table[id] && is_up(table[id]);
}

/**
 * tpw_hook_fires() - the same, and the self-check did not find it silent
 * @id: which
 *
 * Context: any.
 * Return: true if it does.
 */
bool tpw_hook_fires(enum tpw_hook_id id)
{
	return table[id] && READ_ONCE(table[id]->state) == TPW_HOOK_ARMED;
}

/**
 * tpw_hook_hits_of() - how often a hook fired
 * @id: which
 *
 * Context: any.
 * Return: calls since the module was loaded.
 */
u64 tpw_hook_hits_of(enum tpw_hook_id id)
{
	u64 n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += READ_ONCE(per_cpu(tpw_hook_hits, cpu).n[id]);
	return n;
}

/**
 * tpw_hooks_silent() - how many hooks the self-check should have reached and
 *	did not
 *
 * Context: process, may sleep.
 * Return: their number; they are marked.
 */
unsigned int tpw_hooks_silent(void)
{
	unsigned int i, silent = 0;

	mutex_lock(&lock);
	for (i = 0; i < TPW_HOOK_NR; i++) {
		struct tpw_hook *hook = table[i];

		if (!hook || !hook->is_checked || !is_up(hook))
			continue;
		hook->state = tpw_hook_hits_of(hook->id) ? TPW_HOOK_ARMED :
							   TPW_HOOK_SILENT;
		silent += hook->state == TPW_HOOK_SILENT;
	}
	mutex_unlock(&lock);
	return silent;
}

/**
 * tpw_hooks_selfcheck_done() - remember what the self-check found
 * @result: a word that lives for ever
 *
 * Context: process.
 */
void tpw_hooks_selfcheck_done(const char *result)
{
	WRITE_ONCE(selfcheck, result);
}

/**
 * tpw_hooks_netfilter() - remember whether the netfilter hook is there
 * @is_armed: it is
 *
 * Context: any.
 */
void tpw_hooks_netfilter(bool is_armed)
{
	WRITE_ONCE(has_netfilter, is_armed);
}

static bool canary_answers(void)
{
	u64 before = tpw_hook_hits_of(TPW_HOOK_CANARY);

	tpw_canary();
	return tpw_hook_hits_of(TPW_HOOK_CANARY) > before;
}

/**
 * tpw_hooks_watch() - do the hooks fire?  Calls the canary
 *
 * Context: process, may sleep.
 * Return: false if they are off, or are not called.
 */
bool tpw_hooks_watch(void)
{
	return READ_ONCE(is_armed) && canary_answers();
}

/* What is left over of those that arrived is right only if all others are seen. */
static const char *mark_of_taken(const struct tpw_hooks_summary *sum)
{
	if (!sum->has_netfilter || !sum->is_watching)
		return "-";
	return sum->lacks[TPW_UDP4] || sum->lacks[TPW_UDP6] ? "?" : NULL;
}

/**
 * tpw_hooks_summarize() - all hooks in a few facts; calls the canary
 * @to: where to
 *
 * Context: process, may sleep.
 */
void tpw_hooks_summarize(struct tpw_hooks_summary *to)
{
	unsigned int i;

	memset(to, 0, sizeof(*to));
	mutex_lock(&lock);
	to->backend = backend->name;
	to->selfcheck = selfcheck;
	to->has_netfilter = READ_ONCE(has_netfilter);
	to->armed_ns = armed_ns;
	to->is_enabled = is_armed;
	for (i = 0; i < TPW_HOOK_NR; i++) {
		if (!table[i])
			continue;
		to->total++;
		to->armed += is_up(table[i]);
		if (!table[i]->probe)
			to->missed += backend->missed(table[i]);
	}
	for (i = 0; i < TPW_FAMILY_NR; i++)
		to->lacks[i] = tpw_watched_lack(i);
	mutex_unlock(&lock);
	to->is_watching = tpw_hooks_watch();
	to->taken_mark = mark_of_taken(to);
}

/**
 * tpw_hook_status() - one hook in a few facts
 * @id: which, from 0
 * @to: where to
 *
 * Context: process, may sleep.
 * Return: true if there is such a hook; gaps are possible below TPW_HOOK_NR.
 */
bool tpw_hook_status(unsigned int id, struct tpw_hook_status *to)
{
	const struct tpw_hook *hook;

	mutex_lock(&lock);
	hook = table[id];
	if (hook) {
		to->name = hook->name;
		to->target = hook->target;
		to->backend = hook->probe ? "tracepoint" : backend->name;
		to->need = hook->need;
		to->state = hook->state;
		to->hits = tpw_hook_hits_of(hook->id);
		to->missed = hook->probe ? 0 : backend->missed(hook);
	}
	mutex_unlock(&lock);
	return hook;
}
