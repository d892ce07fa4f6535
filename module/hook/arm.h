/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks: where the module looks into the kernel.  One table of them, each
 * required or optional, served by one of two backends (ftrace, kprobe) or, for
 * tracepoints, by the tracepoint itself.
 */
#ifndef _TPW_ARM_H
#define _TPW_ARM_H

#include "base/compat.h"
#include "verdict/verdict.h"

#include <linux/bits.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/types.h>

struct tracepoint;

/* The order in which hooks are armed: what opens a segment comes last. */
enum tpw_hook_id {
	TPW_HOOK_CANARY,
	TPW_HOOK_NETFILTER_ADD,
	TPW_HOOK_NETFILTER_REMOVE,

	TPW_HOOK_SOCK_SET_STATE,
	TPW_HOOK_REQSK_HASH_ADD,
	TPW_HOOK_COMPLETE_HASHDANCE,
	TPW_HOOK_REQSK_QUEUE_ADD,
	TPW_HOOK_TIME_WAIT,
	TPW_HOOK_UDP_UNHASH,
	TPW_HOOK_UDP_GET_PORT,
	TPW_HOOK_ACCEPT,
	TPW_HOOK_COOKIE4_SEND,
	TPW_HOOK_COOKIE6_SEND,
	TPW_HOOK_COOKIE4_CHECK,
	TPW_HOOK_COOKIE6_CHECK,
	TPW_HOOK_COOKIE_OK,

	TPW_HOOK_LISTENER4,
	TPW_HOOK_LISTENER6,
	TPW_HOOK_LHASH2_4,
	TPW_HOOK_LHASH2_6,
	TPW_HOOK_REUSEPORT_SELECT,
	TPW_HOOK_REUSEPORT_MIGRATE,
	TPW_HOOK_SYN_RECV_SOCK4,
	TPW_HOOK_SYN_RECV_SOCK6,

	TPW_HOOK_CHECK_REQ,
	TPW_HOOK_CHILD_PROCESS,
	TPW_HOOK_TIMEWAIT_PROCESS,
	TPW_HOOK_ADD_BACKLOG,
	TPW_HOOK_TCP4_DO_RCV,
	TPW_HOOK_TCP6_DO_RCV,
	TPW_HOOK_UDP4_QUEUE,
	TPW_HOOK_UDP6_QUEUE,
#if !TPW_HAS_DROP_REASONS
	TPW_HOOK_NO_SOCKET4,
	TPW_HOOK_NO_SOCKET6,
	TPW_HOOK_NO_PORT4,
	TPW_HOOK_NO_PORT6,
#endif
	TPW_HOOK_SEND_RESET,
	TPW_HOOK_KFREE_SKB,

	TPW_HOOK_TCP4_RCV,
	TPW_HOOK_TCP6_RCV,
	TPW_HOOK_UDP4_RCV,
	TPW_HOOK_UDP6_RCV,
	TPW_HOOK_NR,

	TPW_HOOK_OPENING = TPW_HOOK_TCP4_RCV,	/* these open segments */
};

/* They are the last, so that all others are armed before them. */
static_assert(TPW_HOOK_NR - TPW_HOOK_OPENING == 4);

/* Which families cannot be watched without a hook; if none is left, insmod fails. */
enum tpw_hook_need {
	TPW_HOOK_OPTIONAL = 0,	/* without it, some columns say "?" */
	TPW_HOOK_FOR_TCP4 = BIT(TPW_TCP4),
	TPW_HOOK_FOR_TCP6 = BIT(TPW_TCP6),
	TPW_HOOK_FOR_UDP4 = BIT(TPW_UDP4),
	TPW_HOOK_FOR_UDP6 = BIT(TPW_UDP6),
	TPW_HOOK_FOR_TCP = TPW_HOOK_FOR_TCP4 | TPW_HOOK_FOR_TCP6,
	TPW_HOOK_FOR_UDP = TPW_HOOK_FOR_UDP4 | TPW_HOOK_FOR_UDP6,
	TPW_HOOK_FOR_ALL = TPW_HOOK_FOR_TCP | TPW_HOOK_FOR_UDP,
};

/* How a hook is doing. */
enum tpw_hook_state {
	TPW_HOOK_OFF,		/* not armed: enabled=0 */
	TPW_HOOK_ARMED,
	TPW_HOOK_SILENT,	/* armed, and the self-check did not reach it */
	TPW_HOOK_MISSING,	/* this kernel does not have it */
	TPW_HOOK_FAILED,	/* it could not be armed */
	TPW_HOOK_UNUSED,	/* what it is for cannot be watched without another */
};

/* A handler gets the first four arguments of the function it is hooked to. */
typedef void (*tpw_handler_t)(unsigned long a0, unsigned long a1,
			      unsigned long a2, unsigned long a3);

/* What ftrace calls; without it, only whether there is one counts. */
#if TPW_HAS_FTRACE
typedef ftrace_func_t tpw_fast_t;
#else
typedef void (*tpw_fast_t)(void);
#endif

/**
 * struct tpw_hook - one hook
 * @id: its place in the table
 * @name: what people call it
 * @target: the function, or the tracepoint
 * @need: what cannot be watched without it
 * @handler: what to call at the entry of the function; it counts no hit
 * @fast: called by ftrace with a trampoline of its own, and by no other
 *	backend; it counts its hits itself.  Hooks with the same one share it.
 * @probe: for a tracepoint, what to call; it counts its hits itself
 * @is_checked: the self-check at load must reach it
 * @state: how it is doing; guarded by the mutex of arm.c
 * @error: -errno of the last attempt to arm it
 * @addr: the address of the function, once it is known
 * @missed_before: what @kp missed when it was armed before
 * @kp: the probe of the kprobe backend; that of ftrace finds @addr with it
 * @tp: the tracepoint, once it is found
 */
struct tpw_hook {
	enum tpw_hook_id id;
	const char *name;
	const char *target;
	enum tpw_hook_need need;
	tpw_handler_t handler;
	tpw_fast_t fast;
	void *probe;
	bool is_checked;

	enum tpw_hook_state state;
	int error;
	unsigned long addr;
	u64 missed_before;
	struct kprobe kp;
	struct tracepoint *tp;
};

/**
 * struct tpw_backend - a way to hook functions
 * @name: as in the parameter backend=
 * @arm: start calling the handlers; hooks whose state is not OFF are left out
 * @disarm: stop; no handler runs any more when it returns 0
 * @missed: how often a hook's handler could not be called
 *
 * All are called in process context and may sleep.
 */
struct tpw_backend {
	const char *name;
	int (*arm)(struct tpw_hook **hooks, unsigned int nr);
	int (*disarm)(struct tpw_hook **hooks, unsigned int nr);
	u64 (*missed)(const struct tpw_hook *hook);
};

/**
 * struct tpw_hook_status - what the views show of a hook
 * @name: what people call it
 * @target: the function or tracepoint
 * @backend: who serves it
 * @need: what cannot be watched without it
 * @state: how it is doing
 * @hits: how often it fired
 * @missed: how often it should have fired and could not
 */
struct tpw_hook_status {
	const char *name;
	const char *target;
	const char *backend;
	enum tpw_hook_need need;
	enum tpw_hook_state state;
	u64 hits;
	u64 missed;
};

/**
 * struct tpw_hooks_summary - what the views show of all hooks
 * @backend: who serves the functions
 * @selfcheck: what the self-check at load found: ok, incomplete, skipped
 * @armed: how many are armed
 * @total: how many there are
 * @missed: sum over all
 * @armed_ns: since when, CLOCK_MONOTONIC
 * @is_enabled: they should be armed
 * @is_watching: the canary answered
 * @has_netfilter: arrivals are counted at LOCAL_IN too
 * @taken_mark: what stands for the number of those that were taken; NULL if that
 *	is known
 * @lacks: by family, the function that cannot be hooked, and without which it is
 *	not watched; NULL if it is
 */
struct tpw_hooks_summary {
	const char *backend;
	const char *selfcheck;
	unsigned int armed;
	unsigned int total;
	u64 missed;
	u64 armed_ns;
	bool is_enabled;
	bool is_watching;
	bool has_netfilter;
	const char *taken_mark;
	const char *lacks[TPW_FAMILY_NR];
};

/**
 * struct tpw_hook_hits - hits by hook, on one CPU
 * @n: by enum tpw_hook_id
 */
struct tpw_hook_hits {
	u64 n[TPW_HOOK_NR];
};

DECLARE_PER_CPU(struct tpw_hook_hits, tpw_hook_hits);
extern const struct tpw_backend tpw_backend_ftrace;
extern const struct tpw_backend tpw_backend_kprobe;

int tpw_hooks_init(const char *backend, const char *test_missing);
void tpw_hook_add(struct tpw_hook *hooks, unsigned int nr);
int tpw_hooks_arm(void);
void tpw_hooks_disarm(void);
bool tpw_hooks_are_armed(void);
bool tpw_hooks_are_stuck(void);
bool tpw_hook_is_armed(enum tpw_hook_id id);
bool tpw_hook_fires(enum tpw_hook_id id);
u64 tpw_hook_hits_of(enum tpw_hook_id id);
void tpw_hooks_selfcheck_done(const char *result);
void tpw_hooks_netfilter(bool is_armed);
unsigned int tpw_hooks_silent(void);
bool tpw_hooks_watch(void);
void tpw_hooks_summarize(struct tpw_hooks_summary *to);
bool tpw_hook_status(unsigned int id, struct tpw_hook_status *to);

/* watched.c */
void tpw_watched_begin(void);
unsigned int tpw_watched_lost(void);
bool tpw_watched_without(const struct tpw_hook *hook);
const char *tpw_watched_lack(enum tpw_family family);
bool tpw_watched_is_socket(u8 proto, u8 family);

int tpw_hook_tracepoint_arm(struct tpw_hook *hook);
void tpw_hook_tracepoint_disarm(struct tpw_hook *hook);
void tpw_hook_find_addresses(struct tpw_hook **hooks, unsigned int nr);
bool tpw_hook_kernel_has(const char *function);

void tpw_canary(void);

/** tpw_hook_is_lacking() - Return: true if it was to be armed, and cannot be. */
static inline bool tpw_hook_is_lacking(const struct tpw_hook *hook)
{
	return hook->state == TPW_HOOK_MISSING || hook->state == TPW_HOOK_FAILED;
}

/**
 * tpw_hook_hit() - count a call of a hook
 * @id: which
 *
 * Context: any.
 */
static __always_inline void tpw_hook_hit(enum tpw_hook_id id)
{
	this_cpu_inc(tpw_hook_hits.n[id]);
}

/**
 * TPW_FUNCTION_HOOK() - an entry of a source's table: a hook of a function
 * @_id: enum tpw_hook_id, without its prefix
 * @_need: OPTIONAL, or FOR_ what cannot be watched without it
 * @_name: what people call it
 * @_target: the function
 * @_handler: what to call at its entry
 *
 * More members of struct tpw_hook may follow.
 */
#define TPW_FUNCTION_HOOK(_id, _need, _name, _target, _handler, ...)	\
	{ .id = TPW_HOOK_##_id, .need = TPW_HOOK_##_need, .name = _name,	\
	  .target = _target, .handler = _handler, ##__VA_ARGS__ }

/**
 * TPW_FAST_HANDLER() - let ftrace call a handler without a detour
 * @name: of the function to define, for tpw_hook.fast
 * @handler: a tpw_handler_t of the same file
 */
#if TPW_HAS_FTRACE
#define TPW_FAST_HANDLER(name, handler)					\
static void notrace name(unsigned long ip, unsigned long parent_ip,	\
			 struct ftrace_ops *ops,			\
			 struct ftrace_regs *fregs)			\
{									\
	handler(tpw_ftrace_arg(fregs, 0), tpw_ftrace_arg(fregs, 1),	\
		tpw_ftrace_arg(fregs, 2), tpw_ftrace_arg(fregs, 3));	\
}									\
NOKPROBE_SYMBOL(name)
#else
#define TPW_FAST_HANDLER(name, handler)	static void name(void) {}
#endif

#endif /* _TPW_ARM_H */
