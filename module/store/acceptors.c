// SPDX-License-Identifier: GPL-2.0
/*
 * Who accepts from a listener.
 */
#include "store/acceptors.h"

/* Its place, or that of who has not accepted for the longest time. */
static struct tpw_acceptor *place_of(struct tpw_acceptors *a,
				     const struct tpw_actor *actor, u64 start_ns)
{
	struct tpw_acceptor *oldest = a->last, *one;

	for (one = a->last; one < a->last + TPW_ACCEPTORS_NR; one++) {
		if (one->pid == actor->pid && one->start_ns == start_ns)
			return one;
		if (one->last_ns < oldest->last_ns)
			oldest = one;
	}
	*oldest = (struct tpw_acceptor) {
		.start_ns = start_ns,
		.pidns = actor->pidns,
		.pid = actor->pid,
		.vpid = actor->vpid,
	};
	return oldest;
}

/**
 * tpw_acceptors_add() - a process has accepted one more connection
 * @to: of the listener
 * @actor: the process
 * @start_ns: when it began, CLOCK_BOOTTIME
 * @now_ns: the time, CLOCK_MONOTONIC
 *
 * Context: under the lock that guards @to.
 */
void tpw_acceptors_add(struct tpw_acceptors *to, const struct tpw_actor *actor,
		       u64 start_ns, u64 now_ns)
{
	struct tpw_acceptor *one = place_of(to, actor, start_ns);

	to->nr++;
	to->last_ns = now_ns;
	one->nr++;
	one->last_ns = now_ns;
	one->uid = actor->uid;
}

/**
 * tpw_acceptors_others() - what processes accepted that are not named any more
 * @a: of a listener
 *
 * Context: any, with a copy.
 * Return: connections.
 */
u64 tpw_acceptors_others(const struct tpw_acceptors *a)
{
	u64 others = a->nr;
	unsigned int i;

	for (i = 0; i < TPW_ACCEPTORS_NR; i++)
		others -= a->last[i].nr;
	return others;
}
