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

#include "pernet.h"
#include "verdict.h"

#include <linux/kconfig.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
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
#define TPW_SAW_SEARCH		(1 << 0)	/* a search for a listener */
#define TPW_SAW_WALK		(1 << 1)	/* a walk of a listener bucket */
#define TPW_SAW_MIGRATION	(1 << 2)	/* its request was to migrate */
#define TPW_SAW_QUEUE_FULL	(1 << 3)	/* the accept queue was full */
#define TPW_SAW_SEARCH_AGAIN	(1 << 4)	/* a search after the first match */

/* How the skb arrived at the transport layer. */
enum tpw_arrival {
	TPW_ARRIVED_BARE,		/* without a socket */
	TPW_ARRIVED_EARLY_DEMUX,
	TPW_ARRIVED_ASSIGNED,
};

/**
 * struct tpw_segment - one open segment
 * @skb: the skb, a number
 * @sk_at_open: the socket it came with, a number
 * @matched: the socket it matched, a number
 * @owner: the task that delivers it, a number; PREEMPT_RT only
 * @tn: its namespace, NULL once that is gone
 * @stage: enum tpw_stage
 * @arrival: enum tpw_arrival
 * @saw: TPW_SAW_*
 * @bound: what the listener that it matched is bound to
 * @v: its verdict, as far as it is known
 */
struct tpw_segment {
	const void *skb;
	const void *sk_at_open;
	const void *matched;
	const void *owner;
	struct tpw_net *tn;
	u8 stage;
	u8 arrival;
	u8 saw;
	struct tpw_endpoint bound;
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

extern struct tpw_segments __percpu *tpw_segments;

int tpw_segment_init(void);
void tpw_segment_exit(void);
void tpw_segment_flush(void);
void tpw_segment_pause(void);
void tpw_segment_resume(void);
bool tpw_segment_is_paused(void);
void tpw_segment_forget(struct tpw_net *tn);

void tpw_segment_open(const struct sk_buff *skb, enum tpw_family family);
void tpw_segment_match(struct tpw_segment *s, const struct sk_buff *skb,
		       const struct sock *sk, enum tpw_match match,
		       enum tpw_via via);
enum tpw_via tpw_segment_found_by(const struct tpw_segment *s, const void *sk);
void tpw_segment_relooked(struct tpw_segment *s, enum tpw_relookup why);
void tpw_segment_close(struct tpw_segment *s, enum tpw_outcome outcome);

/**
 * tpw_segment_current() - the record of whoever runs
 *
 * Context: BH off.
 * Return: the record; on PREEMPT_RT NULL if this task has none.
 */
static __always_inline struct tpw_segment *tpw_segment_current(void)
{
	struct tpw_segments *all = raw_cpu_ptr(tpw_segments);
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

	return s && s->skb == skb ? s : NULL;
}

#endif /* _TPW_SEGMENT_H */
