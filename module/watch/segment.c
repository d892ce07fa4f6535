// SPDX-License-Identifier: GPL-2.0
/*
 * The open segment: opening, matching and closing it.
 */
#include "watch/segment.h"

#include "base/compat.h"
#include "kernel/conntrack.h"
#include "kernel/packet.h"
#include "kernel/socket.h"
#include "record/record.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/jump_label.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/string.h>

DEFINE_PER_CPU(struct tpw_segments, tpw_segments);
DEFINE_STATIC_KEY_FALSE(tpw_segment_paused);

/**
 * tpw_segment_pause() - from now on no segment opens, though hooks fire
 *
 * Context: process, may sleep.
 */
void tpw_segment_pause(void)
{
	static_branch_enable(&tpw_segment_paused);
}

/**
 * tpw_segment_resume() - segments open again
 *
 * Context: process, may sleep.
 */
void tpw_segment_resume(void)
{
	static_branch_disable(&tpw_segment_paused);
}

/**
 * tpw_segment_end() - what became of a segment that matched, and ends here
 * @s: its record; a request, a TIME_WAIT or a listener matched
 *
 * Context: BH off.
 * Return: the outcome.
 */
enum tpw_outcome tpw_segment_end(const struct tpw_segment *s)
{
	if (s->c.saw & TPW_SAW_QUEUE_FULL)
		return TPW_OUTCOME_QUEUE_FULL;
	if (s->c.saw & TPW_SAW_RESET)
		return TPW_OUTCOME_RESET;
	return s->c.stage == TPW_STAGE_LISTENER ? TPW_OUTCOME_HANDED :
						  TPW_OUTCOME_ANSWERED;
}

/* Whatever is still open counts as it stands. */
static void abandon(struct tpw_segment *s)
{
	switch (s->c.stage) {
	case TPW_STAGE_REQUEST:
	case TPW_STAGE_TIME_WAIT:
	case TPW_STAGE_LISTENER:
		tpw_segment_close(s, tpw_segment_end(s));
		break;
	default:
		tpw_segment_blank(s);
		memset(&s->v.tuple, 0, sizeof(s->v.tuple));
		s->v.tuple.family = tpw_family_is_ipv6(s->c.family) ?
					  AF_INET6 : AF_INET;
		tpw_segment_close(s, TPW_OUTCOME_UNKNOWN);
	}
}

/**
 * tpw_segment_open_late() - a segment has arrived, and the one before it is
 *	still open
 * @s: the record
 * @skb: the segment that arrived
 * @family: its column
 * @demuxed: the destructor that early demux leaves on such an skb
 *
 * Context: BH off.
 */
void tpw_segment_open_late(struct tpw_segment *s, const struct sk_buff *skb,
			   enum tpw_family family,
			   void (*demuxed)(struct sk_buff *skb))
{
	abandon(s);
	tpw_segment_open(skb, family, demuxed);
}

/**
 * tpw_segment_flush() - close what was left open when the hooks were disarmed
 *
 * Context: process; no handler runs.
 */
void tpw_segment_flush(void)
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		struct tpw_segments *all = per_cpu_ptr(&tpw_segments, cpu);

		for (i = 0; i < TPW_SEGMENTS; i++) {
			struct tpw_segment *s = &all->s[i];

			local_bh_disable();
			if (s->c.stage != TPW_STAGE_CLOSED)
				abandon(s);
			s->skb = NULL;
			s->owner = NULL;
			local_bh_enable();
		}
	}
}

/**
 * tpw_segment_forget() - a namespace ends: no record may name it any more
 * @tn: the namespace; no segment of it opens any more
 *
 * A record that was left open is closed by the next segment on its CPU, which
 * may be doing so right now.
 *
 * Context: process, may sleep.
 */
void tpw_segment_forget(struct tpw_net *tn)
{
	bool was_named = false;
	int cpu, i;

	for_each_possible_cpu(cpu) {
		struct tpw_segments *all = per_cpu_ptr(&tpw_segments, cpu);

		for (i = 0; i < TPW_SEGMENTS; i++)
			if (cmpxchg(&all->s[i].tn, tn, NULL) == tn)
				was_named = true;
	}
	/* Whoever names another one by now has done with ours. */
	smp_mb();
	if (was_named)
		synchronize_net();
}

/**
 * tpw_segment_claim() - the record of this task, else one that nobody needs
 *
 * Context: BH off; PREEMPT_RT only.
 * Return: the record.
 */
struct tpw_segment *tpw_segment_claim(void)
{
	struct tpw_segments *all = raw_cpu_ptr(&tpw_segments);
	struct tpw_segment *s = tpw_segment_current();
	int i;

	if (s)
		return s;
	for (i = 0; i < TPW_SEGMENTS; i++) {
		const void *owner = READ_ONCE(all->s[i].owner);

		s = &all->s[i];
		if (READ_ONCE(s->c.stage) != TPW_STAGE_CLOSED && owner)
			continue;
		if (cmpxchg(&s->owner, owner, (const void *)current) == owner)
			return s;
	}
	s = &all->s[0];
	WRITE_ONCE(s->owner, current);
	return s;
}

/**
 * tpw_segment_blank() - begin a verdict of which nothing is known
 * @s: the segment
 *
 * Context: BH off.
 */
void tpw_segment_blank(struct tpw_segment *s)
{
	s->matched = NULL;
	memset_after(&s->v, 0, tuple);
	memcpy(s->v.dev, s->dev.name, TPW_DEV_LEN);
	s->v.family = s->c.family;
	s->v.chooser = s->c.chooser;
	s->v.members = s->c.chooser == TPW_CHOOSER_NOBODY ? 0 : s->members;
	s->v.relookup = s->c.relookup;
	s->v.receivers = s->c.receivers;
	s->v.via = TPW_VIA_UNKNOWN;
	s->v.match = TPW_MATCH_UNKNOWN;
	if (s->c.saw & TPW_SAW_ASKED)
		s->v.asked = s->asked;
	else if (!tpw_family_is_tcp(s->c.family))
		s->v.asked.is = TPW_ASKED_LOCAL;	/* see watch/udp.c */
}

/**
 * tpw_segment_match() - a socket has matched
 * @s: the segment
 * @skb: the same, its headers pulled
 * @sk: the socket, of any kind
 * @match: what kind
 * @via: how it was found
 *
 * Context: BH off.
 */
void tpw_segment_match(struct tpw_segment *s, const struct sk_buff *skb,
		       const struct sock *sk, enum tpw_match match,
		       enum tpw_via via)
{
	struct tpw_verdict *v = &s->v;

	tpw_segment_blank(s);
	if (tpw_family_is_tcp(v->family))
		tpw_packet_read_tcp(skb, v);
	else
		tpw_packet_read_udp(skb, v);
	s->matched = sk;
	v->match = match;
	v->via = via;
	v->cookie = tpw_socket_cookie(sk);
	v->uid = tpw_socket_uid(sk);
	v->mods = tpw_socket_mods(sk, v->tuple.family);
}

/**
 * tpw_segment_ask() - see what the client asked for that sent a segment
 * @s: the segment; its verdict has it from tpw_segment_blank() on
 * @skb: the same, from which conntrack's note has not been taken off
 *
 * Context: BH off.
 */
void tpw_segment_ask(struct tpw_segment *s, const struct sk_buff *skb)
{
	if (s->c.saw & TPW_SAW_ASKED)
		return;
	tpw_conntrack_asked(skb, &s->asked);
	s->c.saw |= TPW_SAW_ASKED;
}

/**
 * tpw_segment_relooked() - one search was not enough
 * @s: the segment
 * @why: the reason for the further one
 *
 * Context: BH off.
 */
void tpw_segment_relooked(struct tpw_segment *s, enum tpw_relookup why)
{
	s->c.relookup = 1 + why;
}

/**
 * tpw_segment_close() - the verdict is final: record it
 * @s: the segment
 * @outcome: what became of it
 *
 * The record still knows the skb, so that a drop after this can be told.
 *
 * Context: BH off.
 */
void tpw_segment_close(struct tpw_segment *s, enum tpw_outcome outcome)
{
	struct tpw_net *tn = READ_ONCE(s->tn);
	bool is_bound = s->v.match == TPW_MATCH_LISTENER ||
			s->v.match == TPW_MATCH_BOUND ||
			s->v.match == TPW_MATCH_REQUEST;

	s->v.outcome = outcome;
	if (likely(tn))
		tpw_record(tn, &s->v, is_bound ? &s->bound : NULL,
			   outcome != TPW_OUTCOME_UNKNOWN);
	WRITE_ONCE(s->c.stage, TPW_STAGE_CLOSED);
}
