/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who holds a TCP port, and what that means for a bind() to it.
 */
#ifndef _TPW_HOLDERS_H
#define _TPW_HOLDERS_H

#include "uapi/tuplewatch.h"
#include "explain/question.h"
#include "explain/search.h"

#include <linux/types.h>

struct net;

#define TPW_ENUM_HOLD(id, name, meaning)	TPW_HOLD_##id,
#define TPW_ENUM_BIND(id, name, meaning)	TPW_BIND_##id,

/** enum tpw_hold - what a socket that has the port means for a bind() */
enum tpw_hold { TPW_HOLD_NAMES(TPW_ENUM_HOLD) };

/** enum tpw_bind - what comes of a bind() */
enum tpw_bind { TPW_BIND_NAMES(TPW_ENUM_BIND) };

#define TPW_HOLDERS_ROOM	16	/* as many are named */

/**
 * struct tpw_holder - a socket that has the port
 * @socket: the socket
 * @hold: enum tpw_hold
 */
struct tpw_holder {
	struct tpw_seen socket;
	u8 hold;
};

/**
 * struct tpw_holders - the sockets of the bind table that have a port
 * @holder: some of them; those in the way first, and of these those that do
 *	not listen, then listeners, connections, TIME_WAITs
 * @nr: how many of those
 * @total: how many there are, as far as was looked
 * @blocking: how many of these are in the way
 * @has_more: there are more, which were not looked at
 */
struct tpw_holders {
	struct tpw_holder holder[TPW_HOLDERS_ROOM];
	unsigned int nr;
	unsigned int total;
	unsigned int blocking;
	bool has_more;
};

void tpw_holders_find(struct tpw_holders *to, struct net *net,
		      const struct tpw_question *q);
enum tpw_bind tpw_holders_judge(const struct tpw_holders *holders,
				const struct net *net,
				const struct tpw_question *q);

extern const char *const tpw_hold_names[];
extern const char *const tpw_bind_names[];

#endif /* _TPW_HOLDERS_H */
