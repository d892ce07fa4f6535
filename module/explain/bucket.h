/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A walk along one bucket, from its first socket to its last, in which the
 * best is found.
 */
#ifndef _TPW_BUCKET_H
#define _TPW_BUCKET_H

#include "explain/group.h"
#include "explain/search.h"

/**
 * struct tpw_pass - a walk
 * @s: its search
 * @row: its step
 * @addr: the address that is searched for, or the wildcard
 * @best: the best score so far
 * @winner: who has it, or the member of its group; valid under RCU
 * @choice: how @winner was chosen from a group, if it was
 * @is_open: a program decides
 * @is_over: nothing is looked at any more
 * @looked: at so many sockets, of all namespaces
 */
struct tpw_pass {
	struct tpw_search *s;
	struct tpw_step_row *row;
	const union tpw_addr *addr;
	int best;
	struct sock *winner;
	struct tpw_choice choice;
	bool is_open;
	bool is_over;
	unsigned int looked;
};

void tpw_pass_init(struct tpw_pass *p, struct tpw_search *s, enum tpw_step step,
		   const union tpw_addr *addr, u32 bucket, bool is_over);
bool tpw_pass_look(struct tpw_pass *p, struct sock *sk);
void tpw_pass_end(struct tpw_pass *p, enum tpw_via via, enum tpw_match match);

#endif /* _TPW_BUCKET_H */
