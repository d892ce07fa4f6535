// SPDX-License-Identifier: GPL-2.0
/*
 * Whom the overview names beside a listener.  Every daemon that forks after
 * listen() leaves a socket whose opener has ended.
 *
 * Who has a descriptor of it could be told only by a look into each process.  So
 * this says what is sure: who accepted had one, and a process that has ended has
 * none.  That one which has not ended still has it is not checked.
 */
#include "proc/overview_walker.h"

/* Of those who accepted, the last one that is still there. */
static bool find_acceptor(const struct tpw_acceptors *all, struct tpw_actor *to)
{
	const struct tpw_acceptor *a;
	struct tpw_actor actor;
	u64 last_ns = 0;

	for (a = all->last; a < all->last + TPW_ACCEPTORS_NR; a++) {
		if (!a->pid || a->last_ns <= last_ns)
			continue;
		actor = (struct tpw_actor) {
			.pidns = a->pidns,
			.pid = a->pid,
			.vpid = a->vpid,
			.uid = a->uid,
		};
		if (!tpw_actor_rename(&actor, a->start_ns))
			continue;
		*to = actor;
		last_ns = a->last_ns;
	}
	return last_ns;
}

/**
 * tpw_walker_name_holder() - name a process in the row of a live listener
 * @w: the walker; its listener is the row's
 *
 * Context: process.
 */
void tpw_walker_name_holder(struct tpw_walker *w)
{
	struct tpw_overview_row *row = &w->row;

	if (find_acceptor(&w->l.acceptors, &row->actor) || !w->l.actor.pid)
		return;
	row->actor = w->l.actor;
	row->is_gone = !tpw_actor_rename(&row->actor, w->l.actor_start_ns);
}
