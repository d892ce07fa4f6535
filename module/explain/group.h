/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which member of a SO_REUSEPORT group the kernel would choose.
 */
#ifndef _TPW_GROUP_H
#define _TPW_GROUP_H

#include "explain/search.h"

/**
 * struct tpw_choice - a choice
 * @sk: the member; NULL if the group has none to offer, or @is_open
 * @prog: id of the group's program, 0 for none
 * @member: 1-based place of @sk
 * @members: size of the group, 0 if there is no group
 * @chooser: enum tpw_chooser
 * @is_open: a program decides that is not run, or a hash that is not known
 */
struct tpw_choice {
	struct sock *sk;
	u32 prog;
	u16 member;
	u16 members;
	u8 chooser;
	bool is_open;
};

void tpw_group_choose(struct tpw_search *s, struct sock *sk,
		      const union tpw_addr *addr, struct tpw_choice *to);
void tpw_group_show(struct tpw_seen *seen, const struct tpw_choice *choice);
int tpw_group_make_packet(struct tpw_search *s);

#endif /* _TPW_GROUP_H */
