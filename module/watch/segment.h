/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The open segment: what is known of the segment that this CPU is just
 * delivering, from its arrival at the transport layer until its verdict.
 *
 * One record a CPU, which BH off keeps ours.  On PREEMPT_RT a task with BH off
 * may give way to another that delivers a segment too: there a CPU has several
 * records, each claimed by a task.
 *
 * Pointers in here are numbers to compare with.  None is followed after the
 * handler that saw it has returned.
 */
#ifndef _TPW_SEGMENT_H
#define _TPW_SEGMENT_H

#include "verdict/verdict.h"
#include "record/pernet.h"
#include "record/record.h"

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/jump_label.h>
#include <linux/kconfig.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/sock.h>

/* Where a segment is in its life. */
enum tpw_stage {
	TPW_STAGE_CLOSED,	/* its verdict has been recorded */
	TPW_STAGE_OPEN,		/* nothing matched yet */
	TPW_STAGE_REQUEST,	/* a request matched; what follows may change it */
	TPW_STAGE_TIME_WAIT,	/* a TIME_WAIT matched; likewise */
	TPW_STAGE_LISTENER,	/* an ACK matched a listener: a SYN cookie? */
};

/* What happened while the segment was open. */
#define TPW_SAW_SEARCH		BIT(0)		/* a search for a listener */
#define TPW_SAW_WALK		BIT(1)		/* a walk of a listener bucket */
#define TPW_SAW_MIGRATION	BIT(2)		/* its request was to migrate */
#define TPW_SAW_QUEUE_FULL	BIT(3)		/* the accept queue was full */
#define TPW_SAW_SEARCH_AGAIN	BIT(4)		/* a search after the first match */
#define TPW_SAW_RESET		BIT(5)		/* it was answered with RST */
#define TPW_SAW_ASKED		BIT(6)		/* what the client asked for */
#define TPW_SAW_NO_SOCKET	BIT(7)		/* where the drop does not tell */

/**
 * union tpw_progress - how far a segment has come
 * @all: all of it, to be set in one
 * @progress: @stage and @saw, to be compared in one
 * @stage: enum tpw_stage
 * @saw: TPW_SAW_*
 * @family: enum tpw_family
 * @own_via: enum tpw_via, how the socket that it came with was found
 * @chooser: enum tpw_chooser, of the group that was asked
 * @relookup: 1 + enum tpw_relookup, or 0
 * @receivers: sockets that got it, if it is a multicast
 */
union tpw_progress {
	u64 all;
	u16 progress;
	struct {
		u8 stage;
		u8 saw;
		u8 family;
		u8 own_via;
		u8 chooser;
		u8 relookup;
		u16 receivers;
	};
};

/**
 * struct tpw_segment - one open segment
 * @skb: the skb, a number
 * @sk_at_open: the socket it came with, a number
 * @tn: its namespace, NULL once that is gone
 * @c: how far it has come
 * @matched: the socket it matched, a number
 * @dev: the device it came in on
 * @owner: the task that delivers it, a number; PREEMPT_RT only
 * @members: how many the group that was asked had, if @c has a chooser
 * @bound: what the listener that it matched is bound to
 * @asked: what its client asked for, if @c says that this was seen
 * @v: its verdict, once something has matched
 */
struct tpw_segment {
	const void *skb;
	const void *sk_at_open;
	struct tpw_net *tn;
	union tpw_progress c;
	const void *matched;
	union tpw_dev dev;
	const void *owner;
	u16 members;
	struct tpw_endpoint bound;
	struct tpw_asked asked;
	struct tpw_verdict v;
};

#define TPW_SEGMENTS	(IS_ENABLED(CONFIG_PREEMPT_RT) ? 4 : 1)

/**
 * struct tpw_segments - the records of one CPU
 * @s: one, or on PREEMPT_RT one a task
 */
struct tpw_segments {
	struct tpw_segment s[TPW_SEGMENTS];
};

DECLARE_PER_CPU(struct tpw_segments, tpw_segments);
DECLARE_STATIC_KEY_FALSE(tpw_segment_paused);

void tpw_segment_flush(void);
void tpw_segment_pause(void);
void tpw_segment_resume(void);
void tpw_segment_forget(struct tpw_net *tn);

struct tpw_segment *tpw_segment_claim(void);
void tpw_segment_open_late(struct tpw_segment *s, const struct sk_buff *skb,
			   enum tpw_family family,
			   void (*demuxed)(struct sk_buff *skb));
void tpw_segment_blank(struct tpw_segment *s);
void tpw_segment_match(struct tpw_segment *s, const struct sk_buff *skb,
		       const struct sock *sk, enum tpw_match match,
		       enum tpw_via via);
void tpw_segment_ask(struct tpw_segment *s, const struct sk_buff *skb);
void tpw_segment_relooked(struct tpw_segment *s, enum tpw_relookup why);
void tpw_segment_close(struct tpw_segment *s, enum tpw_outcome outcome);
enum tpw_outcome tpw_segment_end(const struct tpw_segment *s);

/**
 * tpw_segment_current() - the record of whoever runs
 *
 * Context: BH off.
 * Return: the record; on PREEMPT_RT NULL if this task has none.
 */
static __always_inline struct tpw_segment *tpw_segment_current(void)
{
	struct tpw_segments *all = raw_cpu_ptr(&tpw_segments);
	int i;

	if (TPW_SEGMENTS == 1)
		return &all->s[0];
	for (i = 0; i < TPW_SEGMENTS; i++)
		if (READ_ONCE(all->s[i].owner) == current)
			return &all->s[i];
	return NULL;
}

/**
 * tpw_segment_find() - the record of an skb
 * @skb: the skb
 *
 * Context: BH off.
 * Return: its record, open or closed; NULL if this skb did not open one last.
 */
static __always_inline struct tpw_segment *
tpw_segment_find(const struct sk_buff *skb)
{
	struct tpw_segment *s = tpw_segment_current();

	return (TPW_SEGMENTS == 1 || s) && s->skb == skb ? s : NULL;
}

/** tpw_segment_is_paused() - Return: true between pause and resume. */
static __always_inline bool tpw_segment_is_paused(void)
{
	return static_branch_unlikely(&tpw_segment_paused);
}

/**
 * tpw_segment_is_untouched() - has nothing happened to an skb but its arrival?
 * @s: the record of whoever runs, or NULL
 * @skb: the skb
 *
 * Context: BH off.
 * Return: true if @s is its record, open, and all that was seen.
 */
static __always_inline bool
tpw_segment_is_untouched(const struct tpw_segment *s, const struct sk_buff *skb)
{
	const union tpw_progress untouched = { .stage = TPW_STAGE_OPEN };

	return (TPW_SEGMENTS == 1 || s) && s->skb == skb &&
	       s->c.progress == untouched.progress;
}

/**
 * tpw_segment_open() - a segment has reached the transport layer
 * @skb: the segment
 * @family: its column
 * @demuxed: the destructor that early demux leaves on such an skb
 *
 * Context: BH off.
 */
static __always_inline void
tpw_segment_open(const struct sk_buff *skb, enum tpw_family family,
		 void (*demuxed)(struct sk_buff *skb))
{
	struct tpw_segment *s = TPW_SEGMENTS > 1 ? tpw_segment_claim() :
						   tpw_segment_current();
	union tpw_progress progress = {
		.stage = TPW_STAGE_OPEN,
		.family = family,
		.own_via = TPW_VIA_EARLY_DEMUX,
	};
	const struct net_device *dev = skb->dev;

	if (tpw_segment_is_paused())
		return;
	if (unlikely(s->c.stage != TPW_STAGE_CLOSED)) {
		tpw_segment_open_late(s, skb, family, demuxed);
		return;
	}
	s->skb = skb;
	s->sk_at_open = skb->sk;
	/* Nothing more is done with the one before: see tpw_segment_forget(). */
	smp_store_release(&s->tn, tpw_pernet_get_bh(dev_net(dev)));
	memcpy(s->dev.name, dev->name, TPW_DEV_LEN);
	if (skb->sk && skb->destructor != demuxed)
		progress.own_via = TPW_VIA_ASSIGNED;
	tpw_record_seen(s->tn, family);
	barrier();	/* whole before it is open */
	WRITE_ONCE(s->c.all, progress.all);
}

/**
 * tpw_segment_found_by() - how a socket of a connection was found
 * @s: the segment
 * @sk: the socket that matched, a number
 *
 * Context: any.
 * Return: early demux or assigned if the segment came with it, else ehash.
 */
static __always_inline enum tpw_via
tpw_segment_found_by(const struct tpw_segment *s, const void *sk)
{
	return s->sk_at_open == sk ? s->c.own_via : TPW_VIA_EHASH;
}

/**
 * tpw_segment_is_misfit() - whether no search of the kernel's tables names that
 *	socket
 * @s: the segment, matched; its bound is the socket's
 *
 * A BPF sk_lookup program may have chosen a socket whose address or port is not
 * the segment's.  One that chose a fitting socket cannot be told by that.
 *
 * Context: any.
 * Return: whether it is so.
 */
static inline bool tpw_segment_is_misfit(const struct tpw_segment *s)
{
	/* One that is being closed may have no port any more. */
	if (!s->bound.port)
		return false;
	if (s->bound.port != s->v.tuple.lport)
		return true;
	return !tpw_addr_is_any(&s->bound.addr) &&
	       s->bound.family == s->v.tuple.family &&
	       !tpw_addr_equal(&s->bound.addr, &s->v.tuple.local);
}

#endif /* _TPW_SEGMENT_H */
