/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processes accept from a listener, and how often: those that did so last.
 *
 * Who is not among them any more is in no count of its own, only in the sum.  So
 * the sum less those that are named is what others accepted.
 */
#ifndef _TPW_ACCEPTORS_H
#define _TPW_ACCEPTORS_H

#include "base/tuple.h"
#include "kernel/actor.h"

#include <linux/types.h>

#define TPW_ACCEPTORS_NR	8

/**
 * struct tpw_acceptance - a process has accepted a connection
 * @net: the namespace
 * @listener: cookie of the listener, 0 if it is known by its connection only
 * @bound: what the listener is bound to, if @listener is not 0
 * @uid: whose the listener is, in the initial user namespace
 * @cookie: of the connection
 * @owner: cookie of the socket that the process got, if that is another; or 0
 * @actor: who
 * @start_ns: when that process began, CLOCK_BOOTTIME
 */
struct tpw_acceptance {
	struct tpw_netid net;
	u64 listener;
	struct tpw_endpoint bound;
	u32 uid;
	u64 cookie;
	u64 owner;
	struct tpw_actor actor;
	u64 start_ns;
};

/**
 * struct tpw_acceptor - one process
 * @start_ns: when it began, CLOCK_BOOTTIME: a number is used again
 * @pidns: see struct tpw_actor
 * @pid: likewise; 0 if there is none here
 * @vpid: likewise
 * @uid: likewise, when it accepted last
 * @nr: connections that it accepted
 * @last_ns: when it accepted the last one, CLOCK_MONOTONIC
 */
struct tpw_acceptor {
	u64 start_ns;
	u64 pidns;
	u32 pid;
	u32 vpid;
	u32 uid;
	u64 nr;
	u64 last_ns;
};

/**
 * struct tpw_acceptors - all that accepted from one listener
 * @nr: connections that were accepted, by whomever
 * @last_ns: when the last one was, CLOCK_MONOTONIC
 * @last: the processes that did so last, in no order
 */
struct tpw_acceptors {
	u64 nr;
	u64 last_ns;
	struct tpw_acceptor last[TPW_ACCEPTORS_NR];
};

void tpw_acceptors_add(struct tpw_acceptors *to, const struct tpw_actor *actor,
		       u64 start_ns, u64 now_ns);
u64 tpw_acceptors_others(const struct tpw_acceptors *a);

#endif /* _TPW_ACCEPTORS_H */
