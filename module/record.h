/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where sources hand over what they saw.  This is all that a source knows of
 * what is kept.
 */
#ifndef _TPW_RECORD_H
#define _TPW_RECORD_H

#include "actor.h"
#include "life.h"
#include "pernet.h"
#include "tuple.h"
#include "verdict.h"

struct sk_buff;
struct sock;

void tpw_record(struct tpw_net *tn, struct tpw_verdict *v,
		const struct tpw_endpoint *bound, bool is_resolved);
void tpw_record_connection(struct tpw_net *tn, const struct sk_buff *skb,
			   const struct sock *sk, const char *dev,
			   struct tpw_brief brief);
void tpw_record_arrived(struct tpw_net *tn);
void tpw_record_dropped_later(struct tpw_net *tn, enum tpw_family family,
			      unsigned int reason);
void tpw_record_copy(struct tpw_net *tn, u64 cookie,
		     const struct tpw_endpoint *bound);
void tpw_record_born(const struct tpw_birth *birth);
void tpw_record_listener_did(u64 cookie, enum tpw_deed deed);
void tpw_record_listening(struct tpw_net *tn, u64 cookie,
			  const struct tpw_endpoint *bound,
			  const struct tpw_actor *actor);
void tpw_record_opened(struct tpw_net *tn, u64 cookie,
		       const struct tpw_tuple *tuple,
		       const struct tpw_actor *actor);
void tpw_record_accepted(u64 cookie, u64 owner, const struct tpw_actor *actor);
void tpw_record_time_wait(u64 cookie);
void tpw_record_closed(u64 cookie);
void tpw_record_listener_closed(u64 cookie, const struct tpw_endpoint *bound);
void tpw_record_listener_unused(u64 cookie);

/**
 * tpw_record_seen() - a segment has opened
 * @tn: its namespace
 * @family: its column
 *
 * Context: BH off.
 */
static __always_inline void tpw_record_seen(struct tpw_net *tn,
					    enum tpw_family family)
{
	tpw_counters_seen(&tn->counters, family);
}

#endif /* _TPW_RECORD_H */
