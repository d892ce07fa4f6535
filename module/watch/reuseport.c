// SPDX-License-Identifier: GPL-2.0
/*
 * Groups of SO_REUSEPORT: which member got a segment, and who chose it.
 *
 * The choice itself cannot be seen at a function's entry.  What can be seen is
 * that a group was asked, and afterwards which socket matched: if that is in
 * a group, its place there is looked up.
 */
#include "watch/reuseport.h"

#include "base/compat.h"
#include "kernel/lookup.h"
#include "kernel/socket.h"
#include "record/record.h"
#include "hook/arm.h"
#include "watch/segment.h"

#include <linux/filter.h>
#include <linux/rcupdate.h>
#include <net/sock_reuseport.h>
#include <net/tcp_states.h>

#define MAX_MEMBERS	4096	/* further ones get no number */

static enum tpw_chooser chooser_of(const struct sock_reuseport *group)
{
	const struct bpf_prog *prog = rcu_dereference(group->prog);

	if (!prog)
		return TPW_CHOOSER_HASH;
	return bpf_prog_was_classic(prog) ? TPW_CHOOSER_CBPF : TPW_CHOOSER_EBPF;
}

/* reuseport_select_sock(sk, hash, skb, hdr_len) */
static void on_select(unsigned long a0, unsigned long a1, unsigned long a2,
		      unsigned long a3)
{
	const struct sock *sk = (const struct sock *)a0;
	const struct sk_buff *skb = (const struct sk_buff *)a2;
	const struct sock_reuseport *group;
	struct tpw_segment *s;

	if (!in_softirq()) {
		tpw_lookup_selected(sk, a1);
		return;
	}
	if (!skb)
		return;
	s = tpw_segment_find(skb);
	if (!s || s->c.stage == TPW_STAGE_CLOSED)
		return;
	group = rcu_dereference(sk->sk_reuseport_cb);
	if (!group)
		return;
	s->c.chooser = chooser_of(group);
	s->members = READ_ONCE(group->num_socks);
}

/* One that RST or a timer has ended waits there too, and is nothing to lose. */
static void left_queue(const struct sock *listener, const struct sock *child)
{
	if (sk_fullsock(child) && READ_ONCE(child->sk_state) != TCP_CLOSE)
		tpw_record_left(tpw_socket_cookie(listener),
				tpw_socket_cookie(child));
}

/*
 * reuseport_migrate_sock(sk, migrating_sk, skb).  Without a segment, a timer asks
 * for a request, or a listener that is being closed for each connection in its
 * accept queue: whether there is another listener, and tcp_migrate_req=1, or it
 * is reset.
 */
static void on_migrate(unsigned long a0, unsigned long a1, unsigned long a2,
		       unsigned long a3)
{
	const struct sk_buff *skb = (const struct sk_buff *)a2;
	struct tpw_segment *s;

	if (!skb)
		left_queue((const struct sock *)a0, (const struct sock *)a1);
	if (!in_softirq() || !skb)
		return;
	s = tpw_segment_find(skb);
	if (s && s->c.stage == TPW_STAGE_OPEN)
		s->c.saw |= TPW_SAW_MIGRATION;
}

/**
 * tpw_reuseport_match() - a listener or a UDP socket has matched: is it a
 *	member of the group that was asked?
 * @s: the segment
 * @sk: the socket
 *
 * Context: BH off, in an RCU read-side section of the caller.
 */
void tpw_reuseport_match(struct tpw_segment *s, const struct sock *sk)
{
	const struct sock_reuseport *group;
	unsigned int i, nr;

	if (likely(s->v.chooser == TPW_CHOOSER_NOBODY))
		return;
	group = rcu_dereference(sk->sk_reuseport_cb);
	if (!group) {
		/* The group had no member to offer; the walk went on. */
		s->v.chooser = TPW_CHOOSER_NOBODY;
		s->v.members = 0;
		return;
	}
	nr = READ_ONCE(group->num_socks);
	smp_rmb();	/* pairs with smp_wmb() in reuseport_add_sock() */
	s->v.members = nr;
	for (i = 0; i < min_t(unsigned int, nr, MAX_MEMBERS); i++)
		if (READ_ONCE(group->socks[i]) == sk)
			break;
	s->v.member = i < nr && i < MAX_MEMBERS ? i + 1 : 0;
}

static struct tpw_hook hooks[] = {
	TPW_FUNCTION_HOOK(REUSEPORT_SELECT, OPTIONAL, "reuseport-select",
			  "reuseport_select_sock", on_select),
	TPW_FUNCTION_HOOK(REUSEPORT_MIGRATE, OPTIONAL, "reuseport-migrate",
			  "reuseport_migrate_sock", on_migrate),
};

/**
 * tpw_reuseport_hooks_add() - put these hooks into the table
 *
 * Context: process, while nothing is armed.
 */
void tpw_reuseport_hooks_add(void)
{
	tpw_hook_add(hooks, ARRAY_SIZE(hooks));
}
